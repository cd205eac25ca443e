"""Decision tables: their columns, what a row asks, what it gives.

A cell sees the parameters and constants, and reads no records: what a table gives follows from
its inputs alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from compiler.analyse.aggregates import CannotAggregate
from compiler.analyse.cells import RowLength
from compiler.analyse.context import BROKEN, Context, is_broken, typed
from compiler.analyse.fit import kept, value_of
from compiler.analyse.function import context_of, definitions, parameters, single_type
from compiler.analyse.operations import in_range, operation
from compiler.analyse.types import type_name
from compiler.build import Build, query
from compiler.model.expr import AggregateFunction, Expr, Extent, FieldOf, Holders, Many, Op, Var
from compiler.model.inline import walk_through
from compiler.model.types import BOOL, Type
from compiler.model.value import COLLECTING, Parameter, Result, Row, Table
from compiler.operators import aggregate_type
from compiler.resolve.declared import Declared, decl
from compiler.resolve.names import Misspelt, nearest, place
from compiler.resolve.symbols import of_local
from dsl.ast import expr as ast
from dsl.ast import value as tree
from dsl.ast.base import Name, Node
from dsl.diagnostic import Edit, Fix, Message, Problem, Safety


class UnknownTableColumn(Misspelt, Problem, code="CW0640", name="unknown-table-column"):
    table: str
    written: str
    near: str
    message = Message(
        "`{written}` is neither an input nor a result of `{table}`",
        "`{written}` 既不是 `{table}` 的输入，也不是其结果",
    )
    help = None


class MissingTableColumn(Problem, code="CW0641", name="missing-table-column"):
    table: str
    missing: str
    message = Message(
        "`{table}` has no column for its result `{missing}`",
        "`{table}` 缺少结果 `{missing}` 的列",
    )
    help = Message("add `{missing}` to the header", "请在表头加上 `{missing}`")


class RepeatedTableColumn(Problem, code="CW0642", name="repeated-table-column"):
    written: str
    message = Message("the column `{written}` stands here twice", "列 `{written}` 出现了两次")
    help = Message("delete one of them", "请删除其中一个")


class EmptyTableCell(Problem, code="CW0643", name="empty-table-cell"):
    message = Message("this cell says nothing", "此单元格没有内容")
    help = Message(
        "write `-` where any value will do, `null` for one that is missing",
        "任意值请写 `-`，空值请写 `null`",
    )
    written: str

    def fixes(self) -> Iterable[Fix]:
        title = Message(f"write `{self.written}`", f"写上 `{self.written}`")
        yield Fix(title, (Edit(self.at, f" {self.written} "),), Safety.UNSAFE)


class ReadsRecords(Problem, code="CW0644", name="table-reads-records"):
    message = Message("a cell of a table reads no records", "决策表的单元格不能读取记录")
    help = Message(
        "make what it needs an input of the table: `Tiering(customer.paid_total)`",
        "请将所需的值作为决策表的输入：`Tiering(customer.paid_total)`",
    )


@query
def results(build: Build, declared: Declared) -> tuple[Result, ...]:
    """What a table gives; the type of a result that was not understood is an error."""
    node = decl(build, declared.block, tree.TableDecl)
    if node.result is not None:
        type = single_type(build, declared, node.result)
        return (Result(name=tree.RESULT, type=type or BROKEN.type),)
    found: dict[str, Result] = {}
    for each in node.results:
        type = single_type(build, declared, each.type)
        made = Result(name=each.name.text, type=type or BROKEN.type)
        if found.setdefault(made.name, made) is not made:
            at = place(declared.block, each.name)
            build.report(RepeatedTableColumn(at=at, written=made.name))
    return tuple(found.values())


@query
def inputs(build: Build, declared: Declared) -> tuple[Parameter, ...]:
    """The parameters of a table."""
    return parameters(build, declared, decl(build, declared.block, tree.TableDecl))


@query
def table(build: Build, declared: Declared) -> Table | None:
    """A table of the model; None if it was not understood."""
    node = decl(build, declared.block, tree.TableDecl)
    known = _Columns(build, declared, inputs(build, declared), results(build, declared))
    policy = node.hit.policy if node.hit else "first"
    fits = _collects(known, node, policy)
    header = _header(known, node, policy)
    rows = [known.row(header, row, policy) for row in node.rows]
    types = [each.type for each in known.parameters] + [each.type for each in known.results]
    whole = all(type.kind != "error" for type in types)
    if not whole or not fits or any(row is None for row in rows):
        return None
    return Table(
        id=declared.id,
        name=declared.name,
        doc=node.doc.text if node.doc else "",
        parameters=known.parameters,
        results=known.results,
        policy=policy,
        rows=tuple(row for row in rows if row is not None),
        origin=known.context.origin(node.name),
    )


def _collects(known: _Columns, node: tree.TableDecl, policy: tree.Policy) -> bool:
    """Whether what the table gives can be collected as it says; reports it if not."""
    if policy not in COLLECTING:
        return True
    for each in known.results:
        if each.type.kind == "error":
            continue
        gives = aggregate_type(cast("AggregateFunction", policy), each.type)
        if gives is None or gives.kind != each.type.kind:
            name, at = type_name(each.type), known.context.place(node.hit or node.name)
            known.build.report(
                CannotAggregate(at=at, function=policy, found=name.en, found_zh=name.zh)
            )
            return False
    return True


def _header(known: _Columns, node: tree.TableDecl, policy: tree.Policy) -> list[str]:
    """The columns, by name; empty for one that is unknown or there already."""
    found: list[str] = []
    for name in node.header:
        if name.text in found:
            at = known.context.place(name)
            known.build.report(RepeatedTableColumn(at=at, written=name.text))
        found.append("" if name.text in found or not known.has(name) else name.text)
    if policy != "count":
        for each in known.results:
            if each.name not in found:
                at = known.context.place(node.name)
                problem = MissingTableColumn(at=at, table=node.name.text, missing=each.name)
                known.build.report(problem)
    return found


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a table, and its cells typed by them."""

    build: Build
    declared: Declared
    parameters: tuple[Parameter, ...]
    results: tuple[Result, ...]

    @property
    def context(self) -> Context:
        return context_of(self.build, self.declared, self.parameters)

    def has(self, name: Name) -> bool:
        """Whether there is such a column; reports it if not."""
        known = [each.name for each in self.parameters] + [each.name for each in self.results]
        if name.text in known:
            self.context.mention(name, of_local(self.declared.block, name.text))
            return True
        at, near = self.context.place(name), nearest(name.text, known)
        self.build.report(
            UnknownTableColumn(at=at, table=self.declared.name, written=name.text, near=near)
        )
        return False

    def row(self, header: list[str], row: tree.TableRow, policy: tree.Policy) -> Row | None:
        """A row of the model; None after a fault."""
        if len(row.cells) != len(header):
            at = self.context.place(row)
            self.build.report(RowLength(at=at, found=len(row.cells), wanted=len(header)))
            return None
        cells = dict(zip(header, row.cells, strict=True))
        tests = tuple(self._test(each, cells.get(each.name)) for each in self.parameters)
        counts = policy == "count"
        values = () if counts else tuple(self._values(cells))
        said = [each for each in (*tests, *values) if each is not None]
        if is_broken(*said) or (len(values) < len(self.results) and not counts):
            return None
        asked = [each for each in row.cells if isinstance(each, tree.TestCell)]
        return Row(
            tests=tests,
            values=values,
            otherwise=any(each.otherwise for each in asked),
            origin=self.context.origin(row),
        )

    def _test(self, parameter: Parameter, cell: tree.TableCell | None) -> Expr | None:
        if isinstance(cell, tree.EmptyCell):
            return self._empty(cell, "-")
        if not isinstance(cell, tree.TestCell) or not cell.tests:
            return None
        if parameter.type.kind == "error":
            return BROKEN
        value = Var(type=parameter.type, name=parameter.variable)
        found = _tests(self.context, cell, value)
        return self._checked(cell, found)

    def _values(self, cells: Mapping[str, tree.TableCell]) -> Iterator[Expr]:
        for each in self.results:
            cell = cells.get(each.name)
            if isinstance(cell, tree.EmptyCell):
                yield self._empty(cell, "null")
            elif isinstance(cell, tree.ResultCell):
                value: Expr = BROKEN
                if each.type.kind != "error":
                    value = kept(value_of(self.context, cell.value, each.type), each.type)
                yield self._checked(cell, value)

    def _empty(self, cell: Node, instead: str) -> Expr:
        return self.context.report(EmptyTableCell(at=self.context.place(cell), written=instead))

    def _checked(self, cell: Node, value: Expr) -> Expr:
        if is_broken(value):
            return BROKEN
        for part in walk_through(value, definitions(self.build)):
            if isinstance(part, FieldOf | Many | Extent | Holders):
                return self.context.report(ReadsRecords(at=self.context.place(cell)))
        return value


def _tests(context: Context, cell: tree.TestCell, value: Expr) -> Expr:
    """One of the tests of a cell holds; plain values are asked for together."""
    plain = [each for each in cell.tests if _is_plain(each)]
    found: list[Expr] = []
    if len(plain) > 1:
        items = tuple(typed(context, each, value.type) for each in plain)  # type: ignore[arg-type]
        found.append(operation(context, cell, "in", (value, *items)))
    for each in cell.tests:
        if each not in plain or len(plain) == 1:
            found.append(_one(context, each, value))
    if is_broken(*found):
        return BROKEN
    return found[0] if len(found) == 1 else Op(type=BOOL, op="or", args=tuple(found))


def _is_plain(test: tree.Compared | ast.Expr) -> bool:
    return not isinstance(test, tree.Compared | ast.Range | ast.Null)


def _one(context: Context, test: tree.Compared | ast.Expr, value: Expr) -> Expr:
    match test:
        case tree.Compared():
            side = typed(context, test.value, value.type)
            return operation(context, test, test.op, (value, side))
        case ast.Range():
            return in_range(context, test, value, test)
        case ast.Null():
            return operation(context, test, "is null", (value,))
    return operation(context, test, "==", (value, typed(context, test, value.type)))


def result_type(build: Build, declared: Declared, name: str) -> Type | None:
    """The type of a result; None if there is none of that name."""
    return next((each.type for each in results(build, declared) if each.name == name), None)
