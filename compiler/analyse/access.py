"""Access: who may do what with which rows and fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from compiler.analyse.expr import Context, condition, is_broken, of_record, typed
from compiler.analyse.nulls import null_opens_nothing
from compiler.analyse.types import type_name
from compiler.analyse.unknown import report_unknown_field
from compiler.build import Build
from compiler.model.app import ADMIN, USER
from compiler.model.base import Origin, RoleId
from compiler.model.entity import (
    Action,
    EveryoneSubject,
    Grant,
    PeopleSubject,
    PublicSubject,
    RoleSubject,
    Subject,
)  # fmt: skip
from compiler.model.expr import Expr
from compiler.resolve.declared import Declared
from compiler.resolve.members import Shape, mentioned, shape
from compiler.resolve.names import (
    ROLE,
    Misspelt,
    find,
    is_lost,
    nearest,
    place,
    resolve,
    visible_names,
)  # fmt: skip
from compiler.resolve.symbols import of_declared
from dsl.ast import entity as ast
from dsl.ast import expr
from dsl.ast.base import Name, Path
from dsl.diagnostic import Message, Problem

ACTIONS: tuple[Action, ...] = ("create", "read", "update", "delete", "export", "import")
EVERYONE, PUBLIC, ALL = "everyone", "public", "all"


class NotPeople(Problem, code="CW0802", name="not-people"):
    written: str
    found: str
    found_zh: str
    message = Message(
        "`{written}` leads to {found}, not to people", "`{written}` 得到的是{found_zh}，而不是人员"
    )
    help = Message(
        "name a role, `everyone`, `public`, or a path to users",
        "请写角色、`everyone`、`public` 或指向用户的路径",
    )


class UnknownSubject(Misspelt, Problem, code="CW0803", name="unknown-subject"):
    written: str
    entity: str
    near: str
    message = Message(
        "there is no role `{written}`, and `{entity}` has no such field",
        "没有角色 `{written}`，`{entity}` 也没有该字段",
    )


def grants(
    build: Build, known: Shape, block: str, module: str, tree: ast.AccessDecl
) -> list[Grant]:
    """The grants of an `access` block."""
    context = of_record(build, module, block, known.id)
    return [grant for written in tree.grants for grant in _grants(context, known, written)]


def admin_grant(at: Origin) -> Grant:
    """The role `Admin` has `all` on every entity."""
    return Grant(subject=RoleSubject(role=ADMIN), actions=ACTIONS, origin=at)


def _grants(context: Context, known: Shape, written: ast.Grant) -> Iterable[Grant]:
    actions = _actions(written)
    fields = _fields(context, known, written)
    for path in written.subjects:
        subject = subject_of(context, path)
        if subject is None:
            continue
        public = isinstance(subject, PublicSubject)
        when = _when(replace(context, has_me=not public), written)
        yield Grant(
            subject=subject,
            actions=actions,
            when=None if when is None or is_broken(when) else when,
            fields=fields,
            origin=context.origin(written),
        )


def _actions(written: ast.Grant) -> tuple[Action, ...]:
    named = {name.text for name in written.actions}
    return ACTIONS if ALL in named else tuple(each for each in ACTIONS if each in named)


def _when(context: Context, written: ast.Grant) -> Expr | None:
    if written.when is None:
        return None
    value = condition(context, written.when)
    null_opens_nothing(context, written.when, value)
    return value


def _fields(context: Context, known: Shape, written: ast.Grant) -> tuple[str, ...] | None:
    named = {name.text: name for name in (*written.excepting, *written.only)}
    for text, name in named.items():
        if not mentioned(context.build, context.block, known, name):
            report_unknown_field(context.build, context.place(name), known.id, text)
    if written.only:
        return tuple(name for name in known.slots if name in named or name == "id")
    if written.excepting:
        return tuple(name for name in known.slots if name not in named)
    return None


def subject_of(context: Context, path: Path) -> Subject | None:
    """The people that a path names: a role, everyone, the public, or people of the row."""
    first = path.parts[0].text
    if len(path.parts) == 1 and first in (EVERYONE, PUBLIC):
        return EveryoneSubject() if first == EVERYONE else PublicSubject()
    known = shape(context.build, context.this) if context.this else None
    if first in context.variables or (known and first in known.slots):
        return _people(context, path)
    names = [part.text for part in path.parts]
    found = find(context.build, context.module, names, ROLE)
    if isinstance(found, Declared):
        context.mention(path.parts[-1], of_declared(found))
        return RoleSubject(role=RoleId(found.id))
    if not is_lost(context.build, first):
        wrong = found.wrong is not None or bool(found.several)
        _report_unknown(context, known, path, wrong=wrong)
    return None


def _report_unknown(context: Context, known: Shape | None, path: Path, *, wrong: bool) -> None:
    build, module = context.build, context.module
    if wrong or len(path.parts) > 1:
        resolve(build, module, context.block, path, ROLE)
        return
    roles = visible_names(build, module, ROLE)
    fields = [*known.slots] if known else []
    name = str(path)
    near = nearest(name, [*roles, *fields, EVERYONE, PUBLIC])
    at = place(context.block, path)
    entity = known.name if known else module
    context.report(UnknownSubject(at=at, written=name, entity=entity, near=near))


def _people(context: Context, path: Path) -> Subject | None:
    value = typed(context, path_expr(path.parts))
    if is_broken(value):
        return None
    item = value.type.item or value.type
    if (item.kind, item.of) != ("ref", USER):
        found = type_name(value.type)
        at = place(context.block, path)
        context.report(NotPeople(at=at, written=str(path), found=found.en, found_zh=found.zh))
        return None
    return PeopleSubject(path=value)


def path_expr(parts: Sequence[Name]) -> expr.Expr:
    """A dotted name as an expression."""
    node: expr.Expr = expr.NameRef(parts[0].span, parts[0])
    for part in parts[1:]:
        node = expr.Attr(parts[0].span.to(part.span), node, part)
    return node
