"""No two records alike: asked before the rows are written, so that a refusal can be told in words.

The database's own unique indexes stand behind this; they decide when two acts do it at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, select

from compiler.model.base import EntityId, Origin
from compiler.model.entity import Unique
from dsl.diagnostic import Message
from runtime.prepared import Prepared
from runtime.store.problems import Problem, Rejected
from runtime.store.row import Row

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.shape import Shape

TAKEN = Message(
    "this {fields} is already taken: another record has it", "{fields}已被占用：另一条记录已使用"
)
TAKEN_BY = Message("this {fields} is already taken by {other}", "{fields}已被“{other}”占用")

Key = tuple[Any, ...]


class _Kept:
    """A unique declaration of an entity, and the statement that finds who has a key."""

    def __init__(
        self, shape: Shape, fields: tuple[str, ...], origin: Origin | None, unique: Unique | None
    ) -> None:
        self.shape = shape
        self.fields = fields
        self.origin = origin
        self.when = unique.when if unique else None
        self.ignoring_case = unique is not None and unique.ignoring_case
        same = [self._same(f"key_{index}", name) for index, name in enumerate(fields)]
        table = shape.table
        found = select(table.c.id).where(*same, table.c.id != bindparam("of_id"))
        self.find = Prepared(found, shape.dialect)

    def _same(self, key: str, name: str) -> ColumnElement[bool]:
        column = self.shape.table.c[name]
        value: BindParameter[Any] = bindparam(key, type_=column.type)
        if self.ignoring_case and self.shape.entity.fields[name].type.kind == "text":
            return func.lower(column) == func.lower(value)
        return column == value

    def key(self, row: Row) -> Key | None:
        """What must differ; None if one of the fields is null, or the condition does not hold."""
        values = tuple(row.values[name] for name in self.fields)
        if None in values or not self.concerns(row):
            return None
        return values

    def concerns(self, row: Row) -> bool:
        when = self.when
        return when is None or row.act.domain.function(when)(row.act, row) is True

    def folded(self, key: Key) -> Key:
        if not self.ignoring_case:
            return key
        return tuple(value.lower() if isinstance(value, str) else value for value in key)


class Uniques:
    """The unique declarations of all entities; a field's own ones are among them."""

    def __init__(self) -> None:
        self._kept: dict[EntityId, tuple[_Kept, ...]] = {}

    def hold(self, act: Act, rows: Iterable[Row]) -> None:
        """Raise Rejected if some of the rows, about to be written, are like other records."""
        problems = list(self._problems(act, rows))
        if problems:
            raise Rejected(*problems)

    def _problems(self, act: Act, rows: Iterable[Row]) -> Iterator[Problem]:
        given: dict[tuple[int, Key], Row] = {}
        other: Row | None
        for row in rows:
            for kept in self._of(row.shape):
                if row.saved and row.dirty.isdisjoint(kept.fields):
                    continue
                key = kept.key(row)
                if key is None:
                    continue
                other = given.setdefault((id(kept), kept.folded(key)), row)
                if other is row:
                    other = self._found(act, kept, row, key)
                if other is not None:
                    yield self._problem(act, kept, row, other)

    def _found(self, act: Act, kept: _Kept, row: Row, key: Key) -> Row | None:
        """Another record that has the key in the database, and has not lost it in this act."""
        values = {f"key_{index}": value for index, value in enumerate(key)}
        for (id,) in kept.find.run(act.connection, {**values, "of_id": row.id}):
            other = act.row(row.shape.id, id)
            if other is not None and other is not row:
                theirs = kept.key(other)
                if theirs is not None and kept.folded(theirs) == kept.folded(key):
                    return other
        return None

    def _problem(self, act: Act, kept: _Kept, row: Row, other: Row) -> Problem:
        labels = [row.shape.entity.fields[name].label for name in kept.fields]
        en = ", ".join(label.get("en") or label["zh"] for label in labels)
        zh = "、".join(label.get("zh") or label["en"] for label in labels)
        message = TAKEN_BY if act.guard.may_read(other) else TAKEN
        shown = {"other": act.name_of(other)} if message is TAKEN_BY else {}
        return act.problem(
            row,
            Message(message.en.format(fields=en, **shown), message.zh.format(fields=zh, **shown)),
            kept.fields[0],
            kept.origin,
        )

    def _of(self, shape: Shape) -> Sequence[_Kept]:
        if shape.id not in self._kept:
            fields = (field for field in shape.entity.fields.values() if field.unique)
            own = (_Kept(shape, (field.name,), field.origin, None) for field in fields)
            declared = (_Kept(shape, u.fields, u.origin, u) for u in shape.entity.uniques)
            self._kept[shape.id] = (*own, *declared)
        return self._kept[shape.id]
