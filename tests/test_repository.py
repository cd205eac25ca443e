"""What the repository promises to who installs it, reads it or works in it."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = ["dsl", "compiler", "stdlib", "runtime", "cli"]
PURE = ["dsl", "compiler"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
RUNTIME = [
    *PROJECT["project"]["dependencies"],
    *EXTRAS["postgres"],
    *PROJECT["dependency-groups"]["build"],
]
LOCKS = {
    "requirements.lock": RUNTIME,
    "requirements-dev.lock": [*RUNTIME, *EXTRAS["dev"]],
}


def locked(lock: str) -> dict[str, str]:
    pins = re.findall(r"^([\w.-]+)==([^ ;]+)", (ROOT / lock).read_text(), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_pins_a_version_within_the_floor_of_every_dependency(lock: str) -> None:
    pins = locked(lock)
    for requirement in map(Requirement, LOCKS[lock]):
        assert pins[canonicalize_name(requirement.name)] in requirement.specifier


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_has_a_hash(lock: str) -> None:
    pinned = re.findall(r"^[\w.-]+==.*\\\n +--hash=sha256:", (ROOT / lock).read_text(), re.M)
    assert len(pinned) == len(locked(lock))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_works_with_any_registry(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "index-url" not in text
    assert "find-links" not in text


def test_what_runs_and_what_develops_are_locked_to_the_same_versions() -> None:
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()


def test_the_distribution_holds_the_five_packages_and_nothing_else() -> None:
    include = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    assert include == [pattern for package in PACKAGES for pattern in (package, f"{package}.*")]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_of_a_package_is_shipped(package: str) -> None:
    folder = ROOT / package
    patterns = PROJECT["tool"]["setuptools"]["package-data"].get(package, [])
    shipped = {path for pattern in ["**/*.py", *patterns] for path in folder.glob(pattern)}
    assert set(source_files(folder)) <= shipped


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_modules_is_a_package_that_says_what_it_is(package: str) -> None:
    for folder in {path.parent for path in (ROOT / package).rglob("*.py")}:
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text())), folder


@pytest.mark.parametrize("package", PURE)
def test_the_language_reads_no_clock_and_no_file(package: str) -> None:
    """What import contracts cannot see: `open` and `now` need no import that gives them away."""
    for path in (ROOT / package).rglob("*.py"):
        calls = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
        ]
        impure = {name for call in calls if (name := ast.unparse(call.func)) in IMPURE}
        impure -= {"exec"} if path == ROOT / GENERATES_CODE else set()
        assert not impure, path


# The one place where a function is made from source of our own writing.
GENERATES_CODE = "compiler/backends/expr/python.py"
IMPURE = {
    "open",
    "input",
    "print",
    "eval",
    "exec",
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
}


def test_the_readme_names_the_two_commands_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text()
    assert set(re.findall(r"\bmake (\w+)", readme)) == {"demo", "test"}


def test_the_changelog_tells_of_what_is_coming_or_of_this_version() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] in {"Unreleased", PROJECT["project"]["version"]}


def source_files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path
