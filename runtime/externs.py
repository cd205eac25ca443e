"""Functions that an app declares `extern`: Python in the app's own folder `extern/`.

They are trusted like the server itself, so they are loaded only where the operator has switched
them on, and only by what runs acts. What they give is held to the type that the text declares.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from compiler.bundle import Bundle
from compiler.field_type import FieldType, Function, Library, Signature
from compiler.model.types import Type
from compiler.model.value import Function as Declared
from dsl.diagnostic import Message

FOLDER = "extern"
_MISSING = Message(
    "no file in {folder} defines the function `{name}`",
    "{folder} 中没有文件定义函数 `{name}`",
)
_SEVERAL = Message(
    "more than one file in {folder} defines the function `{name}`",
    "{folder} 中有多个文件定义了函数 `{name}`",
)
_DOC = Message("a function of an app", "应用自带的函数")


class ExternFault(Exception):
    """What the text declares is not in the folder; `message` says what."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.en)
        self.message = message


class WrongResult(TypeError):
    """A function gave what its declared type does not allow."""


@dataclass(frozen=True)
class Extended:
    """A library with the functions that apps bring along."""

    library: Library
    externs: Mapping[str, Function]

    @property
    def field_types(self) -> Mapping[str, FieldType]:
        return self.library.field_types

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        return {**self.library.functions, **self.externs}

    @property
    def prelude(self) -> Mapping[str, str]:
        return self.library.prelude

    @property
    def module_names(self) -> frozenset[str]:
        return self.library.module_names

    def module(self, name: str) -> Mapping[str, str]:
        return self.library.module(name)


def extended(library: Library, bundle: Bundle, workspace: Path) -> Library:
    """The library with all `extern` functions of a workspace. Raises ExternFault, and what the
    files raise while they are read."""
    declared = [each for each in bundle.workspace.functions if each.body is None]
    if not declared:
        return library
    modules: dict[Path, list[ModuleType]] = {}
    found = {}
    for each in declared:
        folder = workspace / each.id.partition(".")[0] / FOLDER
        if folder not in modules:
            modules[folder] = [_loaded(path) for path in sorted(folder.glob("*.py"))]
        found[each.id] = _function(each, _defined(each, folder, modules[folder]))
    return Extended(library, found)


def _loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"casework_extern_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _defined(each: Declared, folder: Path, modules: list[ModuleType]) -> Callable[..., object]:
    found = [getattr(module, each.name) for module in modules if hasattr(module, each.name)]
    if len(found) != 1:
        words = _SEVERAL if found else _MISSING
        raise ExternFault(words.filled({"folder": str(folder), "name": each.name}))
    function: Callable[..., object] = found[0]
    return function


def _function(each: Declared, python: Callable[..., object]) -> Function:
    def called(env: object, *args: object) -> object:
        return _held(each, python(*args))

    signature = Signature(tuple("any" for _ in each.parameters), lambda args: each.result)
    return Function(
        name=each.id, signature=signature, python=called, sql=_no_sql, doc=_DOC,
        example=(each.name, ""), uses_env=True,
    )  # fmt: skip


def _no_sql(*_: object) -> Any:
    raise TypeError("a function that is written in Python has no form in SQL")


def _held(each: Declared, value: Any) -> object:
    """The value as its type keeps it."""
    if value is None and each.result.nullable:
        return None
    accepted = _KINDS[each.result.kind]
    wrong = not isinstance(value, accepted) or (isinstance(value, bool) and accepted is not bool)
    if wrong:
        raise WrongResult(f"{each.id} gave {value!r}, which is no {each.result.kind}")
    normal = _NORMAL.get(each.result.kind)
    return value if normal is None else normal(value, each.result)


_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "text": str,
    "enum": str,
    "int": int,
    "decimal": (int, Decimal),
    "bool": bool,
    "date": date,
    "month": date,
    "time": time,
    "instant": datetime,
    "duration": timedelta,
    "worktime": int,
}
_NORMAL: Mapping[str, Callable[[Any, Type], object]] = {
    "decimal": lambda found, type: Decimal(found).quantize(
        Decimal(1).scaleb(-type.scale), rounding=ROUND_HALF_UP
    ),
    "date": lambda found, type: found.date() if isinstance(found, datetime) else found,
    "month": lambda found, type: found.replace(day=1),
    "instant": lambda found, type: found.astimezone(UTC),
}
