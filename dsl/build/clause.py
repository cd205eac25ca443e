"""Clauses that several constructs share, before they are put in their place."""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token

from dsl.ast.base import Name, Node, Path
from dsl.ast.expr import Expr
from dsl.ast.statement import Statement
from dsl.build.base import Builder, of_type, over


@dataclass(frozen=True, slots=True)
class Clause(Node):
    """A clause of a state, a transition or a rule before it is put in its place."""

    word: str


@dataclass(frozen=True, slots=True)
class Body(Clause):
    """`do`, `enter` or `leave` with its statements."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class By(Clause):
    people: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Valued(Clause):
    """`when e`, `confirm "…"`, `where e`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Names(Clause):
    """`readonly a, b`, `required a`, `readonly all except c`."""

    names: tuple[Name, ...]


class ClauseBuilder(Builder):
    """Clauses that flows share with rules."""

    def when(self, keyword: Token, condition: Expr) -> Valued:
        return Valued(over(keyword, condition), "when", condition)

    def do(self, keyword: Token, *statements: Statement) -> Body:
        return Body(over(keyword, *statements), "do", statements)

    def value(self, clauses: tuple[Clause, ...], word: str) -> Expr | None:
        """The value of the one clause of that word."""
        found = self.only_one(of_type(Valued, of_word(clauses, word)), word)
        return found.value if found else None

    def body(self, clauses: tuple[Clause, ...], word: str) -> tuple[Statement, ...]:
        """The statements of the one clause of that word."""
        found = self.only_one(of_type(Body, of_word(clauses, word)), word)
        return found.statements if found else ()


def of_word(clauses: tuple[Clause, ...], word: str) -> list[Clause]:
    return [clause for clause in clauses if clause.word == word]
