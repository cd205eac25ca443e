"""What the `app` blocks say of the workspace: one zone, one currency, one list of languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from compiler.build import Build, query
from compiler.field_type import Invalid
from compiler.resolve.declared import (
    PRELUDE,
    Declared,
    decl,
    is_library,
    module_named,
    modules,
    of_kind,
    written,
)
from compiler.resolve.names import nearest, place, replacing
from dsl.ast.app import AppDecl
from dsl.ast.base import Node
from dsl.diagnostic import Fix, Label, Message, Problem
from dsl.source import Place, Span

SUPPORTED_LANGUAGES = ("en", "zh")
LIBRARY_LANGUAGE = "en"
"""The language in which the library writes its labels."""


class NoApp(Problem, code="CW0011", name="no-app"):
    module: str
    message = Message(
        "the folder `{module}` has no `app` block", "目录 `{module}` 中没有 `app` 声明"
    )
    help = Message(
        'begin a file with `app {module} "Title"`', '请在一个文件开头写 `app {module} "标题"`'
    )


class SeveralApps(Problem, code="CW0012", name="several-apps"):
    module: str
    message = Message(
        "the folder `{module}` has more than one `app` block", "目录 `{module}` 中有多个 `app` 声明"
    )
    help = Message("keep one of them", "请只保留一个")


class AppNameDiffers(Problem, code="CW0013", name="app-name-differs"):
    written: str
    module: str
    message = Message(
        "the app in the folder `{module}` is called `{written}`",
        "目录 `{module}` 中的应用名为 `{written}`",
    )
    help = Message("an app has the name of its folder", "应用名须与其目录名相同")

    def fixes(self) -> Iterable[Fix]:
        yield replacing(self.at, self.module)


class SettingsDiffer(Problem, code="CW0014", name="settings-differ"):
    setting: str
    setting_zh: str
    written: str
    other: str
    first: Place
    message = Message(
        "{setting} is `{written}` here, but `{other}` in another app of the workspace",
        "此处{setting_zh}为 `{written}`，而工作区另一应用为 `{other}`",
    )
    help = Message(
        "apps that share a database share zone, currency and languages",
        "共用数据库的应用须使用相同的时区、货币和语言",
    )

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("the other one", "另一处"))


class UnknownLanguage(Problem, code="CW0015", name="unknown-language"):
    written: str
    message = Message("there are no texts for the language `{written}`", "不支持语言 `{written}`")
    help = Message("the product speaks `en` and `zh`", "支持的语言有 `en` 和 `zh`")


class UnknownModule(Problem, code="CW0016", name="unknown-module"):
    written: str
    near: str
    message = Message(
        "there is no app or library module `{written}`", "没有名为 `{written}` 的应用或标准模块"
    )

    def fixes(self) -> Iterable[Fix]:
        if self.near:
            yield replacing(self.at, self.near)


class ModuleNameTaken(Problem, code="CW0211", name="module-name-taken"):
    module: str
    message = Message(
        "`{module}` is the name of the library module `std.{module}`, which the workspace uses",
        "`{module}` 是工作区所引入的标准模块 `std.{module}` 的名称",
    )
    help = Message(
        "give the app and its folder another name, or leave the module out",
        "请给应用及其目录换一个名称，或不引入该模块",
    )


class UnknownTimezone(Problem, code="CW0022", name="unknown-timezone"):
    written: str
    near: str
    message = Message("there is no time zone `{written}`", "没有名为 `{written}` 的时区")
    help = Message(
        'a zone is named after a city: `"Asia/Shanghai"`, `"Europe/Berlin"`; or `"UTC"`',
        '时区以城市命名：`"Asia/Shanghai"`、`"Europe/Berlin"`；或 `"UTC"`',
    )

    def fixes(self) -> Iterable[Fix]:
        if self.near:
            yield replacing(self.at, f'"{self.near}"')


class UnknownCurrency(Problem, code="CW0023", name="unknown-currency"):
    written: str
    message = Message("there is no currency `{written}`", "没有货币 `{written}`")
    help = Message(
        "write its three letters (ISO 4217): `CNY`, `EUR`, `USD`",
        "请写三个字母的货币代码（ISO 4217）：`CNY`、`EUR`、`USD`",
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the workspace."""

    languages: tuple[str, ...] = ("en",)
    timezone: str = "UTC"
    currency: str = "CNY"


@query
def settings(build: Build) -> Settings:
    """The workspace's settings: the first that any app states counts."""
    said = {kind: next(_said(build, kind), None) for kind in ("languages", "timezone", "currency")}
    default = Settings()
    languages = said["languages"]
    return Settings(
        tuple(languages[0].split(", ")) if languages else default.languages,
        said["timezone"][0] if said["timezone"] else default.timezone,
        said["currency"][0] if said["currency"] else default.currency,
    )


@query
def language_of(build: Build, module: str) -> str:
    """The language in which a module writes its labels and messages."""
    if is_library(build, module):
        return LIBRARY_LANGUAGE
    return settings(build).languages[0]


@query
def app_of(build: Build, module: str) -> Declared | None:
    """The `app` block of a module."""
    return next((each for each in of_kind(build, "app") if each.module == module), None)


def _said(build: Build, setting: str) -> Iterator[tuple[str, Place]]:
    """What the apps say of a setting, and where."""
    for each in of_kind(build, "app"):
        tree = decl(build, each.block, AppDecl)
        known = _setting(tree, setting)
        if known:
            yield known[0], place(each.block, known[1])


def _setting(tree: AppDecl, setting: str) -> tuple[str, Node] | None:
    if setting == "languages" and tree.languages:
        known = [name for name in tree.languages if name.text in SUPPORTED_LANGUAGES]
        return (", ".join(name.text for name in known), tree.languages[0]) if known else None
    if setting == "timezone" and tree.timezone and _is_zone(tree.timezone.value):
        return tree.timezone.value, tree.timezone
    if setting == "currency" and tree.currency:
        return tree.currency.text, tree.currency
    return None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a name that is no file's, a folder's
        return False
    return True


def _is_currency(build: Build, code: str) -> bool:
    try:
        build.library.field_types["money"].parameters((code,))
    except Invalid:
        return False
    return True


_SETTING_NAMES = {
    "languages": Message("the list of languages", "语言列表"),
    "timezone": Message("the time zone", "时区"),
    "currency": Message("the currency", "货币"),
}


@query
def apps_agree(build: Build) -> None:
    """Report what is wrong with the `app` blocks."""
    for setting, text in _SETTING_NAMES.items():
        first, *others = list(_said(build, setting)) or [("", Place("", Span(0, 0)))]
        for said, at in others:
            if said != first[0]:
                build.report(
                    SettingsDiffer(
                        at=at, setting=text.en, setting_zh=text.zh, written=said,
                        other=first[0], first=first[1],
                    )
                )  # fmt: skip
    for module in modules(build):
        if module != PRELUDE:
            _one_app(build, module)


def _one_app(build: Build, module: str) -> None:
    apps = [each for each in of_kind(build, "app") if each.module == module]
    if is_library(build, module):
        apps = [each for each in apps if not each.block.startswith(f"{PRELUDE}/")]
        for each in apps:
            at = place(each.block, decl(build, each.block, AppDecl).name)
            build.report(ModuleNameTaken(at=at, module=module))
        return
    if not apps:
        first = next(each for each in _everything_of(build, module))
        build.report(NoApp(at=Place(first, Span(0, 0)), module=module))
    for each in apps[1:]:
        tree = decl(build, each.block, AppDecl)
        build.report(SeveralApps(at=place(each.block, tree.name), module=module))
    for each in apps:
        _names_are_known(build, each)


def _usable(build: Build) -> Iterator[str]:
    """What `use` may name."""
    yield from (name for name in modules(build) if not is_library(build, name))
    for name in sorted(build.library.module_names):
        yield f"{PRELUDE}.{name}"


def _everything_of(build: Build, module: str) -> Iterator[str]:
    return (each.block for each in written(build) if each.module == module)


def _names_are_known(build: Build, each: Declared) -> None:
    tree = decl(build, each.block, AppDecl)
    if tree.name.text != each.module:
        at = place(each.block, tree.name)
        build.report(AppNameDiffers(at=at, written=tree.name.text, module=each.module))
    for language in tree.languages:
        if language.text not in SUPPORTED_LANGUAGES:
            build.report(UnknownLanguage(at=place(each.block, language), written=language.text))
    if tree.timezone and not _is_zone(tree.timezone.value):
        at, written = place(each.block, tree.timezone), tree.timezone.value
        near = nearest(written, available_timezones())
        build.report(UnknownTimezone(at=at, written=written, near=near))
    if tree.currency and not _is_currency(build, tree.currency.text):
        at = place(each.block, tree.currency)
        build.report(UnknownCurrency(at=at, written=tree.currency.text))
    for path in tree.use:
        if module_named(build, path) not in modules(build):
            near = nearest(str(path), _usable(build))
            build.report(UnknownModule(at=place(each.block, path), written=str(path), near=near))
