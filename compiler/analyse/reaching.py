"""Statements that reach out: `email`, `call`, and the channels of `notify`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from compiler.analyse.assignment import UnnamedValue
from compiler.analyse.connect import action_of, connection_named, may_tell
from compiler.analyse.context import Context, is_broken, typed
from compiler.analyse.fit import value_of
from compiler.analyse.member import tree_of
from compiler.analyse.types import type_name
from compiler.analyse.unknown import UnknownField, short_name
from compiler.build import Build, query
from compiler.model import statement as model
from compiler.model.base import EntityId
from compiler.model.expr import Expr
from compiler.model.outside import Action
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.members import Slot, resolve_entity, shape
from compiler.resolve.names import Misspelt, nearest, resolve
from compiler.resolve.symbols import of_declared
from dsl.ast import statement as tree
from dsl.ast.base import Name, Path
from dsl.ast.entity import FieldDecl
from dsl.ast.message import MailDecl
from dsl.diagnostic import Message, Problem

INBOX = "inbox"
EMAIL = "email"


class UnknownChannel(Misspelt, Problem, code="CW0431", name="unknown-channel"):
    written: str
    near: str
    known: str
    message = Message("there is no channel `{written}`", "没有通知渠道 `{written}`")
    help = Message(
        "notices go to {known}; a connection is a channel if its connector has an action `message`",
        "通知可送到 {known}；连接器有 `message` 动作的连接也是渠道",
    )


class NoAddress(Problem, code="CW0829", name="no-address"):
    found: str
    found_zh: str
    count: int
    message = Message("{found} has no address for a mail", "{found_zh} 没有邮件地址")

    def more_help(self) -> Message:
        if self.count > 1:
            return Message(
                "it has several fields of type `email`; keep the one that mails go to",
                "它有多个 `email` 字段；请只保留收邮件的那一个",
            )
        return Message(
            "write to records with a field of type `email`", "请发给有 `email` 字段的记录"
        )


class MailOfAnother(Problem, code="CW0830", name="mail-of-another"):
    mail: str
    about: str
    to: str
    message = Message(
        "the mail `{mail}` is about a `{about}`, and none is at hand here",
        "邮件 `{mail}` 是关于 `{about}` 的，而此处没有这样的记录",
    )
    help = Message(
        "a mail is about the record that it goes to, or about `this`; declare one `on {to}`",
        "邮件须关于收件记录或 `this`；请声明 `on {to}` 的邮件",
    )


class UnknownAction(Misspelt, Problem, code="CW0833", name="unknown-action"):
    written: str
    connector: str
    near: str
    known: str
    message = Message("`{connector}` cannot `{written}`", "`{connector}` 没有动作 `{written}`")
    help = Message("it can {known}", "可用的动作：{known}")


class MissingParameter(Problem, code="CW0838", name="missing-parameter"):
    action: str
    parameter: str
    message = Message("`{action}` needs a `{parameter}`", "`{action}` 需要 `{parameter}`")
    help = Message("add `{parameter}: …`", "请加上 `{parameter}: …`")


Found = tuple[model.Statement | None, Context]


# ---------------------------------------------------------------- email


def email(context: Context, node: tree.Email) -> Found:
    """`email customer using survey_mail`."""
    to = typed(context, node.to)
    mail = resolve(context.build, context.module, context.block, node.mail, ("mail",))
    if is_broken(to) or mail is None:
        return None, context
    address = _address(context, node, to)
    about_this = _about_this(context, node.mail, mail, to)
    if address is None or about_this is None:
        return None, context
    origin = context.origin(node)
    made = model.Email(to=to, address=address, mail=mail.id, about_this=about_this, origin=origin)
    return made, context


def _address(context: Context, node: tree.Email, to: Expr) -> str | None:
    """The field with the address; None where there is not exactly one, which is then reported."""
    item = to.type.item or to.type
    fields = addresses(context.build, EntityId(item.of)) if item.kind == "ref" else ()
    if len(fields) == 1:
        return fields[0]
    found = type_name(to.type)
    at = context.place(node.to)
    context.report(NoAddress(at=at, found=found.en, found_zh=found.zh, count=len(fields)))
    return None


@query
def addresses(build: Build, entity: EntityId) -> tuple[str, ...]:
    """The fields of an entity that hold a mail address."""
    known = shape(build, entity)
    return tuple(name for name, slot in known.slots.items() if _is_address(build, slot))


def _is_address(build: Build, slot: Slot) -> bool:
    tree = tree_of(build, slot) if slot.source == "field" else None
    return isinstance(tree, FieldDecl) and str(tree.type.name) == EMAIL


def _about_this(context: Context, path: Path, mail: Declared, to: Expr) -> bool | None:
    build = context.build
    about = resolve_entity(build, mail.module, mail.block, decl(build, mail.block, MailDecl).entity)
    receiver = (to.type.item or to.type).of
    if about is None:
        return None
    if about in (receiver, context.this):
        return about != receiver
    at, short = context.place(path), short_name(about)
    name = short_name(context.this) if context.this else short_name(receiver)
    context.report(MailOfAnother(at=at, mail=mail.name, about=short, to=name))
    return None


# ---------------------------------------------------------------- call


def call_action(context: Context, node: tree.CallAction) -> Found:
    """`call erp.voucher(date: paid_on, amount: amount)`."""
    path = Path(node.connection.span, (node.connection,))
    found = resolve(context.build, context.module, context.block, path, ("connect",))
    behind = connection_named(context.build, found) if found else None
    action = action_of(behind, node.action) if behind else None
    if behind is not None and action is None:
        names = [each.name for each in behind.actions]
        known = ", ".join(f"`{name}`" for name in names)
        at, near = context.place(node.action), nearest(node.action.text, names)
        written = node.action.text
        context.report(
            UnknownAction(at=at, written=written, connector=behind.name, near=near, known=known)
        )
    values = _arguments(context, node, action)
    if found is None or action is None or values is None:
        return None, context
    origin = context.origin(node)
    made = model.Call(connection=found.id, action=action.name, values=values, origin=origin)
    return made, context


def _arguments(
    context: Context, node: tree.CallAction, action: Action | None
) -> dict[str, Expr] | None:
    wanted = {each.name: each for each in action.parameters} if action else {}
    values: dict[str, Expr] = {}
    for argument in node.arguments:
        if argument.name is None:
            context.report(UnnamedValue(at=context.place(argument)))
        elif argument.name.text in wanted:
            name = argument.name.text
            values[name] = value_of(context, argument.value, wanted[name].type)
        else:
            typed(context, argument.value)
            _report_unknown(context, argument.name, action, wanted)
    unnamed = any(each.name is None for each in node.arguments)
    missing = [
        name for name, each in wanted.items() if not each.type.nullable and name not in values
    ]
    for name in () if unnamed else missing:
        at, action_name = context.place(node), node.action.text
        context.report(MissingParameter(at=at, action=action_name, parameter=name))
    return None if missing or is_broken(*values.values()) else values


def _report_unknown(
    context: Context, name: Name, action: Action | None, known: Collection[str]
) -> None:
    if action is not None:
        near, at = nearest(name.text, known), context.place(name)
        context.report(UnknownField(at=at, written=name.text, entity=action.name, near=near))


# ---------------------------------------------------------------- channels


def channels(context: Context, names: Sequence[Name]) -> tuple[str, ...]:
    """The channels of a `notify`; unknown ones are reported."""
    found = []
    connections = _connections(context.build, context.module)
    for name in names:
        known = connections.get(name.text)
        if name.text in (INBOX, EMAIL):
            found.append(name.text)
        elif known is not None and may_tell(context.build, known):
            context.mention(name, of_declared(known))
            found.append(known.id)
        else:
            _report_channel(context, name, connections)
    return () if found == [INBOX] else tuple(found)


def _report_channel(context: Context, name: Name, connections: dict[str, Declared]) -> None:
    build = context.build
    telling = [each for each, known in connections.items() if may_tell(build, known)]
    all_known = [INBOX, EMAIL, *telling]
    shown = ", ".join(f"`{each}`" for each in all_known)
    near, at = nearest(name.text, all_known), context.place(name)
    context.report(UnknownChannel(at=at, written=name.text, near=near, known=shown))


def _connections(build: Build, module: str) -> dict[str, Declared]:
    return {each.name: each for each in of_kind(build, "connect") if each.module == module}
