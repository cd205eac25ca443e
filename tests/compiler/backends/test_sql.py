"""What lowered SQL promises beyond giving the right answers: plain comparisons, few joins, no text
of people in the statement."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, make_url, select

from compiler.backends.expr.sql import Dialect, Query
from compiler.model.expr import ME, THIS, Aggregate, Const, Expr, Extent, FieldOf, Many, Op, Var
from compiler.model.types import BOOL, DATE, INT, TEXT, Type, enum, ref, set_of
from compiler.operators import aggregate_type, result_type
from stdlib.library import STANDARD
from tests.compiler.backends.world import (
    CNY,
    COLOR,
    LINE,
    ORDER,
    PERSON,
    TEAM,
    DatabaseTables,
    World,
    load,
    sqlite_engine,
)

DIALECTS: tuple[Dialect, ...] = ("sqlite", "postgresql")
DRIVERS = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}
ENGINES = {each: make_url(DRIVERS[each]).get_dialect()() for each in DIALECTS}


def this(name: str, type: Type) -> FieldOf:
    return FieldOf(type=type, of=Var(type=ref(ORDER), name=THIS), field=name)


def op(name: Any, *args: Expr) -> Op:
    type = result_type(name, args)
    assert type is not None
    return Op(type=type, op=name, args=args)


def text(value: str) -> Const:
    return Const(type=TEXT, value=value)


def number(value: int) -> Const:
    return Const(type=INT.but(digits=3), value=value)


QUANTITY, RANK = this("quantity", INT), this("rank", INT.optional())
NOTE, CODE = this("note", TEXT.optional()), this("code", TEXT)
BUYER = this("buyer", ref(PERSON, nullable=True))


def query(dialect: Dialect) -> Query:
    return Query(DatabaseTables(None), dialect, STANDARD.functions, ORDER)


def where(expr: Expr, dialect: Dialect) -> str:
    """The condition as SQL, columns by their names, binds as `?`."""
    made = query(dialect).condition(expr)
    return plain(str(made.compile(dialect=ENGINES[dialect])))


def plain(sql: str) -> str:
    sql = re.sub(r"%\(\w+\)s(::\w+)?", "?", sql)
    return " ".join(re.sub(r"\be_\w+_1\.f_", "", sql).split())


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("expr", "sql"),
    [
        (op("==", QUANTITY, number(3)), "quantity = ?"),
        (op("==", RANK, number(3)), "rank = ?"),
        (op("!=", QUANTITY, number(3)), "quantity != ?"),
        (op("==", RANK, Const(type=INT.optional(), value=None)), "rank IS NULL"),
        (op("not", op("is null", RANK)), "rank IS NOT NULL"),
        (op("<", RANK, number(3)), "rank < ?"),
        (op("not", op("<", QUANTITY, number(3))), "quantity >= ?"),
        (op("not", op("and", op("<", QUANTITY, number(3)), op("is null", RANK))),
         "quantity >= ? OR rank IS NOT NULL"),
        (op("in", CODE, text("a"), text("b")), "code IN (?, ?)"),
        (op("==", this("owner", ref(PERSON)), Var(type=ref(PERSON), name=ME)), "owner = ?"),
    ],
)  # fmt: skip
def test_a_comparison_is_one_that_an_index_serves(dialect: Dialect, expr: Expr, sql: str) -> None:
    assert where(expr, dialect) == sql


@pytest.mark.parametrize(
    ("expr", "on_sqlite", "on_postgresql"),
    [
        (op("!=", RANK, number(3)), "rank IS NOT ?", "rank IS DISTINCT FROM ?"),
        (op("==", NOTE, this("note", TEXT.optional())), "note IS note",
         "note IS NOT DISTINCT FROM note"),
        (op("not", op("<", RANK, number(3))), "(rank < ?) IS NOT 1", "(rank < ?) IS NOT true"),
        (op("<", CODE, text("b")), "code < ?", '(code COLLATE "C") < (? COLLATE "C")'),
    ],
)  # fmt: skip
def test_null_is_a_value_where_it_may_occur(expr: Expr, on_sqlite: str, on_postgresql: str) -> None:
    assert where(expr, "sqlite") == on_sqlite
    assert where(expr, "postgresql") == on_postgresql


@pytest.mark.parametrize("dialect", DIALECTS)
def test_one_join_serves_all_that_follow_a_path(dialect: Dialect) -> None:
    asked = query(dialect)
    team = FieldOf(type=ref(TEAM, nullable=True), of=BUYER, field="team")
    shown = [
        asked.value(FieldOf(type=TEXT.optional(), of=BUYER, field="name")),
        asked.value(FieldOf(type=TEXT.optional(), of=team, field="name")),
    ]
    asked.condition(op("is null", FieldOf(type=DATE.optional(), of=BUYER, field="born")))
    sql = str(select(*shown).select_from(asked.source))
    assert sql.count("JOIN") == 2
    assert sql.count("SELECT") == 1


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_constant_stands_in_the_statement(dialect: Dialect) -> None:
    hostile = "'; DROP TABLE e_order; --"
    sql = where(op("contains", NOTE, text(hostile)), dialect)
    assert "DROP" not in sql
    assert "7654321" not in where(op(">", QUANTITY, Const(type=INT, value=7_654_321)), dialect)


def test_the_id_of_a_reference_needs_no_join() -> None:
    id_of = FieldOf(type=ref(PERSON, nullable=True), of=BUYER, field="id")
    assert where(op("is null", id_of), "sqlite") == "buyer IS NULL"


def test_short_numbers_are_added_by_the_database_itself() -> None:
    few = this("few", INT.but(digits=4))
    assert where(op(">", op("+", few, number(1)), number(5)), "sqlite") == "(few + ?) > ?"
    assert "cw_fit" in where(op(">", op("+", QUANTITY, number(1)), number(5)), "sqlite")


@pytest.fixture(scope="module")
def loaded() -> Any:
    engine = sqlite_engine()
    world = World(1)
    return engine, load(engine, world, None), world


def aggregate(function: Any, value: Expr | None, where: Expr | None = None) -> Aggregate:
    type = aggregate_type(function, value.type if value else None)
    assert type is not None
    source = Extent(type=set_of(ref(ORDER)), entity=ORDER)
    return Aggregate(
        type=type, function=function, distinct=False, row="r", source=source, value=value,
        where=where, sort=(),
    )  # fmt: skip


def test_a_report_groups_and_filters_in_one_statement(loaded: Any) -> None:
    engine, tables, world = loaded
    asked = Query(tables, "sqlite", STANDARD.functions, ORDER)
    row = Var(type=ref(ORDER), name="r")
    price = FieldOf(type=CNY, of=row, field="price")
    paid = FieldOf(type=BOOL, of=row, field="paid")
    color = asked.value(this("color", enum(COLOR)))
    columns = [
        asked.aggregate(aggregate("count", None)),
        asked.aggregate(aggregate("sum", price)),
        asked.aggregate(aggregate("sum", price, paid)),
        asked.aggregate(aggregate("max", price, paid)),
    ]
    statement = select(color, *columns).select_from(asked.source).group_by(color)
    with engine.connect() as connection:
        found = {row[0]: tuple(row[1:]) for row in connection.execute(statement)}
    orders = world.rows[ORDER].values()
    wanted = {}
    for each in {order["color"] for order in orders}:
        rows = [order for order in orders if order["color"] == each]
        kept = [order["price"] for order in rows if order["paid"]]
        total = sum(order["price"] for order in rows)
        wanted[each] = (len(rows), total, sum(kept), max(kept, default=None))
    assert found == wanted


def test_lines_of_one_record_are_found_by_their_parent() -> None:
    lines = Many(type=set_of(ref(LINE)), of=Var(type=ref(ORDER), name=THIS), field="lines")
    quantity = FieldOf(type=INT, of=Var(type=ref(LINE), name="l"), field="quantity")
    total = Aggregate(
        type=INT, function="sum", distinct=False, row="l", source=lines, value=quantity,
        where=None, sort=(),
    )  # fmt: skip
    asked = query("sqlite")
    sql = plain(str(select(asked.value(total)).select_from(asked.source)))
    assert "FROM e_line AS e_line_1 WHERE parent = id)" in sql


def test_the_exact_functions_say_what_they_cannot_hold(loaded: Any) -> None:
    engine, _, _ = loaded
    with engine.connect() as connection:
        assert connection.scalar(select(func.cw_divide(1, 3, 6))) == 333_333
        assert connection.scalar(select(func.cw_divide(-1, 2, 0))) == -1
        assert connection.scalar(select(func.cw_divide(1, 0, 6))) is None
        assert connection.scalar(select(func.cw_multiply(None, 3, 0))) is None
        assert connection.scalar(select(func.cw_add_months("2024-01-31", 1))) == "2024-02-29"
