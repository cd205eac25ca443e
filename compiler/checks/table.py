"""Decision tables: that every input has its row, and every row its inputs.

A cell that compares with something that is no constant is not decided: what could depend on it is
said to be undecided, never to be in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from compiler.analyse.enums import value_names
from compiler.analyse.table import table
from compiler.build import Build, query
from compiler.checks.places import at
from compiler.logic.boxes import Boxes, Rows, TooMuch, column, rows_in
from compiler.model.expr import Const, Var
from compiler.model.inline import in_order
from compiler.model.value import COLLECTING, Row, Table
from compiler.resolve.declared import Declared
from dsl.diagnostic import Label, Message, Problem, Severity
from dsl.source import Place


class TableGap(Problem, code="CW0647", name="table-gap"):
    table: str
    inputs: str
    message = Message("no row fits {inputs}", "没有一行适用于 {inputs}")
    help = Message(
        "add a row for it or one with `otherwise`, or let the result be null: `-> … ?`",
        "请为其增加一行或增加 `otherwise` 行，或允许结果为空：`-> … ?`",
    )


class UndecidedGap(Problem, code="CW0648", name="undecided-gap"):
    table: str
    message = Message(
        "it cannot be told whether every input has a row, because some cells are no constants",
        "部分单元格不是常量，无法判断是否每种输入都有对应的行",
    )
    help = Message(
        "end with a row of `otherwise`, or let the result be null: `-> … ?`",
        "请以 `otherwise` 行结尾，或允许结果为空：`-> … ?`",
    )


class RowsOverlap(Problem, code="CW0649", name="rows-overlap"):
    inputs: str
    first: Place
    message = Message(
        "with `hit unique` one row fits, but for {inputs} both do",
        "`hit unique` 只能有一行适用，但 {inputs} 时两行都适用",
    )
    help = Message(
        "tell the rows apart, or write `hit first`: then the upper one counts",
        "请区分这两行，或改为 `hit first`（以上面的一行为准）",
    )

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("the other row", "另一行"))


class RowsDisagree(Problem, code="CW0650", name="rows-disagree"):
    inputs: str
    first: Place
    message = Message(
        "with `hit any` all rows that fit give the same, but for {inputs} these two do not",
        "`hit any` 要求适用的各行结果相同，但 {inputs} 时这两行不同",
    )
    help = Message(
        "give both the same result, or write `hit first`: then the upper one counts",
        "请使两行结果相同，或改为 `hit first`（以上面的一行为准）",
    )

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("the other row", "另一行"))


class UnreachableRow(Problem, code="CW0651", name="unreachable-row"):
    message = Message("no input ever comes to this row", "没有任何输入会用到此行")
    before: tuple[Place, ...]

    def labels(self) -> Iterable[Label]:
        for each in self.before:
            yield Label(each, Message("taken by this row", "已由此行处理"))

    def more_help(self) -> Message:
        if self.before:
            return Message(
                "move it up, or delete it: the rows above take all that it asks for",
                "请上移或删除：上面的行已处理它的全部输入",
            )
        return Message("no value fits all of its cells", "没有值能满足它的全部单元格")


class CountedTwice(Problem, code="CW0652", name="counted-twice", severity=Severity.WARNING):
    first: Place
    message = Message(
        "this row asks for the same as another one, so both are collected",
        "此行与另一行的条件相同，两者都会被计入",
    )
    help = Message("join the two, or tell them apart", "请合并两行，或加以区分")

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("the other row", "另一行"))


class UndecidedOverlap(Problem, code="CW0653", name="undecided-overlap", severity=Severity.WARNING):
    policy: str
    first: Place
    message = Message(
        "it cannot be told whether both rows can fit, so `hit {policy}` takes the upper one",
        "无法判断两行是否会同时适用，因此 `hit {policy}` 取上面的一行",
    )
    help = Message(
        "compare with constants, or write `hit first` to say so",
        "请与常量比较，或写 `hit first` 明确表示",
    )

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("the other row", "另一行"))


@dataclass(frozen=True, eq=False)
class _Grid:
    """A table as boxes; rows count in the order in which they are asked."""

    build: Build
    table: Table

    @cached_property
    def rows(self) -> list[Row]:
        return in_order(self.table)

    @cached_property
    def boxes(self) -> Boxes:
        columns, unknown = [], 0
        for index, each in enumerate(self.table.parameters):
            variable = Var(type=each.type, name=each.variable)
            values = value_names(self.build, each.type.of) if each.type.kind == "enum" else ()
            tests = [row.tests[index] for row in self.rows]
            found, undecided = column(variable, each.name, tests, values)
            columns.append(found)
            unknown |= undecided
        return Boxes(columns, len(self.rows), unknown)

    @cached_property
    def rest(self) -> Rows:
        """The rows for what no other row fits."""
        return sum(1 << at for at, row in enumerate(self.rows) if row.otherwise)

    def above(self, row: int) -> Rows:
        """The rows that take an input before a row does."""
        before = (1 << row) - 1
        if self.table.policy == "first":
            return before
        return before & ~self.rest if self.rows[row].otherwise else 0

    def place(self, row: int) -> Place:
        return at(self.rows[row].origin)


@query
def _grid(build: Build, declared: Declared) -> _Grid:
    made = table(build, declared)
    assert made is not None
    return _Grid(build, made)


@query
def every_input_has_a_row(build: Build, declared: Declared) -> None:
    """A table that never gives null has a row for everything."""
    made = table(build, declared)
    if made is None or all(each.type.nullable for each in made.results):
        return
    if made.policy in ("sum", "count"):
        return
    grid = _grid(build, declared)
    boxes, every = grid.boxes, (1 << len(grid.rows)) - 1
    try:
        gap = boxes.uncovered(every)
        undecided = gap is None and boxes.uncovered(every & ~boxes.unknown) is not None
    except TooMuch:
        gap, undecided = None, True
    where = at(made.origin)
    if gap is not None:
        told = boxes.told(gap) or "anything"
        build.report(TableGap(at=where, table=made.name, inputs=told))
    elif undecided:
        build.report(UndecidedGap(at=where, table=made.name))


@query
def every_row_is_reached(build: Build, declared: Declared) -> None:
    """Every row has inputs that come to it."""
    made = table(build, declared)
    if made is None:
        return
    grid = _grid(build, declared)
    for row in range(len(grid.rows)):
        before = _taken_before(grid, row)
        if before is not None:
            build.report(UnreachableRow(at=grid.place(row), before=before))


def _taken_before(grid: _Grid, row: int) -> tuple[Place, ...] | None:
    """The rows that take all that a row asks for; None if something is left for it."""
    boxes = grid.boxes
    if not all(each.classes[row] for each in boxes.columns):
        return ()
    above = boxes.meeting(row) & grid.above(row) & ~boxes.unknown
    if not above:
        return None
    try:
        if boxes.uncovered(above, inside=row) is not None:
            return None
    except TooMuch:
        return None
    return tuple(grid.place(each) for each in rows_in(above))[:3]


@query
def rows_fit_together(build: Build, declared: Declared) -> None:
    """Where one row is to fit, or all that fit are to give the same, they do."""
    made = table(build, declared)
    if made is None or made.policy not in ("unique", "any"):
        return
    grid = _grid(build, declared)
    for one, other in _meeting(grid):
        problem = _clash(grid, one, other)
        if problem is not None:
            build.report(problem)


def _meeting(grid: _Grid) -> Iterator[tuple[int, int]]:
    """The rows that have inputs in common, each with those above it."""
    boxes = grid.boxes
    for row in range(len(grid.rows)):
        alike = grid.rest if grid.rows[row].otherwise else ~grid.rest
        if all(each.classes[row] for each in boxes.columns):
            for other in rows_in(boxes.meeting(row) & ((1 << row) - 1) & alike):
                yield other, row


def _clash(grid: _Grid, one: int, other: int) -> Problem | None:
    boxes, policy = grid.boxes, grid.table.policy
    upper, lower = grid.rows[one], grid.rows[other]
    if policy == "any" and upper.values == lower.values:
        return None
    where, first = grid.place(other), grid.place(one)
    sure = not boxes.unknown & (1 << one | 1 << other)
    if policy == "any":
        constant = all(isinstance(each, Const) for each in (*upper.values, *lower.values))
        sure = sure and constant
    if not sure:
        return UndecidedOverlap(at=where, policy=policy, first=first)
    inputs = boxes.told(boxes.common(one, other)) or "anything"
    kind = RowsOverlap if policy == "unique" else RowsDisagree
    return kind(at=where, inputs=inputs, first=first)


@query
def nothing_is_collected_twice(build: Build, declared: Declared) -> None:
    """No two rows of what is collected ask for the same."""
    made = table(build, declared)
    if made is None or made.policy not in COLLECTING:
        return
    first: dict[object, Row] = {}
    for row in made.rows:
        other = first.setdefault((row.tests, row.otherwise), row)
        if other is not row:
            build.report(CountedTwice(at=at(row.origin), first=at(other.origin)))
