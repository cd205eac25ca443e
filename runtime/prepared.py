"""Statements that are built and compiled once and then run as text.

Building a statement costs more than running it; a hot path keeps `Prepared` ones and gives them
values. Conversion between values and storage stays that of the columns' types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Select,
    Table,
    Text,
    TypeDecorator,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Values = Mapping[str, object]
Converter = Callable[[Any], Any]

NUMERIC = 1700
"""What PostgreSQL calls its exact numbers; a numeric type asks, no other does."""


def dialect_named(name: str) -> Dialect:
    """The dialect that statements are compiled for: both take their values by name."""
    if name == "sqlite":
        return sqlite.dialect(paramstyle="named")
    # Only where it is needed: it is a tenth of what a start on SQLite costs.
    from sqlalchemy.dialects.postgresql import psycopg

    return psycopg.dialect()  # type: ignore[no-untyped-call]  # it is in SQLAlchemy too


def insert_into(table: Table, dialect: Dialect) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say what happens where the row is there already."""
    if dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


class Ids(TypeDecorator[Sequence[int]]):
    """Many ids as one value, so that a statement's text does not depend on how many they are."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        text = dialect.name == "sqlite"
        return dialect.type_descriptor(Text() if text else ARRAY(BigInteger))

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> object:
        assert value is not None
        return f"[{','.join(map(str, value))}]" if dialect.name == "sqlite" else list(value)


def among(column: ColumnElement[Any], dialect: Dialect, name: str = "ids") -> ColumnElement[bool]:
    """That a column is one of the ids given as the value `name`."""
    ids: BindParameter[Sequence[int]] = bindparam(name, type_=Ids())
    if dialect.name == "postgresql":
        return column == any_(ids)
    return column.in_(select(func.json_each(ids).table_valued("value").c.value))


class Prepared:
    """A statement in the text of one dialect, with what converts its values and its rows."""

    __slots__ = ("_decode", "_encode", "_errors", "_fixed", "text")

    def __init__(self, statement: Select[Any] | UpdateBase, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        assert isinstance(compiled, SQLCompiler)
        self._encode: dict[str, Converter] = {}
        self._fixed: dict[str, object] = {}
        for bind, name in compiled.bind_names.items():
            encode = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if encode is not None:
                self._encode[name] = encode
            if not bind.required:
                value = bind.effective_value
                self._fixed[name] = encode(value) if encode else value
        self._decode = _decoders(statement, dialect)
        self._errors: type[Exception] = type(dialect).import_dbapi().Error

    def run(self, connection: Connection, values: Values = {}) -> Sequence[tuple[Any, ...]]:  # noqa: B006
        """Run it and return all its rows, converted."""
        # Straight to the driver: SQLAlchemy's result costs more than most of these statements.
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.text, self._bound(values))
            rows: Sequence[tuple[Any, ...]] = cursor.fetchall() if cursor.description else ()
        except self._errors as error:
            raise self._told(error, values) from error
        finally:
            cursor.close()
        return [self._decoded(row) for row in rows] if self._decode else rows

    def run_many(self, connection: Connection, values: Sequence[Values]) -> None:
        """Run it once for each of the values, which must be at least one."""
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(self.text, [self._bound(each) for each in values])
        except self._errors as error:
            raise self._told(error, {}) from error
        finally:
            cursor.close()

    def _told(self, error: Exception, values: Values) -> Exception:
        """A driver's error as SQLAlchemy tells it, so that one kind is handled everywhere."""
        return DBAPIError.instance(self.text, dict(values), error, self._errors)

    def _bound(self, values: Values) -> dict[str, object]:
        bound = {**self._fixed, **values}
        for name, encode in self._encode.items():
            if name in values:
                bound[name] = encode(values[name])
        return bound

    def _decoded(self, row: Sequence[Any]) -> tuple[Any, ...]:
        cells = list(row)
        for index, decode in self._decode:
            cells[index] = decode(cells[index])
        return tuple(cells)


def _decoders(
    statement: Select[Any] | UpdateBase, dialect: Dialect
) -> tuple[tuple[int, Converter], ...]:
    """For each column of the result that needs it, what makes a value of what the driver gives."""
    columns: Iterable[ColumnElement[Any]] = statement.exported_columns
    converters = (
        column.type.dialect_impl(dialect).result_processor(dialect, NUMERIC) for column in columns
    )
    return tuple((index, each) for index, each in enumerate(converters) if each is not None)
