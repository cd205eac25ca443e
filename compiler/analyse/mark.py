"""Scores, tags and segments: fields that declarations beside an entity give it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from compiler.analyse.boundary import turns
from compiler.analyse.expr import Context, condition, is_broken, of_record
from compiler.analyse.field import label_of_mark
from compiler.analyse.narrowing import if_true
from compiler.analyse.points import points
from compiler.analyse.statement import statements
from compiler.analyse.texts import phrase
from compiler.analyse.upkeep import fields_of
from compiler.build import Build, query
from compiler.model.base import EntityId
from compiler.model.expr import THIS, Const, Expr, FieldOf, Op, Var
from compiler.model.mark import Points, Score, Tag
from compiler.model.rule import Rule
from compiler.model.statement import Assign, Statement
from compiler.model.types import BOOL, ref
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.members import MARKS, resolve_entity, shape
from compiler.resolve.names import place
from dsl.ast import mark as tree
from dsl.ast.statement import Statement as Written
from dsl.diagnostic import Message, Problem


class EmptyScoreRange(Problem, code="CW0660", name="empty-score-range"):
    low: int
    high: int
    message = Message("no score lies between {low} and {high}", "没有分数介于 {low} 与 {high} 之间")
    help = Message("write the lower bound first: `0..100`", "请先写下限：`0..100`")


class TagWithoutCondition(Problem, code="CW0661", name="tag-without-condition"):
    tag: str
    message = Message("`{tag}` does not say when it is on", "`{tag}` 没有写明何时生效")
    help = Message("write `while` with a condition", "请写 `while` 及条件")


@query
def marks_have_entities(build: Build) -> None:
    """What marks records names their entity."""
    for kind in MARKS:
        for each in of_kind(build, kind):
            entity_of(build, each)


@query
def entity_of(build: Build, declared: Declared) -> EntityId | None:
    """The entity whose records are marked; reports a problem where there is none."""
    node = decl(build, declared.block, tree.MarkDecl)
    found = resolve_entity(build, declared.module, declared.block, node.entity)
    if found is None:
        return None
    slot = shape(build, found).slots.get(declared.name)
    return found if slot is not None and slot.block == declared.block else None


def _context(build: Build, declared: Declared, entity: EntityId) -> Context:
    return of_record(build, declared.module, declared.block, entity)


# --- scores


@query
def score(build: Build, declared: Declared) -> Score | None:
    """A score of the model, with the reasons for its points; None if it was not understood."""
    entity = entity_of(build, declared)
    if entity is None:
        return None
    node = decl(build, declared.block, tree.ScoreDecl)
    low, high = node.low.value, node.high.value
    if low >= high:
        at = place(declared.block, node.low)
        build.report(EmptyScoreRange(at=at, low=low, high=high))
    context = _context(build, declared, entity)
    found = []
    for each in node.points:
        value, when = points(context, each)
        reason = phrase(context, each.reason) if each.reason else None
        texts = reason.texts.values() if reason else ()
        if not is_broken(value, *texts, *([when] if when is not None else [])):
            found.append(Points(value=value, when=when, reason=reason, origin=context.origin(each)))
    return Score(
        entity=entity,
        field=declared.name,
        low=low,
        high=high,
        points=tuple(found),
        origin=context.origin(node.name),
    )


# --- tags


@query
def tag(build: Build, declared: Declared) -> Tag | None:
    """A tag of the model; None if it was not understood."""
    entity = entity_of(build, declared)
    if entity is None:
        return None
    node = decl(build, declared.block, tree.TagDecl)
    context = replace(_context(build, declared, entity), has_me=False)
    if node.condition is None:
        at = place(declared.block, node.name)
        build.report(TagWithoutCondition(at=at, tag=declared.name))
        return None
    on = condition(context, node.condition)
    off = condition(context, node.leave_when) if node.leave_when else None
    off = Op(type=BOOL, op="not", args=(on,)) if off is None else off
    if is_broken(on, off):
        return None
    return Tag(entity=entity, field=declared.name, on=on, off=off, origin=context.origin(node.name))


def tag_rules(build: Build) -> Iterable[Rule]:
    """What turns tags on and off: two rules for each, after all that are written."""
    for each in of_kind(build, "tag"):
        yield from _rules(build, each)


@query
def _rules(build: Build, declared: Declared) -> tuple[Rule, ...]:
    made = tag(build, declared)
    if made is None:
        return ()
    node = decl(build, declared.block, tree.TagDecl)
    this = Var(type=ref(made.entity), name=THIS)
    held = FieldOf(type=BOOL, of=this, field=made.field)
    free = Op(type=BOOL, op="not", args=(held,))
    return (
        _rule(build, declared, made, "enter", (free, made.on), True, node.enter),
        _rule(build, declared, made, "leave", (held, made.off), False, node.leave),
    )


def _rule(
    build: Build,
    declared: Declared,
    made: Tag,
    word: str,
    tests: tuple[Expr, Expr],
    value: bool,
    body: tuple[Written, ...],
) -> Rule:
    context = _context(build, declared, made.entity)
    when = Op(type=BOOL, op="and", args=tests)
    inside = replace(context.knowing(if_true(when)), has_old=True)
    this = Var(type=ref(made.entity), name=THIS)
    turned: Statement = Assign(
        row=this,
        field=made.field,
        value=Const(type=BOOL, value=value),
        origin=made.origin,
    )
    turning = turns(build, when)
    return Rule(
        id=f"{declared.id}.{word}",
        name=f"{declared.name}.{word}",
        label=label_of_mark(build, made.entity, declared.name),
        entity=made.entity,
        when=when,
        standing=True,
        boundaries=turning.boundaries,
        rescanned=turning.elsewhere,
        do=(turned, *statements(inside, body)),
        reads=fields_of(build, when),
        origin=made.origin,
    )
