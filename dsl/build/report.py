"""Reports."""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token

from dsl.ast import report as ast
from dsl.ast.base import Name, Node, Path, String
from dsl.ast.change import Intent
from dsl.ast.entity import TypeRef
from dsl.ast.expr import DurationLit, Expr, SortKey
from dsl.build.base import of_type, over, token_span
from dsl.build.clause import Clause, ClauseBuilder, Valued
from dsl.build.literal import LiteralBuilder
from dsl.diagnostic import Message
from dsl.syntax import Unexpected


@dataclass(frozen=True, slots=True)
class _On(Node):
    """What a report is about: one entity, or facts with the dimensions they share."""

    entity: Path
    facts: tuple[ast.Fact, ...] = ()
    by: tuple[ast.Dimension, ...] = ()


@dataclass(frozen=True, slots=True)
class _By(Clause):
    dimensions: tuple[ast.Dimension, ...]


@dataclass(frozen=True, slots=True)
class _Show(Clause):
    measures: tuple[ast.Measure, ...]


@dataclass(frozen=True, slots=True)
class _Sort(Clause):
    keys: tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class _Paths(Clause):
    """`drill …`, `total …`, `pivot …`, `rows …`."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Steps(Clause):
    """A funnel and the dimensions that stand in its line."""

    funnel: ast.Funnel
    by: tuple[ast.Dimension, ...]


class ReportBuilder(ClauseBuilder, LiteralBuilder):
    def report(
        self, keyword: Token, name: Token, label: Token | None, *items: Node | None
    ) -> ast.ReportDecl:
        kept = of_type(Node, items)
        (on,) = of_type(_On, kept)
        clauses = of_type(Clause, kept)
        steps = self.only_one(of_type(_Steps, kept), "funnel")
        by = tuple(dimension for each in of_type(_By, kept) for dimension in each.dimensions)
        drill_to = self._paths(clauses, "drill to")
        return ast.ReportDecl(
            over(keyword, *kept),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            on.entity,
            on.facts,
            self.value(clauses, "where"),
            of_type(ast.Param, kept),
            (*on.by, *by, *(steps.by if steps else ())),
            tuple(measure for show in of_type(_Show, kept) for measure in show.measures),
            self.value(clauses, "having"),
            self._paths(clauses, "total"),
            tuple(key for sort in of_type(_Sort, kept) for key in sort.keys),
            self.only_one(of_type(ast.Top, kept), "top"),
            next(iter(self._paths(clauses, "pivot")), None),
            self.only_one(of_type(ast.Compare, kept), "compare"),
            steps.funnel if steps else None,
            self.only_one(of_type(ast.Cohort, kept), "cohort"),
            self.only_one(of_type(ast.Age, kept), "age"),
            self.only_one(of_type(ast.Chart, kept), "chart"),
            drill_to[0] if drill_to else None,
            self._paths(clauses, "drill"),
            self._paths(clauses, "rows"),
            of_type(ast.Send, kept),
            self.only_one(tuple(each for each in clauses if each.word == "kept"), "kept"),
            of_type(Intent, kept),
        )

    def _paths(self, clauses: tuple[Clause, ...], word: str) -> tuple[Path, ...]:
        found = [each for each in of_type(_Paths, clauses) if each.word == word]
        kept = self.only_one(tuple(found), word)
        return kept.paths if kept else ()

    def report_on(self, entity: Path) -> _On:
        return _On(entity.span, entity)

    def report_from(self, *parts: ast.Fact | _By | None) -> _On:
        facts = of_type(ast.Fact, parts)
        by = tuple(dimension for each in of_type(_By, parts) for dimension in each.dimensions)
        return _On(over(*facts), facts[0].entity, facts, by)

    def fact(self, entity: Path, at: Path) -> ast.Fact:
        return ast.Fact(over(entity, at), entity, at)

    # ------------------------------------------------------------ rows and groups

    def report_where(self, keyword: Token, condition: Expr) -> Valued:
        return Valued(over(keyword, condition), "where", condition)

    def report_param(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        type_: TypeRef,
        default: Expr | None,
    ) -> ast.Param:
        span = over(keyword, name, type_, default)
        return ast.Param(span, self.name(name), self.label(label), type_, None, default)

    def report_choice(
        self, keyword: Token, name: Token, label: Token | None, entity: Path
    ) -> ast.Param:
        span = over(keyword, name, entity)
        return ast.Param(span, self.name(name), self.label(label), None, entity, None)

    def report_by(self, keyword: Token, *dimensions: ast.Dimension) -> _By:
        return _By(over(keyword, *dimensions), "by", dimensions)

    def dimension(self, value: Expr, label: Token | None) -> ast.Dimension:
        return ast.Dimension(over(value, label), None, self.label(label), value)

    def named_dimension(self, name: Token, label: Token | None, value: Expr) -> ast.Dimension:
        return ast.Dimension(over(name, value), self.name(name), self.label(label), value)

    def report_show(self, keyword: Token, *measures: ast.Measure) -> _Show:
        return _Show(over(keyword, *measures), "show", measures)

    def measure(self, name: Token, label: Token | None, value: Expr) -> ast.Measure:
        return ast.Measure(over(name, value), self.name(name), self.label(label), value)

    def having(self, keyword: Token, condition: Expr) -> Valued:
        return Valued(over(keyword, condition), "having", condition)

    def report_total(self, keyword: Token, paths: tuple[Path, ...]) -> _Paths:
        return _Paths(over(keyword, *paths), "total", paths)

    def report_sort(self, keyword: Token, keys: tuple[SortKey, ...]) -> _Sort:
        return _Sort(over(keyword, *keys), "sort", keys)

    def top(
        self, keyword: Token, count: Token, dimension: Path, by: Token, others: Token | None
    ) -> ast.Top:
        rows = self.whole_number(count)
        return ast.Top(
            over(keyword, by, others), rows, dimension, self.name(by), others is not None
        )

    def pivot(self, keyword: Token, dimension: Path) -> _Paths:
        return _Paths(over(keyword, dimension), "pivot", (dimension,))

    # ------------------------------------------------------------ time and flow

    def compare(self, keyword: Token, step: Token, same: Token | None) -> ast.Compare:
        return ast.Compare(over(keyword, step, same), self.name(step), self.optional_name(same))

    def funnel(
        self,
        keyword: Token,
        field: Token | None,
        steps: tuple[Name, ...],
        within: Token | None,
        by: _By | None,
    ) -> _Steps:
        span = over(keyword, *steps, within, by)
        limit = self.duration(within) if within else None
        made = ast.Funnel(span, self.optional_name(field), steps, limit)
        return _Steps(span, "funnel", made, by.dimensions if by else ())

    def cohort(
        self, keyword: Token, subject: Path, by: Token, first: Expr, returning: Token
    ) -> ast.Cohort:
        span = over(keyword, returning)
        return ast.Cohort(span, subject, self.name(by), first, self.name(returning))

    def age(self, keyword: Token, field: Token, limits: tuple[DurationLit, ...] | None) -> ast.Age:
        return ast.Age(over(keyword, field, *(limits or ())), self.name(field), limits or ())

    def durations(self, *tokens: Token) -> tuple[DurationLit, ...]:
        return tuple(self.duration(token) for token in tokens)

    # ------------------------------------------------------------ what is shown, and to whom

    def chart(
        self,
        keyword: Token,
        kind: Token,
        stacked: Token | None,
        measures: tuple[Name, ...] | None,
    ) -> ast.Chart:
        span = over(keyword, kind, stacked, *(measures or ()))
        return ast.Chart(span, self.name(kind), stacked is not None, measures or ())

    def drill(self, keyword: Token, to: Path) -> _Paths:
        return _Paths(over(keyword, to), "drill to", (to,))

    def drill_path(self, keyword: Token, *parts: Path | Token) -> _Paths:
        """Steps with `>` between them; any other sign there is a fault."""
        steps = of_type(Path, parts)
        for sign in parts:
            if isinstance(sign, Token) and sign != ">":
                at = self.place(token_span(sign))
                self.refuse(Unexpected(at=at, found=str(sign), expected=Message("`>`", "`>`")))
        return _Paths(over(keyword, *steps), "drill", steps)

    def report_rows(self, keyword: Token, paths: tuple[Path, ...]) -> _Paths:
        return _Paths(over(keyword, *paths), "rows", paths)

    def send(
        self,
        keyword: Token,
        every: Token,
        day: Token | None,
        at: Token,
        to: tuple[Path | String, ...],
        formats: tuple[Name, ...] | None,
        negated: Token | None,
    ) -> ast.Send:
        on: Name | int | None = None
        if day is not None:
            on = self.whole_number(day) if day.type == "NUMBER" else self.name(day)
        return ast.Send(
            over(keyword, *to, *(formats or ()), negated),
            self.name(every),
            on,
            self.time(at),
            to,
            formats or (),
            negated is not None,
        )

    def recipients(self, *people: Path | Token) -> tuple[Path | String, ...]:
        return tuple(self.string(each) if isinstance(each, Token) else each for each in people)

    def kept(self, keyword: Token) -> Clause:
        return Clause(token_span(keyword), "kept")
