"""Which views there are: those that are declared, and what other apps say of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from compiler.build import Build, query
from compiler.model.base import EntityId, RoleId
from compiler.resolve.composition import NothingThere, OverriddenTwice, OverridesItsOwn
from compiler.resolve.declared import Declared, composing, decl, of_kind
from compiler.resolve.members import resolve_entity
from compiler.resolve.names import KIND_NAMES, ROLE, nearest, place, resolve
from dsl.ast import view as ast
from dsl.ast.composition import How
from dsl.diagnostic import Label, Message, Problem
from dsl.source import Place


class DuplicateView(Problem, code="CW0813", name="duplicate-view"):
    entity: str
    role: str
    first: Place
    message = Message("`{entity}` already has this view", "`{entity}` 已有此视图")
    help = Message(
        "join the two, or make one of them for a role: `view {entity} for Sales`",
        "请合并，或改为某角色的视图：`view {entity} for Sales`",
    )

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("first here", "首次声明在此"))


@query
def declared_views(build: Build) -> Mapping[EntityId, tuple[Declared, ...]]:
    """The views that the text declares, by entity: the first for all, then those for roles."""
    found: dict[EntityId, list[Declared]] = {}
    for each in of_kind(build, "view"):
        key = view_key(build, each)
        if key is not None:
            found.setdefault(key[0], []).append(each)
    return {id: tuple(_once(build, views)) for id, views in found.items()}


def _once(build: Build, views: list[Declared]) -> Iterator[Declared]:
    """One view for all and one for each role, or what overrides it; those for all first."""
    seen: dict[RoleId | None, Declared] = {}
    for each in views:
        key = view_key(build, each)
        assert key is not None
        if key[1] in seen:
            first, role = seen[key[1]], key[1] or ""
            build.report(
                DuplicateView(
                    at=_name_of(build, each), entity=each.name, role=role,
                    first=_name_of(build, first),
                )
            )  # fmt: skip
        seen.setdefault(key[1], each)
    for each in sorted(seen.values(), key=lambda each: each is not seen.get(None)):
        key = view_key(build, each)
        by = said_of_views(build, "overrides").get(key, ()) if key else ()
        yield replace(each, block=by[0].block, seen_from=by[0].module) if by else each


def _name_of(build: Build, declared: Declared) -> Place:
    return place(declared.block, decl(build, declared.block, ast.ViewDecl).name)


_Key = tuple[EntityId, RoleId | None]


@query
def view_key(build: Build, declared: Declared) -> _Key | None:
    """What a view is told apart by: its entity and the role it is for."""
    tree = decl(build, declared.block, ast.ViewDecl)
    entity = resolve_entity(build, declared.scope, declared.block, tree.entity)
    if entity is None or tree.role is None:
        return (entity, None) if entity else None
    role = resolve(build, declared.scope, declared.block, tree.role, ROLE)
    return (entity, RoleId(role.id)) if role else None


@query
def said_of_views(build: Build, how: How) -> Mapping[_Key, tuple[Declared, ...]]:
    """What extends or overrides views, by the view."""
    found: dict[_Key, list[Declared]] = {}
    for each in composing(build, "view"):
        key = view_key(build, each) if each.how == how else None
        if key is not None:
            found.setdefault(key, []).append(each)
    return {key: tuple(each) for key, each in found.items()}


@query
def views_said_are_there(build: Build) -> None:
    """Report what overrides no view, its own, or one that another text overrides already; and
    what extends a view that there is for no role."""
    own = {key: each for each in of_kind(build, "view") if (key := view_key(build, each))}
    for key, extending in said_of_views(build, "extends").items():
        for each in extending if key not in own and key[1] else ():
            _report_no_view(build, each, [id for id, _ in own])
    for key, (first, *others) in said_of_views(build, "overrides").items():
        if key not in own:
            _report_no_view(build, first, [id for id, _ in own])
        elif own[key].module == first.module:
            build.report(OverridesItsOwn(at=_name_of(build, first), written=first.name))
        for each in others:
            before = _name_of(build, first)
            at = _name_of(build, each)
            build.report(OverriddenTwice(at=at, written=each.name, first=before))


def _report_no_view(build: Build, each: Declared, known: list[EntityId]) -> None:
    tree, kind = decl(build, each.block, ast.ViewDecl), KIND_NAMES["view"]
    written = f"{tree.entity} for {tree.role}" if tree.role else str(tree.entity)
    build.report(
        NothingThere(
            at=_name_of(build, each), written=written, kind=kind.en, kind_zh=kind.zh,
            near=nearest(each.name, (id.rpartition(".")[2] for id in known)) if not tree.role
            else "",
        )
    )  # fmt: skip
