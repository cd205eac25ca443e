"""What lowering to SQL must know of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

from compiler.model.app import Workspace

if TYPE_CHECKING:
    from sqlalchemy import FromClause, Select

Dialect = Literal["sqlite", "postgresql"]


class Tables(Protocol):
    """The tables of a model. What they return may be a subquery that shows only some rows: it is
    read wherever the entity is."""

    @property
    def workspace(self) -> Workspace: ...

    def table(self, entity: str) -> FromClause:
        """The rows of an entity; columns are keyed by field name, `id` among them."""
        ...

    def link(self, path: str) -> FromClause:
        """The pairs of a many-to-many (`Collection.link`): columns `near` and `far`."""
        ...

    def values(self, entity: str, field: str) -> FromClause:
        """The values of a set-valued field: columns `record` and `value`."""
        ...

    def data_id(self, entity: str, key: str) -> int:
        """The id of a row of reference data."""
        ...

    def holders(self, role: str) -> Select[Any]:
        """The ids of the active users who hold a role directly."""
        ...
