"""The standard library in one piece: what `compile_app` and the runtime are given.

Importing it is cheap: what a field type or function needs to do its work is imported on use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from compiler.field_type import FieldType, Function
from stdlib.fields import (
    choice,
    contact,
    file,
    moment,
    money,
    number,
    place,
    reference,
    serial,
    span,
    tags,
    text,
)
from stdlib.functions import date as dates
from stdlib.functions import number as numbers
from stdlib.functions import text as texts

FIELDS: tuple[FieldType, ...] = (
    text.TEXT,
    text.NOTE,
    number.INT,
    number.DECIMAL,
    money.MONEY,
    number.PERCENT,
    choice.BOOL,
    moment.DATE,
    moment.MONTH,
    moment.TIME,
    moment.DATETIME,
    span.DURATION,
    span.WORKTIME,
    contact.EMAIL,
    contact.PHONE,
    contact.URL,
    serial.SERIAL,
    tags.TAGS,
    file.FILE,
    file.IMAGE,
    place.GEO,
    choice.ENUM,
    choice.STATE,
    reference.REFERENCE,
)

FUNCTIONS: tuple[Function, ...] = (
    texts.LOWER,
    texts.UPPER,
    texts.TRIM,
    texts.LENGTH,
    texts.LEFT,
    texts.RIGHT,
    texts.REPLACE,
    numbers.ROUND,
    numbers.FLOOR,
    numbers.CEIL,
    numbers.ABS,
    numbers.MOD,
    numbers.LEAST,
    numbers.GREATEST,
    dates.TODAY,
    dates.NOW,
    dates.YEAR,
    dates.QUARTER,
    dates.MONTH_OF,
    dates.WEEK,
    dates.DAY,
    dates.WEEKDAY,
    dates.DATE_OF,
    dates.TIME_OF,
    dates.START_OF_WEEK,
    dates.START_OF_MONTH,
    dates.END_OF_MONTH,
    dates.START_OF_QUARTER,
    dates.START_OF_YEAR,
    dates.ADD_MONTHS,
    dates.DAYS,
    dates.HOURS,
    dates.MINUTES,
)


_MODULES = files("stdlib") / "modules"
PRELUDE_FILES = ("prelude.case", "connectors.case")
"""The files of the language that every workspace begins with."""


@dataclass(frozen=True)
class StandardLibrary:
    """What `compiler.field_type.Library` asks for, by name."""

    fields: tuple[FieldType, ...]
    library_functions: tuple[Function, ...]

    @cached_property
    def field_types(self) -> Mapping[str, FieldType]:
        return {each.name: each for each in self.fields}

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        return {each.name: each for each in self.library_functions}

    @cached_property
    def prelude(self) -> Mapping[str, str]:
        return {f"std/{name}": (_MODULES / name).read_text("utf-8") for name in PRELUDE_FILES}

    @cached_property
    def module_names(self) -> frozenset[str]:
        return frozenset(each.name for each in _MODULES.iterdir() if each.is_dir())

    def module(self, name: str) -> Mapping[str, str]:
        found = sorted(
            (each for each in (_MODULES / name).iterdir() if each.name.endswith(".case")),
            key=lambda each: each.name,
        )
        return {f"std/{name}/{each.name}": each.read_text("utf-8") for each in found}


STANDARD = StandardLibrary(FIELDS, FUNCTIONS)
