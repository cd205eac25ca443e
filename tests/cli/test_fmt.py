from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.fmt import fmt

UNTIDY = "role   A\nentity B\n      a:text\n"
TIDY = "role A\n\nentity B\n  a: text\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(fmt, [str(argument) for argument in arguments], obj="en")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "crm" / "app.case"
    path.parent.mkdir()
    path.write_text(UNTIDY)
    return path


def test_files_below_a_folder_are_formatted_in_place(file: Path, tmp_path: Path) -> None:
    other = file.with_name("notes.txt")
    other.write_text(UNTIDY)
    file.chmod(0o640)
    result = run(tmp_path)
    assert (result.exit_code, result.output) == (0, f"formatted {file}\n")
    assert file.read_text() == TIDY
    assert file.stat().st_mode & 0o777 == 0o640
    assert other.read_text() == UNTIDY
    assert sorted(file.parent.iterdir()) == [file, other]


def test_check_changes_nothing_and_fails_where_something_would_change(file: Path) -> None:
    result = run("--check", file)
    assert (result.exit_code, file.read_text()) == (1, UNTIDY)
    assert f"{file} is not in the layout" in result.output
    file.write_text(TIDY)
    assert (run("--check", file).exit_code, run("--check", file).output) == (0, "")


def test_diff_shows_what_would_change(file: Path) -> None:
    result = run("--diff", file)
    assert (result.exit_code, file.read_text()) == (0, UNTIDY)
    assert "-role   A\n+role A\n" in result.output
    assert run("--diff", "--check", file).exit_code == 1


def test_a_broken_part_is_named_and_left_as_it_is(file: Path) -> None:
    file.write_text("role   A\n\nentity B\n      a  text\n")
    result = run(file)
    assert result.exit_code == 0
    assert "parts with faults are left as they are" in result.output
    assert file.read_text() == "role A\n\nentity B\n      a  text\n"


def test_what_is_not_text_is_named_and_the_rest_is_formatted(file: Path) -> None:
    bad = file.with_name("bad.case")
    bad.write_bytes(b"role \xff\n")
    result = run(file.parent)
    assert result.exit_code == 1
    assert f"{bad} is not UTF-8 text" in result.output
    assert (bad.read_bytes(), file.read_text()) == (b"role \xff\n", TIDY)
