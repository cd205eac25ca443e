"""The order of rules: a rule that writes what another reads comes first, else as written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.analyse.called import definition
from compiler.analyse.rule import rule
from compiler.build import Build, query
from compiler.model.base import EntityId
from compiler.model.expr import Expr, FieldOf
from compiler.model.inline import walk_through
from compiler.model.rule import Rule
from compiler.model.statement import Assign, Create, For, Let, Statement, Update
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.names import resolve
from dsl.ast.rule import RuleDecl

Written = tuple[EntityId, str]
"""A field of an entity."""


@query
def writes(build: Build, declared: Declared) -> frozenset[Written]:
    """The fields that a rule may write."""
    made = rule(build, declared)
    return frozenset(written_by(made.do)) if made else frozenset()


def written_by(statements: Iterable[Statement]) -> Iterator[Written]:
    """The fields that statements may write, of whatever rows."""
    for each in statements:
        match each:
            case Assign():
                yield EntityId(each.row.type.of), each.field
            case Create():
                yield from ((each.entity, field) for field in each.values)
            case Let(create=Create() as create):
                yield from ((create.entity, field) for field in create.values)
            case Update():
                item = each.source.type.item
                assert item is not None
                yield from ((EntityId(item.of), field) for field in each.values)
            case For():
                yield from written_by(each.body)


@query
def reads(build: Build, declared: Declared) -> frozenset[Written]:
    """The fields on which it depends whether a rule fires."""
    made = rule(build, declared)
    if made is None:
        return frozenset()
    changed = [name for event in made.events if event.kind == "changed" for name in event.names]
    watched = {(made.entity, name) for name in changed}
    return frozenset(watched | (set(_read(build, made.when)) if made.when is not None else set()))


def _read(build: Build, value: Expr) -> Iterator[Written]:
    for part in walk_through(value, definition(build)):
        if isinstance(part, FieldOf):
            yield EntityId(part.of.type.of), part.field


@query
def after(build: Build, declared: Declared) -> tuple[Declared, ...]:
    """The rules that are written to come before a rule."""
    tree = decl(build, declared.block, RuleDecl)
    found = [resolve(build, declared.scope, declared.block, path, ("rule",)) for path in tree.after]
    return tuple(each for each in found if each)


@query
def rules_in_order(build: Build) -> tuple[Declared, ...]:
    """All rules, each after those whose writes it reads; in written order where that leaves a
    choice, and where rules read each other's writes in a circle."""
    rules = of_kind(build, "rule")
    before = {each: _before(build, each) for each in rules}
    done: dict[Declared, None] = {}
    left = list(rules)
    while left:
        ready = [each for each in left if before[each] <= done.keys()] or left[:1]
        done[ready[0]] = None
        left.remove(ready[0])
    return tuple(done)


def _before(build: Build, each: Declared) -> frozenset[Declared]:
    needed = reads(build, each)
    writers = _writers(build)
    found = {writer for field in needed for writer in writers.get(field, ())}
    return frozenset((found | set(after(build, each))) - {each})


@query
def _writers(build: Build) -> Mapping[Written, tuple[Declared, ...]]:
    found: dict[Written, list[Declared]] = {}
    for each in of_kind(build, "rule"):
        for field in sorted(writes(build, each)):
            found.setdefault(field, []).append(each)
    return {field: tuple(writers) for field, writers in found.items()}


@query
def ordered_rule(build: Build, declared: Declared) -> Rule | None:
    """A rule of the model with its place in the order."""
    made = rule(build, declared)
    if made is None:
        return None
    return made.but(order=rules_in_order(build).index(declared))
