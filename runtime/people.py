"""The people of a workspace as its admin pages and sign-in see them.

Roles, passwords and `active` are written here and nowhere else; names, e-mail addresses and teams
are fields of the entity `User` and go through the write door like everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, exists, insert, select

from compiler.model.app import ADMIN, TEAM, USER, Workspace
from compiler.model.base import RoleId
from dsl.diagnostic import Message
from runtime.access import links, sessions
from runtime.access.actor import Actor
from runtime.access.identity import DEMO_DOMAIN, set_password
from runtime.clock import Clock
from runtime.db import Database
from runtime.host import Host, Serving
from runtime.store import changing
from runtime.store.act import Act
from runtime.store.problems import NotFound
from runtime.store.records import Store
from runtime.tables import PASSWORD, ROLE_HOLDER

ROOT_TEAM = "Company"
SYSTEM = Actor(None, authority="app", cause="people")


class LinkUsed(Exception):
    """A one-time link that was used or has expired."""


class RealUsers(Exception):
    """Demo users are refused: somebody works with this database."""

    message = Message(
        "this database has real users, and anybody could sign in as a demo user: serve it without"
        " --demo, or use another database",
        "此数据库已有真实用户，而演示模式允许任何人登录：请去掉 --demo，或换一个数据库",
    )

    def __init__(self) -> None:
        super().__init__(self.message.en)


@dataclass(frozen=True, slots=True)
class Member:
    """A user as an admin sees them."""

    id: int
    name: str
    email: str
    team_id: int
    active: bool
    roles: frozenset[RoleId]
    has_password: bool

    @property
    def is_demo(self) -> bool:
        """Whether a demo offers to sign in as this user."""
        return self.email.endswith(f"@{DEMO_DOMAIN}")


@dataclass(frozen=True, slots=True)
class People:
    """The people of one serving."""

    workspace: Workspace
    store: Store
    database: Database
    clock: Clock
    users: Table
    teams: Table

    def members(self) -> list[Member]:
        """Everybody, by name."""
        return self.database.read(self._members)

    def is_empty(self) -> bool:
        """Whether nobody can administer the workspace yet; nobody signs in as a demo user once the
        demo is over."""
        administers = ROLE_HOLDER.c.role == ADMIN
        held = (
            select(ROLE_HOLDER.c.user_id)
            .join(self.users, self.users.c.id == ROLE_HOLDER.c.user_id)
            .where(administers, self.users.c.email.not_like(f"%@{DEMO_DOMAIN}"))
        )
        return not self.database.read(lambda connection: connection.scalar(select(exists(held))))

    def add(
        self, actor: Actor, values: Mapping[str, object], roles: Iterable[RoleId], key: str = ""
    ) -> int:
        """A new user, made once for a `key` (see `Store.create`); without a team they join the root
        team. Raises the store's refusals."""
        given = {**values, "team": values.get("team") or self.root_team()}
        saved = self.store.create(actor.as_app("people"), USER, given, key=key)
        self.set_roles(saved.id, roles)
        return saved.id

    def change(self, actor: Actor, user_id: int, values: Mapping[str, object]) -> None:
        """Change fields of a user. Raises the store's refusals."""

        def work(act: Act) -> None:
            row = act.row(USER, user_id)
            if row is None:
                raise NotFound
            changing.update(act, USER, user_id, row.version, values, {})

        self.store.act(actor.as_app("people"), work)

    def set_roles(self, user_id: int, roles: Iterable[RoleId]) -> None:
        """Exactly these roles, held directly."""
        held = [{"user_id": user_id, "role": role} for role in sorted(set(roles))]

        def write(connection: Connection) -> None:
            connection.execute(delete(ROLE_HOLDER).where(ROLE_HOLDER.c.user_id == user_id))
            if held:
                connection.execute(insert(ROLE_HOLDER), held)

        self.database.write(write)

    def sign_out(self, user_id: int) -> None:
        """End all sessions of a user who may no longer sign in."""
        self.database.write(lambda connection: sessions.end_all(connection, user_id))

    def root_team(self) -> int:
        """The team that everybody may belong to; made with the first person."""
        first = select(self.teams.c.id).order_by(self.teams.c.id).limit(1)
        found = self.database.read(lambda connection: connection.scalar(first))
        if found is not None:
            return int(found)
        return self.store.create(SYSTEM, TEAM, {"name": ROOT_TEAM}).id

    def invite(self, user_id: int) -> str:
        """A token with which the user chooses a password."""
        return self.database.write(
            lambda connection: links.issue(connection, self.clock, "invitation", user_id)
        )

    def bootstrap_link(self) -> str:
        """A token with which the first admin signs up."""
        return self.database.write(
            lambda connection: links.issue(connection, self.clock, "bootstrap", None)
        )

    def link(self, token: str) -> tuple[links.Purpose, int | None]:
        """What a one-time link is for; raises LinkUsed."""
        found = self.database.read(lambda connection: links.find(connection, self.clock, token))
        if found is None:
            raise LinkUsed
        return found

    def found(self, token: str, values: Mapping[str, object], password: str) -> str:
        """Make the first admin from a bootstrap link; returns the token of their session.

        Raises LinkUsed, passwords.WeakPassword and the store's refusals.
        """
        if self.link(token) != ("bootstrap", None):
            raise LinkUsed
        user_id = self.add(SYSTEM, values, [ADMIN])
        return self._enter(token, user_id, password)

    def accept(self, token: str, password: str) -> str:
        """Set the password of an invited user; returns the token of their session.

        Raises LinkUsed and passwords.WeakPassword.
        """
        purpose, user_id = self.link(token)
        if purpose != "invitation" or user_id is None:
            raise LinkUsed
        return self._enter(token, user_id, password)

    def _enter(self, token: str, user_id: int, password: str) -> str:
        def write(connection: Connection) -> str:
            if not links.spend(connection, token):
                raise LinkUsed
            set_password(connection, self.clock, user_id, password)
            return sessions.begin(connection, self.clock, user_id)

        return self.database.write(write)

    def _members(self, connection: Connection) -> list[Member]:
        users = self.users.c
        roles: dict[int, set[RoleId]] = {}
        for user_id, role in connection.execute(select(ROLE_HOLDER)):
            roles.setdefault(user_id, set()).add(RoleId(role))
        has_password = exists().where(PASSWORD.c.user_id == users.id)
        query = select(
            users.id, users.name, users.email, users.team, users.active, has_password
        ).order_by(users.name)
        return [
            Member(id_, name, email or "", team, active, frozenset(roles.get(id_, ())), known)
            for id_, name, email, team, active, known in connection.execute(query)
        ]


def people_of(host: Host, serving: Serving) -> People:
    """The people of what a host serves, or served when a request came."""
    tables = serving.catalog
    workspace, store = serving.bundle.workspace, serving.store
    users, teams = tables.table(USER), tables.table(TEAM)
    return People(workspace, store, host.database, host.clock, users, teams)


# --- demo ---------------------------------------------------------------------------------------

_DEMO_NAMES = (
    *("Ann Lee", "李强", "Maria Santos", "王芳", "Tom Becker", "陈静", "Eva Novak", "赵敏"),
    *("Omar Haddad", "刘洋", "Nina Berg", "周杰", "Sam Okoro", "吴丽", "Lena Fischer", "孙浩"),
)


def demo_users(people: People) -> list[Member]:
    """One user for each role of the apps and one admin, made at the first asking.

    Nobody has a password: sign-in offers them by name. Raises RealUsers where somebody has one.
    """
    if any(member.has_password for member in people.members()):
        raise RealUsers
    demo = demo_members(people)
    held = {role for member in demo for role in member.roles}
    missing = [role for role in people.workspace.roles.values() if role.id not in held]
    for number, role in enumerate(missing, start=len(demo)):
        name = _DEMO_NAMES[number % len(_DEMO_NAMES)]
        values = {
            "name": name,
            "email": f"{role.module}.{role.name}@{DEMO_DOMAIN}".lower(),
            "active": True,
        }
        people.add(SYSTEM, values, [role.id])
    return demo_members(people) if missing else demo


def demo_members(people: People) -> list[Member]:
    """The demo users that there are, in the order in which they were made."""
    demo = (member for member in people.members() if member.is_demo)
    return sorted(demo, key=lambda member: member.id)
