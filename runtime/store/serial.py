"""Serial numbers: `C-{year}-{0000}` counts up, and starts again when a date part changes.

The counter is a row of its own, so two acts at once wait for each other and never get the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case

from runtime.prepared import Prepared, insert_into
from runtime.tables import SERIAL

if TYPE_CHECKING:
    from compiler.model.entity import Field
    from runtime.store.act import Act
    from runtime.store.domain import Domain
    from runtime.store.row import Row

DATE_PARTS: dict[str, Callable[[date], str]] = {
    "year": lambda day: f"{day.year:04}",
    "month": lambda day: f"{day.month:02}",
    "day": lambda day: f"{day.day:02}",
}
WIDTHS = {"year": r"\d{4}", "month": r"\d{2}", "day": r"\d{2}"}


def number(act: Act, row: Row, field: Field) -> str:
    """The next number of a serial field."""
    pattern = str(field.parameters["pattern"])
    template = _dated(pattern, act.today)
    name = f"{row.shape.subject}.{row.shape.physical[field.name]} {template}"
    ((last,),) = act.domain.next_serial.run(act.connection, {"of_name": name})
    return re.sub(r"\{(0+)\}", lambda zeros: str(last).zfill(len(zeros[1])), template)


def taken(act: Act, row: Row, field: Field) -> None:
    """A number came from elsewhere: those given later go on after it."""
    found = _pattern(str(field.parameters["pattern"])).fullmatch(str(row.values[field.name]))
    if found is None:
        return
    start, end = found.span("number")
    zeros = "0" * _digits(str(field.parameters["pattern"]))
    template = f"{found.string[:start]}{{{zeros}}}{found.string[end:]}"
    name = f"{row.shape.subject}.{row.shape.physical[field.name]} {template}"
    act.domain.raise_serial.run(act.connection, {"of_name": name, "given": int(found["number"])})


@lru_cache(maxsize=1024)
def _pattern(pattern: str) -> re.Pattern[str]:
    """What numbers of a pattern look like; `number` is the part that counts."""
    parts = re.split(r"(\{[a-z]+\}|\{0+\})", pattern)
    return re.compile("".join(map(_part, parts)))


def _part(part: str) -> str:
    if re.fullmatch(r"\{0+\}", part):
        return r"(?P<number>\d+)"
    return WIDTHS[part[1:-1]] if part[:1] == "{" else re.escape(part)


def _digits(pattern: str) -> int:
    found = re.search(r"\{(0+)\}", pattern)
    return len(found[1]) if found else 0


@lru_cache(maxsize=1024)
def _dated(pattern: str, day: date) -> str:
    """The pattern with its date parts put in; what is left to put in is the number."""
    return re.sub(r"\{([a-z]+)\}", lambda part: DATE_PARTS[part[1]](day), pattern)


def raise_statement(domain: Domain) -> Prepared:
    """Let the counter `of_name` be at least at `given`."""
    given = bindparam("given", type_=SERIAL.c.last.type)
    larger = case((SERIAL.c.last < given, given), else_=SERIAL.c.last)
    raised = (
        insert_into(SERIAL, domain.dialect)
        .values(name=bindparam("of_name"), last=given)
        .on_conflict_do_update(index_elements=[SERIAL.c.name], set_={"last": larger})
    )
    return Prepared(raised, domain.dialect)


def statement(domain: Domain) -> Prepared:
    """Count on the counter `of_name` and give back its number."""
    counted = (
        insert_into(SERIAL, domain.dialect)
        .values(name=bindparam("of_name"), last=1)
        .on_conflict_do_update(index_elements=[SERIAL.c.name], set_={"last": SERIAL.c.last + 1})
        .returning(SERIAL.c.last)
    )
    return Prepared(counted, domain.dialect)
