"""What an expression may say where it stands, and the one function that types expressions.

How each kind of expression is typed is told by the rules of other modules (`names`, `operations`,
`aggregates`, `calls`, `literals`); they register here, because each of them contains the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from compiler.build import Build
from compiler.model.base import EntityId, Origin
from compiler.model.expr import THIS, Const, Expr, FieldOf, Var
from compiler.model.report import Across, Moved, Snapshot
from compiler.model.types import ERROR, Type, ref
from compiler.resolve.symbols import Symbol
from dsl.ast import expr as ast
from dsl.ast.base import Name, Node
from dsl.diagnostic import Message, Problem
from dsl.source import Place

Facts = frozenset[tuple[str, ...]]
"""Paths that are known not to be null, each from its variable: `("this", "owner", "team")`."""

BROKEN = Const(type=ERROR, value=None)
"""What an expression becomes after its fault was reported; says nothing more of it."""


class TooNested(Problem, code="CW0436", name="too-nested"):
    message = Message("this is nested too deeply", "嵌套过深")
    help = Message(
        "give parts of it names of their own, as computed fields",
        "请将其中的部分写成单独的计算字段",
    )


DEEPEST = 40
"""Levels of an expression: what a Bundle, as JSON, can carry and be read from again."""


@dataclass(slots=True)
class Progress:
    """How far the typing of one expression has come; `prefix` begins the names of its rows."""

    prefix: str = ""
    rows: int = 0
    picks: int = 0
    depth: int = 0
    refused: bool = False
    """Whether it was nested too deeply; that is said once."""
    seen: list[tuple[ast.Expr, Expr]] | None = None
    """Each part with what it became, if somebody wants to know."""

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level further in."""
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1


@dataclass(slots=True)
class Measuring:
    """What the measures of a report need beside aggregates over its rows, as it is found.

    `facts` are the entities by name, if the report is of several.
    """

    facts: Mapping[str, EntityId] = field(default_factory=dict)
    across: list[Across] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Context:
    """Where an expression stands.

    A bare name is first a variable, then a member of `row`; `this` is the declaration's record.
    `rows` and `measuring` are set in the measures of a report: the entity that an aggregate runs
    over, and what else they need. `params` are the report's, known at any depth.
    """

    build: Build
    module: str
    block: str
    this: EntityId | None = None
    row: Expr | None = None
    variables: Mapping[str, Expr] = field(default_factory=dict)
    inputs: Mapping[str, Type] = field(default_factory=dict)
    inputs_of: str = ""
    """The variable by which alone inputs are named; where it is empty, their names will do."""
    facts: Facts = frozenset()
    params: Mapping[str, Expr] = field(default_factory=dict)
    rows: EntityId | None = None
    measuring: Measuring | None = None
    has_old: bool = False
    has_me: bool = True
    may_link: bool = False
    """Whether the address of a form may stand here: in a mail."""
    may_pick: bool = False
    """Whether `pick` may stand here: in what a statement does, once each time."""
    progress: Progress = field(default_factory=Progress)
    symbols: Mapping[str, Symbol] = field(default_factory=dict)
    """What variables are called after that another block declares: columns of a report."""

    def place(self, node: Node) -> Place:
        return Place(self.block, node.span)

    def origin(self, node: Node) -> Origin:
        return Origin(block=self.block, start=node.span.start, end=node.span.end)

    def report(self, problem: Problem) -> Const:
        """Report a problem; the value is what the faulty expression becomes."""
        self.build.report(problem)
        return BROKEN

    def mention(self, name: Name, meaning: Symbol) -> None:
        """Note what a name means that is written here."""
        self.build.mention(self.place(name), meaning)

    def knowing(self, facts: Facts) -> Context:
        return replace(self, facts=self.facts | facts) if facts else self

    def within(self, row: Expr, variables: Mapping[str, Expr] | None = None) -> Context:
        """Inside a set: bare names are those of its rows; a report's measures stay outside."""
        outer = self.variables if self.rows is None else {}
        bound = {**outer, **(variables or {})}
        return replace(self, row=row, variables=bound, rows=None, measuring=None, may_pick=False)

    def binding(self, name: str, value: Expr) -> Context:
        return replace(self, variables={**self.variables, name: value})

    def new_row(self, type: Type) -> Var:
        """A variable for a row, of a name that nothing else in the expression has."""
        return Var(type=type, name=self.new_name())

    def new_name(self) -> str:
        self.progress.rows += 1
        return f"{self.progress.prefix}row{self.progress.rows}"

    def new_pick(self) -> str:
        """What a `pick` of the declaration is remembered by, wherever the file of it lies."""
        self.progress.picks += 1
        declaration = self.block.partition(":")[2]
        return f"{self.module} {declaration} {self.progress.picks}"


def of_record(build: Build, module: str, block: str, entity: EntityId) -> Context:
    """The context of an expression about one record."""
    this = Var(type=ref(entity), name=THIS)
    return Context(build, module, block, this=entity, row=this)


N = TypeVar("N", bound=ast.Expr)
Rule = Callable[[Context, N, Type | None], Expr]
_RULES: dict[type[ast.Expr], Rule[Any]] = {}


def rule(kind: type[N]) -> Callable[[Rule[N]], Rule[N]]:
    """Register how expressions of a kind are typed."""

    def register(function: Rule[N]) -> Rule[N]:
        _RULES[kind] = function
        return function

    return register


def typed(context: Context, node: ast.Expr, expected: Type | None = None) -> Expr:
    """The typed expression; BROKEN after a fault, which is then reported.

    `expected` is the type that the place wants. It decides only what a bare name may mean, and
    is not enforced here (see `fit`). Where it is ERROR, after a fault beside it, a bare name that
    means nothing is not reported: it may be a value of what was not understood.
    """
    progress = context.progress
    if progress.depth >= DEEPEST:
        if not progress.refused:
            context.report(TooNested(at=context.place(node)))
        progress.refused = True
        return BROKEN
    progress.depth += 1
    try:
        value = _RULES[type(node)](context, node, expected)
    finally:
        progress.depth -= 1
    if progress.seen is not None:
        progress.seen.append((node, value))
    return value


def is_broken(*values: Expr) -> bool:
    return any(value.type.kind == "error" for value in values)


def path_key(value: Expr) -> tuple[str, ...] | None:
    """The name of a path for `Facts`; None for what is no path."""
    names: list[str] = []
    while isinstance(value, FieldOf):
        names.append(value.field)
        value = value.of
    return (value.name, *reversed(names)) if isinstance(value, Var) else None


def narrowed(context: Context, value: Expr) -> Expr:
    """The path without null, where the context knows that it is not."""
    if value.type.nullable and context.facts and path_key(value) in context.facts:
        return value.but(type=value.type.present())
    return value
