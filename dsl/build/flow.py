"""Flows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lark import Token

from dsl.ast import flow as ast
from dsl.ast.approval import AfterReturnDecl, ApproveDecl, AskDecl, OutcomeDecl, TogetherDecl
from dsl.ast.base import Name, Node, Path
from dsl.ast.change import Intent
from dsl.ast.expr import Expr, Text
from dsl.ast.statement import Statement
from dsl.build.approval import ApprovalBuilder
from dsl.build.base import of_type, over
from dsl.build.clause import Body, By, Clause, Names, Valued, of_word
from dsl.syntax import FlowWithoutEntity

_Step = tuple[
    tuple[Path, ...],
    Expr | None,
    tuple[AskDecl, ...],
    tuple[ast.RequireDecl, ...],
    Expr | None,
    tuple[Statement, ...],
]
"""The clauses that a transition and an action share, in the order of their fields."""


@dataclass(frozen=True, slots=True)
class _Parallel(Clause):
    regions: tuple[ast.RegionDecl, ...]


class FlowBuilder(ApprovalBuilder):
    def flow(
        self,
        keyword: Token,
        path: Path,
        label: Token | None,
        pinned: Token | None,
        *items: ast.StateDecl | ast.TransitionDecl | None,
    ) -> ast.FlowDecl:
        states, transitions = of_type(ast.StateDecl, items), of_type(ast.TransitionDecl, items)
        kept = of_type(Node, items)
        if len(path.parts) == 1:
            self.refuse(FlowWithoutEntity(at=self.place(path.span), field=str(path)))
        owner = path.parts[:-1] or path.parts
        entity = Path(over(*owner), owner)
        return ast.FlowDecl(
            over(keyword, path, label, pinned, *kept),
            path.parts[-1],
            self.label(label),
            self.doc(keyword),
            entity,
            states,
            transitions,
            pinned is not None,
        )

    # ------------------------------------------------------------ states

    def state(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        *rest: Token | Node | None,
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
            of_type(ast.TimerDecl, rest),
            self._steps(rest),
            of_type(OutcomeDecl, rest),
            self.only_one(of_type(AfterReturnDecl, rest), "after return"),
            tuple(each for parallel in of_type(_Parallel, clauses) for each in parallel.regions),
            of_type(Intent, rest),
        )

    def _steps(self, items: Iterable[object]) -> tuple[TogetherDecl, ...]:
        """Approvals in order; one that stands alone is a group of one."""
        return tuple(
            TogetherDecl(each.span, (each,)) if isinstance(each, ApproveDecl) else each
            for each in items
            if isinstance(each, ApproveDecl | TogetherDecl)
        )

    def _names(self, clauses: tuple[Clause, ...], word: str) -> tuple[Name, ...]:
        found = of_type(Names, of_word(clauses, word))
        return tuple(name for clause in found for name in clause.names)

    def state_color(self, _keyword: Token, color: Token) -> Name:
        return self.name(color)

    def readonly(self, keyword: Token, names: tuple[Name, ...]) -> Names:
        return Names(over(keyword, *names), "readonly", names)

    def readonly_all(self, keyword: Token, every: Token, names: tuple[Name, ...] | None) -> Names:
        return Names(over(keyword, every, *(names or ())), "readonly all", names or ())

    def required(self, keyword: Token, names: tuple[Name, ...]) -> Names:
        return Names(over(keyword, *names), "required", names)

    def enter(self, keyword: Token, *statements: Statement) -> Body:
        return Body(over(keyword, *statements), "enter", statements)

    def leave(self, keyword: Token, *statements: Statement) -> Body:
        return Body(over(keyword, *statements), "leave", statements)

    def timer(self, keyword: Token, after: Expr, target: Token) -> ast.TimerDecl:
        return ast.TimerDecl(over(keyword, target), after, self.name(target))

    def parallel(self, keyword: Token, *regions: ast.RegionDecl) -> _Parallel:
        return _Parallel(over(keyword, *regions), "parallel", regions)

    def region(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        *items: ast.StateDecl | ast.TransitionDecl,
    ) -> ast.RegionDecl:
        return ast.RegionDecl(
            over(keyword, *items),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            of_type(ast.StateDecl, items),
            of_type(ast.TransitionDecl, items),
        )

    # ------------------------------------------------------------ transitions and actions

    def transition(
        self,
        name: Token,
        label: Token | None,
        sources: tuple[Name, ...] | Token,
        target: Token,
        *rest: Node | None,
    ) -> ast.TransitionDecl:
        items = of_type(Node, rest)
        return ast.TransitionDecl(
            over(name, target, *items),
            self.name(name),
            self.label(label),
            self.doc(name),
            () if isinstance(sources, Token) else sources,
            None if target.type == "STAY" else self.name(target),
            *self._step(items),
        )

    def action(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        entity: Path,
        *rest: Node | None,
    ) -> ast.ActionDecl:
        items = of_type(Node, rest)
        return ast.ActionDecl(
            over(keyword, entity, *items),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            entity,
            *self._step(items),
        )

    def _step(self, items: tuple[Node, ...]) -> _Step:
        clauses = of_type(Clause, items)
        return (
            tuple(path for by in of_type(By, clauses) for path in by.people),
            self.value(clauses, "when"),
            of_type(AskDecl, items),
            of_type(ast.RequireDecl, items),
            self.value(clauses, "confirm"),
            self.body(clauses, "do"),
        )

    def by(self, keyword: Token, people: tuple[Path, ...]) -> By:
        return By(over(keyword, *people), "by", people)

    def require(self, keyword: Token, condition: Expr, message: Text | None) -> ast.RequireDecl:
        return ast.RequireDecl(over(keyword, condition, message), condition, message)

    def confirm(self, keyword: Token, text: Text) -> Valued:
        return Valued(over(keyword, text), "confirm", text)
