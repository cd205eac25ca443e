"""Every problem is documented, and its page is true: its first example has it, its second not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cli.explain
from compiler.analyse.texts import MissingText
from compiler.pipeline import Compiled, compile_app
from dsl.diagnostic import PROBLEMS, Problem
from stdlib.library import STANDARD
from tests.support.apps import HEAD, Texts

EXAMPLE = re.compile(r"^```casework\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^# (\w+/\w+\.case)$", re.MULTILINE)

problems = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=lambda each: each.code)
LIMITS = {
    "CW0024",
    "CW0025",
    "CW0026",
    "CW0027",
    "CW0133",
    "CW0134",
    "CW0135",
    "CW0136",
    "CW0433",
    "CW0436",
}
"""Problems of texts too large for an example."""

pages = pytest.mark.parametrize(
    "path",
    [path for path in sorted(cli.explain.PAGES.glob("*.md")) if path.stem not in LIMITS],
    ids=lambda path: path.stem,
)


def compiled(example: str) -> Compiled:
    """An example as a workspace: the files it names, else declarations of the app `shop`."""
    start, *parts = FILE.split(example)
    files = tuple(zip(parts[::2], parts[1::2], strict=True))
    return compile_app(
        Texts(files or (("shop/head.case", HEAD), ("shop/text.case", start))), STANDARD
    )


def codes(result: Compiled, wanted: str) -> set[str]:
    told = result.missing_texts if wanted == MissingText.code else result.diagnostics
    return {item.code for item in told}


def examples(path: Path) -> list[str]:
    return EXAMPLE.findall(path.read_text("utf-8"))


@problems
def test_a_problem_has_a_page(problem: type[Problem]) -> None:
    page = (cli.explain.PAGES / f"{problem.code}.md").read_text("utf-8")
    assert page.startswith(f"# {problem.code} {problem.name}\n")
    assert cli.explain.CHINESE in page


@problems
def test_a_problem_speaks_both_languages(problem: type[Problem]) -> None:
    for message in filter(None, (problem.message, problem.label, problem.help)):
        assert message.en
        assert message.zh
        assert message.en != message.zh or _is_all_holes(message.en)


@pages
def test_the_first_example_has_the_problem(path: Path) -> None:
    wrong = examples(path)[0]
    assert codes(compiled(wrong), path.stem) == {path.stem}


@pages
def test_the_second_example_is_clean(path: Path) -> None:
    right = examples(path)[1]
    assert codes(compiled(right), path.stem) == set()


@pages
def test_a_page_is_about_a_problem(path: Path) -> None:
    assert path.stem in PROBLEMS


@pages
def test_a_page_is_explained_in_both_languages(path: Path) -> None:
    page = path.read_text("utf-8")
    chinese = cli.explain.in_language(page, "zh")
    assert "```casework" in chinese
    assert page.count("\nWrite:\n") == chinese.count("写作：\n")
    assert "中文" not in cli.explain.in_language(page, "en")


def _is_all_holes(text: str) -> bool:
    return not re.sub(r"\{\w+\}", "", text).strip()
