"""What the rows say to a change: how many stand against it, and how that is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    func,
    or_,
    select,
)

from compiler.backends.schema.operations import (
    ChangedType,
    Doubt,
    Duplicates,
    MissingValue,
    TooLarge,
    TooLong,
    VanishedEntity,
    VanishedField,
    VanishedRole,
    VanishedRow,
    VanishedValue,
)
from compiler.model.app import USER
from compiler.model.base import RoleId
from compiler.model.types import MAX_DIGITS
from dsl.diagnostic import Message
from runtime.access.identity import DEMO_DOMAIN
from runtime.schema.catalog import Catalog
from runtime.schema.refusal import Change, ChangeClass
from runtime.tables import ROLE_HOLDER


def objections(
    connection: Connection, catalog: Catalog, doubts: tuple[Doubt, ...]
) -> tuple[Change, ...]:
    """The doubts that rows confirm. `catalog` is that of the model the database holds."""
    changes = []
    for doubt in doubts:
        rows = sum(connection.execute(query).scalar_one() for query in _queries(catalog, doubt))
        if rows:
            changes.append(_change(doubt, rows))
    return tuple(changes)


# --- how many rows ------------------------------------------------------------------------------


def _holders(users: Table, role: RoleId) -> Select[int]:
    """The people who hold a role; demo users hold it for the sake of the demo alone."""
    held = select(ROLE_HOLDER.c.user_id).where(ROLE_HOLDER.c.role == role)
    return _count(users, users.c.id.in_(held), users.c.email.not_like(f"%@{DEMO_DOMAIN}"))


def _queries(catalog: Catalog, doubt: Doubt) -> list[Select[int]]:
    """Counts that add up to the number of rows against the change."""
    match doubt:
        case VanishedEntity(entity=entity):
            return [_count(catalog.table(entity))]
        case VanishedField(entity=entity, field=field) | ChangedType(entity=entity, field=field):
            return [_with_value(catalog, entity, field)]
        case VanishedValue(enum=enum, value=value):
            return _uses(catalog, enum, value)
        case VanishedRole(role=role):
            return [_holders(catalog.table(USER), role)]
        case VanishedRow(entity=entity, key=key):
            return _references(catalog, entity, catalog.data_id(entity, key))
        case MissingValue(entity=entity, field=field, new=new):
            table = catalog.table(entity)
            return [_count(table) if new else _count(table, table.c[field].is_(None))]
        case TooLong(entity=entity, field=field, size=size):
            column = catalog.column(entity, field)
            return [_count(column.table, func.length(column) > size)]
        case TooLarge(entity=entity, field=field, places=places):
            column = catalog.column(entity, field)
            limit = Decimal(10) ** (MAX_DIGITS - _scale(catalog, entity, field) - places)
            return [_count(column.table, or_(column >= limit, column <= -limit))]
        case Duplicates():
            return [_alike(catalog, doubt)] if _is_known(catalog, doubt) else []


def _count(table: Table, *conditions: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(table).where(*conditions)


def _with_value(catalog: Catalog, entity: str, field: str) -> Select[int]:
    path = f"{entity}.{field}"
    if path in catalog.tables:
        return _count(catalog.tables[path])
    column = catalog.column(entity, field)
    return _count(column.table, column.is_not(None))


def _uses(catalog: Catalog, enum: str, value: str) -> list[Select[int]]:
    return [
        _count(column.table, column == value)
        for plan, column in catalog.stored()
        if plan.type.kind == "enum" and plan.type.of == enum
    ]


def _references(catalog: Catalog, entity: str, id: int) -> list[Select[int]]:
    return [
        _count(column.table, column == id)
        for plan, column in catalog.stored()
        if plan.references == entity
    ]


def _scale(catalog: Catalog, entity: str, field: str) -> int:
    return catalog.field(entity, field).type.scale


def _is_known(catalog: Catalog, doubt: Duplicates) -> bool:
    """Whether the rows have the columns already; if not, the index itself finds out."""
    known = {plan.path for plan, _ in catalog.stored()}
    return known.issuperset(doubt.index.columns)


def _alike(catalog: Catalog, doubt: Duplicates) -> Select[int]:
    """The number of rows that are one too many."""
    wanted = {plan.path: column for plan, column in catalog.stored()}
    columns = [wanted[path] for path in doubt.index.columns]
    same: list[ColumnElement[Any]] = [
        func.lower(column) if doubt.index.ignoring_case else column for column in columns
    ]
    groups = (
        select((func.count() - 1).label("surplus"))
        .where(and_(*(column.is_not(None) for column in columns)))
        .group_by(*same)
        .having(func.count() > 1)
        .subquery()
    )
    return select(func.coalesce(func.sum(groups.c.surplus), 0))


# --- in words -----------------------------------------------------------------------------------


def _change(doubt: Doubt, rows: int) -> Change:
    change_class, place, message = _words(doubt)
    values = {**asdict(doubt), "rows": rows, "place": place}
    return Change(change_class, place, rows, message.filled(values))


def _words(doubt: Doubt) -> tuple[ChangeClass, str, Message]:
    match doubt:
        case VanishedEntity(entity=place) | VanishedRole(role=place):
            return "refused", place, HELD if isinstance(doubt, VanishedRole) else VANISHED
        case VanishedField(entity=entity, field=name):
            return "refused", f"{entity}.{name}", VANISHED
        case VanishedValue(enum=enum, value=name):
            return "refused", f"{enum}.{name}", VANISHED
        case VanishedRow(entity=entity, key=name):
            return "refused", f"{entity}.{name}", VANISHED
        case MissingValue(entity=entity, field=name):
            return "backfill", f"{entity}.{name}", UNFILLED if doubt.new else EMPTY
        case ChangedType(entity=entity, field=name):
            return "backfill", f"{entity}.{name}", RETYPED
        case TooLong(entity=entity, field=name):
            return "lossy", f"{entity}.{name}", LONGER
        case TooLarge(entity=entity, field=name):
            return "lossy", f"{entity}.{name}", LARGER
        case Duplicates(index=index):
            return "backfill", ", ".join(index.columns), ALIKE


VANISHED = Message(
    "`{place}` is no longer in the text, and {rows} row(s) have it: put it back, or empty it first",
    "`{place}` 已不在文本中，但有 {rows} 行在用：请写回去，或先清空",
)
HELD = Message(
    "the role `{place}` is no longer in the text, and {rows} person(s) hold it:"
    " put it back, or take it from them first",
    "角色 `{place}` 已不在文本中，但有 {rows} 人担任：请写回去，或先收回该角色",
)
UNFILLED = Message(
    "`{place}` is new and required, and {rows} row(s) would have no value:"
    " give it a `default`, or add it without `required` and fill it in first",
    "`{place}` 是新的必填字段，{rows} 行会没有值：请写上 `default`，或先不写 `required`、填好再加",
)
EMPTY = Message(
    "`{place}` becomes required, and {rows} row(s) have no value: fill them in first",
    "`{place}` 改为必填，但 {rows} 行没有值：请先填好",
)
RETYPED = Message(
    "`{place}` changes from {old} to {new}, and {rows} row(s) have a value:"
    " keep the type, or add a new field of the new type",
    "`{place}` 的类型从 {old} 改为 {new}，但 {rows} 行有值：请保留原类型，或另加一个新类型的字段",
)
LONGER = Message(
    "`{place}` is cut to {size} characters, and {rows} row(s) are longer: shorten them first",
    "`{place}` 缩短为 {size} 个字符，但 {rows} 行更长：请先缩短这些值",
)
LARGER = Message(
    "`{place}` gets more digits after the point, and {rows} row(s) are too large for them:"
    " keep the type",
    "`{place}` 增加小数位，但 {rows} 行的值太大放不下：请保留原类型",
)
ALIKE = Message(
    "`{place}` becomes unique, and {rows} row(s) repeat another one: mend them first",
    "`{place}` 改为唯一，但有 {rows} 行重复：请先改好",
)
