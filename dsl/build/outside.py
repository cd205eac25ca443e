"""Forms, hooks, events, webhooks and connectors."""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token

from dsl.ast import outside as ast
from dsl.ast.base import Name, Node, Path
from dsl.ast.entity import TypeRef
from dsl.ast.expr import DurationLit, Expr, Text
from dsl.ast.rule import Event
from dsl.build.base import of_type, over
from dsl.build.clause import Clause, ClauseBuilder
from dsl.build.literal import LiteralBuilder


@dataclass(frozen=True, slots=True)
class _Body(Node):
    """`body` of a hook before it is put in its place."""

    sent: tuple[ast.Sent, ...]


@dataclass(frozen=True, slots=True)
class _Fields(Node):
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Identify(Node):
    names: tuple[Name, ...]


class OutsideBuilder(ClauseBuilder, LiteralBuilder):
    # ------------------------------------------------------------ what comes from outside

    def form(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        effect: ast.Effect,
        entity: Path,
        key: ast.Key | None,
        *rest: Token | Node | None,
    ) -> ast.FormDecl:
        words = [str(word) for word in rest if isinstance(word, Token)]
        last = [part for part in rest if part is not None]
        return ast.FormDecl(
            over(keyword, entity, key, *last),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            effect,
            entity,
            key,
            "public" in words,
            "once" in words,
            self.only_one(of_type(DurationLit, rest), "expires"),
            of_type(ast.FormParam, rest),
            of_type(ast.FormField, rest),
            of_type(ast.SetValue, rest),
        )

    def effect(self, first: Token, second: Token | None = None) -> ast.Effect:
        creates = first.type == "CREATES"
        return ast.Effect(over(first, second), creates, not creates or second is not None)

    def found_by(self, of: Token | tuple[Name, ...]) -> ast.Key:
        if isinstance(of, Token):
            return ast.Key(over(of), True, ())
        return ast.Key(over(*of), False, of)

    def form_expires(self, _keyword: Token, length: Token) -> DurationLit:
        return self.duration(length)

    def form_param(
        self, keyword: Token, name: Token, label: Token | None, target: Path, by: Token
    ) -> ast.FormParam:
        return ast.FormParam(
            over(keyword, by), self.name(name), self.label(label), target, self.name(by)
        )

    def form_field(self, name: Token, label: Token | None, required: Token | None) -> ast.FormField:
        span = over(name, label, required)
        return ast.FormField(span, self.name(name), self.label(label), required is not None)

    def set_value(self, name: Token, value: Expr) -> ast.SetValue:
        return ast.SetValue(over(name, value), self.name(name), value)

    def hook(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        effect: ast.Effect,
        entity: Path,
        key: ast.Key | None,
        *parts: Node,
    ) -> ast.HookDecl:
        bodies = of_type(_Body, parts)
        return ast.HookDecl(
            over(keyword, *parts),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            effect,
            entity,
            key,
            tuple(sent for body in bodies for sent in body.sent),
            of_type(ast.SetValue, parts),
        )

    def hook_body(self, keyword: Token, *sent: ast.Sent) -> _Body:
        return _Body(over(keyword, *sent), sent)

    def sent(self, name: Token, label: Token | None, type_: TypeRef) -> ast.Sent:
        return ast.Sent(over(name, type_), self.name(name), self.label(label), type_)

    def event_kind(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        entities: tuple[Path, ...],
        *parts: Node | None,
    ) -> ast.EventDecl:
        identify = self.only_one(of_type(_Identify, parts), "identify")
        return ast.EventDecl(
            over(keyword, *entities, *of_type(Node, parts)),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            entities,
            of_type(ast.Sent, parts),
            identify.names if identify else (),
        )

    def identify(self, keyword: Token, names: tuple[Name, ...]) -> _Identify:
        return _Identify(over(keyword, *names), names)

    # ------------------------------------------------------------ what goes outside

    def webhook(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        entity: Path,
        events: tuple[Event, ...],
        *parts: Node,
    ) -> ast.WebhookDecl:
        return ast.WebhookDecl(
            over(keyword, *parts),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            entity,
            events,
            self.value(of_type(Clause, parts), "when"),
            tuple(path for fields in of_type(_Fields, parts) for path in fields.paths),
        )

    def webhook_fields(self, keyword: Token, paths: tuple[Path, ...]) -> _Fields:
        return _Fields(over(keyword, *paths), paths)

    def connect(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        connector: Path,
        *settings: ast.Setting | None,
    ) -> ast.ConnectDecl:
        kept = of_type(ast.Setting, settings)
        span = over(keyword, connector, *kept)
        return ast.ConnectDecl(
            span, self.name(name), self.label(label), self.doc(keyword), connector, kept
        )

    def setting(self, name: Token, value: Text) -> ast.Setting:
        return ast.Setting(over(name, value), self.name(name), value)

    def connector(
        self, keyword: Token, name: Token, label: Token | None, *parts: Node | None
    ) -> ast.ConnectorDecl:
        return ast.ConnectorDecl(
            over(keyword, name, label, *of_type(Node, parts)),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            of_type(ast.ConnectorSetting, parts),
            of_type(ast.ConnectorAction, parts),
        )

    def connector_setting(
        self, keyword: Token, name: Token, label: Token | None, type_: TypeRef, *marks: Token
    ) -> ast.ConnectorSetting:
        words = {str(mark) for mark in marks}
        return ast.ConnectorSetting(
            over(keyword, type_, *marks),
            self.name(name),
            self.label(label),
            type_,
            "required" in words,
            "secret" in words,
        )

    def connector_action(
        self, keyword: Token, name: Token, label: Token | None, *parameters: ast.Sent | None
    ) -> ast.ConnectorAction:
        kept = of_type(ast.Sent, parameters)
        span = over(keyword, name, label, *kept)
        return ast.ConnectorAction(span, self.name(name), self.label(label), kept)
