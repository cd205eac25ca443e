"""What gives a value when it is called: functions of the app."""

from __future__ import annotations

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
