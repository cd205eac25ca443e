"""One build after another of a workspace: what was computed is kept while what it used is the same.

A *query* is a function of the build and a key, written like any other function:

    @query
    def member(build: Build, entity: EntityId, name: str) -> Member | None: ...

The build remembers its value, the problems it reported, the names it understood and the queries
it used. In the next build
a query runs again only if one of those has a new value; if it then gives an equal value, the old
one is kept, so that whatever used it is left alone too.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Concatenate, ParamSpec, TypeVar, cast

from compiler.field_type import Library
from dsl.diagnostic import Diagnostic, Problem
from dsl.source import Place

P = ParamSpec("P")
R = TypeVar("R")

_NEVER = -1


class Cycle(Exception):
    """A query asked for its own value; caught where the question was asked."""


class TooDeep(Cycle):
    """So many queries wait for each other that there may be no end to it."""


MEMORY = 64
"""Builds for which the value of a query that nobody asks for is kept: an undo finds it again."""
DEEPEST = 3_000
"""Queries that may wait for each other: above what people write, below what memory holds."""


class Entry:
    """What is known of one query with one key."""

    __slots__ = (
        "changed", "checked", "compute", "key", "mentions", "problems", "running", "uses", "value"
    )  # fmt: skip

    def __init__(self, compute: Callable[..., object] | None, key: tuple[Hashable, ...]) -> None:
        self.compute = compute
        self.key = key
        self.value: object = None
        self.uses: list[Entry] = []
        self.problems: list[Diagnostic] = []
        self.mentions: list[tuple[Place, Hashable]] = []
        self.checked = _NEVER
        """The last build in which the value was found or made right."""
        self.changed = _NEVER
        """The build in which the value became what it is."""
        self.running = False


class Build:
    """What is given (texts), what is computed from it, and what is wrong with it."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.revision = 0
        self._entries: dict[tuple[object, tuple[Hashable, ...]], Entry] = {}
        self._inputs: dict[Hashable, Entry] = {}
        self._learnt: set[Hashable] = set()
        self._frames: list[Entry] = []
        self._faulty: dict[Entry, None] = {}
        """What ever reported a problem, so that the rest need not be looked through."""

    def begin(self, inputs: Mapping[Hashable, object]) -> None:
        """Start a build of these inputs; what is not among them is no longer given."""
        self.revision += 1
        if self.revision % MEMORY == 0:
            self._forget()
        for key in self._inputs.keys() - inputs.keys() - self._learnt:
            self._give(key, None)
        for key, value in inputs.items():
            self._give(key, value)

    def learn(self, key: Hashable, value: object) -> None:
        """Give an input that only shows while the build runs; nothing may have read it yet."""
        self._learnt.add(key)
        self._give(key, value)

    def given(self, key: Hashable) -> object:
        """An input; None if it is not given."""
        entry = self._inputs.get(key)
        if entry is None:
            entry = self._give(key, None)
        self._use(entry)
        return entry.value

    def ask(self, compute: Callable[..., R], key: tuple[Hashable, ...]) -> R:
        """The value of a query, computed at most once in a build. Raises Cycle."""
        entry = self._entries.get((compute, key))
        if entry is None:
            entry = self._entries[compute, key] = Entry(compute, key)
        if entry.checked != self.revision:
            if entry.running:
                self._use(entry)
                self._distrust(self._frames.index(entry))
                raise Cycle
            if len(self._frames) > DEEPEST:
                self._distrust(0)
                raise TooDeep
            self._refresh(entry)
        self._use(entry)
        return cast(R, entry.value)

    def report(self, problem: Problem) -> None:
        """Tell people of a problem; it lives as long as the value of the running query."""
        self._frames[-1].problems.append(problem.diagnostic())
        self._faulty[self._frames[-1]] = None

    def mention(self, place: Place, meaning: Hashable) -> None:
        """Note what a name means where it is written; lives as long as the running query's value.
        For those who ask later: editors, and whoever wants to know where something is used."""
        self._frames[-1].mentions.append((place, meaning))

    def mentions(self) -> Iterator[tuple[Place, Hashable]]:
        """All names of this build that were understood, in no order; the same one may come twice,
        if two queries read the same text."""
        for entry in self._entries.values():
            if entry.checked == self.revision:
                yield from entry.mentions

    def diagnostics(self) -> Iterator[Diagnostic]:
        """What this build reported, computed now or before."""
        for entry in self._faulty:
            if entry.checked == self.revision:
                yield from entry.problems

    def was_asked(self, ask: Callable[..., object], *key: Hashable) -> bool:
        """Whether this build needed the value of a query."""
        entry = self._entries.get((ask.__wrapped__, key))  # type: ignore[attr-defined]
        return entry is not None and entry.checked == self.revision

    def _forget(self) -> None:
        """Let go of what no recent build asked for: what was deleted, or renamed."""
        oldest = self.revision - MEMORY
        self._entries = {
            key: entry for key, entry in self._entries.items() if entry.checked >= oldest
        }
        self._faulty = {entry: None for entry in self._faulty if entry.checked >= oldest}

    def _give(self, key: Hashable, value: object) -> Entry:
        entry = self._inputs.get(key)
        if entry is None:
            entry = self._inputs[key] = Entry(None, ())
        if entry.value is not value and entry.value != value:
            entry.value, entry.changed = value, self.revision
        return entry

    def _use(self, entry: Entry) -> None:
        if self._frames:
            self._frames[-1].uses.append(entry)

    def _distrust(self, start: int) -> None:
        """What a cycle gives depends on where it was entered: compute its queries every time."""
        for frame in self._frames[start:]:
            frame.changed = self.revision + 1

    def _refresh(self, entry: Entry) -> None:
        if not self._still_right(entry):
            self._compute(entry)
        entry.checked = self.revision

    def _still_right(self, entry: Entry) -> bool:
        """Whether everything the entry used has the value it had then.

        Uses are looked at in the order they were made, so that none is asked for that a changed
        one before it would have made meaningless.
        """
        if entry.checked == _NEVER or entry.changed > entry.checked:
            return False
        for use in entry.uses:
            if use.checked != self.revision and use.compute is not None:
                if use.running:
                    return False
                self._refresh(use)
            if use.changed > entry.checked:
                return False
        return True

    def _compute(self, entry: Entry) -> None:
        assert entry.compute is not None
        entry.uses, entry.problems, entry.mentions = [], [], []
        entry.running, entry.checked = True, _NEVER
        self._frames.append(entry)
        try:
            value = entry.compute(self, *entry.key)
        finally:
            self._frames.pop()
            entry.running = False
        if entry.changed > self.revision:
            entry.value = value
        elif entry.changed == _NEVER or entry.value != value:
            entry.value, entry.changed = value, self.revision
        entry.uses = list(dict.fromkeys(entry.uses))


def query(
    compute: Callable[Concatenate[Build, P], R],
) -> Callable[Concatenate[Build, P], R]:
    """Make a function of the build and a key (positional, hashable) one that is remembered."""

    def ask(build: Build, /, *key: P.args, **_: P.kwargs) -> R:
        return build.ask(compute, cast("tuple[Hashable, ...]", key))

    functools.update_wrapper(ask, compute)
    return ask
