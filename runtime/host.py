"""What a process serves right now, and how it is replaced while requests are under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from compiler.bundle import Bundle
from compiler.field_type import Library
from dsl.diagnostic import Diagnostic
from dsl.source import Sources
from runtime.clock import Clock
from runtime.db import Database
from runtime.schema.catalog import Catalog
from runtime.schema.prepare import prepare, unchanged
from runtime.schema.refusal import Change
from runtime.settings import Settings
from runtime.store.records import Store

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Serving:
    """A Bundle with its database's tables and its two doors; made once, never changed.

    `worked_out` holds what pages work out of it once: navigation, row functions, forms.
    """

    bundle: Bundle
    library: Library
    catalog: Catalog
    store: Store
    worked_out: dict[object, Any] = field(default_factory=dict)

    def once(self, key: object, make: Callable[[], T]) -> T:
        """What `make` gives, made at the first asking for `key` (by each of two racing threads,
        which then get the same)."""
        try:
            found: T = self.worked_out[key]
        except KeyError:
            found = self.worked_out.setdefault(key, make())
        return found


@dataclass(frozen=True, slots=True)
class Faults:
    """Why the text as saved is not what is served: it does not compile, or the database cannot
    follow it without a person's decision. For development's overlay."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Sources
    changes: tuple[Change, ...] = ()


class Host:
    """The one place that knows what is served. A request reads `serving` once and keeps it, so a
    swap is one assignment and disturbs nobody."""

    def __init__(
        self, bundle: Bundle, library: Library, database: Database, settings: Settings, clock: Clock
    ) -> None:
        self.library = library
        self.database = database
        self.settings = settings
        self.clock = clock
        self.faults: Faults | None = None
        self._told: list[Callable[[], None]] = []
        self.serving = self._serving(bundle, self._prepared(bundle))

    def replace(self, bundle: Bundle) -> None:
        """Bring the database to this Bundle and serve it.

        Raises runtime.schema.Refused where that is not possible without a person's decision; what
        was served is served on.
        """
        catalog = unchanged(self.serving.catalog, bundle, self.library) or self._prepared(bundle)
        self.serving = self._serving(bundle, catalog)
        self.faults = None
        self._tell()

    def fault(self, faults: Faults) -> None:
        """Serve on what is served, and let open pages show why the newer text is not."""
        self.faults = faults
        self._tell()

    def on_change(self, told: Callable[[], None]) -> None:
        """Call `told` after every swap and fault, in the thread that made it."""
        self._told.append(told)

    def close(self) -> None:
        self.database.close()

    def _prepared(self, bundle: Bundle) -> Catalog:
        return prepare(self.database, bundle, self.library, self.clock)

    def _serving(self, bundle: Bundle, catalog: Catalog) -> Serving:
        store = Store(bundle, catalog, self.database, self.library, self.clock)
        return Serving(bundle, self.library, catalog, store)

    def _tell(self) -> None:
        for told in self._told:
            told()
