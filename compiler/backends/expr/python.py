"""A typed expression as a Python function.

The source is made from a closed set of helpers: names of the text appear in it as string constants
only, variables are renamed, and there are no builtins, so user text cannot reach Python. A function
takes the `Env` of the act and then one argument for each of its parameters, a `Row` where the
variable is a reference.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from compiler.backends.expr import sets, tables
from compiler.backends.expr.given import with_given
from compiler.field_type import Function
from compiler.model.expr import (
    ME,
    Aggregate,
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
    Let,
    Link,
    Lookup,
    Many,
    Op,
    Pick,
    Var,
)
from compiler.model.inline import Called, function_of, table_of
from compiler.model.types import MAX_DIGITS, Type
from compiler.model.value import Function as Own
from compiler.model.value import Parameter, Table
from compiler.operators import in_scale
from compiler.values import dates, numbers, texts

Compiled = Callable[..., Any]
Functions = Mapping[str, Function]
"""Of the library."""
Definitions = Mapping[str, Called]
"""Of the apps, by id."""
_NONE: Definitions = {}

_HELPERS: dict[str, object] = {
    name: value
    for module in (numbers, dates, texts, sets)
    for name, value in vars(module).items()
    if callable(value) and not name.startswith("_")
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A function, and what it calls, which may be something else by now."""

    function: Compiled
    called: tuple[Called, ...]

    def is_right(self, definitions: Definitions) -> bool:
        return all(definitions.get(each.id) is each for each in self.called)


MOST_KEPT = 20_000
"""Functions: several times those of a large workspace."""
_compiled: dict[tuple[int, tuple[str, ...], bool], tuple[Expr, Kept]] = {}


def compile_function(
    expr: Expr,
    params: tuple[str, ...],
    functions: Functions,
    partial: bool = False,
    definitions: Definitions = _NONE,
) -> Compiled:
    """The function `(env, *params) -> value` of an expression; made once for each tree object.

    A `partial` one expects rows that are not complete yet: any field may be null, whatever its
    type says. The value of a reference is an id, of a set of rows a set of ids. Raises
    ArithmeticError where a number does not fit.
    """
    key = (id(expr), params, partial)
    found = _compiled.get(key)
    if found is None or not found[1].is_right(definitions):
        if len(_compiled) >= MOST_KEPT:
            _compiled.clear()  # trees of releases that serve no longer, most of them
        writer = _Writer(params, functions, definitions, partial)
        function = writer.compiled(writer.function(expr, params))
        found = _compiled[key] = expr, Kept(function, tuple(writer.called.values()))
    return found[1].function


def source(
    expr: Expr,
    params: tuple[str, ...],
    functions: Functions,
    partial: bool = False,
    definitions: Definitions = _NONE,
) -> str:
    """The Python source of the function, for people."""
    return _Writer(params, functions, definitions, partial).function(expr, params)


_own: dict[tuple[int, str, bool], tuple[Called, Kept]] = {}
"""By what is called, the result of a table, and whether rows may be partial."""


def _made(own: Own, functions: Functions, definitions: Definitions, partial: bool) -> Kept:
    """What is made of an app's function, once for all that call it; it gives rows as rows."""
    found = _own.get((id(own), "", partial))
    if found is None or not found[1].is_right(definitions):
        assert own.body is not None
        params = tuple(each.variable for each in own.parameters)
        made = _with_rows(own.body, params, functions, definitions, partial)
        found = _own[id(own), "", partial] = own, made
    return found[1]


def _indexed(
    table: Table, result: str, functions: Functions, definitions: Definitions, partial: bool
) -> Kept:
    """What is made of a result of a table, once for all that ask it."""
    found = _own.get((id(table), result, partial))
    if found is None or not found[1].is_right(definitions):
        params = tuple(each.variable for each in table.parameters)
        called: dict[str, Called] = {}

        def compiled(cell: Expr) -> Compiled:
            if isinstance(cell, Const):
                value = python_value(cell)
                return lambda *args: value
            made = _with_rows(cell, params, functions, definitions, partial)
            called.update({each.id: each for each in made.called})
            return made.function

        function = tables.function_of(table, result, compiled)
        found = _own[id(table), result, partial] = table, Kept(function, tuple(called.values()))
    return found[1]


def _with_rows(
    expr: Expr,
    params: tuple[str, ...],
    functions: Functions,
    definitions: Definitions,
    partial: bool,
) -> Kept:
    """The function of an expression that gives a reference as the row it leads to."""
    writer = _Writer(params, functions, definitions, partial)
    text = writer.function(expr, params, row=expr.type.kind == "ref")
    return Kept(writer.compiled(text), tuple(writer.called.values()))


def python_value(const: Const) -> object:
    """The Python value that a constant stands for."""
    if const.value is None:
        return None
    convert = _PYTHON_VALUES.get(const.type.kind)
    return convert(const.value, const.type) if convert else const.value


def _instant(value: Any, type: Type) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_PYTHON_VALUES: dict[str, Callable[[Any, Type], object]] = {
    "decimal": lambda value, type: numbers.rescale(Decimal(str(value)), type.scale),
    "date": lambda value, type: date.fromisoformat(value),
    "month": lambda value, type: date.fromisoformat(value if len(value) > 7 else value + "-01"),
    "time": lambda value, type: time.fromisoformat(value),
    "instant": _instant,
    "duration": lambda value, type: timedelta(seconds=value),
}
_PLAIN = frozenset({"text", "enum", "int", "bool", "worktime", "null"})
"""Kinds whose constants are written into the source."""


class _Writer:
    """Writes one function; every method returns Python source of an expression."""

    def __init__(
        self,
        params: Sequence[str],
        functions: Functions,
        definitions: Definitions,
        partial: bool,
    ) -> None:
        self.partial = partial
        self.functions = functions
        self.definitions = definitions
        self.own: dict[str, str] = {}
        """The names of the functions that are called."""
        self.called: dict[str, Called] = {}
        """Those functions, and all that they call."""
        self.names = {name: f"v{index}" for index, name in enumerate(params)}
        self.constants: dict[str, object] = {}
        self.used: set[str] = set()
        self._count = itertools.count()
        self._rows = itertools.count(len(params))

    def function(self, expr: Expr, params: Sequence[str], row: bool = False) -> str:
        """The source of a function of an expression; of the row that is meant if `row`."""
        head = ", ".join(["env", *(self.names[name] for name in params)])
        written = self.row(expr) if row else self.value(expr)
        return f"def expression({head}):\n    return {written}\n"

    def compiled(self, text: str) -> Compiled:
        """The function of a source that this writer wrote."""
        library = {f"f_{name}": self.functions[name].python for name in self.used}
        namespace: dict[str, Any] = {"__builtins__": {}, **_HELPERS, **library, **self.constants}
        exec(compile(text, "<expression>", "exec"), namespace)
        function: Compiled = namespace["expression"]
        return function

    # --- values

    def value(self, expr: Expr) -> str:
        """A value in its Python form; a reference as its id, rows as a set of ids."""
        match expr:
            case Const():
                return self._const(expr)
            case Var() if expr.type.kind != "ref":
                return self._variable(expr.name)
            case Var() | DataRow():
                return self._with(expr, lambda row: f"{row}.id")
            case FieldOf():
                return self._field(expr)
            case Many() | Extent() | Holders():
                return f"ids({self.rows(expr)})"
            case Op():
                return _OPERATORS[expr.op](self, expr)
            case Func():
                return self._call(expr)
            case Call() if expr.type.kind == "ref":
                return self._with(expr, lambda row: f"{row}.id")
            case Call():
                return self._own(expr)
            case Lookup() if expr.type.kind == "ref":
                return self._with(expr, lambda row: f"{row}.id")
            case Lookup():
                return self._lookup(expr)
            case Let():
                return self._let(expr, self.value)
            case Case():
                return self._case(expr, lambda branch: self.scaled(branch, expr.type))
            case Concat():
                return f"join({', '.join(map(self._part, expr.parts))})"
            case Aggregate():
                return self._aggregate(expr, self.value)
            case Pick():
                return self._with(expr, lambda row: f"{row}.id")
            case Link():
                raise TypeError("a link is made by what sends the mail it stands in")

    def condition(self, expr: Expr) -> str:
        """A condition, which is never null: null counts as false."""
        return f"({self.value(expr)} is True)" if self.nullable(expr) else self.value(expr)

    def row(self, expr: Expr) -> str:
        """A reference as the row it leads to, or None."""
        match expr:
            case Var():
                return self._variable(expr.name)
            case DataRow():
                return f"env.data({str(expr.entity)!r}, {expr.key!r})"
            case FieldOf():
                if expr.field == "id":
                    return self.row(expr.of)
                return self._with(expr.of, lambda row: f"{row}.ref({expr.field!r})")
            case Case():
                return self._case(expr, self.row)
            case Call():
                return self._own(expr)
            case Lookup():
                return self._lookup(expr)
            case Let():
                return self._let(expr, self.row)
            case Op(op="??"):
                return self._coalesce(expr, self.row)
            case Aggregate():
                return self._aggregate(expr, self.row)
            case Pick():
                return self._pick(expr)
            case Const():
                return "None"
        raise TypeError(f"no row is meant by {expr}")

    def rows(self, expr: Expr) -> str:
        """A set as an iterable of its rows (or of its values, if they are no rows)."""
        match expr:
            case Many() if expr.of.type.kind == "set":
                return f"many_of_all({self.rows(expr.of)}, {expr.field!r})"
            case Many():
                return f"many({self.row(expr.of)}, {expr.field!r})"
            case Extent():
                return f"env.extent({str(expr.entity)!r})"
            case Holders():
                return f"env.holders({str(expr.role)!r})"
            case FieldOf():
                return f"members({self.row(expr.of)}, {expr.field!r})"
        raise TypeError(f"no set is meant by {expr}")

    def scaled(self, expr: Expr, type: Type) -> str:
        """A value with the scale of `type`, if both are numbers."""
        if not (expr.type.is_number and type.is_number) or not _differ(expr.type, type):
            return self.value(expr)
        if type.kind == "int":
            return self.strict((expr,), lambda value: f"whole({value})")
        return self.strict((expr,), lambda value: f"rescale({value}, {type.scale})")

    def strict(self, args: Iterable[Expr], build: Callable[..., str]) -> str:
        """`build` over the values of the arguments; null if one of them is."""
        tests, values = self._bound(args)
        body = build(*values)
        return f"(None if {' or '.join(tests)} else {body})" if tests else body

    def holds(self, args: Iterable[Expr], build: Callable[..., str]) -> str:
        """A condition over values; false if one of them is null."""
        tests, values = self._bound(args)
        body = build(*values)
        return f"(not ({' or '.join(tests)}) and {body})" if tests else f"({body})"

    def _bound(self, args: Iterable[Expr]) -> tuple[list[str], list[str]]:
        """Tests for null, each naming what it tests, and the names or sources of the values."""
        tests, values = [], []
        for arg in args:
            text = self.value(arg)
            if self.nullable(arg):
                name = self.temporary()
                tests.append(f"({name} := {text}) is None")
                text = name
            values.append(text)
        return tests, values

    def nullable(self, expr: Expr) -> bool:
        return expr.type.nullable or (self.partial and not isinstance(expr, Const))

    def temporary(self) -> str:
        return f"t{next(self._count)}"

    def _variable(self, name: str) -> str:
        if name in self.names:
            return self.names[name]
        if name == ME:
            return "env.me"
        raise KeyError(f"the variable {name!r} is not among the function's parameters")

    def _with(self, of: Expr, build: Callable[[str], str]) -> str:
        """`build` over the row that `of` leads to; null if there is none."""
        text = self.row(of)
        if not self.nullable(of):
            return build(text)
        name = self.temporary()
        return f"(None if ({name} := {text}) is None else {build(name)})"

    def _field(self, expr: FieldOf) -> str:
        if expr.type.kind == "set":
            return self.rows(expr)
        if expr.field == "id":
            return self.value(expr.of)
        return self._with(expr.of, lambda row: f"{row}[{expr.field!r}]")

    def _const(self, const: Const) -> str:
        if const.value is None or const.type.kind in _PLAIN:
            return repr(const.value)
        name = f"c{len(self.constants)}"
        self.constants[name] = python_value(const)
        return name

    def _call(self, expr: Func) -> str:
        self.used.add(expr.name)
        function = self.functions[expr.name]
        act = ("env",) if function.uses_env else ()
        values = in_scale(expr.args, expr.type) if function.signature.common else expr.args
        return self.strict(values, lambda *args: f"f_{expr.name}({', '.join((*act, *args))})")

    def _own(self, expr: Call) -> str:
        """A call of an app's function: a reference is given and got as its row."""
        own = function_of(self.definitions, expr)
        if own.id not in self.own and own.body is None:
            self._know(own.id, own, Kept(self.functions[own.id].python, ()))
        if own.id not in self.own:
            self._know(own.id, own, _made(own, self.functions, self.definitions, self.partial))
        return self._called(self.own[own.id], own.parameters, expr.args)

    def _lookup(self, expr: Lookup) -> str:
        """What a decision table gives."""
        table, key = table_of(self.definitions, expr), f"{expr.table}.{expr.result}"
        if key not in self.own:
            made = _indexed(table, expr.result, self.functions, self.definitions, self.partial)
            self._know(key, table, made)
        return self._called(self.own[key], table.parameters, expr.args)

    def _know(self, key: str, called: Called, made: Kept) -> None:
        """Give what is called a name in the source, beside which it is compiled."""
        self.own[key] = f"g{len(self.own)}"
        self.constants[self.own[key]] = made.function
        self.called.update({each.id: each for each in (called, *made.called)})

    def _called(self, name: str, parameters: Sequence[Parameter], args: Sequence[Expr]) -> str:
        """A call; null if an argument is that must not be."""
        tests, values = [], []
        for parameter, arg in zip(parameters, args, strict=True):
            text = self.row(arg) if arg.type.kind == "ref" else self.value(arg)
            if self.nullable(arg) and not parameter.type.nullable:
                bound = self.temporary()
                tests.append(f"({bound} := {text}) is None")
                text = bound
            values.append(text)
        called = f"{name}({', '.join(('env', *values))})"
        return f"(None if {' or '.join(tests)} else {called})" if tests else called

    def _let(self, expr: Let, write: Callable[[Expr], str]) -> str:
        is_row = expr.value.type.kind == "ref"
        value = self.row(expr.value) if is_row else self.value(expr.value)
        outer = self.names.get(expr.name)
        variable = self.names[expr.name] = f"v{next(self._rows)}"
        body = f"(lambda {variable}: {write(expr.body)})"
        if outer is not None:
            self.names[expr.name] = outer
        if not expr.required or not self.nullable(expr.value):
            return f"{body}({value})"
        name = self.temporary()
        return f"(None if ({name} := {value}) is None else {body}({name}))"

    def _case(self, expr: Case, write: Callable[[Expr], str]) -> str:
        branches = "".join(
            f"{write(value)} if {self.value(condition)} else " for condition, value in expr.branches
        )
        return f"({branches}{write(expr.otherwise)})"

    def _coalesce(self, expr: Op, write: Callable[[Expr], str]) -> str:
        left, right = expr.args
        if not self.nullable(left):
            return write(left)
        name = self.temporary()
        return f"({name} if ({name} := {write(left)}) is not None else {write(right)})"

    # --- texts

    def _part(self, part: Expr) -> str:
        if part.type.kind == "null":
            return "''"
        if part.type.kind == "ref":
            text = self._with(part, lambda row: f"{row}.display")
            return f"({text} or '')"
        tests, (value,) = self._bound((part,))
        text = _text(part.type, value)
        return f"('' if {tests[0]} else {text})" if tests else text

    # --- aggregates

    def _aggregate(self, expr: Aggregate, write: Callable[[Expr], str]) -> str:
        source = self.rows(expr.source)  # which the aggregate's own row is not yet at hand for
        outer = self.names.get(expr.row)
        row = self.names[expr.row] = f"v{next(self._rows)}"
        text = self._over(expr, source, row, write)
        if outer is not None:
            self.names[expr.row] = outer
        return text

    def _pick(self, expr: Pick) -> str:
        """The act chooses; what the choice takes from around it is worked out before."""
        pick, given = with_given(expr)
        name = f"c{len(self.constants)}"
        self.constants[name] = pick
        values = ", ".join(f"{each!r}: {self.value(value)}" for each, value in given.items())
        return f"env.pick({name}, {{{values}}})"

    def _over(self, expr: Aggregate, source: str, row: str, write: Callable[[Expr], str]) -> str:
        where = "None" if expr.where is None else f"lambda {row}: {self.value(expr.where)}"
        kept = source if expr.where is None else f"kept({source}, {where})"
        shown = row if expr.value is None else write(expr.value)
        value = f"lambda {row}: {shown}"
        if expr.function in ("first", "last"):
            keys = "".join(
                f"(lambda {row}: {self.value(key.value)}, {key.descending}), " for key in expr.sort
            )
            return f"first({kept}, ({keys}), {expr.function == 'last'}, {value})"
        if expr.function == "one":
            return f"single({kept}, {value})"
        if expr.function == "all":
            return f"every({kept}, {value})"
        if expr.value is None:
            return f"{expr.function}({kept})"
        return _aggregated(expr, f"values({source}, {where}, {value}, {expr.distinct})")


def _differ(a: Type, b: Type) -> bool:
    return a.kind != b.kind or a.scale != b.scale


def _aggregated(expr: Aggregate, found: str) -> str:
    kind = expr.value.type.kind if expr.value else ""
    suffix = {"duration": "_span", "int": "_int", "worktime": "_int"}.get(kind)
    match expr.function:
        case "sum":
            return f"total{suffix}({found})" if suffix else f"total({found}, {expr.type.scale})"
        case "avg" if kind == "duration":
            return f"average_span({found})"
        case "avg" if kind == "worktime":
            return f"average_whole({found})"
        case "avg":
            return f"average({found}, {expr.type.scale})"
        case "min":
            return f"least_of({found})"
        case "max":
            return f"greatest_of({found})"
    return f"{expr.function}({found})"


def _text(type: Type, value: str) -> str:
    """The canonical text of a value that is not null."""
    if type.kind in ("text", "enum"):
        return value
    if type.kind == "decimal":
        return f"text_of_{'percent' if type.unit == '%' else 'decimal'}({value})"
    return f"text_of_{type.kind}({value}{', env.zone' if type.kind == 'instant' else ''})"


# --- operators

Write = Callable[[_Writer, Op], str]


def _joined(word: str) -> Write:
    return lambda w, e: f"({f' {word} '.join(map(w.condition, e.args))})"


def _compared(symbol: str) -> Write:
    return lambda w, e: w.holds(e.args, lambda a, b: f"{a} {symbol} {b}")


def _in(w: _Writer, expr: Op) -> str:
    value, *members = expr.args
    if len(members) == 1 and members[0].type.kind == "set":
        return f"({w.value(value)} in {w.value(members[0])})"
    return f"({w.value(value)} in ({', '.join(map(w.value, members))},))"


def _contains(w: _Writer, expr: Op) -> str:
    whole, part = expr.args
    if whole.type.kind == "set":
        return f"({w.value(part)} in {w.value(whole)})"
    return w.holds(expr.args, lambda a, b: f"{b} in {a}")


def _under(w: _Writer, expr: Op) -> str:
    below, above = expr.args
    tree = f"env.tree({below.type.of!r})"
    return f"under({w.row(below)}, {w.row(above)}, {tree})"


def _arithmetic(symbol: str, exact: str) -> Write:
    def write(w: _Writer, expr: Op) -> str:
        plain, method = _method(expr, symbol, exact)
        if not plain:
            return w.strict(expr.args, lambda a, b: f"{method}({a}, {b})")
        return w.strict(expr.args, lambda a, b: f"({a} {symbol} {b})")

    return write


def _method(expr: Op, symbol: str, exact: str) -> tuple[bool, str]:
    """Whether Python's own operator says it, else the helper that does."""
    left, right = (arg.type.kind for arg in expr.args)
    if left == "date":
        days = "date_plus" if symbol == "+" else "date_minus"
        return (True, "") if right == "date" else (False, days)
    if left == right == "instant":
        return False, "instant_difference"
    if left == right == "time":
        return False, "time_difference"
    if expr.type.kind in ("instant", "duration"):
        return True, ""
    return False, exact


def _exact_sum(symbol: str, exact: str) -> Write:
    other = _arithmetic(symbol, exact)

    def write(w: _Writer, expr: Op) -> str:
        if expr.type.kind == expr.args[0].type.kind == "duration":
            return w.strict(expr.args, lambda a, b: f"fit_span({a} {symbol} {b})")
        if expr.type.kind not in ("int", "worktime"):
            return other(w, expr)
        if expr.type.kind == "int" and expr.type.digits < MAX_DIGITS:
            return w.strict(expr.args, lambda a, b: f"({a} {symbol} {b})")
        return w.strict(expr.args, lambda a, b: f"fit({a} {symbol} {b})")

    return write


def _product(w: _Writer, expr: Op) -> str:
    left, right = (arg.type for arg in expr.args)
    if expr.type.kind in ("duration", "worktime"):
        span, factor = expr.args if left.kind == expr.type.kind else reversed(expr.args)
        name = "multiply_span" if expr.type.kind == "duration" else "multiply_whole"
        return w.strict((span, factor), lambda a, b: f"{name}({a}, {b})")
    if expr.type.kind == "int":
        return w.strict(expr.args, lambda a, b: f"fit({a} * {b})")
    if expr.type.scale == left.scale + right.scale:
        return w.strict(expr.args, lambda a, b: f"multiply({a}, {b})")
    return w.strict(expr.args, lambda a, b: f"multiply_to({a}, {b}, {expr.type.scale})")


def _quotient(w: _Writer, expr: Op) -> str:
    left = expr.args[0].type.kind
    if expr.type.kind == "duration":
        return w.strict(expr.args, lambda a, b: f"divide_span({a}, {b})")
    if expr.type.kind == "worktime":
        return w.strict(expr.args, lambda a, b: f"divide_whole({a}, {b})")
    if left == "duration":
        scale = expr.type.scale
        return w.strict(expr.args, lambda a, b: f"divide(seconds({a}), seconds({b}), {scale})")
    return w.strict(expr.args, lambda a, b: f"divide({a}, {b}, {expr.type.scale})")


def _is_null(w: _Writer, expr: Op) -> str:
    # Named, because Python warns of an identity test on what may be a literal.
    return f"(({w.temporary()} := {w.value(expr.args[0])}) is None)"


_OPERATORS: dict[str, Write] = {
    "or": _joined("or"),
    "and": _joined("and"),
    "not": lambda w, e: f"(not {w.value(e.args[0])})",
    "==": lambda w, e: f"({w.value(e.args[0])} == {w.value(e.args[1])})",
    "!=": lambda w, e: f"({w.value(e.args[0])} != {w.value(e.args[1])})",
    "<": _compared("<"),
    "<=": _compared("<="),
    ">": _compared(">"),
    ">=": _compared(">="),
    "in": _in,
    "contains": _contains,
    "starts with": lambda w, e: w.holds(e.args, lambda a, b: f"{a}.startswith({b})"),
    "under": _under,
    "is null": _is_null,
    "??": lambda w, e: w._coalesce(e, lambda arg: w.scaled(arg, e.type)),
    "+": _exact_sum("+", "add"),
    "-": _exact_sum("-", "subtract"),
    "*": _product,
    "/": _quotient,
    "neg": lambda w, e: w.strict(e.args, lambda a: f"(-{a})"),
    "widen": lambda w, e: w.scaled(e.args[0], e.type),
}
