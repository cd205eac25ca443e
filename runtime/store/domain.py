"""What the doors work with: model, tables, functions, rights; each worked out once and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from compiler.backends.expr.python import Compiled, compile_function
from compiler.bundle import Bundle
from compiler.field_type import Invalid, Library
from compiler.model.app import USER
from compiler.model.base import EntityId, EnumId
from compiler.model.entity import Enum, Field, Subject
from compiler.model.expr import THIS, Expr, Pick
from compiler.model.flow import Flow
from compiler.model.rule import Rule
from compiler.model.types import Type
from dsl.diagnostic import Message
from runtime.access.mask import Mask
from runtime.access.permission import Permissions, Right, Standing, subject_condition
from runtime.db import Dialect
from runtime.prepared import Prepared, dialect_named
from runtime.schema.catalog import Catalog
from runtime.store import conflict, histories, history, notices, picks, serial, wording
from runtime.store.shape import PairShape, Referrer, Shape
from runtime.store.triggers import UpkeepIndex
from runtime.store.truths import makes_demands
from runtime.store.uniques import Uniques
from runtime.store.witness import NOBODY, Witness
from runtime.tables import ROLE_HOLDER

if TYPE_CHECKING:
    from compiler.backends.expr.rows import Env, Row
    from runtime.store.drafts import Outline

NO_CHOICE = Message("`{value}` is not one of the choices", "“{value}”不在可选值之列")


class Domain:
    """A Bundle on a database of one kind, ready to be worked with from many threads."""

    def __init__(
        self,
        bundle: Bundle,
        catalog: Catalog,
        library: Library,
        dialect: Dialect,
        witness: Witness = NOBODY,
    ) -> None:
        self.bundle = bundle
        self.witness = witness
        self.workspace = bundle.workspace
        self.catalog = catalog
        self.library = library
        self.kind = dialect
        self.dialect = dialect_named(dialect)
        self.one_writer = dialect == "sqlite"
        self.permissions = Permissions(bundle.workspace)
        self.shapes = self._shapes()
        self.doing = self._rules(refusing=False)
        self.refusing = _by_entity(self._rules(refusing=True))
        self.automatic = [
            (entity, flow) for entity, flow in self.workspace.flows.items() if _is_automatic(flow)
        ]
        self.upkeep = UpkeepIndex(self)
        self.uniques = Uniques()
        self.forgot_requests: datetime | None = None
        """When notes of requests that are too old were last cleared away."""
        self.outlines: dict[tuple[EntityId, frozenset[str], str, bool], Outline] = {}
        """Of drafts, by entity, fields that are permitted, state, and whether the record is new."""
        self._choices = {
            enum.id: frozenset(value.name for value in enum.values)
            for enum in bundle.workspace.enums.values()
        }
        self._demands = {
            entity.id: tuple(filter(makes_demands, entity.fields.values()))
            for entity in bundle.workspace.entities.values()
        }
        self._conditions: dict[tuple[Standing, int], tuple[Expr, Expr]] = {}
        self._narrowing: dict[tuple[Standing, EntityId], tuple[Right, ...]] = {}
        self._subjects: dict[int, tuple[Subject, Right]] = {}
        self._known: dict[tuple[Standing, int], tuple[Expr, Expr]] = {}
        self._pairs: dict[tuple[EntityId, str], PairShape] = {}
        self._choosers: dict[int, picks.Chooser] = {}

    def function(
        self, expr: Expr, params: tuple[str, ...] = (THIS,), partial: bool = False
    ) -> Compiled:
        """The function `(act, *params)` of an expression of the model."""
        functions, own = self.library.functions, self.workspace.called
        return compile_function(expr, params, functions, partial, own)

    def compute(self, env: Env, row: Row, entity: EntityId, field: str) -> Any:
        """The value of a computed field, from its expression; null where what it needs is missing,
        as in a record that is about to be refused or is older than a demand."""
        computed = self.workspace.entities[entity].fields[field].computed
        assert computed is not None
        return self.function(computed, partial=True)(env, row)

    def display(self, env: Env, row: Row, entity: EntityId) -> str:
        """The text that names a record."""
        text: str = self.function(self.workspace.entities[entity].display, partial=True)(env, row)
        return text

    def checked(self, field: Field, value: object) -> object:
        """A value as the field keeps it; raises compiler.field_type.Invalid."""
        type = field.type
        if value is None:
            return None
        if type.kind == "enum":
            return self._choice(type, value)
        if type.item is not None:
            item = field.but(type=type.item)
            kept = (self.checked(item, each) for each in value)  # type: ignore[attr-defined]
            return frozenset(each for each in kept if each is not None)
        return self.library.field_types[field.field_type].check(value, type, field.parameters)

    def _choice(self, type: Type, value: object) -> object:
        if value not in self._choices[EnumId(type.of)]:
            raise Invalid(NO_CHOICE.filled({"value": value}))
        return value

    def enum(self, id: str) -> Enum:
        """An enum, or the states of a flow seen as one."""
        return self.workspace.enums[EnumId(id)]

    def demands(self, entity: EntityId) -> tuple[Field, ...]:
        """The fields of an entity of whose values something is demanded."""
        return self._demands[entity]

    def known_to(self, standing: Standing, part: Expr) -> tuple[Expr, Expr]:
        """A part of a text as somebody of this standing may know it, and as it is."""
        key = standing, id(part)
        if key not in self._known:
            self._known[key] = wording.known_to(self, standing, part)
        return self._known[key]

    def pairs(self, entity: EntityId, name: str) -> PairShape:
        """The table of a set-valued field or of a many-to-many, seen from this entity."""
        key = entity, name
        if key not in self._pairs:
            self._pairs[key] = self._pair_shape(entity, name)
        return self._pairs[key]

    @cached_property
    def holders(self) -> Prepared:
        """The active users who hold the role `of_role` directly, all columns."""
        users = self.catalog.table(USER)
        found = (
            select(users)
            .join(ROLE_HOLDER, ROLE_HOLDER.c.user_id == users.c.id)
            .where(ROLE_HOLDER.c.role == bindparam("of_role"), users.c.active)
            .order_by(users.c.id)
        )
        return Prepared(found, self.dialect)

    def known(self, standing: Standing, condition: Expr) -> Expr:
        """A condition on `this` as far as somebody of this standing may know it."""
        key = standing, id(condition)
        if key not in self._conditions:
            mask = Mask(self.permissions, standing)
            self._conditions[key] = condition, mask.apply(condition)
        return self._conditions[key][1]

    def narrowing(self, standing: Standing, entity: EntityId) -> tuple[Right, ...]:
        """The rights to create that grants on an owned line leave of its owner's."""
        key = standing, entity
        if key not in self._narrowing:
            self._narrowing[key] = self.permissions.own(standing, entity, "create")
        return self._narrowing[key]

    def right_of(self, subject: Subject) -> Right:
        """What being this subject of a transition asks of the record. One object for each: what
        is compiled is kept by it."""
        key = id(subject)
        if key not in self._subjects:
            self._subjects[key] = subject, Right(subject_condition(subject))
        return self._subjects[key][1]

    @cached_property
    def next_serial(self) -> Prepared:
        return serial.statement(self)

    @cached_property
    def note_turn(self) -> Prepared:
        return picks.turn_statement(self)

    def chooser(self, pick: Pick) -> picks.Chooser:
        """What finds the candidates of a pick; made once for each."""
        found = self._choosers.get(id(pick))
        if found is None:
            found = self._choosers[id(pick)] = picks.chooser(self, pick)
        return found

    @cached_property
    def raise_serial(self) -> Prepared:
        return serial.raise_statement(self)

    @cached_property
    def add_history(self) -> Prepared:
        return history.statement(self)

    @cached_property
    def history_of(self) -> Prepared:
        return histories.statement(self)

    @cached_property
    def changes_since(self) -> Prepared:
        return conflict.statement(self)

    @cached_property
    def last_transition(self) -> Prepared:
        return history.last_transition_statement(self)

    @cached_property
    def add_notice(self) -> Prepared:
        return notices.statement(self)

    @cached_property
    def roles_of(self) -> Prepared:
        return notices.roles_statement(self)

    def _pair_shape(self, entity: EntityId, name: str) -> PairShape:
        collection = self.workspace.entities[entity].collections.get(name)
        if collection is None:
            return PairShape(self.catalog.values(entity, name), "record", "value", self.dialect)
        sides = ("near", "far") if collection.near else ("far", "near")
        return PairShape(self.catalog.link(collection.link), *sides, self.dialect)

    def _shapes(self) -> dict[EntityId, Shape]:
        ranks = {plan.path: rank for rank, plan in enumerate(self.bundle.schema_plan.tables)}
        entities = self.workspace.entities.values()
        shapes = {
            entity.id: Shape(entity, self.catalog, self.dialect, ranks[entity.id])
            for entity in entities
        }
        referrers: defaultdict[EntityId, list[Referrer]] = defaultdict(list)
        for shape in shapes.values():
            for name, target in shape.references.items():
                referrers[target].append(Referrer(shape.id, shape.entity.fields[name]))
        for id, found in referrers.items():
            shapes[id].referrers = tuple(found)
        for shape in shapes.values():
            shape.forward = tuple(
                name
                for name, target in shape.references.items()
                if shapes[target].rank >= shape.rank
            )
        return shapes

    def _rules(self, refusing: bool) -> list[tuple[EntityId, Rule]]:
        """The rules that refuse, or those that do something, in the order in which they run."""
        rules = sorted(self.workspace.rules.values(), key=lambda rule: rule.order)
        return [(rule.entity, rule) for rule in rules if (rule.refusal is not None) is refusing]


def _by_entity(rules: list[tuple[EntityId, Rule]]) -> Mapping[EntityId, tuple[Rule, ...]]:
    found: defaultdict[EntityId, list[Rule]] = defaultdict(list)
    for entity, rule in rules:
        found[entity].append(rule)
    return {entity: tuple(each) for entity, each in found.items()}


def _is_automatic(flow: Flow) -> bool:
    return any(each.automatic or each.when is not None for each in flow.transitions.values())
