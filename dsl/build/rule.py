"""Rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from lark import Token

from dsl.ast import rule as ast
from dsl.ast.base import Name, Node, Path
from dsl.ast.expr import Text
from dsl.build.base import of_type, over
from dsl.build.flow import Clause, ClauseBuilder

_Kind = Literal["created", "changed", "deleted", "entered"]


@dataclass(frozen=True, slots=True)
class _After(Clause):
    rules: tuple[Path, ...]


class RuleBuilder(ClauseBuilder):
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
