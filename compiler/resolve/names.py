"""What a name means: the module's own declarations first, then those of the modules it uses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from compiler.build import Build, query
from compiler.resolve.declared import (
    PRELUDE,
    Declared,
    Kind,
    decl,
    is_library,
    meanings,
    table,
    used_modules,
    written,
)
from compiler.resolve.symbols import of_declared
from dsl import words
from dsl.ast.app import AppDecl, Decl
from dsl.ast.base import Node, Path
from dsl.diagnostic import Edit, Fix, Label, Message, Near, Problem, Safety
from dsl.source import Place, Span

KIND_NAMES: dict[Kind, Message] = {
    "app": Message("app", "应用"),
    "locale": Message("locale", "翻译"),
    "role": Message("role", "角色"),
    "enum": Message("enum", "枚举"),
    "data": Message("reference data", "基础数据"),
    "entity": Message("entity", "实体"),
    "mixin": Message("mixin", "混入"),
    "flow": Message("flow", "流程"),
    "action": Message("action", "操作"),
    "clock": Message("clock", "计时"),
    "calendar": Message("calendar", "日历"),
    "rule": Message("rule", "规则"),
    "function": Message("function", "函数"),
    "table": Message("table", "决策表"),
    "score": Message("score", "评分"),
    "tag": Message("tag", "标签"),
    "segment": Message("segment", "分群"),
    "report": Message("report", "报表"),
    "dashboard": Message("dashboard", "仪表板"),
    "view": Message("view", "视图"),
    "test": Message("test", "测试"),
    "upgrade": Message("upgrade", "升级步骤"),
    "mail": Message("mail", "邮件"),
    "print": Message("print", "打印页"),
    "form": Message("form", "表单"),
    "hook": Message("hook", "接收接口"),
    "event": Message("event", "行为事件"),
    "webhook": Message("webhook", "推送接口"),
    "connect": Message("connection", "连接"),
    "connector": Message("connector", "连接器"),
}


ENTITY: tuple[Kind, ...] = ("entity", "data")
ROLE: tuple[Kind, ...] = ("role",)
CALLED: tuple[Kind, ...] = ("function", "table")
TABLE: tuple[Kind, ...] = ("table",)
SEGMENT: tuple[Kind, ...] = ("segment",)
"""Kinds that a place may want."""


def nearest(name: str, candidates: Iterable[str]) -> Near:
    """The candidate that was likely meant; empty if none is near."""
    known = tuple(candidates)
    return Near(words.nearest(name, known) or "", known)


def replacing(at: Place, text: str, safety: Safety = Safety.UNSAFE) -> Fix:
    """The fix that writes another text at a place."""
    return Fix(Message(f"write `{text}`", f"改为 `{text}`"), (Edit(at, text),), safety)


class Misspelt:
    """What problems have in common that know which name was likely meant: `near`, or empty."""

    at: Place
    near: str
    help: ClassVar[Message | None]

    def more_help(self) -> Message | None:
        if self.near and self.help is None:
            return Message("did you mean `{near}`?", "是否指 `{near}`？")
        return self.help

    def fixes(self) -> Iterable[Fix]:
        if self.near:
            yield replacing(self.at, self.near)


class UnknownName(Misspelt, Problem, code="CW0201", name="unknown-name"):
    written: str
    wanted: str
    wanted_zh: str
    near: str
    elsewhere: str
    use: Edit | None = None
    message = Message("there is no {wanted} `{written}`", "没有名为 `{written}` 的{wanted_zh}")

    def more_help(self) -> Message | None:
        if self.elsewhere:
            return Message(
                "`{elsewhere}` has one: add `use {elsewhere}` to this app",
                "`{elsewhere}` 中有：请在本应用中加上 `use {elsewhere}`",
            )
        return super().more_help()

    def fixes(self) -> Iterable[Fix]:
        if not self.elsewhere:
            yield from super().fixes()
        elif self.use:
            title = Message(f"add `use {self.elsewhere}`", f"加上 `use {self.elsewhere}`")
            yield Fix(title, (self.use,), Safety.UNSAFE)


class AmbiguousName(Problem, code="CW0202", name="ambiguous-name"):
    written: str
    choices: str
    message = Message(
        "`{written}` is declared by more than one module: {choices}",
        "`{written}` 在多个模块中声明：{choices}",
    )
    help = Message("write the module's name before it", "请在前面写上模块名")

    def fixes(self) -> Iterable[Fix]:
        for choice in self.choices.replace("`", "").split(", "):
            yield replacing(self.at, choice)


class WrongKind(Problem, code="CW0204", name="wrong-kind-of-name"):
    written: str
    found: str
    found_zh: str
    wanted: str
    wanted_zh: str
    article: str
    message = Message(
        "`{written}` is a declared {found}, but the name of {article} {wanted} is expected here",
        "`{written}` 是{found_zh}，此处应为{wanted_zh}的名称",
    )


class DuplicateName(Problem, code="CW0203", name="duplicate-name"):
    written: str
    kind: str
    kind_zh: str
    article: str
    first: Place
    alike: bool
    message = Message(
        "`{written}` is already the name of {article} {kind}",
        "`{written}` 已是一个{kind_zh}的名称",
    )
    help = Message(
        "what a module declares has names of its own; rename one, or join the two",
        "同一模块中的声明不能重名；请改名或合并",
    )

    def more_help(self) -> Message | None:
        if self.alike:
            return Message("rename one, or delete one of them", "请改名，或删除其中一个")
        return self.help

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("first here", "首次声明在此"))


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why a name means nothing: nothing of a right kind is visible, or too much."""

    wrong: Declared | None = None
    several: tuple[Declared, ...] = ()


def find(
    build: Build, module: str, parts: Sequence[str], kinds: Collection[Kind]
) -> Declared | Unresolved:
    """The declaration that a bare or qualified name means in a module."""
    visible = used_modules(build, module)
    if len(parts) == 3 and parts[0] == PRELUDE:
        parts = parts[1:]
    if len(parts) == 2:
        visible = tuple(each for each in visible if each == parts[0])
    elif len(parts) != 1:
        return Unresolved()
    known = [each for each in meanings(build, parts[-1]) if each.module in visible]
    right = [each for each in known if each.kind in kinds]
    own = [each for each in right if each.module == module]
    apps = own or [each for each in right if each.module != PRELUDE] or right
    if len({each.module for each in apps}) > 1:
        return Unresolved(several=tuple(apps))
    if apps:
        return apps[0]
    return Unresolved(wrong=known[0] if known else None)


def resolve(
    build: Build, module: str, block: str, path: Path, kinds: Sequence[Kind]
) -> Declared | None:
    """Like `find`, with a problem reported at the path where it finds nothing."""
    parts = [part.text for part in path.parts]
    found = find(build, module, parts, kinds)
    if isinstance(found, Declared):
        build.mention(place(block, path.parts[-1]), of_declared(found))
        return found
    if not is_lost(build, parts[-1]):
        build.report(explain(build, module, Place(block, path.span), parts, kinds, found))
    return None


def explain(
    build: Build,
    module: str,
    at: Place,
    parts: Sequence[str],
    kinds: Sequence[Kind],
    why: Unresolved,
) -> Problem:
    """The problem that says why a name means nothing."""
    written, wanted = ".".join(parts), KIND_NAMES[kinds[0]]
    if why.several:
        choices = ", ".join(f"`{each.id}`" for each in why.several)
        return AmbiguousName(at=at, written=written, choices=choices)
    if why.wrong:
        found = KIND_NAMES[why.wrong.kind]
        return WrongKind(
            at=at, written=written, found=found.en, found_zh=found.zh,
            wanted=wanted.en, wanted_zh=wanted.zh, article=article(wanted.en),
        )  # fmt: skip
    elsewhere = _elsewhere(build, module, parts, kinds)
    return UnknownName(
        at=at, written=written, wanted=wanted.en, wanted_zh=wanted.zh,
        near=_near(build, module, parts, kinds), elsewhere=elsewhere,
        use=_use(build, module, elsewhere) if elsewhere else None,
    )  # fmt: skip


def _near(build: Build, module: str, parts: Sequence[str], kinds: Collection[Kind]) -> Near:
    """The name that was likely meant, qualified as the written one is."""
    *qualifier, last = parts
    visible = [name for name in used_modules(build, module) if not qualifier or name in qualifier]
    found = nearest(last, _names_in(build, visible, kinds))
    return Near(".".join((*qualifier, found)), found.among) if found else found


def _elsewhere(build: Build, module: str, parts: Sequence[str], kinds: Collection[Kind]) -> str:
    """What an app has to use that declares the name, where this one does not."""
    visible, (*qualifier, last) = used_modules(build, module), parts
    for each in meanings(build, last):
        right = each.kind in kinds and qualifier[-1:] in ([], [each.module])
        if right and each.module not in visible:
            return usable(build, each.module)
    # What the text of a module declares is known only where it is used.
    named = qualifier[-1] if qualifier else ""
    known = named in build.library.module_names and named not in visible
    return f"{PRELUDE}.{named}" if known else ""


def usable(build: Build, module: str) -> str:
    """How `use` names a module."""
    return f"{PRELUDE}.{module}" if is_library(build, module) else module


def _use(build: Build, module: str, wanted: str) -> Edit | None:
    """Adds to what an app uses; None for a folder without an `app` block."""
    for each in written(build):
        if each.kind == "app" and each.module == module:
            tree = decl(build, each.block, AppDecl)
            after = (tree.use or (tree.label or tree.name,))[-1].span.end
            text = f", {wanted}" if tree.use else f"\n  use {wanted}"
            return Edit(Place(each.block, Span(after, after)), text)
    return None


def visible_names(build: Build, module: str, kinds: Collection[Kind]) -> list[str]:
    """The bare names of these kinds that a module can say."""
    return _names_in(build, used_modules(build, module), kinds)


def _names_in(build: Build, visible: Collection[str], kinds: Collection[Kind]) -> list[str]:
    return [
        name
        for name, found in table(build).items()
        if any(each.kind in kinds and each.module in visible for each in found)
    ]


@query
def names_are_unique(build: Build) -> None:
    """Report names that a module declares twice."""
    for found in table(build).values():
        first: dict[str, Declared] = {}
        for each in found:
            other = first.setdefault(each.module, each)
            if other is not each:
                build.report(_twice(build, other, each))


def article(noun: str) -> str:
    """What English puts before a word of the language."""
    return "an" if noun[0] in "aeiou" else "a"


def _twice(build: Build, first: Declared, again: Declared) -> Problem:
    before, after = (decl(build, each.block, Decl) for each in (first, again))
    kind = KIND_NAMES[first.kind]
    return DuplicateName(
        at=place(again.block, after.name), written=again.name, kind=kind.en, kind_zh=kind.zh,
        article=article(kind.en), first=place(first.block, before.name),
        alike=first.kind == again.kind,
    )  # fmt: skip


def place(block: str, node: Node) -> Place:
    return Place(block, node.span)


def is_lost(build: Build, name: str) -> bool:
    """Whether a declaration of that name was written, but too little of it was understood."""
    lost = build.given("lost")
    return isinstance(lost, frozenset) and name in lost
