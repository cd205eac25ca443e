"""The protocols of the standard library: field types and functions.

The compiler owns value types (`model.types`), the library names them: `email` is a text with a
check, a way to parse and to show it. Neither knows the other's implementation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from compiler.model.expr import Expr
from compiler.model.types import Type
from dsl.diagnostic import Message

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


class Invalid(Exception):
    """A value that a field does not take; `message` says why and what to write instead."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.en)
        self.message = message


class FieldType(Protocol):
    """A kind of field. `parameters` are those of `model.entity.Field.parameters`.

    It knows no time zone: `parse` gives a moment as written, without one unless the text has one,
    and the caller puts the workspace's to it; `show` gets a moment brought to that zone; `check`
    wants one with its zone and keeps it in UTC.
    """

    @property
    def name(self) -> str: ...

    @property
    def widget(self) -> str:
        """The name of the pair of widgets that shows and edits it (`text`, `money`, `date` …)."""
        ...

    def parameters(self, arguments: Sequence[str]) -> dict[str, str | int]:
        """The parameters that written arguments mean; raises Invalid."""
        ...

    def value_type(self, parameters: Mapping[str, str | int], currency: str) -> Type:
        """The value type; `currency` is the workspace's."""
        ...

    def parse(self, text: str, type: Type, parameters: Mapping[str, str | int]) -> object:
        """The value that a person's text means; None for an empty text; raises Invalid."""
        ...

    def check(self, value: object, type: Type, parameters: Mapping[str, str | int]) -> object:
        """A value of the value type, normalised (trimmed, rounded to scale); raises Invalid."""
        ...

    def show(self, value: object, type: Type, language: str) -> str:
        """The value for people, as plain text that `parse` reads back."""
        ...


Upkeep = Literal["stable", "time"]
"""Whether a function's result depends on its arguments alone, or on the time of the act too."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Which arguments a function takes, and the type of its result.

    Each of `parameters` holds the kinds it takes, separated by `|`; `number` is int or decimal,
    `any` is every kind. `variadic` repeats the last one, `optional` says how many at the end may
    be left out. `result` computes the type from arguments of these kinds; None if they do not fit
    together. With `common`, both back ends bring number arguments to the scale of the result.
    """

    parameters: tuple[str, ...]
    result: Callable[[Sequence[Expr]], Type | None]
    optional: int = 0
    variadic: bool = False
    common: bool = False

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        most = count if self.variadic else len(self.parameters)
        return len(self.parameters) - self.optional <= count <= most

    def accepts(self, index: int, type: Type) -> bool:
        """Whether the argument at that place may be of that type."""
        kinds = self.parameters[min(index, len(self.parameters) - 1)].split("|")
        return type.kind in kinds or "any" in kinds or ("number" in kinds and type.is_number)

    def fit(self, args: Sequence[Expr]) -> Type | None:
        """The type of a call, null allowed if an argument may be null; None if it does not fit."""
        if not self.takes(len(args)):
            return None
        if not all(self.accepts(index, arg.type) for index, arg in enumerate(args)):
            return None
        type = self.result(args)
        return type.optional() if type and any(arg.type.nullable for arg in args) else type


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language.

    It is null if one of its arguments is: `python` and `sql` are given none that is null, resp.
    yield NULL for one. `python` takes the values (the act's `Env` before them if `uses_env`).
    `sql` builds the SQLAlchemy expression for a dialect (`sqlite` or `postgresql`) from lowered
    arguments, and their types with that of the result last; it imports SQLAlchemy when
    called, and reads the act through the bind parameters `now`, `today`, `zone`. A number in
    `sqlite` is an integer scaled by its type. `example` is an expression and its value.
    """

    name: str
    signature: Signature
    python: Callable[..., object]
    sql: Callable[[str, Sequence[ColumnElement[object]], Sequence[Type]], ColumnElement[object]]
    doc: Message
    example: tuple[str, str]
    upkeep: Upkeep = "stable"
    uses_env: bool = False


class Library(Protocol):
    """What the standard library gives the compiler."""

    @property
    def field_types(self) -> Mapping[str, FieldType]: ...

    @property
    def functions(self) -> Mapping[str, Function]:
        """By name; those that an app declares `extern`, once they are loaded, by their id."""
        ...

    @property
    def prelude(self) -> Mapping[str, str]:
        """Files of the language that every workspace begins with, by path (`std/user.case`)."""
        ...

    @property
    def module_names(self) -> frozenset[str]:
        """The modules that an app may use: `contacts` for `use std.contacts`."""
        ...

    def module(self, name: str) -> Mapping[str, str]:
        """The files of one of them by path (`std/contacts/contacts.case`)."""
        ...
