"""What an app has without a word: displays, views, charts, rights of administrators."""

from __future__ import annotations

from compiler.analyse.upkeep import fields_of
from compiler.build import Build
from compiler.model.app import ADMIN
from compiler.model.base import EntityId
from compiler.model.entity import RoleSubject
from compiler.model.expr import Concat, FieldOf, Op
from stdlib.library import STANDARD
from tests.support.apps import shop

BUNDLE = shop(
    """\
enum Kind
  small
  large

data Region by code
  code | name | parent
  cn | China |
  east | East | cn

entity Order
  number: serial "O-{0000}"
  region -> Region
  kind: Kind
  ordered_on: date
  remarks: note
  approved_by -> User readonly
  lines: [Line]
  moves <- Move.order
  amount = sum(lines.price)
  access
    everyone read

entity Line
  price: money required

entity Move
  order -> Order
  quantity: int
  access
    everyone read

flow Order.status
  state open initial
  state done final
  finish: open -> done
    by Admin

report Total on Order
  show total = sum(amount), orders = count()

report OverTime on Order
  by month = month(ordered_on)
  show total = sum(amount)

report ByYear on Order
  by year = year(ordered_on)
  show total = sum(amount)

report ByKind on Order
  by kind
  show total = sum(amount)
"""
)
WORKSPACE = BUNDLE.workspace
ORDER, MOVE, REGION = (EntityId(f"shop.{name}") for name in ("Order", "Move", "Region"))


def test_a_record_is_named_by_its_first_text_or_its_number() -> None:
    order, move = (WORKSPACE.entities[id].display for id in (ORDER, MOVE))
    assert isinstance(order, FieldOf)
    assert order.field == "number"
    assert isinstance(move, Concat)


def test_reference_data_is_named_by_its_first_text_or_its_key() -> None:
    display = WORKSPACE.entities[REGION].display
    assert isinstance(display, Op)
    assert display.op == "??"
    assert fields_of(Build(STANDARD), display) == ("name", "code")


def test_a_list_shows_the_name_and_state_first_and_no_long_texts() -> None:
    (view,) = WORKSPACE.views[ORDER]
    columns = [column.path[0] for column in view.list.columns]
    assert columns[:2] == ["number", "status"]
    assert "remarks" not in columns
    assert ("status",) in view.list.filters


def test_a_form_asks_for_what_people_may_fill_in() -> None:
    (view,) = WORKSPACE.views[ORDER]
    (section,) = view.form
    assert section.fields == ("region", "kind", "ordered_on", "remarks", "lines")


def test_a_page_has_a_tab_for_every_collection() -> None:
    (view,) = WORKSPACE.views[ORDER]
    assert [tab.collections for tab in view.tabs] == [("lines",), ("moves",)]


def test_a_chart_fits_what_the_report_groups_by() -> None:
    charts = {report.name: report.chart.kind for report in WORKSPACE.reports.values()}
    assert charts == {"Total": "number", "OverTime": "line", "ByYear": "line", "ByKind": "bar"}


def test_time_is_grouped_by_spans() -> None:
    grains = {
        report.name: [dimension.grain for dimension in report.dimensions]
        for report in WORKSPACE.reports.values()
    }
    assert grains == {"Total": [], "OverTime": ["month"], "ByYear": ["year"], "ByKind": [""]}


def test_administrators_may_do_everything_with_every_entity_but_lines_of_another() -> None:
    for entity in WORKSPACE.entities.values():
        subjects = [grant.subject for grant in entity.grants]
        governed = entity.owner is None and not entity.data_key
        assert (RoleSubject(role=ADMIN) in subjects) == governed, entity.id


def test_labels_come_from_names() -> None:
    fields = WORKSPACE.entities[ORDER].fields
    assert fields["ordered_on"].label == {"en": "Ordered on"}
    assert fields["created_at"].label == {"en": "Created at"}
