"""`casework new`: an app to begin from, which fits the apps that are there."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from cli.workspace import FolderWorkspace
from compiler.pipeline import compile_app
from dsl.format import format
from stdlib.library import STANDARD


def new(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, ["--lang", language, "new", *words])


def faults(workspace: Path) -> list[str]:
    compiled = compile_app(FolderWorkspace(workspace), STANDARD)
    return [each.message.en for each in compiled.diagnostics if each.severity == "error"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_new_app_is_whole_and_in_the_layout(tmp_path: Path, language: str) -> None:
    result = new("orders", "--in", str(tmp_path / "apps"), language=language)
    assert result.exit_code == 0, result.output
    text = (tmp_path / "apps" / "orders" / "app.case").read_text("utf-8")
    assert format(text) == text
    assert faults(tmp_path / "apps") == []


def test_the_workspace_may_stand_before_the_name(tmp_path: Path) -> None:
    assert new(f"{tmp_path}/apps/orders").exit_code == 0
    assert (tmp_path / "apps" / "orders" / "app.case").exists()


def test_a_new_app_has_the_settings_of_those_beside_it(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    first = 'app shop "Shop"\n  languages zh\n  timezone "Europe/Berlin"  # ours\n  currency EUR\n'
    (tmp_path / "shop" / "app.case").write_text(first, "utf-8")
    assert new("orders", "--in", str(tmp_path)).exit_code == 0
    assert 'timezone "Europe/Berlin"\n' in (tmp_path / "orders" / "app.case").read_text("utf-8")
    assert faults(tmp_path) == []


def test_a_name_that_is_none_and_a_folder_that_is_there_are_refused(tmp_path: Path) -> None:
    assert "cannot name an app" in new("Orders!", "--in", str(tmp_path)).output
    assert new("orders", "--in", str(tmp_path)).exit_code == 0
    assert "exists already" in new("orders", "--in", str(tmp_path)).output
