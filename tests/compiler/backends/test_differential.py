"""One expression, one meaning: Python, SQLite and PostgreSQL give the same answers.

Random well-typed expressions over random rows; a batch of them is one SELECT per database. Where
a number does not fit, that must be an error in all three.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, case, create_engine, literal, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateSchema

from compiler.backends.expr.python import compile_function, source
from compiler.backends.expr.sql import Dialect, Query, is_out_of_range
from compiler.model.base import to_json
from compiler.model.expr import THIS, Expr
from stdlib.library import STANDARD
from tests.compiler.backends.expressions import expressions
from tests.compiler.backends.world import (
    ORDER,
    WORKSPACE,
    DatabaseTables,
    World,
    load,
    sqlite_engine,
)
from tests.support.postgres_server import PostgresServer

SEEDS = 8
BATCH = 20
EXPRESSIONS = 2_000
SOAK = 50_000
PARTS = 10
"""Each in a test of its own, for as many processes as there are."""


class Failed:
    """The answer of a database or of Python to a number that does not fit."""

    def __repr__(self) -> str:
        return "an error"


FAILED = Failed()


@dataclass(frozen=True)
class Replica:
    """One data set in one database."""

    dialect: Dialect
    engine: Engine
    tables: DatabaseTables
    world: World

    def answers(self, exprs: list[Expr]) -> list[Any]:
        """For each expression its value for every order, or FAILED."""
        try:
            return self._columns(exprs)
        except DBAPIError as error:
            if not is_out_of_range(error.orig or error):
                raise
            if len(exprs) == 1:
                return [FAILED]
            return [self.answers([expr])[0] for expr in exprs]

    def _columns(self, exprs: list[Expr]) -> list[Any]:
        query = Query(self.tables, self.dialect, STANDARD.functions, ORDER)
        columns = [
            column.label(f"c{index}_{part}")
            for index, expr in enumerate(exprs)
            for part, column in enumerate(_shown(query, expr))
        ]
        statement = select(*columns).select_from(query.source).order_by(query.row.c["id"])
        world = self.world
        binds = {"me": world.me.id, "now": world.now, "today": world.today, "zone": world.zone.key}
        with self.engine.connect() as connection:
            rows = connection.execute(statement, binds).mappings().all()
        return [
            [(row[f"c{index}_0"], row[f"c{index}_1"]) for row in rows]
            for index in range(len(exprs))
        ]


def _shown(query: Query, expr: Expr) -> list[Any]:
    """The value, and whether a WHERE would keep the row."""
    value = query.value(expr)
    if expr.type.kind != "bool":
        return [value, literal(None)]
    return [value, case((query.condition(expr), literal(1)), else_=literal(0))]


def python_answers(world: World, expr: Expr) -> Any:
    """What generated Python says, in the form of `Replica.answers`."""
    function = compile_function(expr, (THIS,), STANDARD.functions, False, WORKSPACE.called)
    try:
        values = [function(world, row) for row in world.extent(ORDER)]
    except ArithmeticError:
        return FAILED
    is_bool = expr.type.kind == "bool"
    return [(value, int(value is True) if is_bool else None) for value in values]


@pytest.fixture(scope="module")
def replicas(postgres_server: PostgresServer) -> Iterator[list[list[Replica]]]:
    """For each seed its data set on both databases."""
    with postgres_server.database() as url:
        # Each statement runs once: compiling it to machine code would take most of the time.
        postgres = create_engine(url, connect_args={"options": "-c jit=off"})
        found = []
        for seed in range(SEEDS):
            world = World(seed)
            sqlite = sqlite_engine()
            schema = f"seed_{seed}"
            with postgres.begin() as connection:
                connection.execute(CreateSchema(schema))
            found.append(
                [
                    Replica("sqlite", sqlite, load(sqlite, world, None), world),
                    Replica("postgresql", postgres, load(postgres, world, schema), world),
                ]
            )
        yield found
        postgres.dispose()


def check(replicas: list[Replica], exprs: list[Expr]) -> int:
    """Ask all three; how many expressions a database refused that Python never had to finish."""
    world = replicas[0].world
    expected = [python_answers(world, expr) for expr in exprs]
    refused = 0
    for replica in replicas:
        for expr, wanted, found in zip(exprs, expected, replica.answers(exprs), strict=True):
            if found is FAILED and wanted is not FAILED and _may_stop_early(expr):
                refused += 1  # SQL may compute what Python, stopping early, need not
                continue
            same = found == wanted and _scales(found) == _scales(wanted)
            assert same, _difference(replica, expr, wanted, found)
    return refused


def _difference(replica: Replica, expr: Expr, wanted: Any, found: Any) -> str:
    written = source(expr, (THIS,), STANDARD.functions, False, WORKSPACE.called)
    return (
        f"{replica.dialect}, seed {replica.world.seed}\n{expr.type!r}\n"
        f"{written}\nPython: {wanted}\nSQL: {found}\n{expr!r}"
    )


def _may_stop_early(expr: Expr) -> bool:
    dumped = to_json(expr)
    return (
        any(f'"op":"{name}"' in dumped for name in ("and", "or", "??", "in"))
        or any(f'"node":"{name}"' in dumped for name in ("case", "aggregate"))
        or '"nullable":true' in dumped
    )


def _scales(answers: Any) -> Any:
    if answers is FAILED:
        return None
    return [
        value.as_tuple().exponent if isinstance(value, Decimal) else type(value)
        for value, _ in answers
    ]


def run(replicas: list[list[Replica]], total: int, *, derandomize: bool) -> None:
    """Check that many random expressions; hardly any may be refused by a database alone."""
    asked = refused = 0

    @settings(
        max_examples=total // BATCH,
        derandomize=derandomize,
        database=None,
        # The message names the one expression of the batch; making the batch smaller takes minutes.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        seed=st.integers(0, SEEDS - 1),
        exprs=st.lists(expressions(), min_size=BATCH, max_size=BATCH),
    )
    def agree(seed: int, exprs: list[Expr]) -> None:
        nonlocal asked, refused
        asked += len(exprs)
        refused += check(replicas[seed], exprs)

    agree()
    assert asked >= total
    assert refused < total // 100


def test_python_sqlite_and_postgresql_agree(replicas: list[list[Replica]]) -> None:
    run(replicas, EXPRESSIONS, derandomize=True)


@pytest.mark.soak
@pytest.mark.parametrize(
    "part", range(PARTS), ids=lambda part: f"{SOAK // PARTS} of {SOAK}, {part}"
)
def test_they_agree_for_long(replicas: list[list[Replica]], part: int) -> None:
    run(replicas, SOAK // PARTS, derandomize=False)
