"""What the text says of data that was there before it was changed.

Nothing here knows a database: an earlier name is taken as said, and an earlier type is the one
that is said with it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from compiler.analyse.context import Context
from compiler.analyse.enums import retired_values, value_parts
from compiler.analyse.expr import is_broken, of_record, value_of
from compiler.analyse.field import ModifierMisplaced, RepeatedModifier
from compiler.analyse.member import Member, member
from compiler.analyse.role import roles
from compiler.analyse.statement import statements
from compiler.analyse.types import type_name, written_type
from compiler.build import Build, query
from compiler.model import change as model
from compiler.model.base import EntityId, Origin
from compiler.model.expr import Var
from compiler.model.types import TEXT, Type, ref
from compiler.resolve.composition import Part
from compiler.resolve.declared import Declared, decl, modules, of_kind, retired_entities
from compiler.resolve.members import (
    entities,
    resolve_entity,
    retired_members,
    retired_states,
    shape,
    state_parts,
    symbol_of,
    written_members,
)
from compiler.resolve.names import Misspelt, nearest, place
from compiler.resolve.symbols import Symbol, of_declared, of_value
from dsl.ast import change as ast
from dsl.ast import entity as ast_entity
from dsl.ast.app import RoleDecl
from dsl.ast.base import Name, Node
from dsl.ast.entity import (
    EntityDecl,
    FieldDecl,
    ManyToManyDecl,
    NamedMember,
    ReferenceDecl,
    SerialDecl,
    TypeRef,
)
from dsl.ast.report import ReportDecl
from dsl.ast.upgrade import UpgradeDecl
from dsl.diagnostic import Label, Message, Problem
from dsl.source import Place


class StillThere(Problem, code="CW0901", name="was-still-there"):
    written: str
    message = Message(
        "`{written}` is still there, so nothing else can have been called so",
        "`{written}` 仍然存在，因此不可能是别的内容的旧名",
    )
    help = Message(
        "leave out `was`; what takes over values of something that goes is named by it: "
        "`retired -> other`",
        "请去掉 `was`；若是接收即将停用内容的值，请在那一处写 `retired -> 新名称`",
    )


class WasTwice(Problem, code="CW0902", name="was-of-two"):
    written: str
    first: Place
    message = Message(
        "two things cannot both have been called `{written}`",
        "不可能有两项内容的旧名都是 `{written}`",
    )
    help = Message("leave `was` with the one that it became", "请只在由它改成的那一项上保留 `was`")

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("the other one", "另一处"))


class ConvertsNothing(Problem, code="CW0903", name="convert-without-type"):
    field: str
    message = Message("`convert` needs to know the earlier type", "`convert` 需要知道原来的类型")
    help = Message(
        "say it with the earlier name, by which the value is then called: "
        "`was {field}: text convert …`",
        "请连同旧名写出，表达式中即用该名称取旧值：`was {field}: text convert …`",
    )


class NoSuccessor(Misspelt, Problem, code="CW0904", name="retired-to-nothing"):
    written: str
    near: str
    message = Message("there is no `{written}` that could take over", "没有可以接替的 `{written}`")


class SuccessorUnlike(Problem, code="CW0905", name="retired-to-another-type"):
    written: str
    old: Message
    new: Message
    message = Message(
        "`{written}` holds {new}, and cannot take over {old}",
        "`{written}` 的类型是{new}，不能接替{old}",
    )
    help = Message(
        "let one field become the other: `was … convert …`",
        "请让旧字段变为新字段：`was … convert …`",
    )


class UpgradeTwice(Problem, code="CW0906", name="duplicate-upgrade"):
    written: str
    first: Place
    message = Message('there are two upgrades "{written}"', "有两个升级步骤“{written}”")
    help = Message(
        "its text tells an upgrade apart, so that it runs once: give it another",
        "升级步骤以其文本区分，以保证只执行一次：请换一个文本",
    )

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("the other one", "另一处"))


Item = model.Renamed | model.Retired | model.Reused | model.Filled | model.Converted


@query
def intent(build: Build) -> model.Intent:
    """All that the text says of earlier data."""
    found = tuple(_found(build))
    return model.Intent(
        renamed=tuple(each for each in found if isinstance(each, model.Renamed)),
        retired=tuple(each for each in found if isinstance(each, model.Retired)),
        reused=tuple(each for each in found if isinstance(each, model.Reused)),
        filled=tuple(each for each in found if isinstance(each, model.Filled)),
        converted=tuple(each for each in found if isinstance(each, model.Converted)),
        upgrades=_upgrades(build),
    )


def _found(build: Build) -> Iterator[Item]:
    yield from _entities(build)
    for id in entities(build):
        yield from _members(build, id)
        yield from _states(build, id)
    for each in of_kind(build, "enum"):
        yield from _values(build, each)
    yield from _roles(build)
    yield from _reports(build)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Things of one kind that are told apart by name, and the earlier names that were claimed."""

    build: Build
    kind: model.Kind
    prefix: str
    living: Collection[str]
    symbol: Callable[[str], Symbol] | None = None
    claimed: dict[str, Place] = field(default_factory=dict)

    def said(
        self, block: str, name: Name, intents: Iterable[ast.Intent], kind: model.Kind | None = None
    ) -> Iterator[Item]:
        """What is said of the identity of one of them."""
        path, kind = self.prefix + name.text, kind or self.kind
        earlier = [
            self.prefix + each.name.text
            for each in intents
            if isinstance(each, ast.Was) and self._is_free(block, name, each.name)
        ]
        if earlier:
            yield model.Renamed(kind=kind, path=path, was=tuple(earlier))
        for each in intents:
            if isinstance(each, ast.Reuse):
                origin = _origin(block, name)
                yield model.Reused(kind=kind, path=path, how=each.kind, origin=origin)

    def _is_free(self, block: str, name: Name, earlier: Name) -> bool:
        """Whether a name can be an earlier one; that of the thing itself comes with a type."""
        written, at = earlier.text, place(block, earlier)
        if written == name.text:
            return False
        if written in self.living:
            self.build.report(StillThere(at=at, written=written))
            return False
        first = self.claimed.setdefault(written, at)
        if first != at:
            self.build.report(WasTwice(at=at, written=written, first=first))
        return first == at

    def gone(
        self, block: str, name: Name, intents: Iterable[ast.Intent], kind: model.Kind | None = None
    ) -> Iterator[model.Retired]:
        """What is there no more, and what takes over."""
        for each in intents:
            if not isinstance(each, ast.Retired):
                continue
            if each.to is not None and each.to.text not in self.living:
                at, near = place(block, each.to), nearest(each.to.text, self.living)
                self.build.report(NoSuccessor(at=at, written=each.to.text, near=near))
                continue
            if each.to is not None and self.symbol is not None:
                self.build.mention(place(block, each.to), self.symbol(each.to.text))
            to = self.prefix + each.to.text if each.to is not None else ""
            origin, path = _origin(block, name), self.prefix + name.text
            yield model.Retired(kind=kind or self.kind, path=path, to=to, origin=origin)


def _origin(block: str, node: Node) -> Origin:
    return Origin(block=block, start=node.span.start, end=node.span.end)


# ---------------------------------------------------------------- what has an identity


def _entities(build: Build) -> Iterator[Item]:
    for module in modules(build):
        yield from _entities_of(build, module)


def _entities_of(build: Build, module: str) -> Iterator[Item]:
    known = {each.name: each for each in entities(build).values() if each.module == module}
    scope = _Scope(build, "entity", f"{module}.", known, lambda name: of_declared(known[name]))
    for each in known.values():
        tree = build.given(("decl", each.block))
        if isinstance(tree, EntityDecl):
            yield from scope.said(each.block, tree.name, tree.intents)
    for each in retired_entities(build):
        if each.module == module:
            tree = decl(build, each.block, EntityDecl)
            yield from scope.gone(each.block, tree.name, tree.intents)


@query
def _members(build: Build, id: EntityId) -> tuple[Item, ...]:
    return tuple(_of_members(build, id))


def _of_members(build: Build, id: EntityId) -> Iterator[Item]:
    known = shape(build, id)
    slots = known.slots
    scope = _Scope(build, "field", f"{id}.", slots, lambda name: symbol_of(known, slots[name]))
    for part in written_members(build, id):
        tree = part.tree
        if isinstance(tree, NamedMember) and (said := _intents(tree)):
            kind: model.Kind = "link" if isinstance(tree, ManyToManyDecl) else "field"
            yield from scope.said(part.block, tree.name, said, kind)
            yield from _values_of(build, id, part, tree, said)
    for part in retired_members(build, id):
        if isinstance(part.tree, NamedMember):
            said = _intents(part.tree)
            for gone in scope.gone(part.block, part.tree.name, said):
                if not gone.to or _succeeds(build, id, part, gone.to.rpartition(".")[2]):
                    yield gone


def _intents(tree: Node) -> tuple[ast.Intent, ...]:
    found: tuple[ast.Intent, ...] = getattr(tree, "intents", ())
    return found


def _succeeds(build: Build, id: EntityId, part: Part[ast_entity.Member], name: str) -> bool:
    """Whether a field can hold what a retired one held."""
    new, old = member(build, id, name), _type_of(build, part)
    if new is None or old is None or new.type.kind == "error":
        return False
    if old.present() == new.type.present():
        return True
    (to,) = (each.to for each in _intents(part.tree) if isinstance(each, ast.Retired) and each.to)
    words = SuccessorUnlike(
        at=part.at(to), written=name, old=type_name(old), new=type_name(new.type)
    )
    build.report(words)
    return False


def _type_of(build: Build, part: Part[ast_entity.Member]) -> Type | None:
    tree = part.tree
    if isinstance(tree, FieldDecl):
        kind = written_type(build, part.module, part.block, tree.type)
        return kind.type if kind else None
    if isinstance(tree, ReferenceDecl):
        target = resolve_entity(build, part.module, part.block, tree.target)
        return ref(target) if target else None
    return TEXT if isinstance(tree, SerialDecl) else None


def _states(build: Build, id: EntityId) -> Iterator[Item]:
    slot = shape(build, id).slot_of("state")
    if slot is None:
        return
    parts = state_parts(build, id)
    names = [part.tree.name.text for part in parts]
    enum = f"{id}.{slot.name}"
    scope = _Scope(build, "value", f"{enum}.", names, lambda name: of_value(enum, name))
    for part in parts:
        yield from scope.said(part.block, part.tree.name, part.tree.intents)
    for part in retired_states(build, id):
        yield from scope.gone(part.block, part.tree.name, part.tree.intents)


def _values(build: Build, declared: Declared) -> Iterator[Item]:
    parts = value_parts(build, declared)
    names, enum = [part.tree.name.text for part in parts], declared.id
    scope = _Scope(build, "value", f"{enum}.", names, lambda name: of_value(enum, name))
    for part in parts:
        yield from scope.said(part.block, part.tree.name, part.tree.intents)
    for part in retired_values(build, declared):
        yield from scope.gone(part.block, part.tree.name, part.tree.intents)


def _roles(build: Build) -> Iterator[Item]:
    for module in modules(build):
        known = [each for each in roles(build).values() if each.module == module]
        scope = _Scope(build, "role", f"{module}.", [each.name for each in known])
        for each in known:
            tree = decl(build, each.block, RoleDecl)
            yield from scope.said(each.block, tree.name, tree.intents)


def _reports(build: Build) -> Iterator[Item]:
    for module in modules(build):
        known = [each for each in of_kind(build, "report") if each.module == module]
        scope = _Scope(build, "report", f"{module}.", [each.name for each in known])
        for each in known:
            tree = decl(build, each.block, ReportDecl)
            yield from scope.said(each.block, tree.name, tree.intents)


# ---------------------------------------------------------------- values of fields


def _values_of(
    build: Build,
    id: EntityId,
    part: Part[ast_entity.Member],
    tree: NamedMember,
    said: Sequence[ast.Intent],
) -> Iterator[Item]:
    sign = member(build, id, tree.name.text)
    context = replace(of_record(build, part.module, part.block, id), has_me=False)
    plain = isinstance(tree, FieldDecl | ReferenceDecl)
    for kind in (ast.Fill, ast.Convert, ast.OnError):
        found = [each for each in said if isinstance(each, kind)]
        for each in found if not plain else ():
            build.report(ModifierMisplaced(at=part.at(each), modifier=_WORDS[kind]))
        for each in found[1:] if plain else ():
            build.report(RepeatedModifier(at=part.at(each), modifier=_WORDS[kind]))
    if plain and sign is not None and sign.type.kind != "error":
        yield from _filled(context, id, tree.name.text, sign, said)
        yield from _converted(context, id, tree.name, sign, said)


_WORDS: Mapping[type[ast.Intent], str] = {
    ast.Fill: "fill",
    ast.Convert: "convert",
    ast.OnError: "on error",
}


def _filled(
    context: Context, id: EntityId, name: str, sign: Member, said: Sequence[ast.Intent]
) -> Iterator[model.Filled]:
    for each in said:
        if isinstance(each, ast.Fill):
            value = value_of(context, each.value, sign.type)
            if not is_broken(value):
                yield model.Filled(entity=id, field=name, value=value)
            return


def _converted(
    context: Context, id: EntityId, name: Name, sign: Member, said: Sequence[ast.Intent]
) -> Iterator[model.Converted]:
    converts = [each for each in said if isinstance(each, ast.Convert)]
    on_error = [each for each in said if isinstance(each, ast.OnError)]
    typed = [each for each in said if isinstance(each, ast.Was) and each.type is not None]
    if on_error and not converts:
        at = context.place(on_error[0])
        context.report(ModifierMisplaced(at=at, modifier="on error"))
    if not converts:
        return
    if not typed:
        context.report(ConvertsNothing(at=context.place(converts[0]), field=name.text))
        return
    was = typed[0]
    assert isinstance(was.type, TypeRef)
    kind = written_type(context.build, context.module, context.block, was.type, entities=True)
    if kind is None:
        return
    variable = Var(type=kind.type, name=f"was {was.name.text}")
    inside = context.binding(was.name.text, variable)
    value = value_of(inside, converts[0].value, sign.type.optional())
    if not is_broken(value):
        yield model.Converted(
            entity=id, field=name.text, was=was.name.text, type=kind.type, value=value,
            on_error=on_error[0].kind if on_error else "fail", origin=context.origin(name),
        )  # fmt: skip


# ---------------------------------------------------------------- upgrades


def _upgrades(build: Build) -> tuple[model.Upgrade, ...]:
    first: dict[str, Declared] = {}
    for each in of_kind(build, "upgrade"):
        other = first.setdefault(each.id, each)
        if other is not each:
            names = [decl(build, known.block, UpgradeDecl).name for known in (each, other)]
            at, before = place(each.block, names[0]), place(other.block, names[1])
            build.report(UpgradeTwice(at=at, written=each.name, first=before))
    return tuple(_upgrade(build, each) for each in first.values())


@query
def _upgrade(build: Build, declared: Declared) -> model.Upgrade:
    tree = decl(build, declared.block, UpgradeDecl)
    context = Context(build, declared.module, declared.block, has_me=False)
    return model.Upgrade(
        id=declared.id,
        module=declared.module,
        name=declared.name,
        when=tree.when,
        do=statements(context, tree.do),
        origin=context.origin(tree.name),
    )
