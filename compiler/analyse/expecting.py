"""What a test expects: conditions, notices, mails, warnings, rows of reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from compiler.analyse.context import BROKEN, Progress
from compiler.analyse.doing import Doing
from compiler.analyse.expr import Context, condition, is_broken, typed, value_of
from compiler.analyse.paths import names_of
from compiler.analyse.report import report
from compiler.analyse.statement import people_of
from compiler.build import Build
from compiler.model import test as model
from compiler.model.base import EntityId
from compiler.model.expr import Aggregate, Call, Expr, FieldOf, Func, Lookup, Var
from compiler.model.report import Report
from compiler.model.rewrite import walk
from compiler.model.types import TEXT, Type
from compiler.resolve.declared import Declared, decl
from compiler.resolve.members import shape, symbol_of
from compiler.resolve.names import resolve
from compiler.resolve.symbols import Symbol, of_local
from dsl.ast import expr as ast
from dsl.ast import test as test_tree
from dsl.ast.base import Node, Path
from dsl.ast.report import ReportDecl

_TELLING = (FieldOf, Aggregate, Func, Call, Lookup)


class Expecting(Doing):
    """Understands what is expected in a test."""

    def expect(self, node: test_tree.Expect) -> model.Expect | None:
        seen: list[tuple[ast.Expr, Expr]] = []
        told = condition(replace(self.context, progress=Progress(seen=seen)), node.condition)
        if is_broken(told):
            return None
        parts = tuple(
            model.Part(value=value, origin=self.origin(where))
            for where, value in self.telling(seen, node.condition)
        )
        return model.Expect(condition=told, parts=parts, origin=self.origin(node))

    def telling(
        self, seen: Sequence[tuple[ast.Expr, Expr]], whole: ast.Expr
    ) -> Iterator[tuple[ast.Expr, Expr]]:
        """The parts of a condition whose values are worth showing: the largest of their kind that
        can be worked out by themselves, and are not the whole."""
        known = {*self.context.variables, "me"}
        worth = [
            (node, value)
            for node, value in seen
            if isinstance(value, _TELLING) and node is not whole
            if known.issuperset(_free(value))
        ]
        shown: list[ast.Expr] = []
        for node, value in sorted(worth, key=lambda each: (each[0].span.start, -each[0].span.end)):
            if not any(_within(node, other) for other in shown):
                shown.append(node)
                yield node, value

    def expect_report(self, node: test_tree.ExpectReport) -> model.ExpectReport | None:
        declared = self.report(node.report)
        found = None if declared is None else report(self.context.build, declared)
        if declared is None or found is None:
            return None
        inside = self.of_report(declared, found)
        where = None if node.where is None else condition(inside, node.where)
        has = condition(inside, node.has)
        if is_broken(has) or (where is not None and is_broken(where)):
            return None
        return model.ExpectReport(report=found.id, where=where, has=has, origin=self.origin(node))

    def report(self, written: ast.Expr) -> Declared | None:
        context, names = self.context, names_of(written)
        if names is None:
            typed(context, written)
            return None
        path = Path(written.span, tuple(names))
        return resolve(context.build, context.module, context.block, path, ("report",))

    def of_report(self, declared: Declared, found: Report) -> Context:
        """The context of a condition on a row of a report."""
        columns = {name: Var(type=type, name=name) for name, type in _columns_of(found)}
        return replace(
            self.context,
            variables={**self.context.variables, **columns},
            symbols=_column_symbols(self.context.build, declared, found),
        )

    def expect_told(self, node: test_tree.ExpectTold) -> model.ExpectTold | None:
        read = self.recipient if node.kind == "mail" else self.person
        people = tuple(read(each) for each in node.people)
        text = None if node.text is None else value_of(self.context, node.text, TEXT)
        if is_broken(*people) or (text is not None and is_broken(text)):
            return None
        return model.ExpectTold(
            channel=node.kind, none=node.none, people=people, text=text, origin=self.origin(node)
        )

    def person(self, node: ast.Expr) -> Expr:
        return people_of(self.context, node)

    def recipient(self, node: ast.Expr) -> Expr:
        """Whom a mail goes to: any record with an address."""
        value = typed(self.context, node)
        if not is_broken(value) and (value.type.item or value.type).kind != "ref":
            self.not_rows(node, value)
            return BROKEN
        return value


def _columns_of(found: Report) -> Iterator[tuple[str, Type]]:
    yield from ((each.name, each.value.type) for each in found.dimensions)
    yield from ((each.name, each.value.type) for each in found.measures)


def _column_symbols(build: Build, declared: Declared, found: Report) -> dict[str, Symbol]:
    """What the names of a report's columns mean: a dimension without one goes by its field's."""
    written = decl(build, declared.block, ReportDecl)
    named = {each.name.text for each in written.by if each.name is not None}
    symbols = {each.name: of_local(declared.block, each.name) for each in found.measures}
    for each in found.dimensions:
        symbols[each.name] = of_local(declared.block, each.name)
        if each.name not in named and isinstance(each.value, FieldOf):
            known = shape(build, EntityId(each.value.of.type.of))
            symbols[each.name] = symbol_of(known, known.slots[each.value.field])
    return symbols


def _free(expr: Expr) -> frozenset[str]:
    """The variables of an expression that nothing in it binds."""
    used = {part.name for part in walk(expr) if isinstance(part, Var)}
    bound = {part.row for part in walk(expr) if isinstance(part, Aggregate)}
    return frozenset(used - bound)


def _within(node: Node, other: Node) -> bool:
    return other.span.start <= node.span.start and node.span.end <= other.span.end
