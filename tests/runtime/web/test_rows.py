"""Generated row functions give the table rows of any columns and data, escaped."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from runtime.web.cells import CellOptions, show
from runtime.web.rows import Cell, row_function

TEXT = show("text", "en")


def test_a_row_has_its_title_as_a_linked_row_header() -> None:
    rows = row_function(
        [Cell("Name", TEXT, 1, part="title"), Cell("City", TEXT, 2)], "/crm/customer/"
    )
    assert rows([(7, "Acme", "Oslo")]) == (
        '<tr><th scope="row"><a href="/crm/customer/7">Acme</a></th><td>Oslo</td></tr>'
    )


def test_a_record_without_title_is_called_by_its_id() -> None:
    rows = row_function([Cell("Name", TEXT, 1, part="title")], "/x/")
    assert rows([(7, None)]) == '<tr><th scope="row"><a href="/x/7">#7</a></th></tr>'


def test_cells_say_what_a_phone_shows_of_them() -> None:
    money = show("money", "en", CellOptions(scale=2))
    cells = [
        Cell("Stage", TEXT, 0, part="state"),
        Cell("Amount <net>", money, 1, numeric=True, part="card"),
        Cell("Tax", money, 1, numeric=True),
    ]
    assert row_function(cells)([("won", Decimal("1.5"))]) == (
        '<tr><td class="s">won</td><td class="c n" data-label="Amount &lt;net&gt;">1.50</td>'
        '<td class="n">1.50</td></tr>'
    )


def test_a_linked_reference_reads_two_positions() -> None:
    owner = show("reference", "en", CellOptions(href="/crm/user/"))
    rows = row_function([Cell("Owner", owner, (0, 1))])
    assert rows([(3, "Lin"), (None, None)]) == (
        '<tr><td><a href="/crm/user/3">Lin</a></td></tr><tr><td></td></tr>'
    )


@given(st.lists(st.tuples(st.integers(), st.text() | st.none()), max_size=5))
def test_no_text_of_a_person_becomes_markup(data: list[tuple[int, str | None]]) -> None:
    rows = row_function([Cell("A", TEXT, 1), Cell("B", TEXT, 1)])
    expected = [escape(value or "") for _, value in data]
    assert rows(data) == "".join(f"<tr><td>{v}</td><td>{v}</td></tr>" for v in expected)


def test_a_hostile_label_or_address_stays_text() -> None:
    hostile = "'''{__import__}\"><script>"
    rows = row_function(
        [Cell(hostile, TEXT, 1, part="title"), Cell(hostile, TEXT, 1, part="card")], hostile
    )
    assert "<script" not in rows([(1, "x")])
