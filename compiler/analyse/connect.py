"""Connectors of the library, and the connections that apps make with them."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.analyse.context import Context
from compiler.analyse.declaration import head
from compiler.analyse.given import given
from compiler.analyse.texts import labels
from compiler.analyse.types import written_type
from compiler.build import Build, query
from compiler.model.outside import Action, Connection, Connector, Setting
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.names import Misspelt, nearest, resolve
from dsl.ast import outside as ast
from dsl.ast.base import Name
from dsl.ast.expr import Text
from dsl.diagnostic import Message, Problem

MESSAGE = "message"
"""The action of a connector that tells people something, so that it is a channel."""


class UnknownSetting(Misspelt, Problem, code="CW0834", name="unknown-setting"):
    written: str
    connector: str
    near: str
    known: str
    message = Message(
        "`{connector}` has no setting `{written}`", "`{connector}` 没有设置项 `{written}`"
    )
    help = Message("its settings are {known}", "可设置：{known}")


class SecretInText(Problem, code="CW0835", name="secret-in-text"):
    setting: str
    variable: str
    message = Message(
        "`{setting}` is a secret and stands in no text", "`{setting}` 是机密，不能写在文本中"
    )
    help = Message(
        "leave the line out, and set `{variable}` where the server runs",
        "请删去此行，并在服务器环境中设置 `{variable}`",
    )


class NotAConstant(Problem, code="CW0836", name="setting-not-constant"):
    message = Message("a setting is a text without `{{…}}`", "设置项是不含 `{{…}}` 的文本")
    help = Message("connections are the same for all records", "连接对所有记录都相同")


@query
def connector(build: Build, declared: Declared) -> Connector:
    """What the library says of an outside system."""
    tree = decl(build, declared.block, ast.ConnectorDecl)
    context = Context(build, declared.module, declared.block, has_me=False)
    known = head(build, declared, tree)
    return Connector(
        id=known["id"],
        name=known["name"],
        label=known["label"],
        doc=known["doc"],
        settings=tuple(_settings(context, declared, tree)),
        actions=tuple(_action(context, declared, each) for each in tree.actions),
    )


def _settings(context: Context, declared: Declared, tree: ast.ConnectorDecl) -> Iterator[Setting]:
    build, module = context.build, declared.module
    for each in tree.settings:
        kind = written_type(build, module, declared.block, each.type)
        if kind is not None:
            at, key = context.place(each.name), f"{declared.name}.{each.name.text}"
            yield Setting(
                name=each.name.text,
                label=labels(build, module, (key,), each.label, each.name, at),
                field_type=kind.field_type,
                required=each.required,
                secret=each.secret,
            )


def _action(context: Context, declared: Declared, tree: ast.ConnectorAction) -> Action:
    name, at = tree.name.text, context.place(tree.name)
    found = (given(context, declared, each, name) for each in tree.parameters)
    key = f"{declared.name}.{name}"
    return Action(
        name=name,
        label=labels(context.build, declared.module, (key,), tree.label, tree.name, at),
        parameters=tuple(each for each in found if each),
    )


@query
def connection(build: Build, declared: Declared) -> Connection | None:
    """A connection of the model; None if its connector is unknown."""
    tree = decl(build, declared.block, ast.ConnectDecl)
    uses = resolve(build, declared.module, declared.block, tree.connector, ("connector",))
    if uses is None:
        return None
    context = Context(build, declared.module, declared.block, has_me=False)
    known = {each.name: each for each in connector(build, uses).settings}
    settings = {}
    for each in tree.settings:
        value = _setting(context, declared, uses, known, each)
        if value is not None:
            settings[each.name.text] = value
    return Connection(**head(build, declared, tree), connector=uses.id, settings=settings)


def _setting(
    context: Context,
    declared: Declared,
    uses: Declared,
    known: dict[str, Setting],
    tree: ast.Setting,
) -> str | None:
    """What the text says of a setting; None where it must not, which is then reported."""
    name, at = tree.name.text, context.place(tree.name)
    setting = known.get(name)
    if setting is None:
        shown, near = ", ".join(f"`{each}`" for each in known), nearest(name, known)
        context.report(
            UnknownSetting(at=at, written=name, connector=uses.name, near=near, known=shown)
        )
        return None
    if setting.secret:
        variable = variable_of(declared.name, name)
        context.report(SecretInText(at=at, setting=name, variable=variable))
        return None
    return _constant(context, tree.value)


def _constant(context: Context, text: Text) -> str | None:
    if all(isinstance(part, str) for part in text.parts):
        return "".join(map(str, text.parts))
    context.report(NotAConstant(at=context.place(text)))
    return None


def variable_of(connection: str, setting: str) -> str:
    """The variable of the server's environment that says a setting of a connection."""
    return f"CASEWORK_{connection}_{setting}".upper()


@query
def connectors_in_use(build: Build) -> tuple[Connector, ...]:
    """The connectors that some connection of the workspace uses, each once."""
    ids = {
        made.connector for each in of_kind(build, "connect") if (made := connection(build, each))
    }
    return tuple(connector(build, each) for each in of_kind(build, "connector") if each.id in ids)


@query
def connection_named(build: Build, declared: Declared) -> Connector | None:
    """The connector behind a connection."""
    made = connection(build, declared)
    found = (each for each in connectors_in_use(build) if made and each.id == made.connector)
    return next(found, None)


def may_tell(build: Build, declared: Declared) -> bool:
    """Whether a connection is a channel: its connector tells people something."""
    behind = connection_named(build, declared)
    return behind is not None and any(each.name == MESSAGE for each in behind.actions)


def action_of(known: Connector, name: Name) -> Action | None:
    """The action of that name."""
    return next((each for each in known.actions if each.name == name.text), None)
