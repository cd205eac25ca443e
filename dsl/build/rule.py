"""Rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from lark import Token

from dsl.ast import rule as ast
from dsl.ast.base import Name, Node, Path
from dsl.ast.expr import DurationLit, Expr, Text, TimeLit
from dsl.build.base import of_type, over, token_span
from dsl.build.clause import Clause, ClauseBuilder
from dsl.build.literal import LiteralBuilder

_Kind = Literal["created", "changed", "deleted", "entered"]


@dataclass(frozen=True, slots=True)
class _After(Clause):
    rules: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Missed(Clause):
    does: ast.Missed


class RuleBuilder(ClauseBuilder, LiteralBuilder):
    def rule(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        entity: Path,
        events: tuple[ast.Event, ...] | None,
        *rest: Node | None,
    ) -> ast.RuleDecl:
        items = of_type(Node, rest)
        clauses = of_type(Clause, items)
        return ast.RuleDecl(
            over(keyword, entity, *(events or ()), *items),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            entity,
            events or (),
            tuple(item for item in items if isinstance(item, ast.At | ast.Every | ast.EverySpan)),
            self._missed(clauses),
            any(clause.word == "existing" for clause in clauses),
            self.value(clauses, "when"),
            self.only_one(of_type(ast.Refusal, items), "reject"),
            tuple(path for after in of_type(_After, clauses) for path in after.rules),
            self.body(clauses, "do"),
        )

    def events(self, *events: ast.Event) -> tuple[ast.Event, ...]:
        return events

    def event(self, word: Token, names: tuple[Name, ...] = ()) -> ast.Event:
        return ast.Event(over(word, *names), cast(_Kind, str(word)), names)

    def refusal(self, word: Token, text: Text, fields: tuple[Name, ...] | None) -> ast.Refusal:
        kind = cast(Literal["reject", "warn"], str(word))
        return ast.Refusal(over(word, text, *(fields or ())), kind, text, fields or ())

    def rule_after(self, keyword: Token, rules: tuple[Path, ...]) -> _After:
        return _After(over(keyword, *rules), "after", rules)

    # ------------------------------------------------------------ moments

    def at_moment(
        self,
        keyword: Token,
        spans: tuple[DurationLit, ...] | None,
        side: Token | None,
        of: Expr,
        yearly: Token | None,
        time: Token | None,
    ) -> ast.At:
        after = side is not None and side.type == "AFTER"
        span = over(keyword, of, yearly, time)
        return ast.At(span, spans or (), after, of, yearly is not None, self._time(time))

    def spans(self, *tokens: Token) -> tuple[DurationLit, ...]:
        return tuple(self.duration(token) for token in tokens)

    def every(
        self,
        keyword: Token,
        days: tuple[Name, ...],
        on: Token | None,
        nth: Token | None,
        time: Token | None,
    ) -> ast.Every:
        span = over(keyword, *days, on, nth, time)
        place = self.number(nth) if nth is not None and nth.type == "NUMBER" else None
        return ast.Every(
            span, days, self.optional_name(on), place or self.optional_name(nth), self._time(time)
        )

    def every_span(self, keyword: Token, length: Token, time: Token | None) -> ast.EverySpan:
        span = over(keyword, length, time)
        return ast.EverySpan(span, self.duration(length), self._time(time))

    def missed(self, keyword: Token, does: Token, how: Token | None = None) -> _Missed:
        return _Missed(over(keyword, does, how), "missed", cast(ast.Missed, str(how or does)))

    def existing(self, keyword: Token) -> Clause:
        return Clause(token_span(keyword), "existing")

    def _time(self, token: Token | None) -> TimeLit | None:
        return None if token is None else self.time(token)

    def _missed(self, clauses: tuple[Clause, ...]) -> ast.Missed | None:
        found = self.only_one(of_type(_Missed, clauses), "missed")
        return found.does if found else None
