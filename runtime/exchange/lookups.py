"""Records found by a unique field, many at once, as somebody may read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from compiler.model.base import EntityId
from compiler.model.entity import Field
from runtime.store.query import Filter, ListQuery, ListRow, Path, Reference
from runtime.store.reader import Reader

T = TypeVar("T")

CHUNK = 200
"""As many values are asked for at once; one statement serves all."""


class Lookups:
    """What was found stays known; what was not is asked again, for it may have come since."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[tuple[EntityId, str], dict[object, int]] = {}

    def find(
        self, target: EntityId, field: Field, values: Iterable[object]
    ) -> Mapping[object, int]:
        """The ids of the records that have these values in a unique field."""
        known = self._known.setdefault((target, field.name), {})
        missing = sorted({value for value in values if value not in known}, key=str)
        for row in self.rows(target, field.name, missing, ((field.name,),)):
            known[plain(row.cells[0])] = row.id
        return known

    def rows(
        self, entity: EntityId, field: str, values: Sequence[object], columns: tuple[Path, ...]
    ) -> Iterator[ListRow]:
        """The records whose field has one of the values, with some columns."""
        for chunk in chunks(values, CHUNK):
            asked = (*chunk, *(chunk[:1] * (CHUNK - len(chunk))))
            after: str | None = ""
            while after is not None:
                page = self._reader.list(
                    entity,
                    ListQuery(
                        columns, (Filter((field,), "in", asked),), after=after, size=5 * CHUNK
                    ),
                )
                yield from page.rows
                after = page.next


def plain(cell: object) -> object:
    """A value as a record keeps it: of a reference the id, of a set a set."""
    if isinstance(cell, Reference):
        return cell.id
    return frozenset(cell) if isinstance(cell, tuple) else cell


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of so many items, the last one maybe shorter."""
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
