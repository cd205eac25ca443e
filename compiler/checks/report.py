"""Reports: that their figures mean something, and lead nobody astray."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from compiler.analyse.entity import entity
from compiler.analyse.enums import value_names
from compiler.analyse.flow import flow
from compiler.analyse.grouping import fields_in, last_name
from compiler.analyse.report import report
from compiler.analyse.settings import language_of
from compiler.build import Build, query
from compiler.checks.graph import following, reached
from compiler.model.base import EntityId
from compiler.model.entity import Entity, EveryoneSubject, Grant, RoleSubject
from compiler.model.expr import Aggregate, Expr, FieldOf, Func, Op, Var
from compiler.model.flow import Flow
from compiler.model.report import Dimension, Measure, Report
from compiler.model.rewrite import walk
from compiler.model.types import Type
from compiler.resolve.declared import PRELUDE, Declared, decl
from compiler.resolve.members import shape
from compiler.resolve.names import place
from dsl.ast.base import Node
from dsl.ast.report import ReportDecl
from dsl.diagnostic import Message, Problem, Severity
from dsl.source import Place

MOST_PARTS = 6
"""Parts of a pie that people can tell apart."""
PERSONAL = frozenset({"email", "phone"})
WHOLE = frozenset({"pie", "area"})
"""Charts whose parts make up a whole."""
SUMMED = frozenset({"share", "running", "moving"})
"""What looks across groups at a measure that adds up."""
UNBOUNDED = frozenset({"text", "int", "decimal", "instant", "duration", "worktime", "time"})


class DoesNotAddUp(Problem, code="CW0730", name="does-not-add-up"):
    measure: str
    message = Message(
        "the values of `{measure}` do not add up, so they are no parts of a whole",
        "`{measure}` 的值不可相加，不能作为整体的各部分",
    )
    help = Message(
        "take a sum or a count, or show them side by side: `chart bar`",
        "请用求和或计数，或并列显示：`chart bar`",
    )


class AverageOfAverages(Problem, code="CW0731", name="average-of-averages"):
    message = Message(
        "this averages averages, whatever the size of what each is of",
        "这是对平均值再求平均，忽略了各自的数量",
    )
    help = Message(
        "divide what they are averages of: `sum(total) / sum(number)`",
        "请用原始合计相除：`sum(总额) / sum(数量)`",
    )


class SumOfPercents(Problem, code="CW0732", name="sum-of-percents"):
    message = Message("percents do not add up", "百分比不可相加")
    help = Message(
        "average them, `avg(rate)`, or divide the sums that they are of",
        "请求平均 `avg(rate)`，或用其分子分母的合计相除",
    )


class DistinctAdded(Problem, code="CW0733", name="distinct-added"):
    message = Message("what is counted in both is counted twice", "同时计入两者的会被重复计数")
    help = Message(
        "count both at once: `count(distinct customer where a or b)`",
        "请一次计数：`count(distinct customer where a or b)`",
    )


class NoTimeToCompare(Problem, code="CW0734", name="no-time-to-compare"):
    word: str
    message = Message(
        "`{word}` needs a time, and this report has none", "`{word}` 需要时间，而此报表没有"
    )
    help = Message(
        "group by time, `by month = month(ordered_on)`, or narrow by a `range` parameter",
        "请按时间分组：`by month = month(ordered_on)`，或用 `range` 参数限定",
    )


class Unbounded(Problem, code="CW0735", name="unbounded-groups", severity=Severity.WARNING):
    dimension: str
    message = Message(
        "there may be any number of `{dimension}`", "`{dimension}` 的取值数量没有上限"
    )
    help = Message(
        "show the first ones: `top 10 {dimension} by …`",
        "请只显示前几项：`top 10 {dimension} by …`",
    )


class NoOrder(Problem, code="CW0736", name="line-without-order", severity=Severity.WARNING):
    dimension: str
    message = Message(
        "a line joins values that follow each other, and those of `{dimension}` do not",
        "折线连接先后相继的值，而 `{dimension}` 的值没有先后",
    )
    help = Message("write `chart bar`, or group by time", "请写 `chart bar`，或按时间分组")


class TooManyParts(Problem, code="CW0737", name="too-many-parts", severity=Severity.WARNING):
    most: int
    message = Message(
        "a pie of more than {most} parts cannot be read", "饼图超过 {most} 份就无法辨读"
    )
    help = Message(
        "show the first ones, `top 5 … others`, or take `chart bar`",
        "请用 `top 5 … others`，或改用 `chart bar`",
    )


class OneAxis(Problem, code="CW0738", name="units-on-one-axis"):
    first: str
    second: str
    message = Message(
        "`{first}` and `{second}` are of different units, and share an axis",
        "`{first}` 与 `{second}` 单位不同，却共用一条轴",
    )
    help = Message(
        "chart one of them, or take `chart combo`, which has two axes",
        "请只画其一，或用有两条轴的 `chart combo`",
    )


class StepNotReached(Problem, code="CW0739", name="step-not-reached"):
    step: str
    before: str
    message = Message("no way leads from `{before}` to `{step}`", "从 `{before}` 无法到达 `{step}`")
    help = Message(
        "put the steps in the order in which records come to them",
        "请按记录到达的先后排列步骤",
    )


class GroupsOfOne(Problem, code="CW0740", name="groups-of-one", severity=Severity.WARNING):
    dimension: str
    message = Message(
        "each group of `{dimension}` is about one person", "`{dimension}` 的每一组只涉及一个人"
    )
    help = Message("group by something that people share", "请按多人共有的内容分组")


class HiddenFromSome(Problem, code="CW0741", name="hidden-from-some", severity=Severity.WARNING):
    role: str
    field: str
    message = Message(
        "`{role}` may open this report, but not read `{field}`, which is empty there",
        "`{role}` 可以打开此报表，但无权读取 `{field}`，其中将为空",
    )
    help = Message(
        "grant `{role}` the field, or make a report without it",
        "请授予 `{role}` 该字段，或另做不含它的报表",
    )


class NoTitle(Problem, code="CW0742", name="no-title", severity=Severity.WARNING):
    written: str
    language: str
    message = Message(
        "`{written}` has no title in `{language}`, the language of the app",
        "`{written}` 没有应用语言（`{language}`）的标题",
    )
    help = Message(
        'write one behind the name: `{written} "…"`', '请在名称后写上标题：`{written} "…"`'
    )


class CannotBeKept(Problem, code="CW0743", name="cannot-be-kept"):
    measure: str
    message = Message(
        "`{measure}` cannot be kept: it does not add up, or depends on who reads and when",
        "`{measure}` 无法保存：其值不可相加，或取决于读者与时间",
    )
    help = Message(
        "keep sums and counts, and leave out `kept` otherwise",
        "请只保存求和与计数，否则去掉 `kept`",
    )


class Excluded(Problem, code="CW0744", name="clauses-exclude"):
    word: str
    other: str
    message = Message(
        "`{word}` and `{other}` are two kinds of report", "`{word}` 与 `{other}` 属于不同的报表"
    )
    help = Message("make two reports of them", "请分成两个报表")


@dataclass(frozen=True, slots=True)
class Checked:
    """A report with the text that says where its parts stand."""

    build: Build
    tree: ReportDecl
    made: Report
    block: str

    def place(self, node: Node | None) -> Place:
        """Where a part is written, or the report itself where it is not."""
        return place(self.block, node or self.tree.name)

    def measure(self, name: str) -> Place:
        found = (each.value for each in self.tree.show if each.name.text == name)
        return self.place(next(found, None))

    def uses(self, variable: str) -> Place:
        """Where the first measure stands that uses a variable of the report."""
        for each in self.made.measures:
            if any(isinstance(part, Var) and part.name == variable for part in walk(each.value)):
                return self.measure(each.name)
        return self.place(None)

    def dimension(self, name: str) -> Place:
        """Where what is grouped by stands."""
        for each in self.tree.by:
            if (each.name.text if each.name else last_name(each.value)) == name:
                return self.place(each)
        return self.place(None)

    def report(self, problem: Problem) -> None:
        self.build.report(problem)


@query
def all_of_it_makes_sense(build: Build, declared: Declared) -> None:
    """Every figure of a report means something; each function of `RULES` is one demand."""
    made = report(build, declared)
    if made is not None:
        tree = decl(build, declared.block, ReportDecl)
        for check in RULES:
            check(Checked(build, tree, made, declared.block))


# --- measures


def parts_add_up(of: Checked) -> None:
    """What is stacked, or a share, or summed up over time is of a measure that adds up."""
    made, chart = of.made, of.made.chart
    stacks = chart.stacked or chart.kind in WHOLE
    over_time = made.dimensions[:1] and made.dimensions[0].grain and chart.kind == "pie"
    fitting = {"additive"} if over_time else {"additive", "semi"}
    for measure in made.measures:
        if stacks and measure.name in chart.measures and measure.additivity not in fitting:
            of.report(DoesNotAddUp(at=of.place(of.tree.chart), measure=measure.name))
    for each in made.across:
        known = [m for m in made.measures if m.value == each.value]
        if each.function in SUMMED and any(m.additivity != "additive" for m in known):
            of.report(DoesNotAddUp(at=of.uses(each.name), measure=known[0].name))


def averages_are_of_rows(of: Checked) -> None:
    """An average is of rows, a sum not of percents, and what is counted once stays so."""
    for measure in of.made.measures:
        for problem in _wrong_parts(of, measure):
            of.report(problem)


def _wrong_parts(of: Checked, measure: Measure) -> Iterator[Problem]:
    at = of.measure(measure.name)
    for part in walk(measure.value):
        if isinstance(part, Aggregate) and part.value is not None:
            if part.function == "avg" and _is_average(of.build, part.value):
                yield AverageOfAverages(at=at)
            if part.function == "sum" and part.value.type.unit == "%":
                yield SumOfPercents(at=at)
        if isinstance(part, Op) and part.op == "+" and all(map(_is_distinct, part.args)):
            yield DistinctAdded(at=at)


def _is_average(build: Build, value: Expr) -> bool:
    """Whether a value of a row is itself an average of many, as it stands or computed so."""
    if isinstance(value, Aggregate):
        return value.function == "avg"
    if isinstance(value, Op) and value.op in ("widen", "??"):
        return _is_average(build, value.args[0])
    if not isinstance(value, FieldOf):
        return False
    known = entity(build, EntityId(value.of.type.of)).fields.get(value.field)
    return known is not None and known.computed is not None and _is_average(build, known.computed)


def _is_distinct(value: Expr) -> bool:
    return isinstance(value, Aggregate) and value.distinct


def comparisons_have_a_time(of: Checked) -> None:
    """What is compared with an earlier time has one."""
    made = of.made
    grouped = any(each.grain for each in made.dimensions)
    ranged = any(each.type.kind == "range" for each in made.params)
    if made.compare is not None and not grouped and not ranged:
        of.report(NoTimeToCompare(at=of.place(of.tree.compare), word="compare"))
    for each in made.across:
        if each.function in ("running", "moving", "previous") and not grouped:
            of.report(NoTimeToCompare(at=of.uses(each.name), word=each.function))


def kept_measures_can_be_kept(of: Checked) -> None:
    """A measure that is kept changes by what an act changes, for whoever reads it."""
    made = of.made
    for measure in made.measures if made.kept else ():
        special = made.across or made.moves or made.params
        if measure.additivity != "additive" or special or _is_fleeting(of.build, measure.value):
            of.report(CannotBeKept(at=of.measure(measure.name), measure=measure.name))


def _is_fleeting(build: Build, value: Expr) -> bool:
    functions = build.library.functions
    return any(
        (isinstance(part, Var) and part.name == "me")
        or (isinstance(part, Func) and functions[part.name].upkeep == "time")
        for part in walk(value)
    )


# --- groups


def groups_are_bounded(of: Checked) -> None:
    """A report without end shows its first groups."""
    for each in of.made.dimensions if of.made.top is None else ():
        if _is_unbounded(of.build, each):
            of.report(Unbounded(at=of.dimension(each.name), dimension=each.name))


def _is_unbounded(build: Build, dimension: Dimension) -> bool:
    type = dimension.value.type
    if dimension.grain or dimension.bands:
        return False
    if type.kind == "ref":
        return shape(build, EntityId(type.of)).kind != "data" and not _is_filled(build, type)
    return type.kind in UNBOUNDED


def _is_filled(build: Build, type: Type) -> bool:
    """Whether the rows of an entity are told in the text."""
    return bool(entity(build, EntityId(type.of)).data_key)


def groups_are_no_persons(of: Checked) -> None:
    """What tells a person apart is nothing to group people by."""
    for each in of.made.dimensions:
        value = each.value
        if isinstance(value, FieldOf):
            known = entity(of.build, EntityId(value.of.type.of)).fields.get(value.field)
            if known is not None and known.field_type in PERSONAL:
                of.report(GroupsOfOne(at=of.dimension(each.name), dimension=each.name))


def who_opens_it_may_read_it(of: Checked) -> None:
    """A role that may read the rows may read what the report says of them."""
    made, rows = of.made, entity(of.build, of.made.entity)
    used = dict.fromkeys(
        each.field for each in _fields_used(made) if each.of.type.of == made.entity
    )
    for role, readable in _readable(rows).items():
        hidden = [name for name in used if name not in readable and name != "id"]
        if hidden:
            short = role.split(".", 1)[-1]
            of.report(HiddenFromSome(at=of.place(None), role=short, field=hidden[0]))


def _fields_used(made: Report) -> Iterator[FieldOf]:
    values = [*(each.value for each in made.dimensions), *(each.value for each in made.measures)]
    for value in (*values, *(each.value for each in made.snapshots)):
        yield from fields_in(value)


def _readable(rows: Entity) -> dict[str, frozenset[str]]:
    """The fields that each role with a limited grant may read of some row."""
    members = frozenset({*rows.fields, *rows.collections})
    everyone = _shown(
        rows, members, [g for g in rows.grants if isinstance(g.subject, EveryoneSubject)]
    )
    found: dict[str, frozenset[str]] = {}
    for grant in rows.grants:
        if "read" in grant.actions and isinstance(grant.subject, RoleSubject):
            shown = _shown(rows, members, [grant]) | everyone
            found[grant.subject.role] = found.get(grant.subject.role, frozenset()) | shown
    return found


def _shown(rows: Entity, members: frozenset[str], grants: list[Grant]) -> frozenset[str]:
    shown: frozenset[str] = frozenset()
    for grant in grants:
        if "read" in grant.actions:
            shown |= members if grant.fields is None else frozenset(grant.fields)
    return shown


# --- charts and titles


def charts_can_be_read(of: Checked) -> None:
    """A line has an order, a pie few parts, an axis one unit."""
    made, where = of.made, of.place(of.tree.chart)
    first = made.dimensions[0] if made.dimensions else None
    if made.chart.kind in ("line", "area") and first and not _has_order(first):
        of.report(NoOrder(at=where, dimension=first.name))
    if made.chart.kind == "pie" and first and _parts(of.build, made, first) > MOST_PARTS:
        of.report(TooManyParts(at=where, most=MOST_PARTS))
    if made.chart.kind != "combo":
        _one_axis(of)


def _has_order(dimension: Dimension) -> bool:
    return bool(dimension.grain or dimension.bands) or dimension.value.type.kind in (
        "int", "decimal", "month", "date",
    )  # fmt: skip


def _parts(build: Build, made: Report, dimension: Dimension) -> int:
    if made.top is not None and made.top.dimension == dimension.name:
        return made.top.count + made.top.others
    type = dimension.value.type
    if dimension.bands:
        return len(dimension.bands)
    if type.kind == "bool":
        return 2
    if type.kind != "enum":
        return MOST_PARTS + 1
    return len(value_names(build, type.of)) + type.nullable


def _one_axis(of: Checked) -> None:
    made = of.made
    shown = [each for each in made.measures if each.name in made.chart.measures]
    if made.chart.kind in ("number", "table") or not shown:
        return
    first = shown[0]
    for other in shown[1:]:
        if _unit(other.value.type) != _unit(first.value.type):
            where = of.place(of.tree.chart)
            of.report(OneAxis(at=where, first=first.name, second=other.name))
            return


def _unit(type: Type) -> tuple[bool, str]:
    return type.is_number, type.unit


@query
def titles_are_in_the_language(build: Build, declared: Declared) -> None:
    """In an app of another script, a report is called by a title, not by its name in ASCII."""
    language = language_of(build, declared.module)
    if declared.module == PRELUDE or language != "zh":
        return
    tree = decl(build, declared.block, ReportDecl)
    named = [(tree.name, tree.label), *((each.name, each.label) for each in tree.show)]
    for name, label in named:
        if label is None and name.text.isascii():
            where = place(declared.block, name)
            build.report(NoTitle(at=where, written=name.text, language=language))


# --- the course of things


def funnel_steps_follow(of: Checked) -> None:
    """Records can come from each step of a funnel to the next."""
    funnel, known = of.made.funnel, flow(of.build, of.made.entity)
    if funnel is None or known is None:
        return
    for before, step in pairwise(funnel.steps):
        if step not in _reached_from(known, before):
            at = of.place(of.tree.funnel)
            of.report(StepNotReached(at=at, step=step, before=before))


def _reached_from(known: Flow, start: str) -> set[str]:
    """The states that records can come to from one, it itself only if they can come back."""
    steps = following(known)
    return {*reached(steps[start], steps)}


def it_is_one_kind_of_report(of: Checked) -> None:
    """A funnel, a cohort and ages are reports of their own."""
    made = of.made
    kinds = {"from": made.facts, "funnel": made.funnel, "cohort": made.cohort, "age": made.age}
    words = [word for word, asked in kinds.items() if asked]
    if len(words) > 1:
        of.report(Excluded(at=of.place(None), word=words[0], other=words[1]))


RULES: tuple[Callable[[Checked], None], ...] = (
    parts_add_up,
    averages_are_of_rows,
    comparisons_have_a_time,
    kept_measures_can_be_kept,
    groups_are_bounded,
    groups_are_no_persons,
    who_opens_it_may_read_it,
    charts_can_be_read,
    funnel_steps_follow,
    it_is_one_kind_of_report,
)
