"""What apps say about the declarations of others: who extends and who overrides what.

Extensions of one declaration follow each other by module, then path, then as written; an override
stands where the part stood that it replaces. Whatever holds parts (an entity its members, an enum
its values, a flow its states and transitions) asks `parts` for them, each with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from compiler.build import Build, query
from compiler.resolve.declared import (
    PRELUDE,
    WHOLE,
    Declared,
    Kind,
    composing,
    decl,
    of_kind,
    overriders,
    target,
    written,
)
from compiler.resolve.names import ENTITY, KIND_NAMES, Misspelt, find, nearest, place, resolve
from compiler.resolve.symbols import of_member
from dsl.ast.app import Decl, EnumDecl, EnumValue
from dsl.ast.base import Name, Node, Path
from dsl.ast.change import is_retired
from dsl.ast.entity import AccessDecl, DisplayDecl, EntityDecl, Member, MixinDecl, NamedMember
from dsl.ast.flow import FlowDecl, StateDecl, TransitionDecl
from dsl.diagnostic import Label, Message, Problem
from dsl.source import Place

N = TypeVar("N", bound=Node)


class OverridesNothing(Misspelt, Problem, code="CW0207", name="overrides-nothing"):
    written: str
    target: str
    near: str
    message = Message(
        "`{target}` has no `{written}` to override", "`{target}` 中没有可替换的 `{written}`"
    )

    def more_help(self) -> Message | None:
        if not self.near:
            return Message(
                "what is new is added by `extend {target}`", "新增内容请用 `extend {target}`"
            )
        return super().more_help()


class OverriddenTwice(Problem, code="CW0208", name="overridden-twice"):
    written: str
    first: Place
    message = Message("`{written}` is overridden twice", "`{written}` 被替换了两次")
    label = Message("again here", "此处再次替换")
    help = Message(
        "only one can hold; delete one of them, or join the two",
        "只能有一个生效；请删除其中一个或合并",
    )

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("first here", "首次替换在此"))


class NothingThere(Misspelt, Problem, code="CW0209", name="nothing-to-extend"):
    written: str
    kind: str
    kind_zh: str
    near: str
    message = Message(
        "there is no {kind} `{written}` to extend or override",
        "没有可扩展或替换的{kind_zh} `{written}`",
    )


class OverridesItsOwn(Problem, code="CW0210", name="overrides-its-own"):
    written: str
    message = Message("`{written}` belongs to this app itself", "`{written}` 就属于本应用")
    label = Message("an app overrides what another one declares", "只能替换其他应用的声明")
    help = Message("change the declaration where it stands", "请直接修改原声明")


class HasNoName(Problem, code="CW0212", name="overrides-without-name"):
    message = Message("this has no name by which it could override", "此处没有可据以替换的名称")
    help = Message(
        "members with a name, `display` and `access` can be overridden; the rest is added by "
        "`extend`",
        "可以替换的有具名成员、`display` 和 `access`；其他内容请用 `extend` 添加",
    )


class RestsOnIt(Problem, code="CW0213", name="overrides-the-prelude"):
    written: str
    message = Message(
        "`{written}` cannot be overridden: the system itself rests on it",
        "`{written}` 不能替换：系统本身依赖它",
    )
    help = Message(
        "of `User` and `Team`, `display` and `access` can be; fields of your own are added by "
        "`extend`",
        "`User` 和 `Team` 只能替换 `display` 和 `access`；自己的字段请用 `extend` 添加",
    )


@dataclass(frozen=True, slots=True)
class Part(Generic[N]):
    """A part of a declaration (`of` is its id) and where it stands: the `index`-th of its kind in
    a block. `module` is the one whose names its text sees."""

    of: str
    block: str
    module: str
    index: int
    tree: N

    def at(self, node: Node) -> Place:
        return Place(self.block, node.span)


# ---------------------------------------------------------------- who says what of whom


@dataclass(frozen=True, slots=True)
class About:
    """What is said of one declaration elsewhere, in order."""

    extending: tuple[Declared, ...] = ()
    overriding: tuple[Declared, ...] = ()


@query
def about(build: Build, kind: Kind, id: str) -> About:
    """What is said elsewhere of a declaration; a flow's id is `sales.Deal.stage`."""
    return _about(build).get((kind, id), About())


@query
def target_of(build: Build, each: Declared) -> tuple[Kind, str] | None:
    """The kind and id of what is extended or overridden in part; a problem is reported where
    there is none."""
    return _TARGETS[each.kind](build, each)


@query
def _about(build: Build) -> Mapping[tuple[Kind, str], About]:
    extending: dict[tuple[Kind, str], list[Declared]] = {}
    overriding: dict[tuple[Kind, str], list[Declared]] = {}
    for kind in _TARGETS:
        for each in composing(build, kind):
            key = target_of(build, each)
            if key is not None:
                found = extending if each.how == "extends" else overriding
                found.setdefault(key, []).append(each)
    return {
        key: About(tuple(extending.get(key, ())), tuple(overriding.get(key, ())))
        for key in (*extending, *overriding)
    }


def _named_target(build: Build, each: Declared) -> tuple[Kind, str] | None:
    """What an extension names that has a name of its own."""
    path = target(build, each.block)
    kinds: tuple[Kind, ...] = ("entity", "mixin") if each.kind == "entity" else (each.kind,)
    found = resolve(build, each.module, each.block, path, kinds)
    if found is None:
        return None
    _is_of_another(build, each, found.module, path)
    return found.kind, found.id


def _flow_target(build: Build, each: Declared) -> tuple[Kind, str] | None:
    tree = decl(build, each.block, FlowDecl)
    entity = resolve(build, each.module, each.block, tree.entity, ENTITY)
    if entity is None:
        return None
    wanted = f"{entity.id}.{tree.name.text}"
    flows = _flows(build)
    if wanted in flows:
        build.mention(place(each.block, tree.name), of_member(entity.id, tree.name.text))
        _is_of_another(build, each, flows[wanted].module, tree.name)
        return "flow", wanted
    near = nearest(wanted, (id for id in flows if id.startswith(f"{entity.id}.")))
    kind, at = KIND_NAMES["flow"], place(each.block, tree.name)
    build.report(
        NothingThere(
            at=at, written=f"{tree.entity}.{tree.name}", kind=kind.en, kind_zh=kind.zh,
            near=near.rpartition(".")[2],
        )
    )  # fmt: skip
    return None


@query
def overridden_modules(build: Build) -> frozenset[str]:
    """The modules of which something is overridden, so that not all they say is in use."""
    found = {other.module for other in overriders(build)}
    found |= {id.partition(".")[0] for (_, id), said in _about(build).items() if said.overriding}
    for each in composing(build, "view"):
        names = [part.text for part in target(build, each.block).parts]
        entity = find(build, each.module, names, ENTITY)
        if each.how == "overrides" and isinstance(entity, Declared):
            found.add(entity.module)
    return frozenset(found)


@query
def _flows(build: Build) -> Mapping[str, Declared]:
    found: dict[str, Declared] = {}
    for each in of_kind(build, "flow"):
        tree = decl(build, each.block, FlowDecl)
        entity = find(build, each.module, [part.text for part in tree.entity.parts], ENTITY)
        if isinstance(entity, Declared):
            found.setdefault(f"{entity.id}.{each.name}", each)
    return found


_TARGETS: Mapping[Kind, Callable[[Build, Declared], tuple[Kind, str] | None]] = {
    "entity": _named_target,
    "enum": _named_target,
    "role": _named_target,
    "flow": _flow_target,
}


def _is_of_another(build: Build, each: Declared, module: str, name: Name | Path) -> None:
    if each.how == "overrides" and module == each.module:
        build.report(OverridesItsOwn(at=place(each.block, name), written=str(name)))


@query
def overrides_have_a_target(build: Build) -> None:
    """Report what overrides no declaration, or one that another text overrides already."""
    _about(build)
    right = {each for found in overriders(build).values() for each in found}
    for each in written(build):
        if each.how != "overrides" or each.kind not in WHOLE:
            continue
        path = target(build, each.block)
        found = resolve(build, each.module, each.block, path, (each.kind,))
        if found is not None and each not in right:
            _is_of_another(build, each, found.module, path)
    for overridden, (first, *others) in overriders(build).items():
        before = place(first.block, target(build, first.block))
        for each in others:
            at = place(each.block, target(build, each.block))
            build.report(OverriddenTwice(at=at, written=overridden.name, first=before))
        if overridden.module == PRELUDE:
            build.report(RestsOnIt(at=before, written=overridden.name))


# ---------------------------------------------------------------- what something consists of

Parts = Callable[[Decl], tuple[N, ...]]

_DISPLAY, _ACCESS = "(display)", "(access)"
"""What has no name and is there once; brackets, for a field may be called so."""


def parts(build: Build, declared: Declared, id: str, parts_of: Parts[N]) -> tuple[Part[N], ...]:
    """The parts of a declaration: its own, then those that others add, each replaced by what
    overrides it. `parts_of` takes them from a tree."""
    said = about(build, declared.kind, id)
    own = tuple(
        part for each in (declared, *said.extending) for part in parts_in(build, each, id, parts_of)
    )
    return tuple(overridden(build, declared, id, own, parts_of))


def overridden(
    build: Build, declared: Declared, id: str, found: Sequence[Part[N]], parts_of: Parts[N]
) -> Iterator[Part[N]]:
    """The parts, each replaced by what overrides it; reports overrides of parts that there are
    not, and of one part by two."""
    by = [
        part
        for each in about(build, declared.kind, id).overriding
        for part in parts_in(build, each, id, parts_of)
    ]
    known = {handle_of(part.tree): part for part in found}
    instead: dict[str, Part[N]] = {}
    for part in by:
        _override_fits(build, id.partition(".")[2], known, instead, part)
        instead.setdefault(handle_of(part.tree), part)
    placed = set()
    for part in found:
        handle = handle_of(part.tree)
        if not handle or handle not in instead:
            yield part
        elif handle not in placed:
            placed.add(handle)
            yield replace(instead[handle], of=part.of)
    yield from (instead[each] for each in (_DISPLAY, _ACCESS) if each in instead.keys() - placed)


def parts_in(build: Build, each: Declared, of: str, parts_of: Parts[N]) -> Iterator[Part[N]]:
    """What a text says of the declaration whose id is `of`, without what is retired."""
    return (part for part in _all_in(build, each, of, parts_of) if not is_retired(part.tree))


def _all_in(build: Build, each: Declared, of: str, parts_of: Parts[N]) -> Iterator[Part[N]]:
    trees = parts_of(decl(build, each.block, Decl))
    return (Part(of, each.block, each.scope, index, tree) for index, tree in enumerate(trees))


def retired_parts(
    build: Build, declared: Declared, id: str, parts_of: Parts[N]
) -> Iterator[Part[N]]:
    """What texts say is no longer a part of a declaration."""
    for each in (declared, *about(build, declared.kind, id).extending):
        found = _all_in(build, each, id, parts_of)
        yield from (part for part in found if is_retired(part.tree))


def handle_of(tree: Node) -> str:
    """The name by which a part is overridden; empty if there is none."""
    if isinstance(tree, DisplayDecl):
        return _DISPLAY
    if isinstance(tree, AccessDecl):
        return _ACCESS
    if isinstance(tree, Member) and not isinstance(tree, NamedMember):
        return ""
    name = getattr(tree, "name", None)
    return name.text if isinstance(name, Name) else ""


def _override_fits(
    build: Build, target: str, known: Mapping[str, Part[N]], others: Mapping[str, Part[N]],
    part: Part[N],
) -> None:  # fmt: skip
    handle = handle_of(part.tree)
    at, written = _name_place(part), handle.strip("()")
    if not handle:
        build.report(HasNoName(at=at))
    elif handle in others:
        before = _name_place(others[handle])
        build.report(OverriddenTwice(at=at, written=written, first=before))
    elif handle not in known and handle not in (_DISPLAY, _ACCESS):
        near = nearest(written, (name for name in known if name not in ("", _DISPLAY, _ACCESS)))
        build.report(OverridesNothing(at=at, written=written, target=target, near=near))
    elif known.get(handle, part).module == PRELUDE and handle not in (_DISPLAY, _ACCESS):
        build.report(RestsOnIt(at=at, written=written))


def _name_place(part: Part[N]) -> Place:
    name = getattr(part.tree, "name", None)
    return part.at(name if isinstance(name, Name) else part.tree)


def members_in(tree: Decl) -> tuple[Member, ...]:
    return tree.members if isinstance(tree, EntityDecl | MixinDecl) else ()


def values_in(tree: Decl) -> tuple[EnumValue, ...]:
    return tree.values if isinstance(tree, EnumDecl) else ()


def states_in(tree: Decl) -> tuple[StateDecl, ...]:
    return tree.states if isinstance(tree, FlowDecl) else ()


def transitions_in(tree: Decl) -> tuple[TransitionDecl, ...]:
    return tree.transitions if isinstance(tree, FlowDecl) else ()
