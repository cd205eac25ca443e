"""A small model with every value type, and data sets for it: in memory, on SQLite, on PostgreSQL.

`MemoryRow` and `World` are what generated Python reads; `DatabaseTables` is what lowered SQL reads.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    FromClause,
    Integer,
    MetaData,
    Select,
    Table,
    create_engine,
    event,
    insert,
    select,
)

from compiler.backends.expr.python import compile_function
from compiler.backends.expr.sql import register
from compiler.backends.schema.storage import sql_type
from compiler.model.app import Workspace
from compiler.model.base import EntityId, RoleId
from compiler.model.entity import Collection, Entity
from compiler.model.entity import Field as ModelField
from compiler.model.expr import THIS, Concat, Const, Expr, FieldOf, Op, Var
from compiler.model.types import (
    BOOL,
    DATE,
    DURATION,
    INSTANT,
    INT,
    MONTH,
    TEXT,
    TIME,
    WORKTIME,
    Type,
    decimal,
    enum,
    ref,
    set_of,
)
from compiler.operators import result_type
from stdlib.library import STANDARD
from tests.compiler.backends import declared

TEAM, PERSON, ORDER, LINE, TAG = (
    EntityId(f"t.{name}") for name in ("Team", "Person", "Order", "Line", "Tag")
)
COLOR = "t.Color"
COLORS = ("red", "green", "蓝", "dark_blue")
SALES = RoleId("t.Sales")
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 17, 30, 5, 123456, UTC)
"""In Shanghai already the next day."""


def _labels(name: str) -> dict[str, str]:
    return {"en": name}


def _field(name: str, type: Type, **more: Any) -> ModelField:
    return ModelField(name=name, label=_labels(name), field_type="any", type=type, **more)


def _of(entity: str, name: str, type: Type) -> FieldOf:
    return FieldOf(type=type, of=Var(type=ref(entity), name=THIS), field=name)


def op(name: Any, *args: Expr) -> Op | None:
    """The operator over these operands; None if they do not fit."""
    type = result_type(name, args)
    return None if type is None else Op(type=type, op=name, args=args)


def _certain(expr: Op | None) -> Op:
    assert expr is not None
    return expr


def _collection(name: str, kind: Any, target: EntityId, via: str, **more: Any) -> Collection:
    return Collection(name=name, label=_labels(name), kind=kind, target=target, via=via, **more)


def _entity(
    id: EntityId, fields: Sequence[ModelField], collections: Sequence[Collection], display: Expr
) -> Entity:
    return Entity(
        id=id,
        module="t",
        name=id[2:],
        slug=id[2:].lower(),
        label=_labels(id),
        fields={each.name: each for each in (_field("id", ref(id)), *fields)},
        collections={each.name: each for each in collections},
        display=display,
    )


CNY = decimal(2, unit="CNY")
PERCENT = decimal(4, unit="%")

_ORDER_FIELDS = (
    _field("code", TEXT),
    _field("note", TEXT.optional()),
    _field("quantity", INT),
    _field("rank", INT.optional()),
    _field("price", CNY),
    _field("cost", CNY.optional()),
    _field("discount", PERCENT.optional()),
    _field("weight", decimal(3).optional()),
    _field("factor", decimal(1, digits=6)),
    _field("few", INT.but(digits=4)),
    _field("paid", BOOL),
    _field("urgent", BOOL.optional()),
    _field("ordered", DATE),
    _field("shipped", DATE.optional()),
    _field("period", MONTH.optional()),
    _field("opens", TIME.optional()),
    _field("closes", TIME),
    _field("made", INSTANT),
    _field("sent", INSTANT.optional()),
    _field("took", DURATION.optional()),
    _field("work", WORKTIME.optional()),
    _field("color", enum(COLOR)),
    _field("shade", enum(COLOR, nullable=True)),
    _field("colors", set_of(enum(COLOR))),
    _field("owner", ref(PERSON)),
    _field("buyer", ref(PERSON, nullable=True)),
    _field("team", ref(TEAM, nullable=True)),
    _field(
        "worth",
        _certain(op("*", _of(ORDER, "quantity", INT), _of(ORDER, "price", CNY))).type,
        computed=op("*", _of(ORDER, "quantity", INT), _of(ORDER, "price", CNY)),
        upkeep="read",
    ),
    _field(
        "late",
        BOOL,
        computed=op(
            "<", _of(ORDER, "shipped", DATE.optional()), Const(type=DATE, value="2024-03-01")
        ),
        upkeep="read",
    ),
)

WORKSPACE = Workspace(
    modules={},
    languages=("en",),
    timezone=ZONE.key,
    currency="CNY",
    roles={},
    enums={},
    entities={
        TEAM: _entity(
            TEAM,
            (
                _field("name", TEXT),
                _field("above", ref(TEAM, nullable=True), tree=True),
                _field("lead", ref(PERSON, nullable=True)),
                _field("budget", CNY.optional()),
            ),
            (_collection("people", "inverse", PERSON, "team"),),
            _of(TEAM, "name", TEXT),
        ),
        PERSON: _entity(
            PERSON,
            (
                _field("name", TEXT),
                _field("active", BOOL),
                _field("born", DATE.optional()),
                _field("salary", CNY.optional()),
                _field("manager", ref(PERSON, nullable=True)),
                _field("team", ref(TEAM)),
                _field("color", enum(COLOR, nullable=True)),
            ),
            (
                _collection("orders", "inverse", ORDER, "owner"),
                _collection("reports", "inverse", PERSON, "manager"),
            ),
            Concat(
                type=TEXT,
                parts=(
                    _of(PERSON, "name", TEXT),
                    Const(type=TEXT, value=" "),
                    _of(PERSON, "born", DATE.optional()),
                ),
            ),
        ),
        ORDER: _entity(
            ORDER,
            _ORDER_FIELDS,
            (
                _collection("lines", "lines", LINE, "parent"),
                _collection("tags", "link", TAG, "orders", link="t.Order.tags", near=True),
            ),
            _of(ORDER, "code", TEXT),
        ),
        LINE: _entity(
            LINE,
            (
                _field("parent", ref(ORDER)),
                _field("product", TEXT),
                _field("quantity", INT),
                _field("price", CNY.optional()),
                _field("due", DATE.optional()),
                _field("buyer", ref(PERSON, nullable=True)),
            ),
            (),
            _of(LINE, "product", TEXT),
        ),
        TAG: _entity(
            TAG,
            (_field("name", TEXT), _field("weight", decimal(3).optional())),
            (_collection("orders", "link", ORDER, "tags", link="t.Order.tags", near=False),),
            _of(TAG, "name", TEXT),
        ),
    },
    flows={},
    rules={},
    reports={},
    views={},
    functions=declared.workspace().functions,
    tables=declared.workspace().tables,
)


# --- rows

TEXTS = (
    "",
    "a",
    "Ab",
    "ab",
    " b ",
    "客户",
    "客户\t",
    "北京😀",
    "ÄÖ",
    "ß",
    "İ",
    "%",
    "_",
    "0",
    "é",
    "\u3000x",
    "z'\"\\",
)
DATES = (
    *(date(2024, 2, day) for day in (1, 28, 29)),
    *(
        date(2023, 12, 31),
        date(2024, 1, 1),
        date(2024, 1, 31),
        date(2026, 11, 21),
        date(2026, 11, 22),
    ),
    *(date(1999, 12, 31), date(2025, 3, 31), date(1900, 1, 1), date(2100, 2, 28)),
)
MOMENTS = (
    NOW,
    NOW - timedelta(days=1),
    datetime(2024, 2, 28, 15, 59, 59, 999999, UTC),
    datetime(2024, 2, 28, 16, 0, 0, 0, UTC),
    datetime(2023, 12, 31, 16, 0, 0, 1, UTC),
    datetime(1990, 6, 1, 3, 4, 5, 0, UTC),
)
SPANS = tuple(timedelta(seconds=s) for s in (0, 1, -1, 59, 3600, 86_399, 86_400, -86_401, 10**7))
NUMBERS = ("0", "1", "-1", "0.5", "2.5", "-2.5", "0.005", "99.99", "-0.01", "12345.67", "1000000")


def value_of(type: Type, rng: random.Random, world: World) -> Any:
    """A random value of the type, often a nasty one."""
    if type.nullable and rng.random() < 0.3:
        return None
    match type.kind:
        case "text":
            return rng.choice(TEXTS)
        case "int":
            return rng.choice((0, 1, -1, 2, 3, 7, 10, -12, 999, 1234))
        case "decimal":
            unit = Decimal(1).scaleb(-type.scale)
            return Decimal(rng.choice(NUMBERS if type.digits > 6 else NUMBERS[:6])).quantize(unit)
        case "bool":
            return rng.random() < 0.5
        case "date":
            return rng.choice(DATES)
        case "month":
            return rng.choice(DATES).replace(day=1)
        case "time":
            return rng.choice((time(0), time(9, 30), time(12), time(23, 59)))
        case "instant":
            return rng.choice(MOMENTS)
        case "duration":
            return rng.choice(SPANS)
        case "worktime":
            return rng.choice((0, 1, 59, 60, 480, -30))
        case "enum":
            return rng.choice(COLORS)
        case "set":
            return frozenset(rng.sample(COLORS, rng.randrange(4)))
        case "ref":
            return rng.choice(list(world.rows[type.of])) if world.rows[type.of] else None
    raise AssertionError(type)


COUNTS = {TEAM: 4, PERSON: 5, ORDER: 8, LINE: 9, TAG: 3}


@dataclass
class World:
    """A data set, as the act that generated Python sees."""

    seed: int
    rows: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    links: set[tuple[int, int]] = field(default_factory=set)
    now: datetime = NOW
    zone: ZoneInfo = ZONE

    def __post_init__(self) -> None:
        rng = random.Random(self.seed)
        self.rows = {
            entity: {3 * index + 1: {} for index in range(count)}
            for entity, count in COUNTS.items()
        }
        for entity, rows in self.rows.items():
            fields = WORKSPACE.entities[EntityId(entity)].fields.values()
            for id, row in rows.items():
                for each in fields:
                    if each.computed is None:
                        row[each.name] = value_of(each.type, rng, self)
                row["id"] = id
        for id, row in self.rows[TEAM].items():  # a tree has no rings
            row["above"] = rng.choice([None, *(other for other in self.rows[TEAM] if other < id)])
        self.links = {
            (order, tag)
            for order in self.rows[ORDER]
            for tag in self.rows[TAG]
            if rng.random() < 0.3
        }

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @cached_property
    def me(self) -> MemoryRow:
        return self.row(PERSON, 4)

    def row(self, entity: str, id: int) -> MemoryRow:
        return MemoryRow(self, entity, id)

    def extent(self, entity: str) -> list[MemoryRow]:
        return [self.row(entity, id) for id in self.rows[entity]]

    def holders(self, role: str) -> list[MemoryRow]:
        return [row for row in self.extent(PERSON) if row["active"]]

    def data(self, entity: str, key: str) -> MemoryRow:
        return self.row(entity, int(key))

    def tree(self, entity: str) -> str:
        return "above"


@dataclass(frozen=True)
class MemoryRow:
    world: World
    entity: str
    id: int

    @property
    def display(self) -> str:
        shown = WORKSPACE.entities[EntityId(self.entity)].display
        text: str = compile_function(shown, (THIS,), STANDARD.functions)(self.world, self)
        return text

    def __getitem__(self, name: str) -> Any:
        known = WORKSPACE.entities[EntityId(self.entity)].fields[name]
        if known.computed is not None:
            return compile_function(known.computed, (THIS,), STANDARD.functions)(self.world, self)
        return self.world.rows[self.entity][self.id][name]

    def ref(self, name: str) -> MemoryRow | None:
        id = self[name]
        target = WORKSPACE.entities[EntityId(self.entity)].fields[name].type.of
        return None if id is None else self.world.row(target, id)

    def many(self, name: str) -> list[MemoryRow]:
        known = WORKSPACE.entities[EntityId(self.entity)].collections[name]
        rows = self.world.extent(known.target)
        if known.kind == "link":
            return [row for row in rows if self._pair(known.near, row.id) in self.world.links]
        return [row for row in rows if row[known.via] == self.id]

    def _pair(self, near: bool, other: int) -> tuple[int, int]:
        return (self.id, other) if near else (other, self.id)


# --- databases


class DatabaseTables:
    """The tables of the model, as lowered SQL sees them."""

    workspace = WORKSPACE

    def __init__(self, schema: str | None) -> None:
        self.metadata = MetaData(schema=schema)
        self.entities = {
            id: Table(
                f"e_{entity.slug}",
                self.metadata,
                *(
                    Column(f"f_{each.name}", sql_type(each.type), key=each.name)
                    for each in entity.fields.values()
                    if each.computed is None and each.type.kind != "set"
                ),
            )
            for id, entity in WORKSPACE.entities.items()
        }
        self.pairs = Table("pairs", self.metadata, Column("near", Integer), Column("far", Integer))
        self.colors = Table(
            "colors", self.metadata, Column("record", Integer), Column("value", sql_type(enum("")))
        )

    def table(self, entity: str) -> FromClause:
        return self.entities[EntityId(entity)]

    def link(self, path: str) -> FromClause:
        assert path == "t.Order.tags"
        return self.pairs

    def values(self, entity: str, field: str) -> FromClause:
        assert (entity, field) == (ORDER, "colors")
        return self.colors

    def data_id(self, entity: str, key: str) -> int:
        return int(key)

    def holders(self, role: str) -> Select[Any]:
        people = self.entities[PERSON].alias()
        return select(people.c["id"]).where(people.c["active"])


def sqlite_engine() -> Engine:
    """SQLite in memory, with the functions that lowered SQL calls."""
    engine = create_engine("sqlite://")

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        register(connection)

    return engine


def load(engine: Engine, world: World, schema: str | None) -> DatabaseTables:
    """Create the tables and fill them with a data set."""
    tables = DatabaseTables(schema)
    tables.metadata.create_all(engine)
    with engine.begin() as connection:
        for id, table in tables.entities.items():
            _fill(connection, table, list(world.rows[id].values()))
        _fill(connection, tables.pairs, [{"near": a, "far": b} for a, b in world.links])
        colors = [
            {"record": id, "value": color}
            for id, row in world.rows[ORDER].items()
            for color in row["colors"]
        ]
        _fill(connection, tables.colors, colors)
    return tables


def _fill(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    names = set(table.c.keys())
    kept = [{name: value for name, value in row.items() if name in names} for row in rows]
    if kept:
        connection.execute(insert(table), kept)
