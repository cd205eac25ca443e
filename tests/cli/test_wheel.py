"""What is installed from a wheel works without the repository: it is built, unpacked and used."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ["dsl", "compiler", "stdlib", "runtime", "cli", "docs"]
FILES = ["pyproject.toml", "README.md", "LICENSE"]
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
CASEWORK = [sys.executable, "-c", "from cli.main import main; main(prog_name='casework')"]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """In which Python finds the wheel's files before all others."""
    source, wheels, site = map(tmp_path_factory.mktemp, ("source", "wheels", "site"))
    for name in PARTS:
        shutil.copytree(
            ROOT / name,
            source / name,
            symlinks=True,
            ignore=shutil.ignore_patterns("__pycache__", "node_modules"),
        )
    for name in FILES:
        shutil.copy(ROOT / name, source)
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(source)]
    subprocess.run([*PIP, *build], check=True, cwd=wheels)
    (wheel,) = wheels.glob("casework-*.whl")
    subprocess.run([*PIP, "install", "--no-deps", "--target", str(site), str(wheel)], check=True)
    return {**os.environ, "PYTHONPATH": str(site), "LC_ALL": "C.UTF-8"}


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path) -> Run:
    def called(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*CASEWORK, *arguments],
            env=environment,
            cwd=tmp_path,
            text=True,
            capture_output=True,
            check=True,
        )

    return called


def test_it_is_the_wheel_that_runs(environment: dict[str, str], tmp_path: Path) -> None:
    where = [sys.executable, "-c", "import cli; print(cli.__file__)"]
    found = subprocess.run(where, env=environment, cwd=tmp_path, text=True, capture_output=True)
    assert found.stdout.startswith(environment["PYTHONPATH"])


@pytest.mark.parametrize(("language", "word"), [("en", "unique in its entity"), ("zh", "成员名称")])
def test_it_explains_problems(run: Run, language: str, word: str) -> None:
    told = run("--lang", language, "explain", "CW0301").stdout
    assert "CW0301" in told
    assert "```" in told
    assert word in told


def test_an_app_is_begun_checked_and_served(
    run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    run("new", "orders")
    assert "no faults" in run("check").stdout
    assert "no faults" in run("check").stdout
    with serving(environment, tmp_path) as url, urlopen(f"{url}/login") as page:
        assert page.status == 200


@contextmanager
def serving(environment: dict[str, str], folder: Path) -> Iterator[str]:
    """The address of `casework serve` in a folder."""
    unbuffered = {**environment, "PYTHONUNBUFFERED": "1"}
    command = [*CASEWORK, "serve", "apps", "--port", "0"]
    with subprocess.Popen(
        command, env=unbuffered, cwd=folder, text=True, stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            yield next(found[1] for line in lines if (found := re.search(r"serves (\S+)", line)))
        finally:
            process.terminate()
