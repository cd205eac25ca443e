"""Names: unique, and written as the language writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.build import Build, query
from compiler.resolve.declared import (
    NAMED,
    PRELUDE,
    Declared,
    Kind,
    decl,
    everything,
    is_library,
    of_kind,
)
from compiler.resolve.names import place
from compiler.slug import slug
from dsl.ast.app import AppDecl, Decl, EnumDecl
from dsl.ast.base import Name
from dsl.ast.entity import EntityDecl
from dsl.ast.flow import FlowDecl
from dsl.diagnostic import Label, Message, Problem, Severity
from dsl.source import Place

CAMEL: frozenset[Kind] = frozenset({
    "entity", "role", "enum", "mixin", "report", "dashboard", "data", "table", "form",
})  # fmt: skip
SLUGGED: tuple[Kind, ...] = ("entity", "report", "dashboard")


class NotTheStyle(Problem, code="CW0205", name="naming-style", severity=Severity.NOTE):
    written: str
    better: str
    message = Message(
        "`{written}` is usually written `{better}`", "`{written}` 通常写作 `{better}`"
    )
    help = Message(
        "entities, roles, enums, reports, dashboards and forms are `UpperCamel`, all else is "
        "`lower_snake`",
        "实体、角色、枚举、报表、仪表板和表单用 `UpperCamel`，其余用 `lower_snake`",
    )


class SameSlug(Problem, code="CW0206", name="same-slug"):
    written: str
    other: str
    slug: str
    first: Place
    message = Message(
        "`{written}` and `{other}` would share the address `{slug}`",
        "`{written}` 与 `{other}` 会使用同一地址 `{slug}`",
    )
    help = Message(
        "give one an ASCII name of its own: `entity {written} as name`",
        "请为其中一个指定 ASCII 名称：`entity {written} as name`",
    )

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("the other one", "另一个"))


class AddressTaken(Problem, code="CW0021", name="address-taken"):
    module: str
    message = Message(
        "no app can be called `{module}`: pages of the system have addresses that begin so",
        "应用不能叫 `{module}`：系统页面的地址以它开头",
    )
    help = Message("choose another name for the app and its folder", "请给应用及其文件夹换一个名称")


SYSTEM_ADDRESSES = frozenset(
    {
        PRELUDE, "d", "f", "inbox", "language", "log", "login", "logout", "me", "r", "search",
        "static", "users", "welcome",
    }
)  # fmt: skip
"""What the addresses of pages begin with that belong to no app."""


@query
def apps_have_addresses_of_their_own(build: Build) -> None:
    """An app's name is the first word of its addresses, so it is none of the system's."""
    for each in of_kind(build, "app"):
        if each.name in SYSTEM_ADDRESSES and each.module != PRELUDE:
            tree = decl(build, each.block, AppDecl)
            build.report(AddressTaken(at=place(each.block, tree.name), module=each.name))


@query
def names_follow_the_style(build: Build, each: Declared) -> None:
    """Names in ASCII are UpperCamel or lower_snake by what they name."""
    for name, camel in () if is_library(build, each.module) else _names(build, each):
        better = _styled(name.text, camel)
        if better != name.text:
            at = place(each.block, name)
            build.report(NotTheStyle(at=at, written=name.text, better=better))


def _names(build: Build, each: Declared) -> Iterator[tuple[Name, bool]]:
    tree = build.given(("decl", each.block))
    assert isinstance(tree, Decl)
    if each.kind in NAMED and each.how is None:
        yield tree.name, each.kind in CAMEL
    if isinstance(tree, EnumDecl):
        yield from ((value.name, False) for value in tree.values)
    if isinstance(tree, FlowDecl):
        yield from [(tree.name, False)] if each.how is None else []
        yield from ((state.name, False) for state in tree.states)
        yield from ((transition.name, False) for transition in tree.transitions)
    if isinstance(tree, EntityDecl):
        members = (getattr(member, "name", None) for member in tree.members)
        yield from ((name, False) for name in members if isinstance(name, Name))


def _styled(name: str, camel: bool) -> str:
    if not name.isascii():
        return name
    if not camel:
        return slug(name) if any(char.isupper() for char in name) else name
    if name[0].isupper() and "_" not in name:
        return name
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


@query
def slugs_are_unique(build: Build) -> None:
    """No two entities, reports or dashboards of a module have the same address."""
    for kind in SLUGGED:
        seen: dict[tuple[str, str], Declared] = {}
        for each in everything(build):
            if each.kind == kind:
                _unlike_others(build, each, seen)


def _unlike_others(build: Build, each: Declared, seen: dict[tuple[str, str], Declared]) -> None:
    tree = build.given(("decl", each.block))
    assert isinstance(tree, Decl)
    chosen = tree.as_name if isinstance(tree, EntityDecl) else None
    key = (each.module, chosen.text if chosen else slug(each.name))
    other = seen.setdefault(key, each)
    if other.name == each.name:
        return
    first = build.given(("decl", other.block))
    assert isinstance(first, Decl)
    build.report(
        SameSlug(
            at=place(each.block, tree.name), written=each.name, other=other.name, slug=key[1],
            first=place(other.block, first.name),
        )
    )  # fmt: skip
