"""The documents are true: their examples compile, and what there is is documented."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from cli.main import COMMANDS
from compiler.pipeline import compile_app
from dsl.diagnostic import Severity
from dsl.format import format
from dsl.source import SourceFile
from runtime.settings import Settings
from stdlib.library import FIELDS, FUNCTIONS, STANDARD

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "language").glob("*.md"))]
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_compile_together(page: Path) -> None:
    blocks = _blocks(page)
    if blocks:
        compiled = compile_app(_Page("\n".join(blocks)), STANDARD)
        faults = [each for each in compiled.diagnostics if each.severity is not Severity.NOTE]
        assert not faults


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_have_the_one_layout(page: Path) -> None:
    for block in _blocks(page):
        assert format(block) == block


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "running.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"`casework {name}" not in text] == []


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "running.md").read_text("utf-8")
    variables = [f"CASEWORK_{name.upper()}" for name in Settings.__struct_fields__ if name != "dev"]
    assert [name for name in variables if f"`{name}`" not in text] == []


def test_every_field_type_and_function_is_documented() -> None:
    guide = "\n".join(page.read_text("utf-8") for page in PAGES)
    fields = [each.name for each in FIELDS if each.name not in ("enum", "reference", "state")]
    assert [name for name in fields if f"`{name}" not in guide] == []
    assert [each.name for each in FUNCTIONS if f"`{each.name}(" not in guide] == []
