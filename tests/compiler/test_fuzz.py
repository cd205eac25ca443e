"""Any text whatever gets an answer: the text of apps with its tokens shuffled, and plain noise."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.pipeline import Compiled, compile_app
from dsl.format import format
from dsl.parser import parse
from dsl.render import data, terminal
from dsl.source import SourceFile, Sources
from stdlib.library import STANDARD
from tests.support.apps import Texts

APPS = Path(__file__).parents[2] / "apps"
FILES = [
    (f"{path.parent.name}/{path.name}", path.read_text("utf-8"))
    for path in sorted(APPS.glob("*/*.case"))
]
_TOKEN = re.compile(r"\n *|\w+|\"[^\"\n]*\"|[^\w\s]+|[ \t]+|.", re.DOTALL)
WORDS = sorted({token for _, text in FILES for token in _TOKEN.findall(text)})
STRANGE = ["\0", "\t", "\r", "\u2028", "\ufeff", "\ufffd", "\U0001f600", "é", "：", '"""', "#", "("]
MOST_CHANGES = 6
COMPILED = 20
"""Of so many texts one is compiled in the soak: that costs twenty times what reading does."""


def mutated(choose: random.Random) -> tuple[str, str]:
    """A block of an app with some of its tokens changed, and the file it stands in."""
    path, text = choose.choice(FILES)
    block = choose.choice(SourceFile(path, text).blocks)
    tokens = _TOKEN.findall(block.text)
    for _ in range(choose.randint(1, MOST_CHANGES)):
        at = choose.randrange(len(tokens) + 1)
        match choose.randrange(5):
            case 0:
                tokens[at : at + choose.randint(1, 3)] = []
            case 1:
                tokens.insert(at, choose.choice(tokens) if tokens else "a")
            case 2:
                tokens[at : at + 1] = [choose.choice(WORDS)]
            case 3:
                tokens.insert(at, choose.choice(STRANGE))
            case _:
                other = choose.randrange(len(tokens) + 1)
                tokens[at : at + 1], tokens[other : other + 1] = (
                    tokens[other : other + 1],
                    tokens[at : at + 1],
                )
    return path, text.replace(block.text, "".join(tokens), 1)


def inputs(count: int, seed: int) -> Iterator[tuple[str, str]]:
    choose = random.Random(seed)
    return (mutated(choose) for _ in range(count))


def is_read(path: str, text: str) -> None:
    """The text is parsed, and every fault of it can be shown."""
    file = SourceFile(path, text)
    sources = Sources([file])
    for block in parse(file):
        for diagnostic in block.diagnostics:
            terminal(diagnostic, sources, "zh")
            data(diagnostic, sources, "en")


def is_compiled(path: str, text: str, previous: Compiled) -> Compiled:
    """The apps with this file are compiled, and every fault can be shown."""
    texts = tuple((name, text if name == path else own) for name, own in FILES)
    result = compile_app(Texts(texts), STANDARD, previous)
    for diagnostic in result.diagnostics:
        terminal(diagnostic, result.sources, "en")
    return result


def test_hundreds_of_texts_are_read() -> None:
    for path, text in inputs(800, seed=1):
        is_read(path, text)


def test_some_texts_are_compiled() -> None:
    result = compile_app(Texts(tuple(FILES)), STANDARD)
    for path, text in inputs(60, seed=2):
        result = is_compiled(path, text, result)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(20))
def test_a_hundred_thousand_texts_are_read_and_some_compiled_and_laid_out(part: int) -> None:
    result = compile_app(Texts(tuple(FILES)), STANDARD)
    for number, (path, text) in enumerate(inputs(5_000, seed=1000 + part)):
        is_read(path, text)
        if number % COMPILED == 0:
            format(text)
            result = is_compiled(path, text, result)


def nonsense(kind: str, size: int) -> str:
    choose = random.Random(3)
    match kind:
        case "signs":
            return "".join(chr(choose.randrange(32, 127)) for _ in range(size))
        case "lines":
            return "".join(choose.choice("ab (\"'=:|\n\n  ") for _ in range(size))
        case "words":
            return "".join(choose.choice(WORDS) for _ in range(size // 5))
        case "a block of words":
            return "entity A\n" + nonsense("words", size).replace("\n", "\n  ")
        case _:
            return kind * (size // len(kind))


KINDS = ["signs", "lines", "words", "a block of words", "\0", "a", "(\n", '"', '"""\n', "#\n", "\n"]


@pytest.mark.parametrize("kind", KINDS, ids=repr)
def test_nonsense_is_read_in_bounded_time(kind: str) -> None:
    """A tenth of what the bench measures with a clock: here, that it ends and says little."""
    file = SourceFile("a/a.case", nonsense(kind, 100_000))
    assert sum(len(block.diagnostics) for block in parse(file)) <= 130
    is_read(file.path, file.text)
    format(file.text)
