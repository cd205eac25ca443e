"""`casework check` and `casework explain` as people use them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from cli.workspace import MAX_FILE, FolderWorkspace

APP = 'app shop "Shop"\n  languages en, zh\n\nlocale zh\n  shop "商店"\n'
CLEAN = 'role Sales "Sales"\n'
FAULTY = "entity Order\n  number: itn\n  access\n    everyone read\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "app.case").write_text(APP, "utf-8")
    return folder


def check(*arguments: object, lang: str = "en") -> Result:
    return CliRunner().invoke(main, ["--lang", lang, *map(str, arguments)])


def test_an_app_without_faults_passes(shop: Path) -> None:
    result = check("check", shop)
    assert (result.exit_code, result.output) == (0, "files: 1, no faults\n")


def test_a_folder_of_apps_is_a_workspace(shop: Path) -> None:
    other = shop.parent / "store"
    other.mkdir()
    (other / "app.case").write_text('app store "Store"\n  currency USD\n', "utf-8")
    (shop / "app.case").write_text(APP + "\nrole Sales includes store.Keeper\n", "utf-8")
    result = check("check", shop.parent)
    assert result.exit_code == 1
    assert "CW0201" in result.output


def test_errors_are_shown_with_place_and_fix_and_fail(shop: Path) -> None:
    (shop / "order.case").write_text(FAULTY, "utf-8")
    result = check("check", shop)
    assert result.exit_code == 1
    assert "error[CW0411]: there is no type or enum `itn`" in result.output
    assert "shop/order.case:2:11" in result.output
    assert "did you mean `int`?" in result.output
    assert "files: 2, errors: 1, warnings: 0" in result.output


def test_messages_are_in_the_language_asked_for(shop: Path) -> None:
    (shop / "order.case").write_text(FAULTY, "utf-8")
    result = check("check", shop, lang="zh")
    assert "没有名为 `itn` 的类型或枚举" in result.output


def test_json_is_for_programs(shop: Path) -> None:
    (shop / "order.case").write_text(FAULTY, "utf-8")
    result = check("check", shop, "--format", "json")
    found = json.loads(result.output)
    assert [item["code"] for item in found if item["severity"] == "error"] == ["CW0411"]


def test_sarif_names_files_places_and_fixes(shop: Path) -> None:
    (shop / "order.case").write_text(FAULTY, "utf-8")
    log = json.loads(check("check", shop, "--format", "sarif").output)
    (run,) = log["runs"]
    found = next(each for each in run["results"] if each["ruleId"] == "CW0411")
    place = found["locations"][0]["physicalLocation"]
    assert Path(place["artifactLocation"]["uri"]) == shop / "order.case"
    assert place["region"] == {"startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 14}
    (replacement,) = found["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"]["text"] == "int"
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} >= {"CW0411"}


def test_github_gets_one_command_a_line(shop: Path) -> None:
    (shop / "order.case").write_text(FAULTY.replace("number", "number, more"), "utf-8")
    (shop / "item.case").write_text(FAULTY.replace("Order", "Item"), "utf-8")
    lines = check("check", shop, "--format", "github").output.splitlines()
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    (item,) = [line for line in lines if "CW0411" in line]
    where = f"file={(shop / 'item.case').as_posix()},line=2,endLine=2,col=11,endColumn=14"
    assert item.startswith(f"::error {where},title=CW0411 unknown-type::")
    assert "%0A" in item


def test_missing_texts_are_counted_and_listed_when_asked_for(shop: Path) -> None:
    (shop / "role.case").write_text(CLEAN, "utf-8")
    counted = check("check", shop)
    assert counted.exit_code == 0
    assert "texts without a translation: 1" in counted.output
    assert "`Sales` has no text in `zh`" not in counted.output
    assert "`Sales` has no text in `zh`" in check("check", shop, "--missing-texts").output


def test_a_folder_without_text_is_said_to_be_one(tmp_path: Path) -> None:
    result = check("check", tmp_path)
    assert result.exit_code == 1
    assert "there are no .case files" in result.output


def test_a_problem_is_explained_by_code_and_by_name() -> None:
    by_code, by_name = check("explain", "cw0403"), check("explain", "null-not-allowed")
    assert by_code.exit_code == 0
    assert by_code.output == by_name.output
    assert by_code.output.startswith("# CW0403 null-not-allowed\n")


def test_an_unknown_problem_suggests_a_near_one() -> None:
    result = check("explain", "null-not-alowed")
    assert result.exit_code == 1
    assert "did you mean null-not-allowed?" in result.output


# ---------------------------------------------------------------- the folder


def test_a_file_that_did_not_change_is_the_same_object(shop: Path) -> None:
    workspace = FolderWorkspace(shop)
    (shop / "role.case").write_text(CLEAN, "utf-8")
    first = {file.path: file for file in workspace.files()}
    (shop / "role.case").write_text(CLEAN + "\nrole Boss\n", "utf-8")
    os.utime(shop / "role.case", (1, 1))
    again = {file.path: file for file in workspace.files()}
    assert again["shop/app.case"] is first["shop/app.case"]
    assert again["shop/role.case"].text.endswith("role Boss\n")


def test_files_that_are_gone_and_hidden_folders_are_left_out(shop: Path) -> None:
    workspace = FolderWorkspace(shop)
    (shop / ".casework").mkdir()
    (shop / ".casework" / "old.case").write_text(CLEAN, "utf-8")
    (shop / "role.case").write_text(CLEAN, "utf-8")
    assert [file.path for file in workspace.files()] == ["shop/app.case", "shop/role.case"]
    (shop / "role.case").unlink()
    assert [file.path for file in workspace.files()] == ["shop/app.case"]


def test_text_that_is_not_utf_8_is_a_fault_and_no_crash(shop: Path) -> None:
    (shop / "order.case").write_bytes("role 客户\n".encode("gb18030"))
    assert check("check", shop).exit_code == 1


def flawed(folder: Path, data: bytes) -> Result:
    (folder / "flawed.case").write_bytes(data)
    return check("check", folder)


def test_a_file_that_is_not_utf_8_is_told_where_it_is_not(shop: Path) -> None:
    result = flawed(shop, "role A\n\n# café\nrole 经理\n".encode("gb18030"))
    assert "error[CW0026]: the file is not UTF-8 text" in result.output
    assert "shop/flawed.case:3:6" in result.output
    assert "errors: 1," in result.output


@pytest.mark.parametrize("data", [bytes(range(256)), b"\xff\xfe", b"# \xff", b"\xff" * 100_000])
def test_bytes_that_are_no_text_get_one_message(shop: Path, data: bytes) -> None:
    result = flawed(shop, data)
    assert result.output.count("error[") == 1
    assert "CW0026" in result.output


def test_a_file_that_is_too_large_is_not_read(shop: Path) -> None:
    result = flawed(shop, b"role A\n" * (MAX_FILE // 7 + 1))
    assert "error[CW0025]" in result.output


def test_a_file_that_cannot_be_read_is_told(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refused)
    result = check("check", shop)
    assert (result.exit_code, result.output.count("error[CW0024]")) == (1, 1)
    formatted = check("fmt", shop)
    assert "app.case cannot be read: Permission denied" in formatted.output
    assert formatted.exit_code == 1


def test_folders_links_and_names_of_all_kinds_are_passed_over(shop: Path) -> None:
    (shop / "folder.case").mkdir()
    (shop / "loop.case").symlink_to(shop / "loop.case")
    (shop / "again").symlink_to(shop)
    (shop / "gone.case").symlink_to(shop / "nowhere")
    os.mkfifo(shop / "pipe.case")
    Path(os.fsdecode(os.fsencode(shop) + b"/\xff.case")).write_text("role A\n", "utf-8")
    result = check("check", shop)
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "files: 2, no faults")
    assert check("fmt", shop).exit_code == 0
