"""What calls in typed expressions mean: functions and tables of apps, by id."""

from __future__ import annotations

from compiler.analyse.function import function, functions
from compiler.analyse.table import table
from compiler.build import Build, query
from compiler.model.inline import Called, Definition
from compiler.resolve.declared import Declared, of_kind


@query
def tables(build: Build) -> dict[str, Declared]:
    """All tables by id, in order."""
    found: dict[str, Declared] = {}
    for each in of_kind(build, "table"):
        found.setdefault(each.id, each)
    return found


def definition(build: Build) -> Definition:
    """What an id means that is called; None while the text of it has a fault."""

    def found(id: str) -> Called | None:
        declared = functions(build).get(id)
        if declared is not None:
            return function(build, declared)
        return table(build, tables(build)[id])

    return found
