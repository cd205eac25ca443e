"""Mails and printed pages of the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from compiler.analyse.access import path_expr
from compiler.analyse.collection import collection
from compiler.analyse.declaration import head
from compiler.analyse.expr import Context, is_broken, of_record, typed
from compiler.analyse.field import field
from compiler.analyse.member import SetWithoutAggregate
from compiler.analyse.statement import NotRows
from compiler.analyse.texts import phrase
from compiler.analyse.types import type_name
from compiler.build import Build, query
from compiler.model.base import EntityId, Labels
from compiler.model.entity import Phrase
from compiler.model.expr import Expr, FieldOf, Many
from compiler.model.message import Mail, Print, PrintFields, PrintTable, PrintText, Shown
from compiler.resolve.declared import Declared, decl
from compiler.resolve.members import resolve_entity
from compiler.resolve.names import Misspelt, nearest
from dsl.ast import message as ast
from dsl.ast.base import Name, Path
from dsl.ast.expr import Text
from dsl.diagnostic import Message, Problem

SIZES = ("A3", "A4", "A5", "A6", "letter", "legal")
ORIENTATIONS = ("portrait", "landscape")


class IncompleteMail(Problem, code="CW0828", name="incomplete-mail"):
    mail: str
    part: str
    message = Message("the mail `{mail}` has no `{part}`", "邮件 `{mail}` 没有 `{part}`")
    help = Message('write one: `{part} "…"`', '请写上：`{part} "…"`')


class UnknownPage(Misspelt, Problem, code="CW0831", name="unknown-page"):
    written: str
    near: str
    known: str
    message = Message("there is no page `{written}`", "没有 `{written}` 这种页面")
    help = Message("a page is one of {known}", "页面可为：{known}")


@query
def mail(build: Build, declared: Declared) -> Mail | None:
    """A mail of the model; None if its entity is unknown or a text of it is broken."""
    tree = decl(build, declared.block, ast.MailDecl)
    entity = resolve_entity(build, declared.module, declared.block, tree.entity)
    context = replace(_context(build, declared, entity), may_link=True)
    for part in ("subject", "body"):
        if getattr(tree, part) is None:
            at = context.place(tree.name)
            context.report(IncompleteMail(at=at, mail=declared.name, part=part))
    if entity is None:
        return None
    subject = _text(context, declared, "subject", tree.subject)
    body = _text(context, declared, "body", tree.body)
    if subject is None or body is None:
        return None
    return Mail(**head(build, declared, tree), entity=entity, subject=subject, body=body)


def _text(context: Context, declared: Declared, part: str, node: Text | None) -> Phrase | None:
    """A text of a mail; None if there is none, or a part of it was not understood."""
    if node is None:
        return None
    made = phrase(context, node, f"{declared.name}.{part}")
    return None if is_broken(*made.texts.values()) else made


def _context(build: Build, declared: Declared, entity: EntityId | None) -> Context:
    """Nobody acts where a message is read."""
    if entity is None:
        return Context(build, declared.module, declared.block, has_me=False)
    context = of_record(build, declared.module, declared.block, entity)
    return replace(context, has_me=False)


@query
def printed(build: Build, declared: Declared) -> Print | None:
    """A printed page of the model; None if its entity is unknown."""
    tree = decl(build, declared.block, ast.PrintDecl)
    entity = resolve_entity(build, declared.module, declared.block, tree.entity)
    if entity is None:
        return None
    context = _context(build, declared, entity)
    size, orientation = _page(context, tree.page)
    return Print(
        **head(build, declared, tree),
        entity=entity,
        size=size,
        landscape=orientation == "landscape",
        parts=tuple(_parts(context, tree)),
    )


def _page(context: Context, tree: ast.Page | None) -> tuple[str, str]:
    if tree is None:
        return "A4", "portrait"
    size = _one_of(context, tree.size, SIZES)
    return size, _one_of(context, tree.orientation, ORIENTATIONS) if tree.orientation else ""


def _one_of(context: Context, name: Name, known: Sequence[str]) -> str:
    if name.text not in known:
        shown = ", ".join(f"`{each}`" for each in known)
        near, at = nearest(name.text, known), context.place(name)
        context.report(UnknownPage(at=at, written=name.text, near=near, known=shown))
    return name.text


def _parts(context: Context, tree: ast.PrintDecl) -> Iterator[PrintFields | PrintTable | PrintText]:
    for part in tree.parts:
        match part:
            case ast.PrintFields():
                yield PrintFields(fields=shown(context, part.fields))
            case ast.PrintTable():
                table = _table(context, part)
                if table is not None:
                    yield table
            case ast.PrintText():
                text = phrase(context, part.text)
                if not is_broken(*text.texts.values()):
                    yield PrintText(text=text)


def _table(context: Context, tree: ast.PrintTable) -> PrintTable | None:
    rows = typed(context, path_expr(tree.rows.parts))
    if is_broken(rows):
        return None
    item = rows.type.item
    if item is None or item.kind != "ref":
        found = type_name(rows.type)
        context.report(NotRows(at=context.place(tree.rows), found=found.en, found_zh=found.zh))
        return None
    row = context.new_row(item)
    columns = shown(context.within(row), tree.fields)
    label = _label(context, rows)
    return PrintTable(label=label, rows=rows, row=row.name, columns=columns)


def shown(context: Context, paths: Sequence[Path]) -> tuple[Shown, ...]:
    """The values that paths lead to, with the labels of the fields at their ends."""
    found = []
    for path in paths:
        value = typed(context, path_expr(path.parts))
        if is_broken(value):
            continue
        if isinstance(value, Many):
            at = context.place(path)
            context.report(SetWithoutAggregate(at=at, written=str(path)))
            continue
        found.append(Shown(value=value, label=_label(context, value)))
    return tuple(found)


def _label(context: Context, value: Expr) -> Labels:
    """What the member at the end of a path is called."""
    assert isinstance(value, FieldOf | Many)
    of = value.of.type.item or value.of.type
    entity, name = EntityId(of.of), value.field
    known = (field if isinstance(value, FieldOf) else collection)(context.build, entity, name)
    assert known is not None  # the path was understood
    return known.label
