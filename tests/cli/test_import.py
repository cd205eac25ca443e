"""`casework import` and `casework sample`: what they say, and with which exit code."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from cli.workspace import workspace_of

APP = """\
app shop "Shop"
  languages en
  timezone "Asia/Shanghai"
  currency CNY

entity Product "Product"
  code "Code": text(8) required unique
  name "Name": text(20) required
  display "{name}"
  access
    everyone read
"""
MAPPING = """\
[[file]]
name = "products.csv"
entity = "Product"
key = "code"

[file.fields]
code = "Code"
name = "Name"
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "app.case").write_text(APP, "utf-8")
    (folder / "import.toml").write_text(MAPPING, "utf-8")
    return folder


def run(*arguments: str | Path, language: str = "en") -> Result:
    return CliRunner().invoke(main, ["--lang", language, *map(str, arguments)])


def put(folder: Path, text: str) -> Path:
    (folder / "products.csv").write_text(text, "utf-8")
    return folder


def test_an_import_tells_what_became_of_each_file(shop: Path, tmp_path: Path) -> None:
    source = put(tmp_path, "Code,Name\nA,Pen\nB,Ink\n")
    first = run("import", shop, source)
    assert first.exit_code == 0, first.output
    assert "2 rows: 2 new, 0 changed, 0 the same, 0 refused" in first.output
    put(tmp_path, "Code,Name\nA,Pencil\nB,Ink\n")
    second = run("import", shop, source / "products.csv", language="zh")
    assert second.exit_code == 0, second.output
    assert "共 2 行：新增 0，修改 1，相同 1，拒绝 0" in second.output


def test_refused_rows_are_listed_and_the_exit_code_says_so(shop: Path, tmp_path: Path) -> None:
    source = put(tmp_path, "Code,Name\nA,Pen\nB,\n")
    errors = tmp_path / "errors.csv"
    result = run("import", shop, source, "--errors", errors, "--all-or-nothing")
    assert result.exit_code == 1
    assert "nothing was saved" in result.output
    with errors.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["file"], row["row"], row["column"]) for row in rows] == [
        ("products.csv", "3", "Name")
    ]
    put(tmp_path, "Code,Name\nA,Pen\n")
    assert "1 new" in run("import", shop, source).output


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_wrong_mapping_is_told_with_its_place(shop: Path, tmp_path: Path, language: str) -> None:
    (shop / "import.toml").write_text(MAPPING.replace('"Name"', '"Nahme"'), "utf-8")
    result = run("import", shop, put(tmp_path, "Code,Name\nA,Pen\n"), language=language)
    assert result.exit_code == 2
    assert "fields, name: `products.csv`" in result.output
    assert run("import", shop, tmp_path, "--as", "nobody@x.cn").exit_code == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_missing_mapping_is_told_with_where_it_was_looked_for(
    shop: Path, tmp_path: Path, language: str
) -> None:
    (shop / "import.toml").unlink()
    result = run("import", shop, put(tmp_path, "Code,Name\nA,Pen\n"), language=language)
    assert result.exit_code == 2
    assert str(shop / "import.toml") in result.output
    assert ("没有文件" if language == "zh" else "there is no file") in result.output
    assert "docs/import.md" in result.output


def test_made_up_data_is_not_put_on_top_of_what_is_there(shop: Path) -> None:
    first = run("sample", shop, "--rows", "5")
    assert first.exit_code == 0, first.output
    assert "5 shop.Product" in first.output
    again = run("sample", shop, "--rows", "5")
    assert again.exit_code == 1
    assert "has rows already" in again.output


def test_an_app_is_opened_with_the_workspace_it_is_served_with(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / "apps" / name).mkdir(parents=True)
        (tmp_path / "apps" / name / "app.case").write_text("", "utf-8")
    assert workspace_of(tmp_path / "apps" / "one") == tmp_path / "apps"
    (tmp_path / "apps" / "two" / ".casework").mkdir()
    assert workspace_of(tmp_path / "apps" / "two") == tmp_path / "apps" / "two"
