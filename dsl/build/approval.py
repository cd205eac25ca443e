"""Approvals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from lark import Token

from dsl.ast import approval as ast
from dsl.ast.base import Node, Path
from dsl.ast.entity import Modifier, TypeRef
from dsl.ast.expr import Expr
from dsl.build.base import of_type, over, token_span
from dsl.build.clause import Clause, ClauseBuilder

_Verb = Literal["add", "transfer", "delegate", "withdraw", "revoke"]


@dataclass(frozen=True, slots=True)
class _To(Clause):
    """`nobody -> Admin`, `own request -> skip`."""

    person: Path


@dataclass(frozen=True, slots=True)
class _Permits(Clause):
    permits: tuple[ast.PermitDecl, ...]


@dataclass(frozen=True, slots=True)
class Remind(Node):
    """`at 50%, 90% remind`."""

    percents: tuple[ast.PercentAt, ...]


class ApprovalBuilder(ClauseBuilder):
    def approve(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        when: Expr | None,
        *rest: Node,
    ) -> ast.ApproveDecl:
        clauses = of_type(Clause, rest)
        return ast.ApproveDecl(
            over(keyword, *rest),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            when,
            of_type(ast.VotersDecl, rest),
            self.only_one(of_type(ast.PassDecl, rest), "pass"),
            self._person(clauses, "nobody"),
            self._person(clauses, "own request"),
            self.only_one(of_type(ast.SeenDecl, rest), "seen before"),
            tuple(each for permits in of_type(_Permits, clauses) for each in permits.permits),
            of_type(ast.AskDecl, rest),
            self.only_one(of_type(ast.WithinDecl, rest), "within"),
            of_type(ast.CopyDecl, rest),
        )

    def together(self, keyword: Token, *approvals: ast.ApproveDecl) -> ast.TogetherDecl:
        return ast.TogetherDecl(over(keyword, *approvals), approvals)

    def _person(self, clauses: tuple[Clause, ...], word: str) -> Path | None:
        named = tuple(each for each in of_type(_To, clauses) if each.word == word)
        found = self.only_one(named, word)
        return found.person if found else None

    def voters(
        self, keyword: Token, people: tuple[Path, ...], where: Expr | None
    ) -> ast.VotersDecl:
        return ast.VotersDecl(over(keyword, *people, where), people, where)

    def quorum(self, keyword: Token, first: Token, second: Token | None = None) -> ast.PassDecl:
        span = over(keyword, first, second)
        if first.type == "PERCENT":
            return ast.PassDecl(span, "share", self.whole_percent(first), 100)
        if first.type == "NUMBER" and second is not None:
            part, whole = self.whole_number(first), self.whole_number(second)
            return ast.PassDecl(span, "share", part, whole)
        kind = "in order" if first.type == "IN" else str(first)
        return ast.PassDecl(span, cast(Literal["any", "all", "in order"], kind))

    def nobody(self, keyword: Token, person: Path) -> _To:
        return _To(over(keyword, person), "nobody", person)

    def own_request(self, keyword: Token, person: Path) -> _To:
        return _To(over(keyword, person), "own request", person)

    def seen_before(self, keyword: Token, _skip: Token, which: Token) -> ast.SeenDecl:
        skip = cast(Literal["consecutive", "any", "never"], str(which))
        return ast.SeenDecl(over(keyword, which), skip)

    def permit(self, keyword: Token, *permits: ast.PermitDecl) -> _Permits:
        return _Permits(over(keyword, *permits), "permit", permits)

    def permission(self, verb: Token) -> ast.PermitDecl:
        return ast.PermitDecl(token_span(verb), cast(_Verb, str(verb)))

    def return_to(self, keyword: Token, state: Token) -> ast.PermitDecl:
        return ast.PermitDecl(over(keyword, state), "return", self.name(state))

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

    # ------------------------------------------------------------ deadlines, copies, outcomes

    def within(self, keyword: Token, limit: Expr, *rest: Node | None) -> ast.WithinDecl:
        return ast.WithinDecl(
            over(keyword, limit, *of_type(Node, rest)),
            limit,
            tuple(each for remind in of_type(Remind, rest) for each in remind.percents),
            self.only_one(of_type(ast.OverdueDecl, rest), "else"),
        )

    def remind(self, keyword: Token, percents: tuple[ast.PercentAt, ...], end: Token) -> Remind:
        return Remind(over(keyword, end), percents)

    def percents(self, *tokens: Token) -> tuple[ast.PercentAt, ...]:
        return tuple(
            ast.PercentAt(token_span(token), self.whole_percent(token)) for token in tokens
        )

    def overdue_decided(self, keyword: Token, verb: Token) -> ast.OverdueDecl:
        kind = cast(Literal["approve", "refuse"], str(verb))
        return ast.OverdueDecl(over(keyword, verb), kind)

    def overdue_escalated(self, keyword: Token, _verb: Token, to: Path) -> ast.OverdueDecl:
        return ast.OverdueDecl(over(keyword, to), "escalate", to)

    def overdue_moved(self, keyword: Token, state: Token) -> ast.OverdueDecl:
        return ast.OverdueDecl(over(keyword, state), "move", None, self.name(state))

    def cc(self, keyword: Token, people: tuple[Path, ...], _at: Token, when: Token) -> ast.CopyDecl:
        return ast.CopyDecl(over(keyword, when), people, cast(Literal["start", "end"], str(when)))

    def outcome(self, keyword: Token, target: Token, *rest: Clause | None) -> ast.OutcomeDecl:
        clauses = of_type(Clause, rest)
        return ast.OutcomeDecl(
            over(keyword, target, *clauses),
            cast(Literal["approved", "refused", "revoked"], str(keyword)),
            self.name(target),
            self.body(clauses, "do"),
        )

    def after_return(self, keyword: Token, _return: Token, kind: Token) -> ast.AfterReturnDecl:
        way = cast(Literal["resume", "replay"], str(kind))
        return ast.AfterReturnDecl(over(keyword, kind), way)
