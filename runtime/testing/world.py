"""What a running test knows: the names it has given, who acts, and what it was told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from compiler.model.app import USER
from compiler.model.base import EntityId, Model, RoleId
from compiler.model.entity import Phrase
from compiler.model.expr import Expr, Var
from compiler.model.rewrite import walk
from compiler.model.types import Type
from dsl.diagnostic import Message
from runtime.access.actor import Actor, signed_in
from runtime.access.permission import Standing
from runtime.store import wording
from runtime.store.act import Act
from runtime.store.histories import Change, Event
from runtime.store.history import to_text
from runtime.store.problems import NotFound, Problem
from runtime.store.query import Reference
from runtime.store.scope import Scope
from runtime.testing.dummies import Dummies
from runtime.testing.outcome import Failed, Story

if TYPE_CHECKING:
    from runtime.testing.stage import Stage

T = TypeVar("T")
GIVEN = "given"
"""What history calls the situation that a test begins with."""
LONGEST_STORY = 60
NULL = "null"
NOBODY = Message("this leads to no record", "这里没有指向任何记录")


@dataclass(frozen=True, slots=True)
class Ref:
    """A record."""

    entity: EntityId
    id: int


@dataclass
class World:
    """One test under way. While nobody acts, the app does."""

    stage: Stage
    names: dict[str, object] = field(default_factory=dict)
    roles: dict[int, frozenset[RoleId]] = field(default_factory=dict)
    person: Actor | None = None
    warnings: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        self.dummies = Dummies(self.stage)
        self.store = self.stage.store
        self.language = self.stage.workspace.languages[0]

    @property
    def app(self) -> Actor:
        return Actor(None, language=self.language, authority="app", cause=GIVEN)

    @property
    def actor(self) -> Actor:
        """Who acts: the person of an `as`, else the app."""
        return self.person or self.app

    def user(self, id: int) -> Actor:
        """A user as the one who acts, with all that they hold."""
        held = self.roles.get(id, frozenset())
        return signed_in(self.stage.workspace, id, held, self.language)

    # --- values

    def value(self, expr: Expr, more: Mapping[str, object] = {}) -> Any:
        """The value of an expression as it is now, whoever may see it; a reference as an id."""
        return self._looking(lambda act: self._scope(act, expr, more).value(expr))

    def holds(self, condition: Expr, more: Mapping[str, object] = {}) -> bool:
        return self.value(condition, more) is True

    def record(self, expr: Expr, more: Mapping[str, object] = {}) -> Ref:
        """The record that a path leads to. Raises Failed."""
        id = self.value(expr, more)
        if id is None:
            raise Failed(NOBODY)
        return Ref(EntityId(expr.type.of), id)

    def records(self, expr: Expr) -> list[Ref]:
        """A record, or the records of a set by their ids."""
        item = expr.type.item
        if item is None:
            return [self.record(expr)]
        return [Ref(EntityId(item.of), id) for id in sorted(self.value(expr))]

    def text(self, expr: Expr) -> str:
        """A text as people read it."""
        phrase = Phrase(texts={self.language: expr})

        def read(act: Act) -> str:
            reader = wording.Reader(Standing(app=True), act.me)
            return wording.text(phrase, self._scope(act, expr, {}), reader, self.language)

        return self._looking(read)

    def version(self, record: Ref) -> int:
        """Raises NotFound for a record that is there no more."""

        def read(act: Act) -> int:
            row = act.row(record.entity, record.id)
            if row is None:
                raise NotFound
            return row.version

        return self._looking(read)

    def _looking(self, work: Callable[[Act], T]) -> T:
        who = self.app if self.person is None else self.person.as_app(GIVEN)
        return self.store.look(who, work)

    def _scope(self, act: Act, expr: Expr, more: Mapping[str, object]) -> Scope:
        used = {part.name for part in walk(expr) if isinstance(part, Var)}
        known = {**self.names, **more}
        bound = {name: _bound(act, known[name]) for name in used if name in known}
        return Scope(act, bound, partial=True)

    # --- for people

    def shown(self, type: Type, value: object) -> str:
        """A value as a test would write it; a record by its name."""
        if value is None:
            return NULL
        if type.item is not None:
            assert isinstance(value, Iterable)
            items = sorted(value, key=str)
            return f"({', '.join(self.shown(type.item, each) for each in items)})"
        if isinstance(value, Reference):
            return value.display or NULL
        if type.kind == "ref":
            assert isinstance(value, int)
            return self.name_of(Ref(EntityId(type.of), value))
        if type.kind == "text":
            return f'"{value}"'
        if type.kind == "instant":
            assert isinstance(value, datetime)
            return f"{value.astimezone(self.stage.zone):%Y-%m-%d %H:%M}"
        return str(to_text(value, type))

    def name_of(self, record: Ref) -> str:
        """The text that names a record, or its number."""
        found = self.store.reader(self.app).reference(record.entity, record.id)
        return found.display or f"{record.entity} {record.id}"

    def user_name(self, id: int) -> str:
        return self.name_of(Ref(USER, id))

    def stories(self, step: Model) -> tuple[Story, ...]:
        """The histories of the records that a line of the test names."""
        named = (self.names.get(name) for name in variables(step))
        records = dict.fromkeys(each for each in named if isinstance(each, Ref))
        return tuple(self._story(each) for each in records if each.entity != USER)

    def _story(self, record: Ref) -> Story:
        label = self.stage.workspace.entities[record.entity].label
        name = self.name_of(record)
        en, zh = label.get("en") or record.entity, label.get("zh") or record.entity
        title = Message(f"{en} “{name}”", f"{zh}“{name}”")
        try:
            reader = self.store.reader(self.app)
            events = reader.history(record.entity, record.id, LONGEST_STORY)
        except NotFound:
            events = ()
        return Story(title, tuple(self._told(record.entity, each) for each in reversed(events)))

    def _told(self, entity: EntityId, event: Event) -> Message:
        at = f"{event.at.astimezone(self.stage.zone):%Y-%m-%d %H:%M}"
        who = " · ".join(part for part in (event.who, _cause(event)) if part)
        what = _ACTIONS.get(event.action, Message("", ""))
        if event.action == "transition":
            what = Message(event.step, event.step)
        more = [self._change(entity, each) for each in event.changes]
        more += [f"{each.field}: {each.new}" for each in event.inputs]
        rest = ", ".join([event.text, *more] if event.text else more)
        en = " ".join(part for part in (what.en, rest) if part)
        zh = " ".join(part for part in (what.zh, rest) if part)
        return Message(f"{at} {who}: {en}", f"{at} {who}：{zh}")

    def _change(self, entity: EntityId, change: Change) -> str:
        known = self.stage.workspace.entities[entity].fields.get(change.field)
        if known is None:
            return change.field
        old, new = (self.shown(known.type, each) for each in (change.old, change.new))
        return f"{change.field}: {old} → {new}"


def _cause(event: Event) -> str:
    """What of the app acted, by the name it has in its block; a step that a person takes tells of
    itself."""
    kind, _, name = event.cause.partition(" ")
    if event.who and event.action == kind and name.endswith(f".{event.step}"):
        return ""
    return f"{kind} {name.rpartition('.')[2]}".strip()


_ACTIONS = {
    "create": Message("made", "新建"),
    "import": Message("imported", "导入"),
    "delete": Message("deleted", "删除"),
}


def _bound(act: Act, value: object) -> object:
    return act.row(value.entity, value.id) if isinstance(value, Ref) else value


def bound(type: Type, value: object) -> object:
    """A value as a name of a test keeps it."""
    if type.kind == "ref" and isinstance(value, int):
        return Ref(EntityId(type.of), value)
    return value


def variables(part: object) -> Iterator[str]:
    """The variables that a line of a test names."""
    if isinstance(part, Var):
        yield part.name
    if isinstance(part, Model):
        part = [getattr(part, name) for name in part.__struct_fields__]
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list | tuple):
        for each in part:
            yield from variables(each)
