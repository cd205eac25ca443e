"""People whom a flow asks or tells: holders of a role, or people of the record."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.analyse.access import subject_of
from compiler.analyse.context import Context
from compiler.model.app import USER
from compiler.model.entity import EveryoneSubject, PeopleSubject, PublicSubject, RoleSubject
from compiler.model.expr import Expr, Holders
from compiler.model.types import ref, set_of
from dsl.ast.base import Path
from dsl.diagnostic import Message, Problem


class EverybodyAsked(Problem, code="CW0519", name="everybody-asked"):
    written: str
    message = Message("`{written}` is too many to ask", "`{written}` 范围太大，无法逐一询问")
    help = Message("name a role, or people of the record", "请写角色或记录中的人员")


def people_of(context: Context, path: Path) -> Expr | None:
    """A user or a set of users that a path names: the direct holders of a role, or people of the
    record; None after a fault, which is then reported."""
    match subject_of(context, path):
        case RoleSubject(role=role):
            return Holders(type=set_of(ref(USER)), role=role)
        case PeopleSubject(path=people):
            return people
        case EveryoneSubject() | PublicSubject():
            context.report(EverybodyAsked(at=context.place(path), written=str(path)))
    return None


def all_people_of(context: Context, paths: Iterable[Path]) -> tuple[Expr, ...]:
    """The people that several paths name."""
    found = (people_of(context, path) for path in paths)
    return tuple(each for each in found if each is not None)
