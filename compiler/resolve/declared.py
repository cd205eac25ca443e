"""All declarations of a workspace, by module and name, without their contents.

Contents and places are left out on purpose: an edit inside a declaration leaves these tables, and
all that only asked who is who, as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, cast

from compiler.build import Build, query
from dsl.ast import app, dashboard, entity, flow, report, rule, test, value, view

Kind = Literal[
    "app", "locale", "role", "enum", "data", "entity", "mixin", "flow", "rule", "function",
    "report", "dashboard", "view", "test",
]  # fmt: skip

KINDS: Mapping[type[app.Decl], Kind] = {
    app.AppDecl: "app",
    app.LocaleDecl: "locale",
    app.RoleDecl: "role",
    app.EnumDecl: "enum",
    app.DataDecl: "data",
    entity.EntityDecl: "entity",
    entity.MixinDecl: "mixin",
    flow.FlowDecl: "flow",
    rule.RuleDecl: "rule",
    value.FunctionDecl: "function",
    value.ExternDecl: "function",
    report.ReportDecl: "report",
    dashboard.DashboardDecl: "dashboard",
    view.ViewDecl: "view",
    test.TestDecl: "test",
}

NAMED: frozenset[Kind] = frozenset({
    "role", "enum", "data", "entity", "mixin", "rule", "function", "report", "dashboard",
})  # fmt: skip
"""Kinds whose names share the namespace of their module."""

PRELUDE = "std"

D = TypeVar("D", bound=app.Decl)


@dataclass(frozen=True, slots=True)
class Declared:
    """That a block declares something; the block's key says where."""

    kind: Kind
    module: str
    name: str
    block: str

    @property
    def id(self) -> str:
        return f"{self.module}.{self.name}"


@query
def everything(build: Build) -> tuple[Declared, ...]:
    """All declarations: the prelude's, then by module and path, each file in written order."""
    return cast("tuple[Declared, ...]", build.given("declared"))


def decl(build: Build, block: str, kind: type[D]) -> D:
    """The tree of a block, which is known to be of that kind."""
    tree = build.given(("decl", block))
    assert isinstance(tree, kind), f"{block} is not a {kind.__name__}"
    return tree


def of_kind(build: Build, kind: Kind) -> tuple[Declared, ...]:
    """The declarations of a kind, in order."""
    return _by_kind(build).get(kind, ())


@query
def modules(build: Build) -> tuple[str, ...]:
    """The names of all modules, the prelude's first."""
    return tuple(dict.fromkeys([PRELUDE, *(each.module for each in everything(build))]))


@query
def _by_kind(build: Build) -> Mapping[Kind, tuple[Declared, ...]]:
    table: dict[Kind, list[Declared]] = {}
    for each in everything(build):
        table.setdefault(each.kind, []).append(each)
    return {kind: tuple(found) for kind, found in table.items()}


@query
def table(build: Build) -> Mapping[str, tuple[Declared, ...]]:
    """What each name may mean anywhere in the workspace.

    `data Region` beside `entity Region` fills it and declares no name of its own.
    """
    entities = {each.id for each in of_kind(build, "entity")}
    found: dict[str, list[Declared]] = {}
    for each in everything(build):
        filling = each.kind == "data" and each.id in entities
        if each.kind in NAMED and not filling:
            found.setdefault(each.name, []).append(each)
    return {name: tuple(meanings) for name, meanings in found.items()}


@query
def meanings(build: Build, name: str) -> tuple[Declared, ...]:
    """What one name may mean anywhere in the workspace."""
    return table(build).get(name, ())


@query
def used_modules(build: Build, module: str) -> tuple[str, ...]:
    """The modules that a module may name things of: its own first, those it uses, the prelude."""
    used = [
        path.parts[-1].text
        for each in of_kind(build, "app")
        if each.module == module
        for path in decl(build, each.block, app.AppDecl).use
    ]
    return tuple(dict.fromkeys([module, *used, PRELUDE]))
