"""The mapping file of an import: which column of which file fills which field.

`read` takes its text apart; `runtime.exchange.plan` checks it against an app. See docs/import.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Dictionary
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from dsl.diagnostic import Message


class Fault(Exception):
    """What is wrong with a mapping; each fault with its place in it (`file 3, fields, price`)."""

    def __init__(self, faults: tuple[tuple[str, Message], ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{place}: {message.en}" for place, message in faults))


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Source(_Closed):
    """Where a field's value comes from; exactly one of `column` and `value` is given."""

    column: str | None = None
    value: str | None = None
    find: str = ""
    values: Dictionary[str, str] = {}
    filled: str | None = None
    empty: str | None = None
    date_format: str = ""
    unit: Literal["", "fraction", "percent"] = ""


def _source(given: Any) -> Any:
    return {"column": given} if isinstance(given, str) else given


def _names(given: Any) -> Any:
    if isinstance(given, str):
        return (given,)
    return tuple(given) if isinstance(given, list) else given


Sources = Dictionary[str, Annotated[Source, BeforeValidator(_source)]]
Spellings = Annotated[tuple[str, ...], BeforeValidator(_names)]
Mark = Literal[".", ","]


class FileMapping(_Closed):
    """One file. Without `entity` it is a `link` file with `from` and `to`."""

    name: str
    entity: str = ""
    key: Spellings = ()
    fields: Sources = {}
    history: Sources = {}
    link: str = ""
    from_: Annotated[Source | None, BeforeValidator(_source), Field(alias="from")] = None
    to: Annotated[Source | None, BeforeValidator(_source)] = None
    encoding: str | None = None
    delimiter: str | None = None
    null: Spellings | None = None
    date_format: str | None = None
    decimal: Mark | None = None


class ImportMapping(_Closed):
    """All files of an import, in the order in which they are worked through."""

    file: Annotated[tuple[FileMapping, ...], BeforeValidator(_names)]
    encoding: str = "utf-8"
    delimiter: str = ","
    null: Spellings = ()
    date_format: str = ""
    decimal: Mark = "."


class Manner(_Closed):
    """How the cells of one file are written."""

    encoding: str
    delimiter: str
    null: frozenset[str]
    date_format: str
    decimal: Mark


def manner(mapping: ImportMapping, file: FileMapping) -> Manner:
    """What the file says, else what the mapping says for all files."""

    def said(name: str) -> Any:
        own = getattr(file, name)
        return getattr(mapping, name) if own is None else own

    return Manner(
        encoding=said("encoding"),
        delimiter=said("delimiter"),
        null=frozenset(said("null")),
        date_format=said("date_format"),
        decimal=said("decimal"),
    )


def read(text: str) -> ImportMapping:
    """The mapping that a text states. Raises Fault."""
    try:
        return ImportMapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = NO_TOML.filled({"reason": str(error)})
        raise Fault((("", message),)) from error
    except ValidationError as error:
        raise Fault(tuple(_fault(each) for each in error.errors())) from error


NO_TOML = Message("this is no TOML: {reason}", "这不是合法的 TOML：{reason}")
WRONG = Message("`{given}` does not fit here: {reason}", "`{given}` 不能用在这里：{reason}")
REASONS = {
    "extra_forbidden": Message("there is no such key", "没有这个键"),
    "missing": Message("this key is missing", "缺少这个键"),
}


def _fault(error: ErrorDetails) -> tuple[str, Message]:
    place = place_of(*error["loc"])
    known = REASONS.get(error["type"])
    return place, known or WRONG.filled({"given": error["input"], "reason": error["msg"]})


def place_of(*steps: object) -> str:
    """A place in a mapping, as people count: `file 3, fields, price`."""
    parts: list[str] = []
    for step in steps:
        if isinstance(step, int) and parts:
            parts[-1] += f" {step + 1}"
        else:
            parts.append(str(step))
    return ", ".join(parts)
