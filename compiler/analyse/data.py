"""Reference data that belongs to the text: its rows as typed constants."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from compiler.analyse.cells import RowLength
from compiler.analyse.enums import data_keys, value_names
from compiler.analyse.field import field
from compiler.analyse.unknown import report_unknown_field, unknown_value
from compiler.build import Build, query
from compiler.field_type import Invalid
from compiler.model.base import EntityId, Origin
from compiler.model.entity import DataTable, Field
from compiler.model.expr import Const, DataRow, Expr
from compiler.model.types import Type
from compiler.resolve.declared import Declared, decl
from compiler.resolve.members import mentioned, shape
from compiler.resolve.names import place
from compiler.resolve.symbols import of_value
from dsl.ast.app import Cell, DataDecl, Row
from dsl.ast.base import Name, Node
from dsl.diagnostic import Message, Problem


class BadCell(Problem, code="CW0313", name="bad-cell"):
    why: str
    why_zh: str
    message = Message("{why}", "{why_zh}")


class DuplicateKey(Problem, code="CW0314", name="duplicate-key"):
    key: str
    message = Message("the key `{key}` is used twice", "键 `{key}` 使用了两次")


class EmptyCell(Problem, code="CW0315", name="empty-cell"):
    field: str
    message = Message("`{field}` cannot be empty", "`{field}` 不能为空")


@query
def data_table(build: Build, declared: Declared) -> DataTable:
    """The rows of a `data` block; cells that were not understood are left out."""
    tree = decl(build, declared.block, DataDecl)
    entity = EntityId(declared.id)
    columns = [_column(build, declared.block, entity, name) for name in tree.header]
    if not mentioned(build, declared.block, shape(build, entity), tree.key):
        report_unknown_field(build, place(declared.block, tree.key), entity, tree.key.text)
    rows, keys = [], set()
    for row in tree.rows:
        cells = _cells(build, declared.block, columns, row)
        key = cells.get(tree.key.text)
        text = str(key.value) if isinstance(key, Const) else ""
        if text in keys:
            build.report(DuplicateKey(at=place(declared.block, row), key=text))
        keys.add(text)
        rows.append(cells)
    span = tree.name.span
    origin = Origin(block=declared.block, start=span.start, end=span.end)
    return DataTable(entity=entity, key=tree.key.text, rows=tuple(rows), origin=origin)


def _column(build: Build, block: str, entity: EntityId, name: Name) -> Field | None:
    if mentioned(build, block, shape(build, entity), name):
        return field(build, entity, name.text)
    report_unknown_field(build, place(block, name), entity, name.text)
    return None


def _cells(build: Build, block: str, columns: list[Field | None], row: Row) -> dict[str, Expr]:
    if len(row.cells) != len(columns):
        at = place(block, row)
        build.report(RowLength(at=at, found=len(row.cells), wanted=len(columns)))
    found: dict[str, Expr] = {}
    for column, cell in zip(columns, row.cells, strict=False):
        value = _value(build, block, column, cell) if column else None
        if column is not None and value is not None:
            found[column.name] = value
        elif column is not None and not cell.text and column.required:
            build.report(EmptyCell(at=place(block, row), field=column.name))
    return found


def _value(build: Build, block: str, column: Field, cell: Cell) -> Expr | None:
    if not cell.text:
        return None
    if column.type.kind == "enum":
        return _enum_value(build, block, column.type, cell)
    if column.type.kind == "ref":
        return _row(build, block, column.type, cell)
    library_type = build.library.field_types[column.field_type]
    try:
        value = library_type.parse(cell.text, column.type, column.parameters)
        value = library_type.check(value, column.type, column.parameters)
    except Invalid as invalid:
        _bad(build, block, cell, invalid.message)
        return None
    return Const(type=column.type.present(), value=canonical(value))


def _enum_value(build: Build, block: str, type: Type, cell: Cell) -> Expr | None:
    values = value_names(build, type.of)
    if cell.text in values:
        build.mention(place(block, cell), of_value(type.of, cell.text))
        return Const(type=type.present(), value=cell.text)
    short = type.of.split(".", 1)[-1]
    build.report(unknown_value(place(block, cell), cell.text, short, values))
    return None


def _row(build: Build, block: str, type: Type, cell: Cell) -> Expr | None:
    entity = EntityId(type.of)
    if cell.text in data_keys(build, entity):
        return DataRow(type=type.present(), entity=entity, key=cell.text)
    short = entity.split(".", 1)[-1]
    why = Message(
        f"`{short}` has no row `{cell.text}` in the text",
        f"文本中的 `{short}` 没有 `{cell.text}` 这一行",
    )
    _bad(build, block, cell, why)
    return None


def _bad(build: Build, block: str, cell: Node, why: Message) -> None:
    build.report(BadCell(at=place(block, cell), why=why.en, why_zh=why.zh))


def canonical(value: object) -> str | int | bool | None:
    """The form in which a constant of the model keeps a value."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | time | datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return round(value.total_seconds())
    assert value is None or isinstance(value, str | int | bool)
    return value
