"""Who acts, and with whose authority."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from compiler.model.app import ADMIN, Workspace
from compiler.model.base import RoleId

Authority = Literal["person", "app"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and for the history why.

    `roles` are held directly; `grants_of` are these and all they include: whose grants count.
    With authority `app` (rules, flows, timers, imports by an operator) types, checks, uniqueness
    and history apply and access does not; `cause` then names the line of the app that acts.
    """

    user_id: int | None
    roles: frozenset[RoleId] = frozenset()
    grants_of: frozenset[RoleId] = frozenset()
    language: str = "en"
    authority: Authority = "person"
    cause: str = ""

    @property
    def is_admin(self) -> bool:
        return ADMIN in self.grants_of

    def as_app(self, cause: str) -> Actor:
        """The same person's act, carried on by the app: by a rule or a flow named in `cause`."""
        return replace(self, authority="app", cause=cause)


def signed_in(workspace: Workspace, user_id: int, roles: frozenset[RoleId], language: str) -> Actor:
    """The actor of a signed-in user who holds `roles`; roles the workspace lacks are left out."""
    held = frozenset(role for role in roles if role in workspace.roles)
    grants_of = frozenset(included for role in held for included in workspace.roles[role].grants_of)
    return Actor(user_id, held, grants_of, language)


def visitor(language: str) -> Actor:
    """Somebody who is not signed in."""
    return Actor(None, language=language)
