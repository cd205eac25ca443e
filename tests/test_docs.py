"""The documents are true: their examples compile, and what there is is documented."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import COMMANDS, main
from compiler.pipeline import compile_app
from dsl.ast.outside import ConnectorDecl
from dsl.diagnostic import Severity
from dsl.format import format
from dsl.parser import parse
from dsl.source import SourceFile
from runtime.schema.means import NOT_CARRIED_OUT, NOT_SAID
from runtime.settings import Settings
from stdlib import reference
from stdlib.library import FIELDS, FUNCTIONS, STANDARD

ROOT = Path(__file__).parent.parent
LANGUAGE = ROOT / "docs" / "language"
TUTORIAL = LANGUAGE / "tutorial.md"
PAGES = [ROOT / "README.md", *sorted(LANGUAGE.glob("*.md"))]
_BLOCK = re.compile(r"^```casework\n(.*?)^```", re.MULTILINE | re.DOTALL)
_APP = re.compile(r"^app (\w+)", re.MULTILINE)


class _Page:
    """The blocks of a page, which together are one app, or several one after the other."""

    def __init__(self, text: str) -> None:
        self.text = text

    def files(self) -> list[SourceFile]:
        apps = list(_APP.finditer(self.text))
        assert apps, "a page of examples has an `app` block"
        starts = [0, *(app.start() for app in apps[1:]), len(self.text)]
        found = [
            SourceFile(f"{app[1]}/app.case", self.text[start:end])
            for app, (start, end) in zip(apps, pairwise(starts), strict=True)
        ]
        return sorted(found, key=lambda file: file.path)


def _blocks(page: Path) -> list[str]:
    return [str(block) for block in _BLOCK.findall(page.read_text("utf-8"))]


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page != TUTORIAL], ids=lambda page: page.name
)
def test_the_examples_of_a_page_compile_together(page: Path) -> None:
    blocks = _blocks(page)
    if blocks:
        compiled = compile_app(_Page("\n".join(blocks)), STANDARD)
        faults = [each for each in compiled.diagnostics if each.severity is not Severity.NOTE]
        assert not faults


def test_the_whole_language_in_one_file_compiles_clean() -> None:
    text = (LANGUAGE / "example.case").read_text("utf-8")
    compiled = compile_app(_Page(text), STANDARD)
    assert not [each for each in compiled.diagnostics if each.severity is not Severity.NOTE]
    assert compiled.bundle is not None
    assert format(text) == text


def _steps() -> list[str]:
    """The text of the tutorial's app after each of its steps: a declaration that comes again
    replaces the one before it."""
    found: dict[str, str] = {}
    texts = []
    for block in _blocks(TUTORIAL):
        for each in SourceFile("workshop/app.case", block).blocks:
            found[each.key] = each.text.strip() + "\n"
        texts.append("\n".join(found.values()))
    return texts


def test_every_step_of_the_tutorial_is_a_whole_app() -> None:
    previous = None
    for text in _steps():
        previous = compile_app(_Page(text), STANDARD, previous)
        faults = [each for each in previous.diagnostics if each.severity is not Severity.NOTE]
        assert not faults


def test_what_the_tutorial_promises_is_so(tmp_path: Path) -> None:
    (tmp_path / "workshop").mkdir()
    (tmp_path / "workshop" / "app.case").write_text(_steps()[-1], "utf-8")
    result = CliRunner().invoke(main, ["--lang", "en", "test", str(tmp_path)])
    assert result.exit_code == 0, result.output
    whole = _steps()[-1]
    start, end = whole.index("  finish "), whole.index("  pay ")
    told = compile_app(_Page(whole[:start] + whole[end:]), STANDARD).diagnostics
    assert any("in_work" in each.message.en for each in told if each.severity is Severity.ERROR)


def test_the_list_of_functions_is_that_of_the_library() -> None:
    assert (LANGUAGE / "library.md").read_text("utf-8") == reference.page()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_have_the_one_layout(page: Path) -> None:
    for block in _blocks(page):
        assert format(block) == block


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "running.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"`casework {name}" not in text] == []


def test_what_is_not_carried_out_is_documented() -> None:
    text = (ROOT / "docs" / "running.md").read_text("utf-8")
    section = text.partition("## What is checked but not run yet")[2].partition("\n## ")[0]
    words = [word for word, _ in (*NOT_CARRIED_OUT, *NOT_SAID)]
    assert [word for word in words if f"`{word}`" not in section] == []


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "running.md").read_text("utf-8")
    variables = [f"CASEWORK_{name.upper()}" for name in Settings.__struct_fields__ if name != "dev"]
    assert [name for name in variables if f"`{name}`" not in text] == []


def test_every_connector_is_documented_with_what_it_can_do() -> None:
    text = (ROOT / "docs" / "language" / "connectors.md").read_text("utf-8")
    library = SourceFile("std/connectors.case", STANDARD.prelude["std/connectors.case"])
    declared = [each.decl for each in parse(library) if isinstance(each.decl, ConnectorDecl)]
    lines = dict(re.findall(r"^\| `std\.(\w+)` \| (.*) \|$", text, re.M))
    assert lines.keys() == {each.name.text for each in declared}
    for each in declared:
        for action in each.actions:
            given = [f"{p.name}{'?' if p.type.optional else ''}" for p in action.parameters]
            assert f"`{action.name}({', '.join(given)})`" in lines[each.name.text]


def test_every_field_type_and_function_is_documented() -> None:
    guide = "\n".join(page.read_text("utf-8") for page in PAGES)
    fields = [each.name for each in FIELDS if each.name not in ("enum", "reference", "state")]
    assert [name for name in fields if f"`{name}" not in guide] == []
    assert [each.name for each in FUNCTIONS if f"`{each.name}(" not in guide] == []
