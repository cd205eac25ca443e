"""One made-up record: its references first, for they decide much of the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from compiler.model.app import USER, Workspace
from compiler.model.base import EntityId
from compiler.model.entity import Entity, Field
from compiler.model.expr import THIS, Func, Var
from compiler.model.flow import Flow
from compiler.model.rewrite import walk
from compiler.model.statement import Assign
from runtime.exchange.sample import journey
from runtime.exchange.sample.journey import Journey
from runtime.exchange.sample.pool import Made, Pool
from runtime.exchange.sample.recipe import Recipe
from runtime.exchange.sample.texts import Writer
from runtime.exchange.sample.values import Maker, business_hour
from runtime.store.shape import PARENT

CHINESE = 0.6
"""So many of a hundred records are in Chinese."""
OFTEN_FILLED = 0.75
SELDOM_FILLED = 0.35
OWN_KIND = 0.1
"""How often a record refers to one of its own kind without having to."""
SAME_PERSON = 0.9
"""How often the person of a record is the one of the record it belongs to."""
TRIES = 20
DAYS = ("date", "instant")
EARLIEST, EARLY = 4.0, 1.3
"""How early records come, as an exponent of an even draw: most of what others refer to was there
when the period began, or all that follows from it would crowd at the end."""
"""What a step asks for, it asks for the day it is taken."""
TEMPLATE = re.compile(r"\{(\w+)\}")


@dataclass(slots=True)
class Draft:
    """A record about to be saved: values for the write door, and what others will know of it."""

    at: datetime
    refs: dict[str, Made] = field(default_factory=dict)
    values: dict[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What texts of other records call it."""
        texts = (self.values.get(name) for name in ("name", "title", "subject", "number", "code"))
        return next((text for text in texts if isinstance(text, str)), "")


class Unmakeable(Exception):
    """There is nothing that a required reference could lead to."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Makes drafts of one entity."""

    workspace: Workspace
    recipe: Recipe
    entity: Entity
    maker: Maker
    pool: Pool
    people: Sequence[Made]
    random: Random
    start: datetime
    now: datetime
    taken: set[tuple[object, ...]]

    def draft(self, count: int, parent: Made | None = None) -> Draft:
        """A new record; `count` tells it apart, `parent` owns it. Raises Unmakeable."""
        for _ in range(TRIES):
            draft = self._draft(count, parent)
            keys = list(self._keys(draft))
            if self.taken.isdisjoint(keys):
                self.taken.update(keys)
                return draft
        raise Unmakeable(self.entity.id)

    def _draft(self, count: int, parent: Made | None) -> Draft:
        draft = Draft(parent.at if parent else self.start)
        if parent is not None:
            draft.refs[PARENT] = parent
            draft.values[PARENT] = parent.id
        trip = self._references(draft)
        writer = Writer(self.random, self.random.random() < CHINESE)
        asked = journey.asked(trip) if trip else {}
        moments = journey.moments(trip) if trip else {}
        for each in self._own_fields():
            if each.name in moments or (each.name in asked and each.type.kind in DAYS):
                at = moments.get(each.name) or asked[each.name]
                draft.values[each.name] = at if each.type.kind == "instant" else self._day(at)
            elif each.name in asked or self._is_filled(each, trip):
                at = asked.get(each.name, draft.at)
                made = self.maker.value(self.entity, each, writer, at, count)
                draft.values[each.name] = self._written(draft, made, count)
            elif each.default is None or isinstance(each.default, Func):
                draft.values[each.name] = None
        self._past(draft, trip)
        return draft

    def _day(self, at: datetime) -> object:
        return at.astimezone(self.maker.zone).date()

    # --- references

    def _references(self, draft: Draft) -> Journey | None:
        """Choose what the record refers to, when it was made, and how far it came."""
        flow = self.workspace.flows.get(self.entity.id)
        later = journey.assigned(flow) if flow else frozenset()
        for each in self._reference_fields():
            if each.name not in later:
                self._refer(draft, each)
        if PARENT not in draft.refs:
            made = [ref.at for ref in draft.refs.values() if ref.entity != USER]
            begin = max([self.start, *made])
            early = EARLY if made else EARLIEST
            moment = begin + (self.now - begin) * self.random.random() ** early
            draft.at = max(begin, business_hour(moment, self.random, self.maker.zone))
        return self._journey(draft, flow, later) if flow else None

    def _journey(self, draft: Draft, flow: Flow, later: frozenset[str]) -> Journey:
        weights = self.recipe.states.get(self.entity.name, {})
        trip = journey.travel(flow, weights, self.random, draft.at, self.now)
        passed = {
            each.field
            for step in trip.steps
            for each in step.transition.do
            if isinstance(each, Assign)
        }
        for name in later & passed:
            known = self.entity.fields.get(name)
            if known is not None and known.type.kind == "ref":
                self._refer(draft, known)
        return trip

    def _refer(self, draft: Draft, each: Field) -> None:
        found = self._candidates(draft, each)
        needed = each.required
        if not found and needed:
            raise Unmakeable(f"{self.entity.id}.{each.name}")
        if found and (needed or self.random.random() < self._frequency(each)):
            chosen = self.random.choice(found)
            draft.refs[each.name] = chosen
            draft.values[each.name] = chosen.id
        else:
            draft.values[each.name] = None

    def _frequency(self, each: Field) -> float:
        empty = self.recipe.range(self.entity.name, each.name).empty
        if empty is not None:
            return 1 - empty
        return OWN_KIND if each.type.of == self.entity.id else OFTEN_FILLED

    def _candidates(self, draft: Draft, each: Field) -> Sequence[Made]:
        """Records that fit: those that belong to what this one belongs to as well."""
        target = EntityId(each.type.of)
        if target == USER:
            same = [ref.refs[each.name] for ref in draft.refs.values() if each.name in ref.refs]
            if same and self.random.random() < SAME_PERSON:
                return same[:1]
            return self.people
        fitting: Sequence[Made] | None = None
        for name, field_ in self.workspace.entities[target].fields.items():
            shared = self._shared(draft, field_) if field_.type.kind == "ref" else None
            if shared is not None:
                found = self.pool.referring(target, name, shared)
                fitting = [made for made in found if fitting is None or made in fitting]
        return self.pool.all(target) if fitting is None else fitting

    def _shared(self, draft: Draft, other: Field) -> Made | None:
        """What both the record and a candidate refer to, people aside."""
        if other.type.of in (USER, self.entity.id):
            return None
        return next((ref for ref in draft.refs.values() if ref.entity == other.type.of), None)

    def _reference_fields(self) -> list[Field]:
        """In the order in which the entities were filled: what is above narrows what is below."""
        found = [
            each
            for each in self.entity.fields.values()
            if each.type.kind == "ref" and _is_free(each) and not _is_derived(each)
        ]
        return sorted(found, key=lambda each: self.pool.rank(EntityId(each.type.of)))

    # --- values

    def _own_fields(self) -> Iterator[Field]:
        for each in self.entity.fields.values():
            if each.type.kind != "ref" and _is_free(each) and not _is_derived(each):
                yield each

    def _is_filled(self, each: Field, trip: Journey | None) -> bool:
        flow = self.workspace.flows.get(self.entity.id)
        if flow and trip and each.name in flow.states[trip.state].required:
            return True
        if each.readonly or (flow and each.name in _asked_anywhere(flow)):
            return each.required and each.default is None
        empty = self.recipe.range(self.entity.name, each.name).empty
        if empty is not None:
            return self.random.random() >= empty
        if each.required:
            return True
        seldom = each.field_type == "note" or each.type.kind in ("date", "instant")
        return self.random.random() < (SELDOM_FILLED if seldom else OFTEN_FILLED)

    def _written(self, draft: Draft, value: object, count: int) -> object:
        """A text with `{customer}` and the like put in: the name of what the record refers to."""
        if not isinstance(value, str) or "{" not in value:
            return value

        def put(match: re.Match[str]) -> str:
            ref = draft.refs.get(match[1])
            return ref.name if ref else str(count) if match[1] == "n" else ""

        return TEMPLATE.sub(put, value).strip(" :：,，-")

    def _past(self, draft: Draft, trip: Journey | None) -> None:
        """When it was made and by whom, the state it is in."""
        at = draft.at
        last = max([at, *(step.at for step in trip.steps)]) if trip else at
        person = next((ref.id for ref in draft.refs.values() if ref.entity == USER), None)
        draft.values |= {
            "created_at": at,
            "created_by": person,
            "changed_at": min(self.now, last + timedelta(minutes=1)),
            "changed_by": person,
        }
        if trip is not None:
            draft.values[self.entity.flow] = trip.state

    def _keys(self, draft: Draft) -> Iterator[tuple[object, ...]]:
        """What no other record of the entity may have."""
        uniques = [each.fields for each in self.entity.uniques]
        uniques += [(each.name,) for each in self.entity.fields.values() if each.unique]
        for fields in uniques:
            values = tuple(draft.values.get(name) for name in fields)
            if None not in values:
                yield self.entity.id, fields, values


def _is_free(each: Field) -> bool:
    """Whether a person or a step could give it a value."""
    return each.computed is None and not each.system and each.field_type not in ("serial", "state")


def _is_derived(each: Field) -> bool:
    """Whether its default comes from the record itself: that is the most fitting value."""
    return each.default is not None and any(
        isinstance(part, Var) and part.name == THIS for part in walk(each.default)
    )


def _asked_anywhere(flow: Flow) -> frozenset[str]:
    return frozenset(
        ask.field.name for each in flow.transitions.values() for ask in each.asks if ask.is_field
    )
