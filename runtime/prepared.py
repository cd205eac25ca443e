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
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Label,
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

from compiler.backends.schema.storage import WholeNumber

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Values = Mapping[str, object]
Converter = Callable[[Any], Any]

NUMERIC = 1700
"""What PostgreSQL calls its exact numbers; a numeric type asks, no other does."""


def dialect_named(name: str) -> Dialect:
    """The dialect that statements are compiled for. SQLite takes values by place, which is quicker;
    PostgreSQL by name, for it must see that a value grouped by is the one selected."""
    if name == "sqlite":
        return sqlite.dialect(paramstyle="qmark")
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

    __slots__ = ("_bound", "_decoded", "_errors", "text")

    def __init__(self, statement: Select[Any] | UpdateBase, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self.text = str(compiled)
        self._bound = _binder(compiled, dialect)
        self._decoded = _decoder(statement, dialect)
        self._errors: type[Exception] = type(dialect).import_dbapi().Error

    def run(self, connection: Connection, values: Values = {}) -> Sequence[tuple[Any, ...]]:  # noqa: B006
        """Run it and return all its rows, converted."""
        # Straight to the driver: SQLAlchemy's result costs more than most of these statements.
        driver: Any = connection.connection.driver_connection
        try:
            cursor = driver.execute(self.text, self._bound(values))
            rows: Sequence[tuple[Any, ...]] = cursor.fetchall() if cursor.description else ()
        except self._errors as error:
            raise self._told(error, values) from error
        return self._decoded(rows) if self._decoded else rows

    def run_each(self, connection: Connection, values: Sequence[Values]) -> None:
        """Run it once for each of the values."""
        if len(values) == 1:
            self.run(connection, values[0])
        elif values:
            self.run_many(connection, values)

    def run_many(self, connection: Connection, values: Sequence[Values]) -> None:
        """Likewise, with one call of the driver; they must be at least one."""
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(self.text, list(map(self._bound, values)))
        except self._errors as error:
            raise self._told(error, {}) from error
        finally:
            cursor.close()

    def _told(self, error: Exception, values: Values) -> Exception:
        """A driver's error as SQLAlchemy tells it, so that one kind is handled everywhere."""
        return DBAPIError.instance(self.text, dict(values), error, self._errors)


def _binder(compiled: SQLCompiler, dialect: Dialect) -> Callable[[Values], Any]:
    """A function from values by name to what the driver is given: the values in the order of their
    places, or a dict."""
    known: dict[str, object] = {}
    parts = []
    names = compiled.positiontup or list(compiled.bind_names.values())
    for place, name in enumerate(names):
        bind = compiled.binds[name]
        encode = bind.type.dialect_impl(dialect).bind_processor(dialect)
        known[f"name{place}"] = name
        if bind.required:
            value = f"values[name{place}]"
            parts.append(f"encode{place}({value})" if encode else value)
            known[f"encode{place}"] = encode
        else:
            fixed = bind.effective_value
            parts.append(f"fixed{place}")
            known[f"fixed{place}"] = encode(fixed) if encode else fixed
    if compiled.positional:
        return _generated(f"lambda values: ({''.join(f'{part}, ' for part in parts)})", known)
    pairs = ", ".join(f"name{place}: {part}" for place, part in enumerate(parts))
    return _generated(f"lambda values: {{{pairs}}}", known)


def _decoder(
    statement: Select[Any] | UpdateBase, dialect: Dialect
) -> Callable[[Sequence[Any]], list[tuple[Any, ...]]] | None:
    """A function from rows as the driver gives them to converted ones; None if they are alike."""
    columns: Iterable[ColumnElement[Any]] = statement.exported_columns
    found = (_converter(column, dialect) for column in columns)
    converters = {f"decode{place}": each for place, each in enumerate(found)}
    if not any(converters.values()):
        return None
    cells = [
        f"{name}(c{place})" if convert else f"c{place}"
        for place, (name, convert) in enumerate(converters.items())
    ]
    given = "".join(f"c{place}, " for place in range(len(cells)))
    row = "".join(f"{cell}, " for cell in cells)
    return _generated(f"lambda rows: [({row}) for {given} in rows]", converters)


def _converter(column: ColumnElement[Any], dialect: Dialect) -> Converter | None:
    """What makes a value of what the driver gives for a column of a result."""
    stored = column.element if isinstance(column, Label) else column
    if isinstance(stored, Column) and isinstance(column.type, WholeNumber):
        return None  # only what is computed may come as another kind of number
    return column.type.dialect_impl(dialect).result_processor(dialect, NUMERIC)


def _generated(source: str, known: Mapping[str, object]) -> Callable[..., Any]:
    """The function of a source that holds places alone; names and functions reach it as values."""
    function: Callable[..., Any] = eval(compile(source, "<generated statement>", "eval"), {**known})
    return function
