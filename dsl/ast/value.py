"""Declarations that give a value: functions."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast.app import Decl
from dsl.ast.base import Name, Node
from dsl.ast.entity import TypeRef
from dsl.ast.expr import Expr


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """`gross: money`; without `?` an argument is never null."""

    name: Name
    type: TypeRef


@dataclass(frozen=True, slots=True)
class CallableDecl(Decl):
    """Base of what an expression calls by its name."""

    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class FunctionDecl(CallableDecl):
    """`function net(gross: money) -> money = gross / 1.13`."""

    result: TypeRef
    body: Expr


@dataclass(frozen=True, slots=True)
class ExternDecl(CallableDecl):
    """`extern function distance(a: text, b: text) -> decimal(1)`: written in Python."""

    result: TypeRef
