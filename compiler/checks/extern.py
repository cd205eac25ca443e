"""Functions in Python: that they are called only where the app itself computes.

The database cannot call them, so they stand in no access, no computed field, no default and no
report: these are asked and filled by SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from compiler.analyse.called import definition
from compiler.analyse.change import intent
from compiler.analyse.entity import entity
from compiler.analyse.flow import flow
from compiler.analyse.mark import tag
from compiler.analyse.report import report
from compiler.analyse.rule import rule
from compiler.build import Build, query
from compiler.checks.places import at
from compiler.model.base import EntityId, Model, Origin
from compiler.model.expr import Call, Expr, Lookup, Node, Pick
from compiler.model.inline import walk_through
from compiler.model.rewrite import walk
from compiler.model.value import Function
from compiler.resolve.declared import Declared
from dsl.diagnostic import Message, Problem


class PythonInSql(Problem, code="CW0441", name="python-in-sql"):
    function: str
    message = Message(
        "`{function}` is written in Python, which the database cannot call here",
        "`{function}` 由 Python 编写，数据库无法在此处调用",
    )
    help = Message(
        "call it in a rule or a transition and keep its result in a field",
        "请在规则或流转中调用，并将结果保存在字段中",
    )


@query
def entities_call_no_python(build: Build, id: EntityId) -> None:
    """Access, computed fields, defaults and displays are within what SQL can say."""
    made = entity(build, id)
    for field in made.fields.values():
        _refuse(build, field.origin, (field.computed, field.default))
    for grant in made.grants:
        _refuse(build, grant.origin, grant)
    for unique in made.uniques:
        _refuse(build, unique.origin, unique)
    _refuse(build, made.origin, made.display)
    running = flow(build, id)
    if running is not None:
        for transition in running.transitions.values():
            _refuse(build, transition.origin, transition.by)
            _refuse(build, transition.origin, tuple(_picks(transition)))


@query
def changes_call_no_python(build: Build) -> None:
    """What fills and converts data that is there is done by the database."""
    said = intent(build)
    for filled in said.filled:
        field = entity(build, filled.entity).fields.get(filled.field)
        _refuse(build, field.origin if field else None, filled)
    for converted in said.converted:
        _refuse(build, converted.origin, converted)


@query
def reports_call_no_python(build: Build, declared: Declared) -> None:
    """Reports are asked of the database."""
    made = report(build, declared)
    if made is not None:
        _refuse(build, made.origin, made)


@query
def rules_pick_without_python(build: Build, declared: Declared) -> None:
    """Whom a rule picks is asked of the database."""
    made = rule(build, declared)
    if made is not None:
        _refuse(build, made.origin, tuple(_picks(made)))


@query
def tags_call_no_python(build: Build, declared: Declared) -> None:
    """What a tag begins with is filled in by the database."""
    made = tag(build, declared)
    if made is not None:
        _refuse(build, made.origin, (made.on, made.off))


def _refuse(build: Build, origin: Origin | None, said: object) -> None:
    """Report the first function in Python that is called in some part of the model."""
    found = next(_in_python(build, said), None)
    if found is not None and origin is not None:
        build.report(PythonInSql(at=at(origin), function=found.name))


def _in_python(build: Build, said: object) -> Iterator[Function]:
    known = definition(build)
    for node in _nodes(said):
        if any(isinstance(part, Call | Lookup) for part in walk(node)):
            for part in walk_through(node, known):
                function = known(part.function) if isinstance(part, Call) else None
                if isinstance(function, Function) and function.body is None:
                    yield function


def _picks(said: object) -> Iterator[Expr]:
    for node in _nodes(said):
        yield from (part for part in walk(node) if isinstance(part, Pick))


def _nodes(said: object) -> Iterator[Expr]:
    """The expressions in a part of the model."""
    if isinstance(said, Node):
        yield cast(Expr, said)
    elif isinstance(said, Model):
        yield from _of_all(getattr(said, name) for name in said.__struct_fields__)
    elif isinstance(said, dict):
        yield from _of_all(said.values())
    elif isinstance(said, tuple):
        yield from _of_all(said)


def _of_all(parts: Iterable[object]) -> Iterator[Expr]:
    for part in parts:
        yield from _nodes(part)
