"""Texts of the app for people: in their language, and with no value that they may not read.

Where a text speaks of something its reader may not know, the label of the field stands instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compiler.model.app import USER
from compiler.model.base import EntityId
from compiler.model.entity import Field, Phrase
from compiler.model.expr import INPUT, ME, THIS, Concat, Const, Expr, FieldOf, Var
from compiler.model.rewrite import replace_variable
from compiler.model.types import TEXT, Type, ref
from dsl.diagnostic import Language, Message
from runtime.access.mask import Mask
from runtime.access.permission import Standing
from runtime.store.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime, tzinfo

    from runtime.store.act import Act
    from runtime.store.domain import Domain
    from runtime.store.row import Deferred, Row

ACTOR = "actor"
"""Whom `me` means in a text: the one who acts, not the one who reads."""
HIDDEN = "…"
FIELD_TYPES = {"instant": "datetime"}
"""The field types of value types that are called otherwise."""
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is to read a text: their rights, and their own record."""

    standing: Standing
    me: Row | Deferred | None


class _Seen:
    """The act as another person would see it: conditions of their rights ask for them as `me`."""

    __slots__ = ("_act", "me")

    def __init__(self, act: Act, me: Row | Deferred | None) -> None:
        self._act = act
        self.me = me

    @property
    def now(self) -> datetime:
        return self._act.now

    @property
    def today(self) -> date:
        return self._act.today

    @property
    def zone(self) -> tzinfo:
        return self._act.zone

    def extent(self, entity: str) -> Sequence[Row]:
        return self._act.extent(entity)

    def holders(self, role: str) -> Sequence[Row]:
        return self._act.holders(role)

    def data(self, entity: str, key: str) -> Row:
        return self._act.data(entity, key)

    def tree(self, entity: str) -> str:
        return self._act.tree(entity)


def message(phrase: Phrase, scope: Scope, reader: Reader) -> Message:
    """The phrase in every language of the product, for a reader."""
    texts = {language: text(phrase, scope, reader, language) for language in LANGUAGES}
    return Message(texts["en"], texts["zh"])


def text(phrase: Phrase, scope: Scope, reader: Reader, language: str) -> str:
    """The phrase in a language; in one that it has, if it lacks this one."""
    return "".join(_part(part, scope, reader, language) for part in _parts(phrase, language))


def logged(phrase: Phrase, scope: Scope, language: str) -> tuple[str, frozenset[str]]:
    """The phrase as history keeps it, for readers who are not known yet, and the fields of the
    record that it shows: who may not read one of them is not shown the text. Of other records it
    shows what everybody may read."""
    everybody, owner = Reader(Standing(signed_in=True), None), Reader(Standing(app=True), None)
    parts = _parts(phrase, language)
    own = frozenset(part.field for part in parts if isinstance(part, FieldOf) and _is_own(part))
    shown = (_part(p, scope, owner if _is_own(p) else everybody, language) for p in parts)
    return "".join(shown), own


def _is_own(part: Expr) -> bool:
    """Whether the part is a value of the record itself."""
    return isinstance(part, FieldOf) and isinstance(part.of, Var) and part.type.kind != "ref"


def _parts(phrase: Phrase, language: str) -> tuple[Expr, ...]:
    expr = phrase.texts.get(language) or next(iter(phrase.texts.values()))
    return expr.parts if isinstance(expr, Concat) else (expr,)


def name_of(row: Row, reader: Reader) -> str:
    """The text that names a record, as the reader may know it."""
    scope = Scope(row.act, {THIS: row}, partial=True)
    known, _ = row.act.domain.known_to(reader.standing, row.shape.itself)
    return str(_evaluate(known, scope, reader) or "")


def value_of(part: Expr, scope: Scope, reader: Reader) -> Message:
    """A value in every language of the product, for a reader."""
    return Message(_part(part, scope, reader, "en"), _part(part, scope, reader, "zh"))


def _part(part: Expr, scope: Scope, reader: Reader, language: str) -> str:
    if isinstance(part, Const) and part.type.kind == "text":
        return str(part.value or "")
    domain = scope.act.domain
    known, raw = domain.known_to(reader.standing, part)
    value = _evaluate(known, scope, reader)
    if value is None and _evaluate(raw, scope, reader) is not None:
        return _label(domain, part, language)
    return "" if value is None else shown(domain, part, value, language)


def _evaluate(expr: Expr, scope: Scope, reader: Reader) -> Any:
    act = scope.act
    params = (*scope.variables, ACTOR)
    function = act.domain.function(expr, params, partial=True)
    return function(_Seen(act, reader.me), *scope.variables.values(), act.me)


def known_to(domain: Domain, standing: Standing, part: Expr) -> tuple[Expr, Expr]:
    """The part as somebody of this standing may know it, and as it is. A record becomes the text
    that names it."""
    if _is_input(part):
        return part, part
    raw = replace_variable(part, ME, Var(type=ref(USER, nullable=True), name=ACTOR))
    if raw.type.kind == "ref":
        display = domain.workspace.entities[EntityId(raw.type.of)].display
        raw = Concat(type=TEXT, parts=(replace_variable(display, THIS, raw),))
    mask = Mask(domain.permissions, standing, frozenset())
    return mask.apply(raw), raw


def shown(domain: Domain, part: Expr, value: Any, language: str) -> str:
    """A value for people."""
    type = part.type
    if type.kind in ("text", "ref"):
        return str(value)
    if type.kind == "enum":
        return _enum_label(domain, type, value, language)
    field = _field(domain, part)
    name = field.field_type if field else _field_type(type)
    text: str = domain.library.field_types[name].show(value, type, language)
    return text


def _enum_label(domain: Domain, type: Type, value: str, language: str) -> str:
    return next(
        str(each.label.get(language) or each.name)
        for each in domain.enum(type.of).values
        if each.name == value
    )


def _field_type(type: Type) -> str:
    """The field type that shows values of expressions that are no field."""
    if type.kind == "decimal":
        return {"": "decimal", "%": "percent"}.get(type.unit, "money")
    return FIELD_TYPES.get(type.kind, type.kind)


def _field(domain: Domain, part: Expr) -> Field | None:
    if not isinstance(part, FieldOf) or _is_input(part):
        return None
    return domain.workspace.entities[EntityId(part.of.type.of)].fields[part.field]


def _is_input(part: Expr) -> bool:
    return isinstance(part, FieldOf) and isinstance(part.of, Var) and part.of.name == INPUT


def _label(domain: Domain, part: Expr, language: str) -> str:
    field = _field(domain, part)
    return (field.label.get(language) or field.name) if field else HIDDEN
