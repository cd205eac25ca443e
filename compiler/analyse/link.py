"""`link(Survey)`: the address of a form, for the record that a mail is about or another one."""

from __future__ import annotations

from compiler.analyse.context import BROKEN, Context, is_broken, typed
from compiler.analyse.types import type_name
from compiler.analyse.unknown import short_name
from compiler.model.base import EntityId
from compiler.model.expr import Expr, Link, Var
from compiler.model.types import TEXT
from compiler.resolve.declared import Declared, decl
from compiler.resolve.members import resolve_entity
from compiler.resolve.names import resolve
from dsl.ast import expr as ast
from dsl.ast.base import Name, Path
from dsl.ast.outside import FormDecl
from dsl.diagnostic import Message, Problem

LINK = "link"


class LinkOutsideMail(Problem, code="CW0826", name="link-outside-mail"):
    message = Message("a link to a form stands in a mail", "表单链接只能写在邮件中")
    help = Message(
        "the link is good for whoever gets the mail; write it into the `subject` or `body` of one",
        "链接只对收到邮件的人有效；请写入邮件的 `subject` 或 `body`",
    )


class LinkWithoutRecord(Problem, code="CW0827", name="link-without-record"):
    form: str
    wanted: str
    found: str
    found_zh: str
    message = Message(
        "`{form}` changes a `{wanted}`, and this is {found}",
        "`{form}` 修改的是 `{wanted}`，而此处是{found_zh}",
    )
    help = Message("say which one: `link({form}, record)`", "请写明是哪一条：`link({form}, 记录)`")


class NotALink(Problem, code="CW0842", name="not-a-link"):
    message = Message(
        "`link` takes the name of a form, and perhaps a record",
        "`link` 的参数是表单名，可再加一条记录",
    )
    help = Message(
        "write `link(Survey)` or `link(Survey, ticket)`",
        "请写 `link(Survey)` 或 `link(Survey, ticket)`",
    )


def link(context: Context, node: ast.Call) -> Expr:
    """The typed link."""
    path = _form_path(node)
    if path is None:
        return context.report(NotALink(at=context.place(node)))
    form = resolve(context.build, context.module, context.block, path, ("form",))
    if form is None:
        return BROKEN
    if not context.may_link:
        return context.report(LinkOutsideMail(at=context.place(node)))
    tree = decl(context.build, form.block, FormDecl)
    if tree.key is None or not tree.key.link:
        return Link(type=TEXT, form=form.id)
    return _of_record(context, node, form, tree)


def _form_path(node: ast.Call) -> Path | None:
    if not 1 <= len(node.arguments) <= 2 or any(each.name for each in node.arguments):
        return None
    names: list[Name] = []
    written = node.arguments[0].value
    while isinstance(written, ast.Attr):
        names.append(written.name)
        written = written.of
    if not isinstance(written, ast.NameRef):
        return None
    return Path(node.arguments[0].span, (written.name, *reversed(names)))


def _of_record(context: Context, node: ast.Call, form: Declared, tree: FormDecl) -> Expr:
    wanted = resolve_entity(context.build, form.module, form.block, tree.entity)
    of = _record(context, node)
    if wanted is None or of is None or is_broken(of):
        return BROKEN
    if (of.type.kind, of.type.of) == ("ref", wanted):
        return Link(type=TEXT, form=form.id, of=of)
    found = type_name(of.type)
    return context.report(
        LinkWithoutRecord(
            at=context.place(node), form=form.name, wanted=short_name(EntityId(wanted)),
            found=found.en, found_zh=found.zh,
        )
    )  # fmt: skip


def _record(context: Context, node: ast.Call) -> Expr | None:
    if len(node.arguments) == 2:
        return typed(context, node.arguments[1].value)
    return context.row if isinstance(context.row, Var) else None
