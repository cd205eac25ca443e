"""An app whose decision tables tell which of their rows are taken.

What a row gives is put behind a question that is always answered with yes, and noted. Only the
tests' own copy of an app has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from sqlalchemy import ColumnElement, true

from compiler.bundle import Bundle
from compiler.field_type import FieldType, Function, Library, Signature
from compiler.model.expr import Case, Const, Expr, Func
from compiler.model.types import BOOL, INT, TEXT, Type
from compiler.model.value import Table
from dsl.diagnostic import Message

TAKEN = "row_is_taken"
Note = Callable[[str, int], None]
"""Is told of a row of a table, counted from 1."""


def traced(bundle: Bundle, library: Library, note: Note) -> tuple[Bundle, Library]:
    """The app and its library, with `note` told of each row that is taken."""
    workspace = bundle.workspace
    if not workspace.tables:
        return bundle, library
    tables = tuple(_table(each) for each in workspace.tables)
    return bundle.but(workspace=workspace.but(tables=tables)), _TracedLibrary(library, note)


def _table(table: Table) -> Table:
    rows = (
        row.but(values=tuple(_behind(table.id, number, value) for value in row.values))
        for number, row in enumerate(table.rows, 1)
    )
    return table.but(rows=tuple(rows))


def _behind(table: str, number: int, value: Expr) -> Expr:
    args = (Const(type=TEXT, value=table), Const(type=INT, value=number))
    taken = Func(type=BOOL, name=TAKEN, args=args)
    return Case(type=value.type, branches=((taken, value),), otherwise=value)


@dataclass(frozen=True)
class _TracedLibrary:
    """A library with one function more, which no text can call."""

    library: Library
    note: Note

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        return {**self.library.functions, TAKEN: _taken(self.note)}

    @property
    def field_types(self) -> Mapping[str, FieldType]:
        return self.library.field_types

    @property
    def prelude(self) -> Mapping[str, str]:
        return self.library.prelude

    @property
    def module_names(self) -> frozenset[str]:
        return self.library.module_names

    def module(self, name: str) -> Mapping[str, str]:
        return self.library.module(name)


def _taken(note: Note) -> Function:
    def python(table: str, number: int) -> bool:
        note(table, number)
        return True

    def sql(
        dialect: str, args: Sequence[ColumnElement[object]], types: Sequence[Type]
    ) -> ColumnElement[object]:
        return cast("ColumnElement[object]", true())

    doc = Message("Notes that a row of a table is taken", "记录决策表的一行被采用")
    return Function(
        TAKEN, Signature(("text", "int"), lambda args: BOOL), python, sql, doc, (TAKEN, "true")
    )
