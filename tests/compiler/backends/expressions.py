"""Random expressions that are well typed over the model of `world`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from compiler.analyse.fit import kept, widen
from compiler.model.base import EntityId
from compiler.model.expr import (
    ME,
    THIS,
    Aggregate,
    AggregateFunction,
    Call,
    Case,
    Concat,
    Const,
    DataRow,
    Expr,
    Extent,
    FieldOf,
    Func,
    Holders,
    Lookup,
    Many,
    SortKey,
    Var,
)
from compiler.model.types import (
    BOOL,
    DATE,
    DURATION,
    INSTANT,
    INT,
    MONTH,
    NULL,
    TEXT,
    TIME,
    WORKTIME,
    Type,
    decimal,
    enum,
    ref,
    set_of,
)
from compiler.operators import aggregate_type, common_type
from stdlib.library import STANDARD
from tests.compiler.backends.world import (
    COLOR,
    COLORS,
    COUNTS,
    ORDER,
    PERSON,
    SALES,
    TEAM,
    WORKSPACE,
    op,
)

Draw = Callable[[st.SearchStrategy[Any]], Any]

CONSTANTS: dict[str, tuple[tuple[Type, Any], ...]] = {
    "int": tuple((INT.but(digits=len(str(abs(n)))), n) for n in (0, 1, 2, 3, 100, 12345)),
    "decimal": (
        (decimal(1, 2), "2.5"),
        (decimal(2, 4), "12.50"),
        (decimal(3, 4), "0.005"),
        (decimal(4, 5, "%"), "0.2000"),
        (decimal(2, 6, "CNY"), "1000.00"),
    ),
    "text": tuple((TEXT, each) for each in ("", "a", "b", "客", "Ab", "%", "😀", "b'\"\\{")),
    "bool": ((BOOL, True), (BOOL, False)),
    "date": tuple((DATE, each) for each in ("2024-02-29", "2026-11-22", "2023-12-31")),
    "month": ((MONTH, "2024-02"), (MONTH, "2023-12-01")),
    "time": ((TIME, "09:30"), (TIME, "00:00")),
    "instant": ((INSTANT, "2024-02-28T16:00:00+00:00"), (INSTANT, "2026-11-21 09:00:00")),
    "duration": tuple((DURATION, each) for each in (0, 86_400, -3_600, 90)),
    "worktime": ((WORKTIME, 60), (WORKTIME, -1)),
    "enum": tuple((enum(COLOR), each) for each in COLORS),
}
SIMPLE = tuple(CONSTANTS)
ORDERED = tuple(kind for kind in SIMPLE if kind not in ("bool", "enum"))
FUNCTIONS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "int": (
        ("length", ("text",)),
        *((name, ("date",)) for name in ("year", "quarter", "week", "day", "weekday")),
        *((name, ("instant",)) for name in ("year", "quarter", "week", "day", "weekday")),
        *((name, ("duration",)) for name in ("days", "hours", "minutes")),
        ("mod", ("int", "int")),
        ("abs", ("int",)),
        ("floor", ("int",)),
        ("least", ("int", "int")),
    ),
    "decimal": (
        *((name, ("decimal",)) for name in ("round", "floor", "ceil", "abs")),
        ("round", ("decimal", "places")),
        ("mod", ("decimal", "number")),
        ("least", ("decimal", "number")),
        ("greatest", ("number", "decimal", "number")),
    ),
    "text": (
        *((name, ("text",)) for name in ("lower", "upper", "trim")),
        *((name, ("text", "int")) for name in ("left", "right")),
        ("replace", ("text", "text", "text")),
        ("greatest", ("text", "text")),
        ("least", ("text",)),
    ),
    "date": (
        ("today", ()),
        *(
            (name, (kind,))
            for kind in ("date", "instant")
            for name in (
                "date",
                "start_of_week",
                "start_of_month",
                "end_of_month",
                "start_of_quarter",
                "start_of_year",
            )
        ),
        ("add_months", ("date", "few")),
        ("greatest", ("date", "date")),
    ),
    "month": (("month", ("date",)), ("month", ("instant",)), ("add_months", ("month", "few"))),
    "time": (("time", ("instant",)), ("least", ("time", "time"))),
    "instant": (("now", ()), ("greatest", ("instant", "instant"))),
    "duration": (("least", ("duration", "duration")),),
    "worktime": (("greatest", ("worktime", "worktime")),),
}
ARITHMETIC: dict[str, tuple[tuple[str, str, str], ...]] = {
    "int": (("+", "int", "int"), ("-", "int", "int"), ("*", "int", "int")),
    "decimal": (
        *((sign, "decimal", "number") for sign in "+-*/"),
        *((sign, "number", "decimal") for sign in "+-*/"),
        ("/", "int", "int"),
        ("/", "duration", "duration"),
    ),
    "date": (("+", "date", "duration"), ("-", "date", "duration")),
    "instant": (("+", "instant", "duration"), ("-", "instant", "duration")),
    "duration": (
        ("-", "date", "date"),
        ("-", "instant", "instant"),
        ("-", "time", "time"),
        ("+", "duration", "duration"),
        ("-", "duration", "duration"),
        ("*", "duration", "number"),
        ("/", "duration", "number"),
    ),
    "worktime": (
        ("+", "worktime", "worktime"),
        ("-", "worktime", "worktime"),
        ("*", "number", "worktime"),
        ("/", "worktime", "number"),
    ),
}


@dataclass
class Generator:
    """Draws one expression; `scope` are the variables that stand for rows, innermost last."""

    draw: Draw
    scope: list[tuple[str, EntityId]] = field(default_factory=lambda: [(THIS, ORDER)])
    count: int = 0

    def pick(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def kind(self, kind: str, depth: int) -> Expr:
        """An expression of a kind (`number` is either, `few` and `places` are small constants)."""
        if kind == "number":
            kind = self.pick("int", "decimal")
        if kind == "few":
            value = self.pick(0, 1, -1, 11, 12, -13)
            const = Const(type=INT.but(digits=2), value=abs(value))
            return const if value >= 0 else op("neg", const) or const
        if kind == "places":
            return Const(type=INT.but(digits=1), value=self.pick(0, 1, 2, 5))
        if kind == "bool":
            return self.condition(depth)
        makers = [self.constant, self.field, self.field]
        if depth > 0:
            makers += [self.field, self.operation, self.operation, self.call, self.call]
            makers += [self.case, self.coalesce, self.aggregate, self.aggregate, self.negation]
            makers += [self.own]
            makers += [self.concat, self.concat] if kind == "text" else []
        made = self.pick(*makers)(kind, depth)
        return made if made is not None else self.constant(kind, depth)

    def constant(self, kind: str, depth: int) -> Expr:
        type, value = self.pick(*CONSTANTS[kind])
        return Const(type=type, value=value)

    def field(self, kind: str, depth: int) -> Expr | None:
        """A field of that kind of a row at hand, or of one that a path leads to."""
        row = self.row(depth)
        fields = [
            each
            for each in WORKSPACE.entities[EntityId(row.type.of)].fields.values()
            if each.type.kind == kind
        ]
        if not fields:
            return None
        known = self.pick(*fields)
        type = known.type.optional() if row.type.nullable else known.type
        return FieldOf(type=type, of=row, field=known.name)

    # --- rows

    def row(self, depth: int) -> Expr:
        """A row at hand, `me`, or what a reference from one leads to."""
        if self.pick(True, False, False, False) and depth > 0:
            return self.reference(self.pick(PERSON, TEAM), depth)
        name, entity = self.pick(*self.scope, self.scope[-1])
        return Var(type=ref(entity), name=name)

    def reference(self, entity: EntityId, depth: int) -> Expr:
        """A reference to a row of an entity."""
        if depth <= 0 or self.pick(*[False] * 9, True):
            return self.leaf_reference(entity)
        if self.pick(*[False] * 7, True):
            both = self.reference(entity, depth - 1), self.reference(entity, depth - 1)
            return op("??", *both) or both[0]
        if self.pick(*[False] * 7, True):
            called = self.own("ref", depth, entity)
            if called is not None:
                return called
        if self.pick(*[False] * 7, True):
            found = self.end(entity, depth)
            if found is not None:
                return found
        row = self.row(depth - 1)
        fields = [
            each
            for each in WORKSPACE.entities[EntityId(row.type.of)].fields.values()
            if each.type.kind == "ref" and each.type.of == entity and each.name != "id"
        ]
        if not fields:
            return self.leaf_reference(entity)
        known = self.pick(*fields)
        return FieldOf(
            type=known.type.optional() if row.type.nullable else known.type,
            of=row,
            field=known.name,
        )

    def leaf_reference(self, entity: EntityId) -> Expr:
        at_hand = [Var(type=ref(each), name=name) for name, each in self.scope if each == entity]
        if entity == PERSON:
            at_hand.append(Var(type=ref(PERSON), name=ME))
        row = DataRow(type=ref(entity), entity=entity, key=str(3 * self.pick(0, 1) + 1))
        found: Expr = self.pick(*at_hand, row, Const(type=ref(entity, nullable=True), value=None))
        return found

    def end(self, entity: EntityId, depth: int) -> Expr | None:
        """The first, last or only row of a set."""
        rows = self.rows(depth - 1)
        item = rows.type.item
        assert item is not None
        if item.of != entity:
            return None
        function = self.pick("first", "last", "one")
        with_row = self.within(rows)
        value = Var(type=ref(entity), name=with_row)
        made = self.over(function, rows, with_row, value, depth)
        self.scope.pop()
        return made

    # --- sets

    def rows(self, depth: int) -> Expr:
        """A set of rows."""
        if self.pick(*[False] * 5, True):
            entity = self.pick(*COUNTS)
            return Extent(type=set_of(ref(entity)), entity=entity)
        if self.pick(*[False] * 9, True):
            return Holders(type=set_of(ref(PERSON)), role=SALES)
        return self.many(self.row(depth), depth)

    def many(self, of: Expr, depth: int) -> Expr:
        entity = of.type.of or (of.type.item.of if of.type.item else "")
        collections = WORKSPACE.entities[EntityId(entity)].collections
        if not collections:
            return Extent(type=set_of(ref(ORDER)), entity=ORDER)
        known = self.pick(*collections.values())
        made = Many(type=set_of(ref(known.target)), of=of, field=known.name)
        if depth > 0 and self.pick(True, False, False, False):
            further = WORKSPACE.entities[known.target].collections
            return self.many(made, 0) if further else made
        return made

    def within(self, rows: Expr) -> str:
        """Bring a row of the set into scope, by a new name."""
        self.count += 1
        name = f"r{self.count}"
        item = rows.type.item
        assert item is not None
        self.scope.append((name, EntityId(item.of)))
        return name

    def over(
        self,
        function: AggregateFunction,
        rows: Expr,
        row: str,
        value: Expr | None,
        depth: int,
        distinct: bool = False,
    ) -> Expr | None:
        """An aggregate whose row is in scope."""
        type = aggregate_type(function, value.type if value else None)
        if type is None:
            return None
        where = self.condition(depth - 1) if self.pick(True, False) else None
        sort: tuple[SortKey, ...] = ()
        if function in ("first", "last"):
            sort = tuple(
                SortKey(value=self.kind(self.pick(*ORDERED), 0), descending=self.pick(True, False))
                for _ in range(self.pick(0, 1, 2))
            )
        return Aggregate(
            type=type,
            function=function,
            distinct=distinct,
            row=row,
            source=rows,
            value=value,
            where=where,
            sort=sort,
        )

    def aggregate(self, kind: str, depth: int) -> Expr | None:
        functions: list[AggregateFunction] = ["min", "max", "first", "last", "one"]
        if kind in ("int", "decimal", "duration", "worktime"):
            functions += ["sum", "sum"]
        if kind in ("decimal", "duration", "worktime"):
            functions += ["avg"]
        if kind == "int":
            functions += ["count", "count"]
        function: AggregateFunction = self.pick(*functions)
        rows = self.rows(depth - 1)
        row = self.within(rows)
        value, distinct = None, False
        if function == "count" and self.pick(True, False):
            value, distinct = self.kind(self.pick(*SIMPLE), depth - 1), True
        elif function != "count":
            of = self.pick("int", "decimal") if function == "avg" and kind == "decimal" else kind
            value = self.kind(of, depth - 1)
        made = self.over(function, rows, row, value, depth, distinct)
        self.scope.pop()
        return made

    # --- operators and functions

    def operation(self, kind: str, depth: int) -> Expr | None:
        choices = ARITHMETIC.get(kind)
        if choices is None:
            return None
        sign, left, right = self.pick(*choices)
        return op(sign, self.kind(left, depth - 1), self.kind(right, depth - 1))

    def negation(self, kind: str, depth: int) -> Expr | None:
        if kind not in ("int", "decimal", "duration", "worktime"):
            return None
        return op("neg", self.kind(kind, depth - 1))

    def call(self, kind: str, depth: int) -> Expr | None:
        choices = FUNCTIONS.get(kind)
        if choices is None:
            return None
        name, kinds = self.pick(*choices)
        args = tuple(self.kind(each, depth - 1) for each in kinds)
        type = STANDARD.functions[name].signature.fit(args)
        return None if type is None else Func(type=type, name=name, args=args)

    def own(self, kind: str, depth: int, of: str = "") -> Expr | None:
        """A call of a function or a table that is declared in the language."""
        functions = [(each, "", each.result) for each in WORKSPACE.functions]
        tables = [(each, one.name, one.type) for each in WORKSPACE.tables for one in each.results]
        fitting = [
            (called, result, type)
            for called, result, type in (*functions, *tables)
            if type.kind == kind and of in ("", type.of)
        ]
        if not fitting:
            return None
        called, result, type = self.pick(*fitting)
        args = tuple(self.argument(each.type, depth - 1) for each in called.parameters)
        if result:
            return Lookup(type=type, table=called.id, result=result, args=args)
        return Call(type=type, function=called.id, args=args)

    def argument(self, type: Type, depth: int) -> Expr:
        """A value as a parameter of a type takes it."""
        if type.kind == "ref":
            return self.certain(self.reference(EntityId(type.of), depth), type)
        return kept(self.certain(widen(self.kind(type.kind, depth), type), type), type)

    def certain(self, value: Expr, type: Type) -> Expr:
        """The value, or another one where it is null and may not be."""
        if type.nullable or not value.type.nullable:
            return value
        instead: Expr = (
            DataRow(type=type, entity=EntityId(type.of), key="1")
            if type.kind == "ref"
            else self.constant(type.kind, 0)
        )
        made = op("??", value, widen(instead, value.type))
        return made if made is not None else instead

    def case(self, kind: str, depth: int) -> Expr | None:
        values = [self.kind(kind, depth - 1) for _ in range(self.pick(2, 3))]
        if self.pick(True, False, False):
            values[-1] = Const(type=NULL, value=None)
        type = common_type(values)
        if type is None:
            return None
        branches = tuple((self.condition(depth - 1), value) for value in values[:-1])
        return Case(type=type, branches=branches, otherwise=values[-1])

    def coalesce(self, kind: str, depth: int) -> Expr | None:
        return op("??", self.kind(kind, depth - 1), self.kind(kind, depth - 1))

    def concat(self, kind: str, depth: int) -> Expr:
        parts = [self.part(depth - 1) for _ in range(self.pick(1, 2, 3))]
        return Concat(type=TEXT, parts=tuple(parts))

    def part(self, depth: int) -> Expr:
        kind = self.pick(*SIMPLE, "text", "ref")
        return (
            self.reference(self.pick(PERSON, TEAM), depth)
            if kind == "ref"
            else self.kind(kind, depth)
        )

    # --- conditions

    def condition(self, depth: int) -> Expr:
        makers: list[Callable[[int], Expr | None]] = [self.comparison, self.flag]
        if depth > 0:
            makers += [self.comparison, self.comparison, self.logic, self.logic, self.member]
            makers += [self.text_test, self.under, self.null_test, self.exists, self.narrowed]
            makers += [lambda depth: self.own("bool", depth)]
        made = self.pick(*makers)(depth)
        return made if made is not None else Const(type=BOOL, value=True)

    def flag(self, depth: int) -> Expr | None:
        return self.field("bool", depth)

    def comparison(self, depth: int) -> Expr | None:
        kind = self.pick(*SIMPLE, "ref", "number")
        sign = self.pick("==", "!=", "<", "<=", ">", ">=")
        left, right = (self.any_kind(kind, depth - 1) for _ in range(2))
        if sign in ("==", "!=") and self.pick(*[False] * 9, True):
            right = Const(type=NULL, value=None)
        return op(sign, left, right)

    def any_kind(self, kind: str, depth: int) -> Expr:
        if kind == "ref":
            return self.reference(self.pick(PERSON, TEAM), depth)
        return self.kind(kind, depth)

    def logic(self, depth: int) -> Expr | None:
        if self.pick(True, False, False):
            return op("not", self.condition(depth - 1))
        return op(self.pick("and", "or"), self.condition(depth - 1), self.condition(depth - 1))

    def member(self, depth: int) -> Expr | None:
        if self.pick(True, False, False):
            rows = self.rows(depth - 1)
            assert rows.type.item is not None
            value = self.reference(EntityId(rows.type.item.of), depth - 1)
            return op("in", value, rows) if self.pick(True, False) else op("contains", rows, value)
        if self.pick(True, False, False):
            colors = FieldOf(
                type=set_of(enum(COLOR)), of=Var(type=ref(ORDER), name=THIS), field="colors"
            )
            return op("in", self.kind("enum", depth - 1), colors)
        kind = self.pick(*SIMPLE, "ref", "number")
        of = self.pick(PERSON, TEAM)
        count = self.pick(1, 2, 3)

        def one(depth: int) -> Expr:
            return self.reference(of, depth) if kind == "ref" else self.kind(kind, depth)

        leaf = self.pick(True, False) and kind not in ("ref", "number")
        members = [self.constant(kind, 0) if leaf else one(depth - 1) for _ in range(count)]
        if self.pick(*[False] * 5, True):
            members.append(Const(type=NULL, value=None))
        return op("in", one(depth - 1), *members)

    def text_test(self, depth: int) -> Expr | None:
        sign = self.pick("contains", "starts with")
        return op(sign, self.kind("text", depth - 1), self.kind("text", depth - 1))

    def under(self, depth: int) -> Expr | None:
        return op("under", self.reference(TEAM, depth - 1), self.reference(TEAM, depth - 1))

    def null_test(self, depth: int) -> Expr | None:
        return op("is null", self.any_kind(self.pick(*SIMPLE, "ref"), depth - 1))

    def exists(self, depth: int) -> Expr | None:
        function: AggregateFunction = self.pick("exists", "all")
        rows = self.rows(depth - 1)
        row = self.within(rows)
        value = self.condition(depth - 1) if function == "all" else None
        made = self.over(function, rows, row, value, depth)
        self.scope.pop()
        return made

    def narrowed(self, depth: int) -> Expr | None:
        """`x is not null and x < y`: on the right `x` counts as never null."""
        found = self.field(self.pick(*ORDERED), depth - 1)
        if not isinstance(found, FieldOf) or not found.type.nullable:
            return None
        sure = found.but(type=found.type.present())
        test = op(self.pick("<", ">=", "==", "!="), sure, self.kind(found.type.kind, depth - 1))
        is_null = op("is null", found)
        if test is None or is_null is None:
            return None
        there = op("not", is_null)
        assert there is not None
        return op("and", there, test) if self.pick(True, False) else op("or", is_null, test)


@st.composite
def expressions(draw: Draw, depth: int = 3) -> Expr:
    """A random expression about an order, of any kind that has a value."""
    generator = Generator(draw)
    kind = draw(st.sampled_from((*SIMPLE, "bool", "bool", "ref")))
    if kind == "ref":
        return generator.reference(PERSON, depth)
    return generator.kind(kind, depth)
