"""The command `casework` itself: its language, its version, and what it does not import."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from cli.main import COMMANDS, Entry, LazyGroup, language_of_environment, main
from dsl.diagnostic import Language, Message

HEAVY = "sqlalchemy starlette uvicorn jinja2 psycopg"
REPORT_HEAVY_IMPORTS = f"""
import sys
from cli.main import main
try:
    main(sys.argv[1:], prog_name="casework")
finally:
    print("imported:", *(name for name in "{HEAVY}".split() if name in sys.modules))
"""


# Those that a person runs at every save, or an editor at every pause.
QUICK = [
    ["--version"],
    ["--help"],
    *(
        [name, *rest]
        for name, *rest in (["check", "apps"], ["fmt", "--check", "apps"])
        if name in COMMANDS
    ),
]


@pytest.mark.parametrize("arguments", QUICK)
def test_a_quick_command_imports_neither_web_nor_database(arguments: list[str]) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", REPORT_HEAVY_IMPORTS, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert finished.stdout.splitlines()[-1] == "imported:"


# What only some starts need: what compiles a text (kept from the last time), another database,
# other commands, and what the first page that uses it imports.
NOT_SERVED = """
lark dsl.parser compiler.pipeline compiler.analyse compiler.checks
sqlalchemy.dialects.postgresql psycopg
pydantic
babel argon2 re2
"""


def test_serving_a_text_that_was_compiled_imports_no_more_than_it_needs() -> None:
    loaded = "import cli.serve, sys; print(*sys.modules)"
    finished = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert not {*finished.stdout.split()} & {*NOT_SERVED.split()}


def test_the_version_is_that_of_the_distribution() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"casework {version('casework')}\n"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_TW", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_language_follows_the_locale(environment: dict[str, str], language: Language) -> None:
    assert language_of_environment(environment) == language


@pytest.mark.parametrize(("lang", "listed"), [("en", "make one"), ("zh", "新建一个")])
def test_help_lists_commands_in_the_chosen_language_without_importing_them(
    lang: str, listed: str
) -> None:
    entry = Entry("cli.no_such_module:new", Message("make one", "新建一个"))
    group = LazyGroup({"new": entry}, params=main.params)
    assert f"  new  {listed}\n" in CliRunner().invoke(group, ["--lang", lang, "--help"]).output


def test_every_command_is_listed_under_its_own_name() -> None:
    assert [entry.load().name for entry in COMMANDS.values()] == list(COMMANDS)


def test_a_command_gets_the_language() -> None:
    group = LazyGroup({}, callback=main.callback, params=main.params)

    @group.command()
    @click.pass_obj
    def told(language: Language) -> None:
        click.echo(language)

    assert CliRunner().invoke(group, ["--lang", "zh", "told"]).output == "zh\n"
