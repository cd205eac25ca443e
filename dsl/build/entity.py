"""Entities and mixins."""

from __future__ import annotations

from typing import cast

from lark import Token

from dsl.ast import entity as ast
from dsl.ast.base import Name, Path
from dsl.ast.change import Intent
from dsl.ast.expr import Case, Expr, Text
from dsl.build.base import Builder, of_type, over

_Fields = tuple[str, tuple[Name, ...]]


class EntityBuilder(Builder):
    def entity(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        as_name: Token | None,
        mixins: tuple[Path, ...] | None,
        *parts: ast.Member | Intent | None,
    ) -> ast.EntityDecl:
        kept, intents = of_type(ast.Member, parts), of_type(Intent, parts)
        return ast.EntityDecl(
            over(keyword, name, label, as_name, *(mixins or ()), *intents, *kept),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            self.optional_name(as_name),
            mixins or (),
            kept,
            intents,
        )

    def mixin(
        self, keyword: Token, name: Token, label: Token | None, *members: ast.Member | None
    ) -> ast.MixinDecl:
        kept = of_type(ast.Member, members)
        span = over(keyword, name, label, *kept)
        return ast.MixinDecl(span, self.name(name), self.label(label), self.doc(keyword), kept)

    # ------------------------------------------------------------ named members

    def field(
        self, name: Token, label: Token | None, type_: ast.TypeRef, *marks: ast.Modifier | Intent
    ) -> ast.FieldDecl:
        return ast.FieldDecl(
            over(name, type_, *marks),
            self.name(name),
            self.label(label),
            self.doc(name),
            type_,
            of_type(ast.Modifier, marks),
            of_type(Intent, marks),
        )

    def serial(
        self, name: Token, label: Token | None, pattern: Token, *marks: ast.Modifier | Intent
    ) -> ast.SerialDecl:
        return ast.SerialDecl(
            over(name, pattern, *marks),
            self.name(name),
            self.label(label),
            self.doc(name),
            self.string(pattern),
            of_type(ast.Modifier, marks),
            of_type(Intent, marks),
        )

    def reference(
        self,
        name: Token,
        label: Token | None,
        target: Path,
        tree: Token | None,
        where: Expr | None,
        *marks: ast.Modifier | Intent,
    ) -> ast.ReferenceDecl:
        return ast.ReferenceDecl(
            over(name, target, tree, where, *marks),
            self.name(name),
            self.label(label),
            self.doc(name),
            target,
            tree is not None,
            where,
            of_type(ast.Modifier, marks),
            of_type(Intent, marks),
        )

    def many_to_many(
        self, name: Token, label: Token | None, target: Path, inverse: Token, *intents: Intent
    ) -> ast.ManyToManyDecl:
        return ast.ManyToManyDecl(
            over(name, inverse, *intents),
            self.name(name),
            self.label(label),
            self.doc(name),
            target,
            self.name(inverse),
            intents,
        )

    def inverse(self, name: Token, label: Token | None, target: Path) -> ast.InverseDecl:
        span = over(name, target)
        return ast.InverseDecl(span, self.name(name), self.label(label), self.doc(name), target)

    def lines(
        self, name: Token, label: Token | None, target: Path, closing: Token
    ) -> ast.LinesDecl:
        span = over(name, closing)
        return ast.LinesDecl(span, self.name(name), self.label(label), self.doc(name), target)

    def computed(
        self,
        name: Token,
        label: Token | None,
        type_: ast.TypeRef | None,
        value: Expr | Case,
        *marks: ast.Modifier | Intent,
    ) -> ast.ComputedDecl:
        return ast.ComputedDecl(
            over(name, value, *marks),
            self.name(name),
            self.label(label),
            self.doc(name),
            type_,
            value,
            of_type(ast.Modifier, marks),
            of_type(Intent, marks),
        )

    # ------------------------------------------------------------ types, modifiers

    def type(
        self,
        name: Path,
        arguments: tuple[Token, ...] | None,
        many: Token | None,
        optional: Token | None,
    ) -> ast.TypeRef:
        written = tuple(str(argument) for argument in (arguments or ())[:-1])
        span = over(name, *(arguments or ()), many, optional)
        return ast.TypeRef(span, name, written, many is not None, optional is not None)

    def type_arguments(self, *tokens: Token) -> tuple[Token, ...]:
        """The arguments and the closing bracket."""
        return tokens

    def flag(self, word: Token) -> ast.Modifier:
        return self._modifier(word)

    def conditional(self, word: Token, when: Expr | None) -> ast.Modifier:
        return self._modifier(word, when=when)

    def valued(self, word: Token, value: Expr) -> ast.Modifier:
        return self._modifier(word, value=value)

    def texted(self, word: Token, text: Token) -> ast.Modifier:
        kind = cast(ast.ModifierKind, str(word))
        # A pattern means its backslashes.
        string = self.label(text) if kind == "help" else self.raw_string(text)
        return ast.Modifier(over(word, text), kind, None, string, None, None)

    def on_delete(self, on: Token, word: Token) -> ast.Modifier:
        return ast.Modifier(over(on, word), "on delete", None, None, str(word), None)

    def _modifier(
        self, word: Token, value: Expr | None = None, when: Expr | None = None
    ) -> ast.Modifier:
        kind = cast(ast.ModifierKind, str(word))
        return ast.Modifier(over(word, value, when), kind, value, None, None, when)

    # ------------------------------------------------------------ other members

    def display(self, keyword: Token, text: Text) -> ast.DisplayDecl:
        return ast.DisplayDecl(over(keyword, text), text)

    def unique(
        self,
        keyword: Token,
        fields: tuple[Path, ...],
        when: Expr | None,
        ignoring_case: Token | None,
    ) -> ast.UniqueDecl:
        span = over(keyword, *fields, when, ignoring_case)
        return ast.UniqueDecl(span, fields, when, ignoring_case is not None)

    def ignoring_case(self, _ignoring: Token, case: Token) -> Token:
        return case

    def index(self, keyword: Token, fields: tuple[Path, ...]) -> ast.IndexDecl:
        return ast.IndexDecl(over(keyword, *fields), fields)

    def check(self, keyword: Token, condition: Expr, message: Text | None) -> ast.CheckDecl:
        return ast.CheckDecl(over(keyword, condition, message), condition, message)

    def frozen(self, keyword: Token, condition: Expr, message: Text | None) -> ast.FrozenDecl:
        return ast.FrozenDecl(over(keyword, condition, message), condition, message)

    def no_overlap(self, keyword: Token, *parts: Path | Token) -> ast.NoOverlapDecl:
        *fields, start, end = of_type(Path, parts)
        (sign,) = (each for each in parts if isinstance(each, Token))
        span = over(keyword, end)
        return ast.NoOverlapDecl(span, tuple(fields), start, end, str(sign) == "..<")

    def append_only(self, append: Token, only: Token) -> ast.AppendOnlyDecl:
        return ast.AppendOnlyDecl(over(append, only))

    # ------------------------------------------------------------ access

    def access(self, keyword: Token, *grants: ast.Grant) -> ast.AccessDecl:
        return ast.AccessDecl(over(keyword, *grants), grants)

    def grant(
        self,
        subjects: tuple[Path, ...],
        actions: tuple[Name, ...],
        when: Expr | None,
        fields: _Fields | None,
    ) -> ast.Grant:
        word, names = fields or ("", ())
        return ast.Grant(
            over(subjects[0], *actions, when, *names),
            subjects,
            actions,
            when,
            names if word == "except" else (),
            names if word == "only" else (),
        )

    def grant_fields_first(
        self, subjects: tuple[Path, ...], actions: tuple[Name, ...], fields: _Fields, when: Expr
    ) -> ast.Grant:
        grant = self.grant(subjects, actions, None, fields)
        span = over(grant, when)
        return ast.Grant(span, subjects, actions, when, grant.excepting, grant.only)

    def actions(self, *words: Token) -> tuple[Name, ...]:
        return tuple(self.name(word) for word in words)

    def excepting(self, word: Token, names: tuple[Name, ...]) -> _Fields:
        return str(word), names

    def only(self, word: Token, names: tuple[Name, ...]) -> _Fields:
        return str(word), names
