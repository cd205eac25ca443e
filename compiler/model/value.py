"""What gives a value when it is called: functions and decision tables of an app."""

from __future__ import annotations

from typing import Literal

from compiler.model.base import Model, Origin
from compiler.model.expr import Expr
from compiler.model.types import Type


class Parameter(Model):
    """`variable` is the name of the parameter inside the body; no other in the workspace has it."""

    name: str
    variable: str
    type: Type


class Function(Model):
    """A function of an app. Its body says nothing but constants, its parameters, and what they
    lead to; it is None for an `extern` one, which is written in Python."""

    id: str
    name: str
    doc: str = ""
    parameters: tuple[Parameter, ...]
    result: Type
    body: Expr | None
    origin: Origin


Policy = Literal["first", "unique", "any", "sum", "min", "max", "count"]
COLLECTING: frozenset[Policy] = frozenset({"sum", "min", "max", "count"})


class Result(Model):
    """What a table gives; the one result of a table that names none is called `result`."""

    name: str
    type: Type


class Row(Model):
    """`tests` are conditions on the parameters, in their order, None where any value will do;
    `values` the results, in theirs. A row that is `otherwise` counts where no other row fits."""

    tests: tuple[Expr | None, ...]
    values: tuple[Expr, ...]
    otherwise: bool = False
    origin: Origin


class Table(Model):
    """A decision table.

    By policy the first row that fits gives the result (`unique`, `any`: it is proved, as far as it
    can be, that no other fits, or that all that fit give the same), or all that fit are collected;
    `sum` and `count` of none are 0, else the result is null where no row fits.
    """

    id: str
    name: str
    doc: str = ""
    parameters: tuple[Parameter, ...]
    results: tuple[Result, ...]
    policy: Policy
    rows: tuple[Row, ...]
    origin: Origin
