"""All declarations of a workspace, by module and name, without their contents.

Contents and places are left out on purpose: an edit inside a declaration leaves these tables, and
all that only asked who is who, as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar, cast

from compiler.build import Build, query
from dsl.ast import (
    app,
    calendar,
    clock,
    dashboard,
    entity,
    flow,
    mark,
    message,
    outside,
    report,
    rule,
    test,
    upgrade,
    value,
    view,
)  # fmt: skip
from dsl.ast.base import Path
from dsl.ast.composition import How

Kind = Literal[
    "app", "locale", "role", "enum", "data", "entity", "mixin", "flow", "action", "clock",
    "calendar", "rule", "function", "table", "report", "dashboard", "view", "test",
    "upgrade",
    "score", "tag", "segment",
    "mail", "print", "form", "hook", "event", "webhook", "connect", "connector",
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
    flow.ActionDecl: "action",
    clock.ClockDecl: "clock",
    calendar.CalendarDecl: "calendar",
    rule.RuleDecl: "rule",
    value.FunctionDecl: "function",
    value.ExternDecl: "function",
    value.TableDecl: "table",
    mark.ScoreDecl: "score",
    mark.TagDecl: "tag",
    mark.SegmentDecl: "segment",
    report.ReportDecl: "report",
    dashboard.DashboardDecl: "dashboard",
    view.ViewDecl: "view",
    test.TestDecl: "test",
    upgrade.UpgradeDecl: "upgrade",
    message.MailDecl: "mail",
    message.PrintDecl: "print",
    outside.FormDecl: "form",
    outside.HookDecl: "hook",
    outside.EventDecl: "event",
    outside.WebhookDecl: "webhook",
    outside.ConnectDecl: "connect",
    outside.ConnectorDecl: "connector",
}

NAMED: frozenset[Kind] = frozenset({
    "role", "enum", "data", "entity", "mixin", "calendar", "rule", "function", "table", "report",
    "dashboard", "segment",
    "mail", "print", "form", "hook", "event", "webhook", "connect", "connector",
})  # fmt: skip
"""Kinds whose names share the namespace of their module."""

WHOLE: frozenset[Kind] = frozenset({"role", "rule", "report"})
"""Kinds that are overridden as a whole; of the others, parts are."""

PRELUDE = "std"

D = TypeVar("D", bound=app.Decl)


@dataclass(frozen=True, slots=True)
class Declared:
    """That a block declares something; the block's key says where.

    `how` is set for what extends or overrides a declaration, `qualifier` is then the module as
    written before the name.
    `seen_from` is the module that overrides a declaration of another one as a whole.
    """

    kind: Kind
    module: str
    name: str
    block: str
    how: How | None = None
    qualifier: str = ""
    retired: bool = False
    seen_from: str = ""

    @property
    def id(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def scope(self) -> str:
        """The module whose names its text sees."""
        return self.seen_from or self.module


@query
def written(build: Build) -> tuple[Declared, ...]:
    """All that texts say: the library's, then by module and path, each file in written order."""
    return cast("tuple[Declared, ...]", build.given("declared"))


@query
def everything(build: Build) -> tuple[Declared, ...]:
    """All declarations in that order, an overridden one with the text that overrides it."""
    instead = {target: found[0] for target, found in overriders(build).items()}
    return tuple(
        _overridden(each, instead.get(each))
        for each in written(build)
        if each.how is None and not each.retired
    )


def retired_entities(build: Build) -> tuple[Declared, ...]:
    """The entities of which texts say that they are there no more."""
    return tuple(each for each in written(build) if each.retired)


def _overridden(each: Declared, by: Declared | None) -> Declared:
    return replace(each, block=by.block, seen_from=by.module) if by else each


@query
def overriders(build: Build) -> Mapping[Declared, tuple[Declared, ...]]:
    """What overrides declarations as a whole, by what it overrides, in order."""
    found: dict[Declared, list[Declared]] = {}
    for each in written(build):
        if each.how == "overrides" and each.kind in WHOLE:
            targets = [other for other in written(build) if _means(build, each, other)]
            for target in targets if len(targets) == 1 else ():
                found.setdefault(target, []).append(each)
    return {target: tuple(each) for target, each in found.items()}


def _means(build: Build, override: Declared, other: Declared) -> bool:
    """Whether an override names a declaration of a module that its own one uses."""
    return (
        (other.how, other.kind, other.name) == (None, override.kind, override.name)
        and other.module != override.module
        and override.qualifier.rpartition(".")[2] in ("", other.module)
        and other.module in used_modules(build, override.module)
    )


def composing(build: Build, kind: Kind) -> tuple[Declared, ...]:
    """What extends or overrides parts of declarations of a kind, in order."""
    return tuple(
        each
        for each in written(build)
        if each.kind == kind and each.how and not (each.how == "overrides" and kind in WHOLE)
    )


def decl(build: Build, block: str, kind: type[D]) -> D:
    """The tree of a block, which is known to be of that kind."""
    tree = build.given(("decl", block))
    assert isinstance(tree, kind), f"{block} is not a {kind.__name__}"
    return tree


def target(build: Build, block: str) -> Path:
    """What a block extends or overrides, as written; of a flow or a view, the entity."""
    path = build.given(("target", block))
    assert isinstance(path, Path), f"{block} declares something of its own"
    return path


def of_kind(build: Build, kind: Kind) -> tuple[Declared, ...]:
    """The declarations of a kind, in order."""
    return _by_kind(build).get(kind, ())


@query
def modules(build: Build) -> tuple[str, ...]:
    """The names of all modules, the prelude's first."""
    return tuple(dict.fromkeys([PRELUDE, *(each.module for each in written(build))]))


@query
def library_modules(build: Build) -> frozenset[str]:
    """The modules that come with the standard library."""
    return frozenset(each.module for each in written(build) if each.block.startswith(f"{PRELUDE}/"))


def is_library(build: Build, module: str) -> bool:
    return module in library_modules(build)


def module_of(path: str) -> str:
    """The module of a file, or of a block by its key: the first folder; below the prelude's, the
    second (`std/contacts/people.case`)."""
    first, second, *more = [*path.partition(":")[0].split("/"), ""]
    return second if first == PRELUDE and any(more) else first


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


def module_named(build: Build, path: Path) -> str:
    """The module that `use` means: `std.contacts` of the library, or an app; empty if neither."""
    *prefix, name = [part.text for part in path.parts]
    in_library = prefix == [PRELUDE] and name in build.library.module_names
    return name if in_library or not prefix else ""


@query
def used_modules(build: Build, module: str) -> tuple[str, ...]:
    """The modules that a module may name things of: its own first, those it uses, the prelude."""
    used = [
        module_named(build, path)
        for each in written(build)
        if each.kind == "app" and each.module == module
        for path in decl(build, each.block, app.AppDecl).use
    ]
    return tuple(dict.fromkeys([module, *used, PRELUDE]))
