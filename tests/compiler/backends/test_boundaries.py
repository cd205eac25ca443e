"""At the edge of 18 digits Python, SQLite and PostgreSQL give the same answer, or all refuse."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    create_engine,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError

from compiler.backends.expr.python import compile_function
from compiler.backends.expr.sql import Dialect, is_out_of_range
from compiler.backends.expr.sql.lower import Lowering
from compiler.backends.schema.storage import sql_type
from compiler.model.expr import Expr, Func, Op, Operator, Var
from compiler.model.types import INT, Type, decimal
from compiler.operators import result_type
from stdlib.library import STANDARD
from tests.compiler.backends.world import DatabaseTables, sqlite_engine
from tests.support.postgres_server import PostgresServer

BIG = 10**18 - 1
INTS = (0, 1, -1, 2, 7, 999_999_999, -(10**9), 10**17, BIG, -BIG)
PLACES = ("0", "0.01", "-0.01", "0.05", "-0.5", "1", "3", "999999.99", "-123456.78")
MONEY = (*map(Decimal, PLACES), Decimal(BIG).scaleb(-2), -Decimal(BIG).scaleb(-2))
FINE = (*(Decimal(p) for p in ("0", "0.000001", "0.5", "-2.999999")), Decimal(BIG).scaleb(-6))
TYPES = {"i": INT, "m": decimal(2, unit="CNY"), "n": decimal(2), "f": decimal(6), "s": decimal(8)}
VALUES: dict[str, tuple[Any, ...]] = {
    "i": INTS,
    "m": MONEY,
    "n": MONEY,
    "f": FINE,
    "s": (Decimal("0E-8"), Decimal("1E-8"), Decimal("-0.5"), Decimal(BIG).scaleb(-8)),
}
REFUSED = "refused"
MOST_REFUSED = 5
NO_TABLES = DatabaseTables(None)


def quantized(value: Any, type: Type) -> Any:
    return value.quantize(Decimal(1).scaleb(-type.scale)) if isinstance(value, Decimal) else value


def operations() -> Iterator[tuple[str, str, Expr]]:
    """Every arithmetic operator and comparison over every pair of types that fits."""
    signs: tuple[Operator, ...] = ("+", "-", "*", "/", "<", "==", ">=")
    for a in TYPES:
        for b in TYPES:
            args = Var(type=TYPES[a], name="a"), Var(type=TYPES[b], name="b")
            for sign in signs:
                type = result_type(sign, args)
                if type is not None:
                    yield a, b, Op(type=type, op=sign, args=args)
            for name in ("mod", "least"):
                type = STANDARD.functions[name].signature.fit(args)
                if type is not None:
                    yield a, b, Func(type=type, name=name, args=args)


CASES = list(operations())
NAMES = [
    f"{a} {getattr(expr, 'op', None) or getattr(expr, 'name', None)} {b}" for a, b, expr in CASES
]


@pytest.fixture(scope="module")
def databases(postgres_server: PostgresServer) -> Iterator[list[tuple[Dialect, Connection]]]:
    sqlite = sqlite_engine()
    with postgres_server.database() as url:
        # Each statement runs once: compiling it to machine code would take most of the time.
        postgres = create_engine(
            url, connect_args={"options": "-c jit=off"}, isolation_level="AUTOCOMMIT"
        )
        with sqlite.connect() as light, postgres.connect() as heavy:
            yield [("sqlite", light), ("postgresql", heavy)]
        postgres.dispose()


def python_answer(expr: Expr, x: Any, y: Any) -> Any:
    try:
        return compile_function(expr, ("a", "b"), STANDARD.functions)(None, x, y)
    except ArithmeticError:
        return REFUSED


@pytest.mark.parametrize(("a", "b", "expr"), CASES, ids=NAMES)
def test_numbers_at_the_edge(
    databases: list[tuple[Dialect, Connection]], a: str, b: str, expr: Expr
) -> None:
    pairs = [(quantized(x, TYPES[a]), quantized(y, TYPES[b])) for x in VALUES[a] for y in VALUES[b]]
    wanted = {index: python_answer(expr, x, y) for index, (x, y) in enumerate(pairs)}
    fits = [index for index, value in wanted.items() if value is not REFUSED]
    refused = [index for index, value in wanted.items() if value is REFUSED]
    for dialect, connection in databases:
        table = made(connection, TYPES[a], TYPES[b], pairs)
        value = Lowering(NO_TABLES, dialect, STANDARD.functions).value(
            expr, {"a": table.c["a"], "b": table.c["b"]}
        )
        statement = select(table.c["id"], value)
        found = connection.execute(statement.where(table.c["id"].in_(fits)))
        assert {row[0]: row[1] for row in found} == {index: wanted[index] for index in fits}
        for index in refused[:: max(1, len(refused) // MOST_REFUSED)]:
            with pytest.raises(DBAPIError) as fault:
                connection.execute(statement.where(table.c["id"] == index)).all()
            assert is_out_of_range(fault.value.orig or fault.value)


def made(connection: Connection, a: Type, b: Type, pairs: list[tuple[Any, Any]]) -> Table:
    """A table with these pairs of numbers."""
    columns = (Column("id", Integer), Column("a", sql_type(a)), Column("b", sql_type(b)))
    table = Table("pairs", MetaData(), *columns)
    table.drop(connection, checkfirst=True)
    table.create(connection)
    rows = [{"id": index, "a": x, "b": y} for index, (x, y) in enumerate(pairs)]
    connection.execute(insert(table), rows)
    return table
