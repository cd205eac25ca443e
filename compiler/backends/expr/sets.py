"""Sets of rows and aggregates over them, for generated Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from compiler.backends.expr.rows import Row

Value = Callable[[Any], Any]
Key = tuple[Value, bool]


def many(row: Row | None, field: str) -> Sequence[Row]:
    return () if row is None else row.many(field)


def many_of_all(rows: Iterable[Row], field: str) -> list[Row]:
    """The rows of a to-many field of all these rows, each once."""
    found = {each.id: each for row in rows for each in row.many(field)}
    return list(found.values())


def members(row: Row | None, field: str) -> Iterable[Any]:
    """The values of a set-valued field."""
    return () if row is None else row[field] or ()


def ids(rows: Iterable[Row]) -> set[int | None]:
    return {row.id for row in rows}


def under(row: Row | None, above: Row | None, field: str) -> bool:
    """Whether a row is the one above or below it; false on null. A ring ends the climb."""
    if above is None:
        return False
    seen: set[int | None] = set()
    while row is not None and row.id not in seen:
        if row.id == above.id:
            return True
        seen.add(row.id)
        row = row.ref(field)
    return False


def kept(source: Iterable[Any], where: Value | None) -> Iterable[Any]:
    return source if where is None else filter(where, source)


def values(
    source: Iterable[Any], where: Value | None, value: Value, distinct: bool = False
) -> Iterable[Any]:
    """The values that are not null; each once if they are to be distinct."""
    found = _present(kept(source, where), value)
    return set(found) if distinct else found


def _present(rows: Iterable[Any], value: Value) -> Iterator[Any]:
    for row in rows:
        result = value(row)
        if result is not None:
            yield result


def count(found: Iterable[Any]) -> int:
    return sum(1 for _ in found)


def exists(found: Iterable[Any]) -> bool:
    return any(True for _ in found)


def every(rows: Iterable[Any], condition: Value) -> bool:
    return all(condition(row) for row in rows)


def least_of(found: Iterable[Any]) -> Any:
    return min(found, default=None)


def greatest_of(found: Iterable[Any]) -> Any:
    return max(found, default=None)


def first(rows: Iterable[Row], keys: Sequence[Key], backwards: bool, value: Value) -> Any:
    """The value of the first row in order, of the last one if `backwards`; None without rows.

    Rows without a key come last either way; ties go by id.
    """
    ordered = sorted(rows, key=lambda row: row.id or 0, reverse=backwards)
    for key, descending in reversed(keys):
        _sort(ordered, key, descending != backwards)
    return value(ordered[0]) if ordered else None


def _sort(rows: list[Row], key: Value, descending: bool) -> None:
    def place(row: Row) -> tuple[bool, Any]:
        found = key(row)
        return ((found is None) != descending, found)

    rows.sort(key=place, reverse=descending)


def single(rows: Iterable[Any], value: Value) -> Any:
    """The value of the only row; None if there is not exactly one."""
    found = iter(rows)
    row = next(found, None)
    return None if row is None or next(found, None) is not None else value(row)
