"""The command `casework`: options for every sub-command, and the table of sub-commands."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from typing import Any, cast, get_args

import click

from cli.usage import told_in
from dsl.diagnostic import Language, Message

LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Entry:
    """A sub-command: where its click command stands (`module:name`), and what it does."""

    target: str
    summary: Message

    def load(self) -> click.Command:
        module, name = self.target.split(":")
        gc.disable()  # importing makes hardly any garbage, and looking for it costs a tenth
        try:
            return cast(click.Command, getattr(import_module(module), name))
        finally:
            gc.enable()


# In the order in which a person meets them.
COMMANDS: Mapping[str, Entry] = {
    "new": Entry("cli.new:new", Message("Begin an app", "新建应用")),
    "dev": Entry("cli.dev:dev", Message("Serve apps while they are written", "开发时运行应用")),
    "serve": Entry("cli.serve:serve", Message("Serve apps", "运行应用")),
    "import": Entry("cli.import_:import_", Message("Bring CSV files into an app", "导入 CSV 文件")),
    "sample": Entry("cli.sample:sample", Message("Fill an app with made-up data", "生成示例数据")),
    "check": Entry("cli.check:check", Message("Say what is wrong with apps", "检查应用的错误")),
    "test": Entry("cli.test:test", Message("Run the tests of apps", "运行应用的测试")),
    "explain": Entry(
        "cli.explain:explain",
        Message("Explain a problem, or a name of an app", "解释一个问题，或应用中的名称"),
    ),
    "who": Entry("cli.who:who", Message("Say who may do what", "查询谁可以做什么")),
    "graph": Entry("cli.graph:graph", Message("Draw entities and flows", "绘制实体和流程")),
    "lsp": Entry("cli.lsp.command:lsp", Message("Serve an editor", "为编辑器提供语言服务")),
    "fmt": Entry("cli.fmt:fmt", Message("Put text into its one layout", "整理文本的排版")),
}


class LazyGroup(click.Group):
    """A group that imports a sub-command when it is called, not when it is listed.

    `casework check` must not wait for the web and database libraries of `casework serve`.
    """

    def __init__(self, entries: Mapping[str, Entry] = COMMANDS, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.entries)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        with told_in(language_of(args)):
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with told_in(ctx.params.get("lang") or language_of(())):
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = [*self.entries, *self.commands]
        if args[0] in known or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        raise click.NoSuchCommand(args[0], possibilities=known, ctx=ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self.entries.get(cmd_name)
        return entry.load() if entry else super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        language = ctx.params.get("lang") or language_of(())
        rows = [(name, entry.summary.text(language)) for name, entry in self.entries.items()]
        if rows:
            with formatter.section(Message("Commands", "命令").text(language)):
                formatter.write_dl(rows)


def language_of(arguments: Sequence[str]) -> Language:
    """The language that arguments ask for before they are understood, or the environment does."""
    for name, value in pairwise([*(part for each in arguments for part in each.split("=")), ""]):
        if name == "--lang" and value in LANGUAGES:
            return value
    return language_of_environment(os.environ)


def language_of_environment(environment: Mapping[str, str]) -> Language:
    """The language that the locale variables ask for, as gettext ranks them; English otherwise."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if locale := environment.get(variable):
            return "zh" if locale.lower().startswith("zh") else "en"
    return "en"


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="casework", message="casework %(version)s")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default=lambda: language_of(()),
    show_default="LC_ALL, LC_MESSAGES, LANG",
    is_eager=True,
    help="Language of messages. 消息的语言。",
)
@click.pass_context
def main(ctx: click.Context, lang: Language) -> None:
    """Business apps, described in text.

    用文本描述业务应用。
    """
    ctx.obj = lang
