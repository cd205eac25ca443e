"""What people do in a test, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from compiler.analyse.assignment import UnnamedValue, target_of, values_of, writable
from compiler.analyse.context import BROKEN, rule
from compiler.analyse.expr import Context, condition, is_broken, typed, value_of
from compiler.analyse.member import Member, SetWithoutAggregate, member
from compiler.analyse.paths import names_of
from compiler.analyse.statement import NotRows, transit
from compiler.analyse.types import type_name
from compiler.analyse.unknown import UnknownField, report_unknown_field, short_name
from compiler.model import test as model
from compiler.model.base import EntityId, Origin
from compiler.model.expr import Expr, Var
from compiler.model.types import TEXT, Type, ref
from compiler.resolve.declared import modules
from compiler.resolve.members import mentioned, shape
from compiler.resolve.names import ENTITY, nearest, resolve
from dsl.ast import expr as ast
from dsl.ast import statement as tree
from dsl.ast import test as test_tree
from dsl.ast.base import Name, Node, Path
from dsl.diagnostic import Message, Problem


class NameTaken(Problem, code="CW1102", name="name-taken"):
    written: str
    message = Message(
        "`{written}` is the name of something in this test already",
        "本测试中 `{written}` 已是其他对象的名称",
    )
    help = Message("choose another name", "请另选名称")


class LinesNotHere(Problem, code="CW1107", name="lines-not-here"):
    message = Message(
        "only a record that a test makes comes with its lines",
        "只有在测试中新建记录时才能一并写出明细",
    )
    help = Message(
        "elsewhere make the record first, then `add record.lines(…)`",
        "其他地方请先新建记录，再写 `add 记录.明细(…)`",
    )


class NoSuchLines(Problem, code="CW1108", name="no-such-lines"):
    entity: str
    written: str
    message = Message(
        "`{entity}` owns no lines called `{written}`", "`{entity}` 没有名为 `{written}` 的明细"
    )


class CopyInTest(Problem, code="CW1109", name="copy-in-test"):
    message = Message("a person does not copy records", "人员不能复制记录")
    help = Message("say the values of the new record", "请写出新记录的各个值")


@dataclass
class Doing:
    """Understands what is done in a test. Each line sees the names before it: `context` grows."""

    context: Context

    def step(self, node: tree.Statement) -> Any:
        """A line of the test; None where it was not understood."""
        raise NotImplementedError

    def bind(self, name: Name, value: Expr) -> None:
        if name.text in self.context.variables:
            self.context.report(NameTaken(at=self.context.place(name), written=name.text))
        self.context = self.context.binding(name.text, value)

    def origin(self, node: Node) -> Origin:
        return self.context.origin(node)

    def call(self, node: tree.Do) -> model.Press | model.MakeRecord | None:
        """A transition, or an entity whose record is made."""
        call = node.call
        assert isinstance(call, ast.Call)
        names = names_of(call.callee)
        if names is not None and names[0].text not in self.context.variables:
            return self.record(node, call.callee, call.arguments)
        made = transit(self.context, node, whole=False)
        return None if made is None else model.Press(call=made, origin=self.origin(node))

    def record(
        self,
        node: Node,
        written: ast.Expr,
        arguments: Sequence[ast.Argument],
        name: str = "",
    ) -> model.MakeRecord | None:
        entity = self.entity(written)
        values, lines = self.values(entity, arguments) or (None, {})
        if entity is None or values is None:
            return None
        return model.MakeRecord(
            name=name, entity=entity, values=values, lines=lines, origin=self.origin(node)
        )

    def entity(self, written: ast.Expr) -> EntityId | None:
        context, names = self.context, names_of(written)
        if names is None:
            typed(context, written)
            return None
        path = Path(written.span, tuple(names))
        first, *rest = (name.text for name in names)
        if rest and first not in modules(context.build):
            # `odrer.cancel()`: it is the record that is not known.
            near, at = nearest(first, context.variables), context.place(names[0])
            context.report(UnknownField(at=at, written=first, entity=context.module, near=near))
            return None
        found = resolve(context.build, context.module, context.block, path, ENTITY)
        return EntityId(found.id) if found else None

    def values(
        self, entity: EntityId | None, arguments: Sequence[ast.Argument]
    ) -> tuple[dict[str, Expr], dict[str, tuple[dict[str, Expr], ...]]] | None:
        """The values of a new record, and its lines; None if one of them is broken."""
        if entity is None:
            return None
        context = self.context
        new = Var(type=ref(entity), name="new")
        values: dict[str, Expr] = {}
        lines: dict[str, tuple[dict[str, Expr], ...]] = {}
        for argument in arguments:
            name, written = argument.name, argument.value
            if name is None:
                context.report(UnnamedValue(at=context.place(argument)))
            elif isinstance(written, ast.NewLines):
                lines[name.text] = tuple(self.lines(entity, name, written))
            else:
                wanted = self.wanted(new, name)
                values[name.text] = value_of(context, written, wanted) if wanted else BROKEN
        return None if is_broken(*values.values()) else (values, lines)

    def wanted(self, new: Expr, name: Name) -> Type | None:
        """The type of a field that a new record can be given; a state is one of them."""
        build, entity = self.context.build, EntityId(new.type.of)
        found = member(build, entity, name.text)
        if found is None or found.source != "state":
            found = writable(self.context, new, name, new=True)
        else:
            mentioned(build, self.context.block, shape(build, entity), name)
        return found.type if found else None

    def lines(
        self, entity: EntityId, name: Name, written: ast.NewLines
    ) -> Iterator[dict[str, Expr]]:
        found = self.lines_of(entity, name)
        for line in written.items:
            if found is not None and found.type.item is not None:
                target = EntityId(found.type.item.of)
                values = values_of(self.context, target, line.arguments)
                if values is not None:
                    yield values

    def lines_of(self, entity: EntityId, name: Name) -> Member | None:
        context, build = self.context, self.context.build
        found = member(build, entity, name.text)
        if found is None or not mentioned(build, context.block, shape(build, entity), name):
            report_unknown_field(build, context.place(name), entity, name.text)
        elif found.source != "lines":
            at, short = context.place(name), short_name(entity)
            context.report(NoSuchLines(at=at, entity=short, written=name.text))
        else:
            return found
        return None

    def create(self, node: tree.Create) -> model.MakeRecord | None:
        if node.like is not None:
            self.context.report(CopyInTest(at=self.context.place(node.like)))
            return None
        return self.record(node, node.entity, node.arguments)

    def add(self, node: tree.Add) -> model.MakeRecord | None:
        row, name = target_of(self.context, node.target)
        if row is None or name is None:
            return None
        found = self.lines_of(EntityId(row.type.of), name)
        if found is None or found.type.item is None:
            return None
        entity = EntityId(found.type.item.of)
        values = values_of(self.context, entity, node.arguments)
        if values is None:
            return None
        values = {"parent": row, **values}
        return model.MakeRecord(entity=entity, values=values, lines={}, origin=self.origin(node))

    def let(self, node: tree.Let) -> model.Bind | model.MakeRecord | None:
        if isinstance(node.value, tree.Create):
            made = self.create(node.value)
            found = BROKEN if made is None else Var(type=ref(made.entity), name=node.name.text)
            self.bind(node.name, found)
            return None if made is None else made.but(name=node.name.text)
        value = typed(self.context, node.value)
        if value.type.kind == "set":
            at = self.context.place(node.value)
            value = self.context.report(SetWithoutAggregate(at=at, written=node.name.text))
        broken = is_broken(value)
        self.bind(node.name, BROKEN if broken else Var(type=value.type, name=node.name.text))
        if broken:
            return None
        return model.Bind(name=node.name.text, value=value, origin=self.origin(node))

    def assign(self, node: tree.Assign) -> model.Change | None:
        row, name = target_of(self.context, node.target)
        if row is None or name is None:
            return None
        value = self.assigned(self.context, row, name, node.value)
        if value is None:
            return None
        return model.Change(source=row, values={name.text: value}, origin=self.origin(node))

    def assigned(self, context: Context, row: Expr, name: Name, written: ast.Expr) -> Expr | None:
        found = writable(context, row, name)
        value = value_of(context, written, found.type) if found else BROKEN
        return None if is_broken(value) else value

    def update(self, node: tree.Update) -> model.Change | None:
        """Several fields in one save: of a record, or of each of some records."""
        context = self.context
        source = typed(context, node.source)
        item = source.type.item or source.type
        if is_broken(source):
            return None
        if item.kind != "ref":
            self.not_rows(node.source, source)
            return None
        row = Var(type=item.present(), name=context.new_name())
        inside = context.within(row)
        where = condition(inside, node.where) if node.where else None
        values = dict(self.assignments(inside, row, node.body))
        if where is not None and is_broken(where):
            return None
        return model.Change(
            source=source, row=row.name, where=where, values=values, origin=self.origin(node)
        )

    def assignments(
        self, context: Context, row: Expr, body: Sequence[tree.Assign]
    ) -> Iterator[tuple[str, Expr]]:
        for each in body:
            target, name = target_of(context, each.target)
            if target is not None and name is not None:
                value = self.assigned(context, row, name, each.value)
                if value is not None:
                    yield name.text, value

    def not_rows(self, node: Node, value: Expr) -> None:
        found, at = type_name(value.type), self.context.place(node)
        self.context.report(NotRows(at=at, found=found.en, found_zh=found.zh))

    def reference(self, node: ast.Expr) -> Expr | None:
        """A record; what is none is reported."""
        row = typed(self.context, node)
        if is_broken(row):
            return None
        if row.type.kind != "ref":
            self.not_rows(node, row)
            return None
        return row

    def delete(self, node: tree.Delete) -> model.Remove | None:
        row = self.reference(node.target)
        return None if row is None else model.Remove(row=row, origin=self.origin(node))

    def see(self, node: test_tree.See) -> model.See | None:
        if not isinstance(node.what, ast.Attr):
            row = self.reference(node.what)
            return None if row is None else model.See(row=row, origin=self.origin(node))
        row, name = target_of(self.context, node.what)
        if row is None or name is None:
            return None
        build, entity = self.context.build, EntityId(row.type.of)
        if not mentioned(build, self.context.block, shape(build, entity), name):
            report_unknown_field(build, self.context.place(name), entity, name.text)
            return None
        return model.See(row=row, field=name.text, origin=self.origin(node))

    def cannot(self, node: test_tree.Cannot) -> model.Cannot | None:
        attempt = self.step(node.attempt)
        text = None if node.text is None else value_of(self.context, node.text, TEXT)
        if attempt is None or (text is not None and is_broken(text)):
            return None
        return model.Cannot(attempt=attempt, text=text, origin=self.origin(node))


@rule(ast.NewLines)
def _lines(context: Context, node: ast.NewLines, expected: Type | None) -> Expr:
    return context.report(LinesNotHere(at=context.place(node)))
