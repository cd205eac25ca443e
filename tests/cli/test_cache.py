"""What is kept of a text: found again while nothing changed, and never believed blindly."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import cache as caches
from cli.cache import BUNDLE, KEPT, VERDICT, Cache
from cli.compiling import checked
from cli.main import main
from cli.verdict import Verdict
from cli.workspace import workspace_of
from compiler.bundle import pack, unpack
from compiler.field_type import Library
from compiler.pipeline import Compiled, compile_app
from compiler.workspace import Workspace
from dsl.source import SourceFile
from tests.support.apps import app, shop

APPS = Path(__file__).parents[2] / "apps"
CLEAN = 'app shop "Shop"\n  languages en\n\nrole Sales "Sales"\n'
FAULTY = "\nentity Order\n  number: itn\n  owner -> Usr\n  access\n    everyone read\n"
FILES = [SourceFile("shop/app.case", CLEAN)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "app.case").write_text(CLEAN, "utf-8")
    return folder


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[Compiled]:
    """Grows with every compilation."""
    found: list[Compiled] = []

    def counted(workspace: Workspace, library: Library) -> Compiled:
        found.append(compile_app(workspace, library))
        return found[-1]

    monkeypatch.setattr("cli.compiling.compile_app", counted)
    return found


def check(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["check", str(folder), *options])


@pytest.mark.parametrize("text", [CLEAN, CLEAN + FAULTY])
@pytest.mark.parametrize("options", [(), ("--format", "json")])
def test_an_unchanged_text_is_not_compiled_again(
    folder: Path, compilations: list[Compiled], text: str, options: tuple[str, ...]
) -> None:
    (folder / "app.case").write_text(text, "utf-8")
    first, second = check(folder, *options), check(folder, *options)
    assert (first.exit_code, first.output) == (second.exit_code, second.output)
    assert len(compilations) == 1


def test_a_changed_text_is_compiled_and_the_earlier_one_still_known(
    folder: Path, compilations: list[Compiled]
) -> None:
    for text in (CLEAN, CLEAN + FAULTY, CLEAN, CLEAN + FAULTY):
        (folder / "app.case").write_text(text, "utf-8")
        assert ("CW0411" in check(folder).output) == (text != CLEAN)
    assert len(compilations) == 2


def test_another_program_compiles_anew(
    folder: Path, compilations: list[Compiled], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(folder)
    monkeypatch.setattr(caches, "_program", lambda: b"another")
    check(folder)
    assert len(compilations) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data.replace(b"CW0411", b"CW0412"),
        lambda data: b"\xff" * 100,
        lambda data: caches._digest(b"{}") + b"\n{}",
    ],
    ids=["empty", "cut short", "changed", "no text", "of another form"],
)
def test_what_is_damaged_is_not_there(
    folder: Path, compilations: list[Compiled], damage: object
) -> None:
    assert callable(damage)
    (folder / "app.case").write_text(CLEAN + FAULTY, "utf-8")
    first = check(folder)
    for path in (folder / ".casework" / "cache").glob("*.json"):
        path.write_bytes(damage(path.read_bytes()))
    assert check(folder).output == first.output
    assert len(compilations) == 2


def test_where_nothing_can_be_written_nothing_is_kept(folder: Path) -> None:
    (folder / ".casework").write_text("a file", "utf-8")
    assert check(folder).exit_code == 0
    assert (folder / ".casework").read_text("utf-8") == "a file"


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT + 5):
        Cache(tmp_path, [SourceFile("a/a.case", f"# {number}")]).write(VERDICT, b"{}")
    assert len(list((tmp_path / "cache").glob("*.json"))) == KEPT
    assert Cache(tmp_path, [SourceFile("a/a.case", "# 0")]).read(VERDICT) is None
    assert Cache(tmp_path, [SourceFile("a/a.case", f"# {KEPT + 4}")]).read(VERDICT) == b"{}"


def test_texts_are_told_apart_by_where_they_end(tmp_path: Path) -> None:
    Cache(tmp_path, [SourceFile("a", "bc"), SourceFile("d", "e")]).write(BUNDLE, b"1")
    for others in ([("a", "b"), ("cd", "e")], [("ab", "c"), ("d", "e")], [("a", "bc")]):
        assert Cache(tmp_path, [SourceFile(*each) for each in others]).read(BUNDLE) is None


def test_a_bundle_comes_back_equal_with_its_hash() -> None:
    for bundle in (app(APPS / "crm"), app(APPS / "northwind"), shop("")):
        again = unpack(pack(bundle))
        assert again == bundle
        assert vars(again)["hash"] == bundle.hash


def test_what_points_into_the_library_can_be_shown(tmp_path: Path) -> None:
    """`std.User` is declared in the prelude, which is no file of the workspace."""
    files = [SourceFile("shop/app.case", f"{CLEAN}\nentity std.User\n")]
    cache = Cache(tmp_path, files)
    verdict = checked(cache)
    kept = Verdict.kept(cache)
    assert kept == verdict
    assert kept is not None
    for each in kept.diagnostics:
        kept.sources(files).locate(each.primary.place)


def test_a_check_alone_does_not_make_an_app_a_workspace(tmp_path: Path) -> None:
    for name in ("shop", "store"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.case").write_text(CLEAN.replace("shop", name), "utf-8")
        Cache(tmp_path / name / ".casework", FILES).write(VERDICT, b"{}")
    assert workspace_of(tmp_path / "shop") == tmp_path
