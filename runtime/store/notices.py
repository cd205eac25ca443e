"""Notices: texts in the inboxes of people, each in the recipient's language and with no value that
they may not read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select

from compiler.model.app import USER
from compiler.model.base import RoleId
from compiler.model.entity import Phrase
from runtime.access.actor import signed_in
from runtime.access.permission import Standing
from runtime.prepared import Prepared, among
from runtime.store import wording
from runtime.store.scope import Scope
from runtime.tables import NOTICE, ROLE_HOLDER

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.domain import Domain
    from runtime.store.row import Row


@dataclass(frozen=True, slots=True)
class Notice:
    """A text for a user about a record."""

    recipient: int
    text: str
    about: Row


def tell(act: Act, people: Iterable[int], phrase: Phrase, scope: Scope) -> None:
    """Tell active people, once each and not the one who acts."""
    users = [
        user
        for user in act.fetch(USER, people)
        if user.values["active"] and user.id != act.actor.user_id
    ]
    roles = _roles(act, [user.id for user in users])
    for user in users:
        language = user.values["language"] or act.domain.workspace.languages[0]
        held = signed_in(act.domain.workspace, user.id, roles.get(user.id, frozenset()), language)
        reader = wording.Reader(Standing.of(held), user)
        text = wording.text(phrase, scope, reader, language)
        notice = Notice(user.id, text, scope.this)
        if notice not in act.notices:
            act.notices.append(notice)


def _roles(act: Act, users: list[int]) -> dict[int, frozenset[RoleId]]:
    """The roles that users hold, asked once in an act."""
    unknown = [user for user in users if user not in act.roles]
    if unknown:
        act.roles.update(dict.fromkeys(unknown, frozenset()))
        for user, role in act.domain.roles_of.run(act.connection, {"ids": unknown}):
            act.roles[user] |= {RoleId(role)}
    return act.roles


def write(act: Act) -> None:
    """Put the notices of an act into the inboxes."""
    rows = [
        {
            "recipient": notice.recipient,
            "at": act.time.now,
            "text": notice.text,
            "subject": notice.about.shape.subject,
            "record": notice.about.id,
            "read_at": None,
        }
        for notice in act.notices
    ]
    act.domain.add_notice.run_each(act.connection, rows)


def statement(domain: Domain) -> Prepared:
    columns = (column.key for column in NOTICE.c if column.key != "id")
    return Prepared(insert(NOTICE).values({key: bindparam(key) for key in columns}), domain.dialect)


def roles_statement(domain: Domain) -> Prepared:
    """The roles that the users of some `ids` hold directly."""
    held = ROLE_HOLDER.c
    found = select(held.user_id, held.role).where(among(held.user_id, domain.dialect))
    return Prepared(found, domain.dialect)
