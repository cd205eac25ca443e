from __future__ import annotations

import gc
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dsl.ast import app, calendar, clock, entity, expr, flow, report, rule, statement, test, view
from dsl.ast.base import Node
from dsl.parser import parse_block
from dsl.source import SourceFile, Span
from tests.dsl.trees import SHOP, blocks, faults, shapes


def declared(text: str) -> app.Decl:
    (block,) = blocks(text)
    assert block.diagnostics == ()
    assert block.decl is not None
    return block.decl


def expression(text: str) -> expr.Expr:
    decl = declared(f"entity A\n  x = {text}\n")
    assert isinstance(decl, entity.EntityDecl)
    (member,) = decl.members
    assert isinstance(member, entity.ComputedDecl)
    return member.value


def written(text: str, node: Node) -> str:
    return text[node.span.start : node.span.end]


def test_every_construct_of_the_first_part_is_read_without_a_fault() -> None:
    parsed = blocks(SHOP)
    assert [item.message.en for block in parsed for item in block.diagnostics] == []
    kinds = {type(block.decl) for block in parsed}
    assert kinds == {
        app.AppDecl, app.LocaleDecl, app.RoleDecl, app.EnumDecl, app.DataDecl,
        calendar.CalendarDecl, clock.ClockDecl, entity.EntityDecl, entity.MixinDecl,
        flow.ActionDecl, flow.FlowDecl, rule.RuleDecl, report.ReportDecl,
        view.ViewDecl, test.TestDecl,
    }  # fmt: skip


def test_every_node_knows_where_it_stands() -> None:
    for block in SourceFile("app.case", SHOP).blocks:
        decl = parse_block(block).decl
        assert decl is not None
        for node in nodes(decl):
            if isinstance(node, entity.FieldDecl):
                assert written(block.text, node).startswith(node.name.text)
            if isinstance(node, expr.NameRef):
                assert written(block.text, node) in (node.name.text, f"({node.name.text})")
            empty = isinstance(node, app.Cell) and not node.text
            assert 0 <= node.span.start <= node.span.end - (not empty) < len(block.text)


def nodes(value: object) -> list[Node]:
    if isinstance(value, tuple):
        return [node for item in value for node in nodes(item)]
    if not isinstance(value, Node):
        return []
    inner = [getattr(value, name) for name in value.__dataclass_fields__]
    return [value, *(node for item in inner for node in nodes(item))]


# ---------------------------------------------------------------- names


def test_keywords_are_names_wherever_their_clause_cannot_stand() -> None:
    words = ["state", "check", "access", "unique", "min", "sort", "count", "when", "form", "by"]
    text = "entity A\n" + "".join(
        f"  {word}: text required when {word} == {word}\n" for word in words
    )
    decl = declared(text)
    assert isinstance(decl, entity.EntityDecl)
    names = [m.name.text for m in decl.members if isinstance(m, entity.FieldDecl)]
    assert names == words


@pytest.mark.parametrize(
    "word",
    [
        "and",
        "or",
        "not",
        "in",
        "is",
        "case",
        "else",
        "where",
        "of",
        "true",
        "false",
        "null",
        "me",
        "this",
        "old",
    ],
)
def test_reserved_words_are_refused_as_names_and_the_rest_is_read(word: str) -> None:
    text = f"entity A\n  {word}: text\n  b: int\n"
    assert faults(text) == [(2, "CW0103")]
    decl = blocks(text)[0].decl
    assert isinstance(decl, entity.EntityDecl)
    assert len(decl.members) == 2


def test_names_may_be_of_any_script_and_are_normalised() -> None:
    decomposed = unicodedata.normalize("NFD", "été")
    decl = declared(f"entity 客户 as customer\n  {decomposed}: text\n")
    assert isinstance(decl, entity.EntityDecl)
    assert decl.name.text == "客户"
    member = decl.members[0]
    assert isinstance(member, entity.FieldDecl)
    assert member.name.text == "été"


def test_docs_belong_to_what_stands_below_them() -> None:
    decl = declared("## One.\n## Two.\nentity A\n  # no doc\n  a: text\n  ## Of b.\n  b: text\n")
    assert isinstance(decl, entity.EntityDecl)
    assert decl.doc is not None
    assert decl.doc.text == "One.\nTwo."
    docs = [m.doc and m.doc.text for m in decl.members if isinstance(m, entity.NamedMember)]
    assert docs == [None, "Of b."]


# ---------------------------------------------------------------- literals


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("1_000_000", expr.Number(Span(0, 0), Decimal("1000000"))),
        ("12.50", expr.Number(Span(0, 0), Decimal("12.50"))),
        ("20%", expr.Percent(Span(0, 0), Decimal("0.20"))),
        ("2026-11-21", expr.DateLit(Span(0, 0), date(2026, 11, 21))),
        ("2026-11", expr.MonthLit(Span(0, 0), date(2026, 11, 1))),
        ("09:05", expr.TimeLit(Span(0, 0), time(9, 5))),
        ("2026-11-21 09:00", expr.DateTimeLit(Span(0, 0), datetime(2026, 11, 21, 9))),
        ("1 day", expr.DurationLit(Span(0, 0), Decimal(1), "days")),
        ("1.5 workhours", expr.DurationLit(Span(0, 0), Decimal("1.5"), "workhours")),
        ("true", expr.Bool(Span(0, 0), True)),
        ("null", expr.Null(Span(0, 0))),
    ],
)
def test_literals(text: str, node: expr.Expr) -> None:
    found = expression(text)
    assert shapes_of(found) == shapes_of(node)
    if isinstance(found, expr.Number | expr.Percent) and isinstance(node, type(found)):
        assert found.value.as_tuple() == node.value.as_tuple()


def shapes_of(node: Node) -> list[object]:
    return [getattr(node, name) for name in node.__dataclass_fields__ if name != "span"]


@pytest.mark.parametrize("unit", ["year", "month", "week", "day", "hour", "minute", "second"])
def test_units_of_time_are_written_singular_or_plural(unit: str) -> None:
    one, many = expression(f"1 {unit}"), expression(f"2 {unit}s")
    assert isinstance(one, expr.DurationLit)
    assert isinstance(many, expr.DurationLit)
    assert one.unit == many.unit == f"{unit}s"


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13", "25:00", "2026-01-01 10:61"])
def test_a_date_that_does_not_exist_is_refused(text: str) -> None:
    assert faults(f"entity A\n  x = {text}\n") == [(2, "CW0125")]


def test_expressions_in_a_text_are_read_where_they_stand() -> None:
    text = 'entity A\n  x = "{{a}} {b + 1}, {f("q")}!"\n'
    (block,) = blocks(text)
    assert isinstance(block.decl, entity.EntityDecl)
    (member,) = block.decl.members
    assert isinstance(member, entity.ComputedDecl)
    value = member.value
    assert isinstance(value, expr.Text)
    assert value.raw == '{{a}} {b + 1}, {f("q")}!'
    assert [p if isinstance(p, str) else written(text, p) for p in value.parts] == [
        "{a}} ", "b + 1", ", ", 'f("q")', "!",
    ]  # fmt: skip


def test_escapes_of_a_text_are_quote_and_backslash() -> None:
    value = expression(r'"say \"hi\" \\ \d"')
    assert isinstance(value, expr.Text)
    assert value.parts == ('say "hi" \\ \\d',)


def test_a_pattern_means_its_backslashes() -> None:
    decl = declared('entity A\n  x: text matches "^\\\\d{3}\\.$"\n')
    assert isinstance(decl, entity.EntityDecl)
    member = decl.members[0]
    assert isinstance(member, entity.FieldDecl)
    pattern = member.modifiers[0].text
    assert pattern is not None
    assert pattern.value == r"^\\d{3}\.$"


def test_a_long_text_loses_the_indentation_its_lines_share() -> None:
    value = expression('"""\n      Dear {name},\n\n        yours\n      """')
    assert isinstance(value, expr.Text)
    assert [part if isinstance(part, str) else "…" for part in value.parts] == [
        "Dear ", "…", ",\n\n  yours",
    ]  # fmt: skip


# ---------------------------------------------------------------- expressions


def bracketed(node: object) -> str:
    """An expression with all its brackets written."""
    match node:
        case expr.Binary(_, op, left, right):
            return f"({bracketed(left)} {op} {bracketed(right)})"
        case expr.Unary(_, op, operand):
            return f"({op} {bracketed(operand)})"
        case expr.IsNull(_, operand, negated):
            return f"({bracketed(operand)} is{' not' if negated else ''} null)"
        case expr.Range(_, low, high, open_end):
            return f"({bracketed(low)}..{'<' if open_end else ''}{bracketed(high)})"
        case expr.Attr(_, of, name):
            return f"{bracketed(of)}.{name}"
        case expr.ListLit(_, items):
            return f"[{', '.join(map(bracketed, items))}]"
        case expr.NameRef(_, name):
            return name.text
        case expr.Number(_, value):
            return str(value)
    raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a or b and not c == d", "(a or (b and (not (c == d))))"),
        ("a + b * -c - d", "((a + (b * (- c))) - d)"),
        ("a - b - c", "((a - b) - c)"),
        ("a ?? b ?? c > 1", "(((a ?? b) ?? c) > 1)"),
        ("a.b.c in 1..<9", "(a.b.c in (1..<9))"),
        ("a not in (b, c) or a in (b)", "((a not in [b, c]) or (a in [b]))"),
        ("a starts with b and c under d", "((a starts with b) and (c under d))"),
        ("a is not null and b is null", "((a is not null) and (b is null))"),
        ("(a or b) and c", "((a or b) and c)"),
        ("not a contains b", "(not (a contains b))"),
    ],
)
def test_operators_bind_as_documented(text: str, meaning: str) -> None:
    assert bracketed(expression(text)) == meaning


def test_an_aggregate_names_its_parts() -> None:
    node = expression("count(distinct a.b of c as d where d.e > 1 sort -f, g)")
    assert isinstance(node, expr.Aggregate)
    assert node.function == "count"
    assert node.distinct
    assert node.alias is not None
    assert node.value is not None
    assert node.source is not None
    assert (bracketed(node.value), bracketed(node.source), node.alias.text) == ("a.b", "c", "d")
    assert [(bracketed(key.value), key.descending) for key in node.sort] == [
        ("f", True),
        ("g", False),
    ]


def test_an_aggregate_word_is_a_name_without_its_bracket() -> None:
    assert bracketed(expression("count + first.max")) == "(count + first.max)"


def test_coalesce_beside_and_needs_brackets() -> None:
    assert faults("entity A\n  x = a ?? b and c\n") == [(2, "CW0109")]
    assert faults("entity A\n  x = (a ?? b) and c\n") == []


# ---------------------------------------------------------------- statements, blocks


def test_statements_keep_their_order_and_kind() -> None:
    decl = next(
        block.decl
        for block in blocks(SHOP)
        if isinstance(block.decl, rule.RuleDecl) and block.decl.name.text == "first_call"
    )
    assert [type(item) for item in decl.do] == [
        statement.Let, statement.Let, statement.Assign, statement.Assign, statement.Add,
        statement.Create, statement.Update, statement.For, statement.For, statement.Do,
    ]  # fmt: skip


def test_line_ends_and_a_missing_last_one_make_no_difference() -> None:
    assert shapes(SHOP.replace("\n", "\r\n").rstrip()) == shapes(SHOP)
    assert faults(SHOP.replace("\n", "\r\n")) == []


def test_an_edit_leaves_the_trees_of_other_blocks_as_they_are() -> None:
    before = blocks(SHOP)
    after = blocks("# moved\n\n" + SHOP.replace("name: text(80)", "name: text(81)"))
    same = [old is new for old, new in zip(before, after, strict=True)]
    assert same.count(False) == 1


def test_several_threads_may_parse_at_once() -> None:
    texts = [SHOP.replace("shop", f"shop{number}") for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(shapes, texts))
    assert together == [shapes(text) for text in texts]
    assert together[0] != together[1]


def test_parsing_leaves_the_garbage_collector_on() -> None:
    blocks("role A\n")
    assert gc.isenabled()


# ---------------------------------------------------------------- any text whatever

_SIGNS = st.sampled_from(
    [
        "entity",
        "flow",
        "rule",
        "A",
        "a:",
        "text",
        "->",
        "=",
        "==",
        "(",
        ")",
        "[",
        "]",
        '"',
        '"""',
        "{",
        "}",
        "\n",
        "",
        "",
        ",",
        ".",
        "..",
        "??",
        "#",
        "##",
        "|",
        "%",
        "1",
        "2026-11-21",
        "case",
        "else",
        "：",
        "“",
        "”",
        "\t",
        "\r",
        "\x00",
        "sum(",
        "when",
        "do",
        "state",
        "客户",
        "by",
    ]
)


@given(st.text(max_size=200))
@example("\ufeffrole A")
@example("entity A\n  x = " + "(" * 500)
@example("entity A\n  x = " + "-" * 5000 + "1")
@example("entity A\n  x = a" + " + a" * 3000)
@example('entity A\n  x = "' + "{" * 4000)
@example('role A """\n' + '"' * 3000)
@example("entity A\n" + "\n".join("  " * depth + "a" for depth in range(300)))
def test_no_text_makes_the_parser_raise(text: str) -> None:
    blocks(text)


@given(st.lists(_SIGNS, max_size=60).map(" ".join))
@example("“ \t “")
def test_no_mixture_of_signs_makes_the_parser_raise(text: str) -> None:
    blocks("entity A\n  " + text)
