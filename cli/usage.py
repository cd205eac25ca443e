"""What is wrong with how a command was called, in the language of the person who called it.

Click words it in English alone. Its sentences are known here by their patterns; one that is not,
and the English itself, stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from dsl.diagnostic import Language, Message

# A sentence before what it may be part of: the first that fits is taken.
SENTENCES = (
    Message("{message} Did you mean {name}?", "{message}是否指 {name}？"),
    Message("{message} (Did you mean one of: {names}?)", "{message}是否指其中之一：{names}？"),
    Message("Invalid value for {name}: {message}", "{name} 的值不对：{message}"),
    Message("No such command {name}.", "没有命令 {name}。"),
    Message("No such option {name}.", "没有选项 {name}。"),
    Message("Missing argument {name}.", "缺少参数 {name}。"),
    Message("Missing option {name}.", "缺少选项 {name}。"),
    Message("Missing command.", "缺少命令。"),
    Message("Option {name} requires an argument.", "选项 {name} 需要一个值。"),
    Message("Option {name} does not take a value.", "选项 {name} 不带值。"),
    Message("Got unexpected extra argument ({names})", "多余的参数：{names}"),
    Message("Got unexpected extra arguments ({names})", "多余的参数：{names}"),
    Message("Directory {name} does not exist.", "文件夹 {name} 不存在。"),
    Message("Directory {name} is a file.", "{name} 是文件，应为文件夹。"),
    Message("Directory {name} is not readable.", "文件夹 {name} 不可读。"),
    Message("File {name} does not exist.", "文件 {name} 不存在。"),
    Message("File {name} is a directory.", "{name} 是文件夹，应为文件。"),
    Message("File {name} is not readable.", "文件 {name} 不可读。"),
    Message("Path {name} does not exist.", "路径 {name} 不存在。"),
    Message("Path {name} is not readable.", "路径 {name} 不可读。"),
    Message("{value} is not a valid integer.", "{value} 不是整数。"),
    Message("{value} is not in the range {range}.", "{value} 不在范围 {range} 内。"),
    Message("{value} is not one of {names}.", "{value} 不是其中之一：{names}。"),
    Message("{value} is not {name}.", "{value} 不是 {name}。"),
)
_TRY = Message("Try '{command} --help' for help.", "用 `{command} --help` 查看帮助。")
_USAGE = Message("Usage: {usage}", "用法：{usage}")
_ERROR = Message("Error: {fault}", "错误：{fault}")


@contextmanager
def told_in(language: Language) -> Iterator[None]:
    """What goes wrong inside is told in that language."""
    try:
        yield
    except Told:
        raise
    except click.ClickException as error:
        if language == "en":
            raise
        raise Told(error, language) from error


class Told(click.ClickException):
    """What was wrong, in the words of a language."""

    def __init__(self, error: click.ClickException, language: Language) -> None:
        super().__init__(in_words(error.format_message(), language))
        self.exit_code = error.exit_code  # type: ignore[misc]  # it is each exception's own
        self.error = error
        self.language = language

    def show(self, file: IO[Any] | None = None) -> None:
        context = self.error.ctx if isinstance(self.error, click.UsageError) else None
        if context is not None:
            usage = context.get_usage().removeprefix("Usage: ")
            click.echo(self._said(_USAGE, usage=usage), file, err=True)
            click.echo(self._said(_TRY, command=context.command_path) + "\n", file, err=True)
        click.echo(self._said(_ERROR, fault=self.message), file, err=True)

    def _said(self, message: Message, **values: object) -> str:
        return message.filled(values).text(self.language)


def in_words(text: str, language: Language) -> str:
    """A sentence of Click's in a language; as it is where it is none that is known."""
    for sentence in SENTENCES:
        found = _pattern(sentence.en).fullmatch(text)
        if found is not None:
            values = {name: in_words(part, language) for name, part in found.groupdict().items()}
            return sentence.filled(values).text(language)
    return text


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", sentence)
    texts = (f"(?P<{part}>.+)" if n % 2 else re.escape(part) for n, part in enumerate(parts))
    return re.compile("".join(texts), re.DOTALL)
