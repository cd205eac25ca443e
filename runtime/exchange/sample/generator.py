"""Made-up data for a whole app, saved as history through the write door."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

from compiler.model.app import ADMIN, USER, Workspace
from compiler.model.base import EntityId, RoleId
from compiler.model.entity import Entity, RoleSubject
from dsl.diagnostic import Message
from runtime.access.actor import Actor
from runtime.clock import Clock
from runtime.exchange.lookups import chunks
from runtime.exchange.sample.pool import Made, Pool
from runtime.exchange.sample.recipe import BadRecipe, Recipe
from runtime.exchange.sample.records import Draft, Recorder, Unmakeable
from runtime.exchange.sample.texts import Writer
from runtime.exchange.sample.values import Maker
from runtime.people import SYSTEM, Member, People
from runtime.store.records import Store

PERIOD = timedelta(days=730)
BATCH = 250
CATALOGUE = 40
"""Rows of an entity that refers to nothing: a catalogue does not grow with the business."""
LINES = (1, 4)
DOMAIN = "sample.example"
ACTOR = Actor(None, authority="app", cause="sample")

NOT_EMPTY = Message(
    "`{entity}` has rows already: made-up data goes into an empty app",
    "`{entity}` 已有数据：示例数据只能生成到空的应用中",
)


class NotEmpty(Exception):
    """The app is in use."""

    def __init__(self, entity: EntityId) -> None:
        self.message = NOT_EMPTY.filled({"entity": entity})
        super().__init__(self.message.en)


@dataclass(slots=True)
class SampleResult:
    """How many records of each entity were made, and how many the app's own checks refused, with
    one of the reasons."""

    made: dict[EntityId, int] = field(default_factory=dict)
    refused: dict[EntityId, int] = field(default_factory=dict)
    reasons: dict[EntityId, Message] = field(default_factory=dict)


class Generator:
    """Fills one app. The same app, recipe, clock and people give the same data."""

    def __init__(
        self, workspace: Workspace, module: str, store: Store, people: People, recipe: Recipe,
        clock: Clock,
    ) -> None:  # fmt: skip
        self.workspace = workspace
        self.module = module
        self.store = store
        self.people = people
        self.recipe = recipe
        self.now = clock.now()
        self.random = Random(recipe.seed)
        self.pool = Pool()
        self.result = SampleResult()
        self.maker = Maker(workspace, recipe, self.random, ZoneInfo(workspace.timezone))
        self.taken: set[tuple[object, ...]] = set()

    def run(self, rows: int) -> SampleResult:
        """Make `rows` of the main entity and of the others what goes with them. Raises NotEmpty."""
        entities = self._entities()
        for entity in entities:
            if not self.store.reader(ACTOR).is_empty(entity.id):
                raise NotEmpty(entity.id)
        self._know_data()
        members = self._members()
        for entity in entities:
            self._fill(entity, self._count(entity, rows), self._people_for(entity, members))
        return self.result

    # --- what to make

    def _entities(self) -> list[Entity]:
        """Those that people fill, each after what it refers to where there is no circle."""
        own = {
            entity.id: entity
            for entity in self.workspace.entities.values()
            if entity.module == self.module and not entity.data_key and entity.owner is None
        }
        done: dict[EntityId, Entity] = {}

        def visit(entity: Entity, above: frozenset[EntityId]) -> None:
            for target in self._targets(entity):
                if target in own and target not in above and target not in done:
                    visit(own[target], above | {target})
            done[entity.id] = entity

        for entity in own.values():
            if entity.id not in done:
                visit(entity, frozenset({entity.id}))
        return list(done.values())

    def _targets(self, entity: Entity) -> Iterator[EntityId]:
        """What an entity and its lines refer to."""
        for each in entity.fields.values():
            if each.type.kind == "ref":
                yield EntityId(each.type.of)
        for collection in entity.collections.values():
            if collection.kind == "lines":
                yield from self._targets(self.workspace.entities[collection.target])

    def _count(self, entity: Entity, rows: int) -> int:
        if entity.name in self.recipe.rows:
            return self.recipe.rows[entity.name]
        share = self.recipe.share.get(entity.name)
        if share is not None:
            return round(share * rows)
        if entity.name == self.recipe.main:
            return rows
        refers = any(target != USER for target in self._targets(entity))
        return rows if refers else min(rows, CATALOGUE)

    def _know_data(self) -> None:
        for data in self.workspace.data:
            catalog = self.store.domain.catalog
            for row in data.rows:
                key = str(getattr(row[data.key], "value", ""))
                id = catalog.data_id(data.entity, key)
                self.pool.add(Made(data.entity, id, self.now - PERIOD, key))

    # --- people

    def _members(self) -> list[Member]:
        """The users there are, and those that the recipe wants, managed by who is there."""
        known = self.people.members()
        emails = {member.email for member in known}
        for name, count in self.recipe.people.items():
            role = RoleId(f"{self.module}.{name}")
            if role not in self.workspace.roles:
                raise BadRecipe(f"people.{name}")
            above = self._manager(known, role)
            for number in range(count):
                email = f"{role}{number + 1}@{DOMAIN}".lower()
                person = Writer(self.random, number % 2 == 0).person()
                values = {"name": person, "email": email, "manager": above, "active": True}
                if email not in emails:
                    self.people.add(SYSTEM, values, [role])
        return self.people.members()

    def _manager(self, known: Sequence[Member], role: RoleId) -> int | None:
        """Somebody whose role includes this one."""
        above = [each.id for each in self.workspace.roles.values() if role in each.includes]
        return next((member.id for member in known if member.roles.intersection(above)), None)

    def _people_for(self, entity: Entity, members: Sequence[Member]) -> list[Made]:
        """Who would create such records: the holders of the roles that may, themselves and not by
        inclusion; everybody if there are none."""
        roles = {
            grant.subject.role
            for grant in entity.grants
            if isinstance(grant.subject, RoleSubject) and "create" in grant.actions
        } - {ADMIN}
        lowest = {
            role
            for role in roles
            if not any(role != other and other in self._included(role) for other in roles)
        }
        fitting = [each for each in members if each.active and each.roles & (lowest or roles)]
        at = self.now - PERIOD
        return [
            Made(USER, member.id, at, member.name)
            for member in fitting or [each for each in members if each.active]
        ]

    def _included(self, role: RoleId) -> tuple[RoleId, ...]:
        return self.workspace.roles[role].grants_of

    # --- records

    def _fill(self, entity: Entity, count: int, people: Sequence[Made]) -> None:
        recorder = self._recorder(entity, people)
        for batch in chunks(range(count), BATCH):
            drafts = self._drafts(recorder, [(number, None) for number in batch])
            owners = self._save(entity, drafts)
            for collection in entity.collections.values():
                if collection.kind == "lines":
                    self._fill_lines(self.workspace.entities[collection.target], owners, people)

    def _fill_lines(self, line: Entity, owners: Sequence[Made], people: Sequence[Made]) -> None:
        low, high = self.recipe.lines.get(line.name, LINES)
        recorder = self._recorder(line, people)
        wanted = [
            (number, owner) for owner in owners for number in range(self.random.randint(low, high))
        ]
        for batch in chunks(wanted, BATCH):
            self._save(line, self._drafts(recorder, batch))

    def _recorder(self, entity: Entity, people: Sequence[Made]) -> Recorder:
        return Recorder(
            self.workspace, self.recipe, entity, self.maker, self.pool, people, self.random,
            self.now - PERIOD, self.now, self.taken,
        )  # fmt: skip

    def _drafts(self, recorder: Recorder, wanted: Sequence[tuple[int, Made | None]]) -> list[Draft]:
        drafts = []
        for number, owner in wanted:
            try:
                drafts.append(recorder.draft(number, owner))
            except Unmakeable:
                self._note(recorder.entity, 1)
        return drafts

    def _save(self, entity: Entity, drafts: Sequence[Draft]) -> list[Made]:
        """Save a batch; what the app's checks refuse is left out and counted."""
        rows: list[Mapping[str, object]] = [draft.values for draft in drafts]
        outcome = self.store.create_many(ACTOR, entity.id, rows, as_history=True, tell=False)
        found = []
        for place, id in sorted(outcome.saved.items()):
            draft = drafts[place]
            made = Made(entity.id, id, draft.at, draft.name, draft.refs)
            self.pool.add(made)
            found.append(made)
        self.result.made[entity.id] = self.result.made.get(entity.id, 0) + len(found)
        if outcome.problems:
            self._note(entity, len(outcome.problems))
            problem = next(iter(outcome.problems.values()))[0]
            self.result.reasons.setdefault(entity.id, problem.message)
        return found

    def _note(self, entity: Entity, count: int) -> None:
        self.result.refused[entity.id] = self.result.refused.get(entity.id, 0) + count
