"""What generated Python promises beyond giving the right answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from compiler.backends.expr.python import compile_function, source
from compiler.model.base import EntityId
from compiler.model.expr import ME, THIS, Aggregate, Concat, Const, Expr, Extent, FieldOf, Op, Var
from compiler.model.types import BOOL, INT, TEXT, Type, decimal, enum, ref, set_of
from compiler.operators import result_type
from stdlib.library import STANDARD
from tests.compiler.backends.world import ORDER, PERSON, TEAM, World

HOSTILE = (
    "'",
    '"',
    "\\",
    "\n",
    "'''",
    "__import__('os').system('true')",
    "{__class__}",
    "v0",
    "env",
    "ids",
    "客户",
    "\u2028",
)


def field(name: str, type: Type) -> FieldOf:
    return FieldOf(type=type, of=Var(type=ref(ORDER), name=THIS), field=name)


def op(name: Any, *args: Expr) -> Op:
    type = result_type(name, args)
    assert type is not None
    return Op(type=type, op=name, args=args)


def run(expr: Expr, row: Any, params: tuple[str, ...] = (THIS,), partial: bool = False) -> Any:
    return compile_function(expr, params, STANDARD.functions, partial)(World(0), row)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_only_ever_a_text(text: str) -> None:
    row = {text: "found"}
    assert run(Const(type=TEXT, value=text), row) == text
    assert run(field(text, TEXT), row) == "found"
    assert run(Concat(type=TEXT, parts=(Const(type=TEXT, value=text),)), row) == text
    assert (
        run(op("==", field(text, enum("t.C")), Const(type=enum("t.C"), value=text)), row) is False
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_variable_may_have_any_name(name: str) -> None:
    assert run(Var(type=INT, name=name), 7, (name,)) == 7


def test_no_builtin_is_in_reach() -> None:
    function = compile_function(Const(type=INT, value=1), (), STANDARD.functions)
    assert function.__globals__["__builtins__"] == {}


def test_an_unknown_variable_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError, match="nobody"):
        compile_function(Var(type=INT, name="nobody"), (THIS,), STANDARD.functions)


def test_a_function_is_made_once() -> None:
    tree = op("+", field("quantity", INT), Const(type=INT, value=1))
    first = compile_function(tree, (THIS,), STANDARD.functions)
    assert compile_function(tree, (THIS,), STANDARD.functions) is first


def test_me_is_of_the_act_unless_it_is_given() -> None:
    me = Var(type=ref(PERSON), name=ME)
    assert run(me, None) == World(0).me.id
    other = compile_function(me, (ME,), STANDARD.functions)
    assert other(World(0), World(0).row(PERSON, 7)) == 7


def test_a_row_that_is_not_complete_has_nulls_where_its_type_has_none() -> None:
    worth = op("*", field("quantity", INT), field("price", decimal(2)))
    assert run(worth, {"quantity": 2, "price": Decimal("1.50")}, partial=True) == Decimal("3.00")
    assert run(worth, {"quantity": None, "price": Decimal("1.50")}, partial=True) is None
    big = op(">", worth, Const(type=INT, value=0))
    assert run(big, {"quantity": None, "price": None}, partial=True) is False


def test_an_inner_row_may_have_the_name_of_an_outer_one() -> None:
    def count(source: EntityId, where: Expr) -> Aggregate:
        return Aggregate(
            type=INT, function="count", distinct=False, row="r", value=None, where=where, sort=(),
            source=Extent(type=set_of(ref(source)), entity=source),
        )  # fmt: skip

    def of(entity: EntityId, name: str, type: Type) -> FieldOf:
        return FieldOf(type=type, of=Var(type=ref(entity), name="r"), field=name)

    teams = count(TEAM, op("==", of(TEAM, "name", TEXT), of(TEAM, "name", TEXT)))
    people = count(
        PERSON, op("and", op("==", teams, Const(type=INT, value=4)), of(PERSON, "active", BOOL))
    )
    active = [row for row in World(0).rows[PERSON].values() if row["active"]]
    assert run(people, None) == len(active)


def test_a_null_condition_is_false() -> None:
    flag = field("urgent", BOOL.optional())
    row = {"urgent": None}
    assert run(op("and", flag, Const(type=BOOL, value=True)), row) is False
    assert run(op("or", flag, Const(type=BOOL, value=False)), row) is False
    assert run(op("not", flag), row) is True


def test_a_guard_is_what_one_would_write_by_hand() -> None:
    guard = op(
        "and",
        op("==", field("color", enum("t.C")), Const(type=enum("t.C"), value="red")),
        op(">", field("quantity", INT), Const(type=INT, value=100)),
    )
    assert source(guard, (THIS,), STANDARD.functions) == (
        "def expression(env, v0):\n    return ((v0['color'] == 'red') and (v0['quantity'] > 100))\n"
    )
