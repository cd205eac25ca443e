"""Access: that somebody has it."""

from __future__ import annotations

from compiler.analyse.entity import entity
from compiler.analyse.upkeep import fields_of
from compiler.build import Build, query
from compiler.checks.places import at
from compiler.model.app import ADMIN
from compiler.model.base import EntityId
from compiler.model.entity import Entity, RoleSubject, Subject
from dsl.diagnostic import Message, Problem, Severity


class NobodyMayRead(Problem, code="CW0807", name="nobody-may-read", severity=Severity.WARNING):
    entity: str
    message = Message(
        "nobody but an administrator may read `{entity}`", "除管理员外没有人可以查看 `{entity}`"
    )
    help = Message(
        "say who may: an `access` block with `Sales read` or `everyone read`",
        "请写明谁可以：在 `access` 中写 `Sales read` 或 `everyone read`",
    )


class ReadsTheResult(Problem, code="CW0808", name="reads-the-result", severity=Severity.WARNING):
    field: str
    hidden: str
    message = Message(
        "`{field}` may be read here, but it is computed from `{hidden}`, which may not",
        "此处可以查看 `{field}`，但它由不可查看的 `{hidden}` 计算而来",
    )
    help = Message("keep both from them, or neither", "请同时隐藏两者，或都不隐藏")


@query
def somebody_may_read(build: Build, id: EntityId) -> None:
    """An entity can be read by somebody who is no administrator."""
    made = entity(build, id)
    if made.owner is not None or made.data_key or made.origin is None:
        return
    readers = [grant for grant in made.grants if "read" in grant.actions]
    if all(grant.subject == RoleSubject(role=ADMIN) for grant in readers):
        build.report(NobodyMayRead(at=at(made.origin), entity=made.name))


@query
def results_are_as_open_as_their_inputs(build: Build, id: EntityId) -> None:
    """Who may read a computed field may read what it is computed from."""
    made = entity(build, id)
    open_to = _readable(made)
    for grant in made.grants:
        if "read" not in grant.actions or grant.fields is None:
            continue
        readable = open_to[grant.subject]
        for name in grant.fields:
            hidden = _hidden_inputs(build, made, name, readable)
            if hidden:
                where = at(grant.origin)
                build.report(ReadsTheResult(at=where, field=name, hidden=hidden[0]))


def _readable(made: Entity) -> dict[Subject, frozenset[str]]:
    """What each subject may read of some row, all its grants together."""
    members = frozenset({*made.fields, *made.collections})
    found: dict[Subject, frozenset[str]] = {}
    for grant in made.grants:
        if "read" in grant.actions:
            shown = members if grant.fields is None else frozenset(grant.fields)
            found[grant.subject] = found.get(grant.subject, frozenset()) | shown
    return found


def _hidden_inputs(build: Build, made: Entity, name: str, readable: frozenset[str]) -> list[str]:
    field = made.fields.get(name)
    if field is None or field.computed is None:
        return []
    return [each for each in fields_of(build, field.computed) if each not in readable]
