from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.format import format
from dsl.source import SourceFile
from tests.dsl.trees import SHOP, faults, shapes
from tests.test_cases import all_cases

ROOT = Path(__file__).parent.parent.parent
APPS = sorted((ROOT / "apps").rglob("*.case"))


def comments(text: str) -> list[str]:
    """The comments of a text; no text in quotes of these tests holds a `#`."""
    return [line[line.index("#") :].rstrip() for line in text.split("\n") if "#" in line]


# ---------------------------------------------------------------- what it changes


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("role   A  'x'", None),
        ('role   A   "x"   includes B ,C', 'role A "x" includes B, C'),
        ("entity A\n      a :text( 120 )   required", "entity A\n  a: text(120) required"),
        ("entity A\n a: text\n b: [ C ]", "entity A\n  a: text\n  b: [C]"),
        ("entity A\n  x=-a+b*-1", "entity A\n  x = -a + b * -1"),
        ("entity A\n  x=a .b. c in 1 .. 5", "entity A\n  x = a.b.c in 1..5"),
        ("entity A\n  x=f (a,b : 1) and(c)", "entity A\n  x = f(a, b: 1) and (c)"),
        ("entity A\n  x = sum (a of b)", "entity A\n  x = sum(a of b)"),
        ("entity A\n\n\n\n  a: text\n\n\n  b: text", "entity A\n\n  a: text\n\n  b: text"),
        ("entity A\n  a: text # why", "entity A\n  a: text  # why"),
        ("entity A\n  a<-B.c\n  d   ->E   tree", "entity A\n  a <- B.c\n  d -> E tree"),
        ("data A by a\n  a|b\n  x  |\n  |y", "data A by a\n  a | b\n  x |\n  | y"),
        ("flow A.b\n  c: * ->stay", "flow A.b\n  c: * -> stay"),
    ],
)  # fmt: skip
def test_white_space_is_put_right(written: str, printed: str | None) -> None:
    assert format(written) == (written if printed is None else printed) + "\n"


def test_a_minus_that_begins_a_line_is_a_sign() -> None:
    text = 'score heat on Lead 0..100\n  20 when a > 1 "one"\n  -15 when a < 1 "two"\n'
    assert format(text) == text


def test_one_blank_line_stands_between_blocks() -> None:
    assert format("entity A\n  a: text\nentity B\n\n\n\nentity C\n") == (
        "entity A\n  a: text\n\nentity B\n\nentity C\n"
    )


def test_one_line_blocks_of_a_kind_may_stand_together() -> None:
    text = "role A\nrole B\n\nrole C\n\nentity D\n"
    assert format(text) == text


def test_comments_stay_with_their_level() -> None:
    text = (
        "# file\n\n# of A\nentity A  # head\n    # of a\n    a: text\n    # end of A\n"
        "# apart\n\nentity B\n  access  # who\n    # first\n    C read\n    # last\n"
        "  # of b\n  b: text\n"
    )
    assert format(text) == (
        "# file\n\n# of A\nentity A  # head\n  # of a\n  a: text\n  # end of A\n# apart\n\n"
        "entity B\n  access  # who\n    # first\n    C read\n    # last\n  # of b\n  b: text\n"
    )


def test_lines_broken_inside_brackets_stay_broken() -> None:
    assert format("entity A\n  x = f(\n a,  # why\n\n   # all\n  g(b,\n c)\n )\n") == (
        "entity A\n  x = f(\n    a,  # why\n    # all\n    g(b,\n      c)\n  )\n"
    )


def test_a_broken_block_is_copied_and_the_others_are_formatted() -> None:
    assert format("entity A\n     a   text\nentity B\n     b:text\n") == (
        "entity A\n     a   text\n\nentity B\n  b: text\n"
    )


# ---------------------------------------------------------------- what it keeps


@pytest.mark.parametrize("path", APPS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_apps_are_formatted(path: Path) -> None:
    text = path.read_text("utf-8")
    assert format(text) == text


def test_formatted_text_is_not_changed() -> None:
    assert format(SHOP) == SHOP


def test_line_ends_and_a_byte_order_mark_are_put_right() -> None:
    assert format("\ufeff" + SHOP.replace("\n", "\r\n").rstrip()) == SHOP


_BLANKS = re.compile(r'"""(?:[^"]|"(?!""))*"""|"[^"\n]*"|#[^\n]*|(?<=\S)(?P<blank> +)(?=[^\s#])')


@st.composite
def untidy(draw: st.DrawFn) -> str:
    """A block of the sample app with other blanks, indentation, blank lines and comments."""
    block = draw(st.sampled_from(SourceFile("app.case", SHOP).blocks)).text
    step = draw(st.integers(1, 5))
    choose = draw(st.randoms(use_true_random=False))
    inside_text = False
    lines: list[str] = []
    for line in block.rstrip().split("\n"):
        if not inside_text:
            line = _BLANKS.sub(
                lambda m: " " * choose.randint(1, 4) if m["blank"] else m.group(), line
            )
            depth = (len(line) - len(line.lstrip())) // 2
            line = " " * (depth * step) + line.lstrip()
            if choose.random() < 0.1 and lines:
                lines.append(choose.choice(["", "", f"{' ' * choose.randint(1, 6)}# note"]))
            if choose.random() < 0.1 and '"""' not in line and "#" not in line:
                line += choose.choice(["   ", "  # why", "# why"])
        inside_text ^= line.count('"""') == 1
        lines.append(line)
    return "\n".join(lines)


@given(untidy())
def test_formatting_keeps_tree_and_comments_and_is_done_at_once(text: str) -> None:
    formatted = format(text)
    if not faults(text):
        assert shapes(formatted) == shapes(text)
    assert comments(formatted) == comments(text)
    assert format(formatted) == formatted


@given(st.text(alphabet='ab ():=-.,|#"\n\u2028\u3000', max_size=80))
def test_any_text_keeps_all_that_is_not_blank(text: str) -> None:
    formatted = format("entity A\n  " + text)
    assert "".join(formatted.split()) == "".join(("entity A\n  " + text).split())
    assert format(formatted) == formatted


@pytest.mark.parametrize("text", [case.blocks()["casework"]["text"] for case in all_cases()])
def test_the_texts_of_all_cases_keep_their_trees(text: str) -> None:
    formatted = format(text)
    assert format(formatted) == formatted
    if not faults(text):
        assert shapes(formatted) == shapes(text)
        assert comments(formatted) == comments(text)
