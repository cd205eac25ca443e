"""`casework explain CW0301`: the page of a problem; `casework explain Customer.phone`: all that is
known of a name."""

from __future__ import annotations

import re
from pathlib import Path

import click

import compiler.pipeline  # noqa: F401 (declares the problems)
from dsl.diagnostic import PROBLEMS, Language, Message, Problem
from dsl.words import nearest

PAGES = Path(__file__).with_name("codes")
"""The pages of `docs/codes`, which lie here by a link, so that an installation has them too."""
CHINESE = "\n## 中文\n"

_CODE = re.compile(r"(?i)cw\w{1,4}$|[a-z]+(-[a-z]+)+$")
"""A problem's code, or its name, which always has more than one word."""

_UNKNOWN = Message("there is no problem {code}", "没有编号为 {code} 的问题")
_NEAR = Message("; did you mean {near}?", "；是否指 {near}？")


@click.command("explain")
@click.argument("topic", metavar="CODE|NAME")
@click.option(
    "--in", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the apps. 应用所在的文件夹。",
)  # fmt: skip
@click.pass_obj
def explain(language: Language, topic: str, folder: Path | None) -> None:
    """Say what a problem is and how to get rid of it, or what is known of a name of an app:
    `casework explain CW0301`, `casework explain Customer.phone`.

    CODE may be the problem's name too: `duplicate-member`. NAME is an entity, a field, a state …:
    where it comes from, what computes it anew, who may see it, what writes it, where it is named.
    解释一个问题及其解决办法，或应用中某个名称的来龙去脉。
    """
    if _CODE.match(topic):
        click.echo(page_of(_problem(topic, language), language).rstrip())
    else:
        from cli.story import story

        click.echo(story(topic, folder, language))


def _problem(code: str, language: Language) -> type[Problem]:
    names = {problem.name: problem for problem in PROBLEMS.values()}
    problem = PROBLEMS.get(code.upper()) or names.get(code.lower())
    if problem is None:
        near = nearest(code.upper(), PROBLEMS) or nearest(code.lower(), names)
        words = _UNKNOWN.filled({"code": code}).text(language)
        more = _NEAR.filled({"near": near}).text(language) if near else ""
        raise click.ClickException(words + more)
    return problem


def page_of(problem: type[Problem], language: Language) -> str:
    """The page in a language."""
    return in_language((PAGES / f"{problem.code}.md").read_text("utf-8"), language)


def in_language(page: str, language: Language) -> str:
    """A page's text in one language, with the examples that serve both."""
    english, _, chinese = page.partition(CHINESE)
    if language == "en":
        return english
    title, _, body = english.partition("\n")
    examples = body[body.index("```") :] if "```" in body else ""
    return f"{title}\n\n{chinese.strip()}\n\n{_in_chinese(examples)}"


def _in_chinese(examples: str) -> str:
    """The fenced blocks, with the line that leads to the right one."""
    words, blocks = examples.split("```")[::2], examples.split("```")[1::2]
    led = ("写作：\n\n" if said.strip() == "Write:" else "" for said in words)
    return "\n\n".join(f"{lead}```{block}```" for lead, block in zip(led, blocks, strict=False))
