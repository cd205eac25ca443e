"""Forms and hooks of the model: what makes or changes records for people who are not signed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from compiler.analyse.assignment import NotWritable, writable
from compiler.analyse.declaration import head
from compiler.analyse.entity import entity as entity_model
from compiler.analyse.expr import Context, is_broken, value_of
from compiler.analyse.field import field
from compiler.analyse.given import given
from compiler.analyse.member import Member, member, modifier, tree_of
from compiler.analyse.moment import length
from compiler.analyse.texts import labels
from compiler.analyse.unknown import report_unknown_field, short_name
from compiler.build import Build, query
from compiler.model.base import EntityId, Labels
from compiler.model.expr import INPUT, ME, Expr, Var
from compiler.model.outside import Form, FormField, FormParam, Hook
from compiler.model.rewrite import walk
from compiler.model.types import Type, ref
from compiler.resolve.declared import Declared, decl
from compiler.resolve.members import mentioned, resolve_entity, shape
from dsl.ast import outside as ast
from dsl.ast.base import Name, Node
from dsl.ast.entity import FieldDecl, ReferenceDecl
from dsl.diagnostic import Label, Message, Problem
from dsl.source import Place

BODY = "body"
"""What a hook was sent, in its values."""


class FormForNobody(Problem, code="CW0820", name="form-for-nobody"):
    form: str
    message = Message("nobody can open the form `{form}`", "没有人能打开表单 `{form}`")
    help = Message(
        "make it `public`, or send it to somebody: `updates … by link`",
        "请设为 `public`，或发送给某人：`updates … by link`",
    )


class KeyNotUnique(Problem, code="CW0821", name="key-not-unique"):
    entity: str
    fields: str
    message = Message(
        "more than one `{entity}` may have the same `{fields}`",
        "可能有多条 `{entity}` 的 `{fields}` 相同",
    )
    help = Message(
        "which one to update is found by what is unique: add `unique {fields}` to `{entity}`",
        "须按唯一的字段查找要更新的记录：请在 `{entity}` 中加上 `unique {fields}`",
    )


class KeyWithoutUpdate(Problem, code="CW0822", name="key-and-update"):
    updates: bool
    by_link: bool
    message = Message("`updates` and `by` belong together", "`updates` 与 `by` 须一起使用")

    def more_help(self) -> Message:
        if self.by_link:
            return Message(
                "links are sent to people; a hook finds its record by a field: `by phone`",
                "链接是发给人的；接收接口须按字段查找记录：`by phone`",
            )
        if self.updates:
            return Message(
                "say how the record is found: `by phone`, or `by link`",
                "请写明如何找到记录：`by phone` 或 `by link`",
            )
        return Message(
            "`creates` alone looks for no record; write `creates or updates`",
            "仅 `creates` 不查找记录；请写 `creates or updates`",
        )


class LeavesOut(Problem, code="CW0823", name="leaves-out-what-is-required"):
    entity: str
    field: str
    by_me: bool
    message = Message(
        "a new `{entity}` needs a value for `{field}`, and nothing here gives one",
        "新建 `{entity}` 须有 `{field}`，而此处没有给出",
    )

    def more_help(self) -> Message:
        if self.by_me:
            return Message(
                "its default asks who acts, and nobody is signed in here: set it, `{field} = …`",
                "其默认值取决于操作者，而此处无人登录：请写明 `{field} = …`",
            ).filled({"field": self.field})
        return Message(
            "ask for it, or set it: `{field} = …`", "请询问该字段，或写明 `{field} = …`"
        ).filled({"field": self.field})


class GivenTwice(Problem, code="CW0824", name="given-twice"):
    field: str
    first: Place
    message = Message("`{field}` gets a value twice", "`{field}` 被赋值两次")

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("first here", "首次在此"))


class OnlyForLinks(Problem, code="CW0825", name="only-for-links"):
    word: str
    message = Message("`{word}` belongs to a form `by link`", "`{word}` 只用于 `by link` 的表单")
    help = Message("a public form has no link that could be used up", "公开表单没有会失效的链接")


class KeyNotGiven(Problem, code="CW0841", name="key-not-given"):
    field: str
    message = Message(
        "a record is to be found by `{field}`, and nothing here gives one",
        "须按 `{field}` 查找记录，而此处没有给出",
    )
    help = Message("ask for it, or set it: `{field} = …`", "请询问该字段，或写明 `{field} = …`")


class LineFromOutside(Problem, code="CW0840", name="line-from-outside"):
    entity: str
    owner: str
    message = Message(
        "a `{entity}` is a line of a `{owner}` and does not come by itself",
        "`{entity}` 是 `{owner}` 的明细，不能单独录入",
    )
    help = Message("take in the whole: `{owner}`", "请录入整条 `{owner}`")


@dataclass(frozen=True, slots=True)
class _Source:
    """The tree of a form or a hook, and where it stands."""

    build: Build
    declared: Declared
    tree: ast.FormDecl | ast.HookDecl
    entity: EntityId
    context: Context

    @property
    def key(self) -> tuple[Name, ...]:
        return self.tree.key.fields if self.tree.key else ()


@query
def form(build: Build, declared: Declared) -> Form | None:
    """A form of the model; None if its entity is unknown."""
    tree = decl(build, declared.block, ast.FormDecl)
    source = _source(build, declared, tree)
    if source is None:
        return None
    context, by_link = source.context, tree.key is not None and tree.key.link
    params = [each for each in (_param(source, param) for param in tree.params) if each]
    fields = [each for each in (_asked(source, asked) for asked in tree.fields) if each]
    values = _values(source, context, tree.values)
    _is_for_somebody(source, by_link, tree)
    _is_whole(source, [*tree.params, *tree.fields, *tree.values])
    expires = length(context, tree.expires) if tree.expires else None
    return Form(
        **head(build, declared, tree), entity=source.entity, creates=tree.effect.creates,
        updates=tree.effect.updates, key=tuple(name.text for name in source.key), values=values,
        public=tree.public, once=tree.once, expires=expires, params=tuple(params),
        fields=tuple(fields),
    )  # fmt: skip


@query
def hook(build: Build, declared: Declared) -> Hook | None:
    """A hook of the model; None if its entity is unknown."""
    tree = decl(build, declared.block, ast.HookDecl)
    source = _source(build, declared, tree)
    if source is None:
        return None
    written = (given(source.context, declared, sent, shown=False) for sent in tree.body)
    sent = [each for each in written if each]
    inside = _with_body(source.context, {each.name: each.type for each in sent})
    values = _values(source, inside, tree.values)
    _is_whole(source, tree.values)
    return Hook(
        **head(build, declared, tree), entity=source.entity, creates=tree.effect.creates,
        updates=tree.effect.updates, key=tuple(name.text for name in source.key), values=values,
        body=tuple(sent),
    )  # fmt: skip


def _source(build: Build, declared: Declared, tree: ast.FormDecl | ast.HookDecl) -> _Source | None:
    id = resolve_entity(build, declared.module, declared.block, tree.entity)
    if id is None:
        return None
    outside = Context(build, declared.module, declared.block, has_me=False)
    owner = shape(build, id).owner
    if owner is not None:
        at, line = outside.place(tree.entity), short_name(id)
        outside.report(LineFromOutside(at=at, entity=line, owner=short_name(owner)))
        return None
    return _Source(build, declared, tree, id, outside)


def _with_body(context: Context, body: Mapping[str, Type]) -> Context:
    sent = Var(type=ref(INPUT), name=INPUT)
    return replace(context, inputs=body, inputs_of=BODY, variables={BODY: sent})


# ---------------------------------------------------------------- what is written


def _param(source: _Source, tree: ast.FormParam) -> FormParam | None:
    context, build = source.context, source.build
    target = resolve_entity(build, source.declared.module, source.declared.block, tree.target)
    known = _field(source, tree.name)
    if target is None or known is None:
        return None
    if not mentioned(build, context.block, shape(build, target), tree.by):
        report_unknown_field(build, context.place(tree.by), target, tree.by.text)
        return None
    _is_unique(context, tree.by, target, (tree.by.text,))
    if (known.type.kind, known.type.of) != ("ref", target):
        why = Message(
            f"it is no reference to `{short_name(target)}`",
            f"它不是指向 `{short_name(target)}` 的引用",
        )
        at = context.place(tree.name)
        context.report(NotWritable(at=at, field=tree.name.text, why=why))
        return None
    return FormParam(field=tree.name.text, entity=target, by=tree.by.text)


def _asked(source: _Source, tree: ast.FormField) -> FormField | None:
    known = _field(source, tree.name)
    if known is None or _is_readonly(source, tree.name):
        return None
    label = _label(source, tree)
    return FormField(field=tree.name.text, label=label, required=tree.required)


def _label(source: _Source, tree: ast.FormField) -> Labels:
    """As the form says, else as the entity does."""
    build, declared = source.build, source.declared
    known = field(build, source.entity, tree.name.text)
    if tree.label is None and known is not None:
        return known.label
    key, at = f"{declared.name}.{tree.name.text}", source.context.place(tree.name)
    return labels(build, declared.module, (key,), tree.label, tree.name, at)


def _is_readonly(source: _Source, name: Name) -> bool:
    slot = shape(source.build, source.entity).slots[name.text]
    tree = tree_of(source.build, slot) if slot.source in ("field", "reference") else None
    if not isinstance(tree, FieldDecl | ReferenceDecl):
        return False
    found = modifier(tree, "readonly")
    if found is None or found.when is not None:
        return False
    why = Message("it is readonly for people", "它对人员只读")
    at = source.context.place(name)
    source.build.report(NotWritable(at=at, field=name.text, why=why))
    return True


def _values(source: _Source, context: Context, trees: Sequence[ast.SetValue]) -> dict[str, Expr]:
    values = {}
    for tree in trees:
        known = _field(source, tree.name)
        value = value_of(context, tree.value, known.type) if known else None
        if value is not None and not is_broken(value):
            values[tree.name.text] = value
    return values


def _field(source: _Source, name: Name) -> Member | None:
    """The field that is to be written; reports why it cannot."""
    row = Var(type=ref(source.entity), name="new")
    return writable(source.context, row, name)


# ---------------------------------------------------------------- that it is whole


def _is_for_somebody(source: _Source, by_link: bool, tree: ast.FormDecl) -> None:
    context, name = source.context, source.declared.name
    if tree.public == by_link:
        context.report(FormForNobody(at=context.place(tree.name), form=name))
    for word, there in (("once", tree.once), ("expires", tree.expires is not None)):
        if there and not by_link:
            context.report(OnlyForLinks(at=context.place(tree.name), word=word))


Writes = ast.FormParam | ast.FormField | ast.SetValue


def _is_whole(source: _Source, writes: Sequence[Writes]) -> None:
    """Report what is given twice, and what is missing for finding or making a record."""
    first: dict[str, Node] = {}
    for each in writes:
        name, context = each.name.text, source.context
        if name in first:
            at, before = context.place(each.name), context.place(first[name])
            context.report(GivenTwice(at=at, field=name, first=before))
        first.setdefault(name, each.name)
    _finds_its_record(source, first.keys())
    if source.tree.effect.creates:
        for name, by_me in _missing(source, first.keys()):
            at, entity = source.context.place(source.tree.name), short_name(source.entity)
            source.build.report(LeavesOut(at=at, entity=entity, field=name, by_me=by_me))


def _finds_its_record(source: _Source, given: Iterable[str]) -> None:
    tree, context = source.tree, source.context
    linked = isinstance(tree, ast.HookDecl) and tree.key is not None and tree.key.link
    if linked or tree.effect.updates != (tree.key is not None):
        at, updates = context.place(tree.effect), tree.effect.updates
        context.report(KeyWithoutUpdate(at=at, updates=updates, by_link=linked))
    known = shape(source.build, source.entity)
    found = [mentioned(source.build, context.block, known, name) for name in source.key]
    for name, there in zip(source.key, found, strict=True):
        if not there:
            report_unknown_field(source.build, context.place(name), source.entity, name.text)
        elif name.text not in given:
            context.report(KeyNotGiven(at=context.place(name), field=name.text))
    if source.key and all(found):
        names = tuple(name.text for name in source.key)
        _is_unique(context, source.key[0], source.entity, names)


def _is_unique(context: Context, at: Name, entity: EntityId, names: tuple[str, ...]) -> None:
    made = entity_model(context.build, entity)
    alone = len(names) == 1 and names[0] in made.fields and made.fields[names[0]].unique
    constraints = (set(each.fields) for each in made.uniques if each.when is None)
    if not alone and names != (made.data_key,) and all(set(names) != each for each in constraints):
        short, fields = short_name(entity), ", ".join(names)
        context.report(KeyNotUnique(at=context.place(at), entity=short, fields=fields))


def _missing(source: _Source, given: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The fields without which there is no record, and whether a default would be the actor's."""
    for name in shape(source.build, source.entity).slots:
        found = member(source.build, source.entity, name)
        if found is None or not found.required or name in given or found.is_system:
            continue
        if not found.given:
            yield name, False
        elif _asks_me(source.build, source.entity, name):
            yield name, True


def _asks_me(build: Build, entity: EntityId, name: str) -> bool:
    made = field(build, entity, name)
    default = made.default if made else None
    return default is not None and any(
        isinstance(part, Var) and part.name == ME for part in walk(default)
    )
