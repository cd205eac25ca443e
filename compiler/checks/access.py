"""Access: that somebody has it."""

from __future__ import annotations

from compiler.analyse.entity import entity
from compiler.build import Build, query
from compiler.checks.places import at
from compiler.model.app import ADMIN
from compiler.model.base import EntityId
from compiler.model.entity import RoleSubject
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


@query
def somebody_may_read(build: Build, id: EntityId) -> None:
    """An entity can be read by somebody who is no administrator."""
    made = entity(build, id)
    if made.owner is not None or made.data_key or made.origin is None:
        return
    readers = [grant for grant in made.grants if "read" in grant.actions]
    if all(grant.subject == RoleSubject(role=ADMIN) for grant in readers):
        build.report(NobodyMayRead(at=at(made.origin), entity=made.name))
