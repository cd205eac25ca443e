"""Flows."""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token

from dsl.ast import flow as ast
from dsl.ast.base import Name, Node, Path
from dsl.ast.entity import Modifier, TypeRef
from dsl.ast.expr import Expr, Text
from dsl.ast.statement import Statement
from dsl.build.base import Builder, of_type, over
from dsl.syntax import FlowWithoutEntity


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
class _Names(Clause):
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
        found = self.only_one(of_type(Valued, _of_word(clauses, word)), word)
        return found.value if found else None

    def body(self, clauses: tuple[Clause, ...], word: str) -> tuple[Statement, ...]:
        """The statements of the one clause of that word."""
        found = self.only_one(of_type(Body, _of_word(clauses, word)), word)
        return found.statements if found else ()


class FlowBuilder(ClauseBuilder):
    def flow(
        self,
        keyword: Token,
        path: Path,
        label: Token | None,
        *items: ast.StateDecl | ast.TransitionDecl | None,
    ) -> ast.FlowDecl:
        states, transitions = of_type(ast.StateDecl, items), of_type(ast.TransitionDecl, items)
        kept = of_type(Node, items)
        if len(path.parts) == 1:
            self.refuse(FlowWithoutEntity(at=self.place(path.span), field=str(path)))
        owner = path.parts[:-1] or path.parts
        entity = Path(over(*owner), owner)
        return ast.FlowDecl(
            over(keyword, path, label, *kept),
            path.parts[-1],
            self.label(label),
            self.doc(keyword),
            entity,
            states,
            transitions,
        )

    # ------------------------------------------------------------ states

    def state(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        *rest: Token | Name | Clause | None,
    ) -> ast.StateDecl:
        clauses = of_type(Clause, rest)
        marks = {str(mark) for mark in rest if isinstance(mark, Token)}
        last = [part for part in rest if part is not None]
        return ast.StateDecl(
            over(keyword, name, label, *last),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            "initial" in marks,
            "final" in marks,
            self.only_one(of_type(Name, rest), "color"),
            self._names(clauses, "readonly"),
            any(clause.word == "readonly all" for clause in clauses),
            self._names(clauses, "readonly all"),
            self._names(clauses, "required"),
            self.body(clauses, "enter"),
            self.body(clauses, "leave"),
        )

    def _names(self, clauses: tuple[Clause, ...], word: str) -> tuple[Name, ...]:
        found = of_type(_Names, _of_word(clauses, word))
        return tuple(name for clause in found for name in clause.names)

    def state_color(self, _keyword: Token, color: Token) -> Name:
        return self.name(color)

    def readonly(self, keyword: Token, names: tuple[Name, ...]) -> _Names:
        return _Names(over(keyword, *names), "readonly", names)

    def readonly_all(self, keyword: Token, every: Token, names: tuple[Name, ...] | None) -> _Names:
        return _Names(over(keyword, every, *(names or ())), "readonly all", names or ())

    def required(self, keyword: Token, names: tuple[Name, ...]) -> _Names:
        return _Names(over(keyword, *names), "required", names)

    def enter(self, keyword: Token, *statements: Statement) -> Body:
        return Body(over(keyword, *statements), "enter", statements)

    def leave(self, keyword: Token, *statements: Statement) -> Body:
        return Body(over(keyword, *statements), "leave", statements)

    # ------------------------------------------------------------ transitions

    def transition(
        self,
        name: Token,
        label: Token | None,
        sources: tuple[Name, ...] | Token,
        target: Token,
        *rest: Node | None,
    ) -> ast.TransitionDecl:
        items = of_type(Node, rest)
        clauses = of_type(Clause, items)
        return ast.TransitionDecl(
            over(name, target, *items),
            self.name(name),
            self.label(label),
            self.doc(name),
            () if isinstance(sources, Token) else sources,
            None if target.type == "STAY" else self.name(target),
            tuple(path for by in of_type(By, clauses) for path in by.people),
            self.value(clauses, "when"),
            of_type(ast.AskDecl, items),
            of_type(ast.RequireDecl, items),
            self.value(clauses, "confirm"),
            self.body(clauses, "do"),
        )

    def by(self, keyword: Token, people: tuple[Path, ...]) -> By:
        return By(over(keyword, *people), "by", people)

    def ask(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        type_: TypeRef | None,
        *modifiers: Modifier,
    ) -> ast.AskDecl:
        span = over(keyword, name, label, type_, *modifiers)
        return ast.AskDecl(span, self.name(name), self.label(label), type_, modifiers)

    def require(self, keyword: Token, condition: Expr, message: Text | None) -> ast.RequireDecl:
        return ast.RequireDecl(over(keyword, condition, message), condition, message)

    def confirm(self, keyword: Token, text: Text) -> Valued:
        return Valued(over(keyword, text), "confirm", text)


def _of_word(clauses: tuple[Clause, ...], word: str) -> list[Clause]:
    return [clause for clause in clauses if clause.word == word]
