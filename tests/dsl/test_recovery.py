from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

import pytest

from dsl.diagnostic import PROBLEMS
from dsl.parser import MAX_FILE_FAULTS
from dsl.prepare import MAX_FAULTS
from tests.dsl.trees import SHOP, blocks, faults, shapes
from tests.test_cases import SYNTAX, expected_codes

# ---------------------------------------------------------------- faults put into a valid text

Mutation = Callable[[str, random.Random], str | None]


def _one(pattern: str, change: Callable[[re.Match[str]], str]) -> Mutation:
    """Changes one match of a pattern in a line; a line without one is left alone."""

    def mutate(line: str, choose: random.Random) -> str | None:
        code = line.split("  #")[0]
        found = [m for m in re.finditer(pattern, code) if not _in_text(code, m.start())]
        if not found:
            return None
        match = choose.choice(found)
        return line[: match.start()] + change(match) + line[match.end() :]

    return mutate


def _in_text(line: str, at: int) -> bool:
    return line.count('"', 0, at) % 2 == 1


KEYWORDS = (
    "required|unique|search|default|display|check|access|read|update|create|state|flow|entity|rule"
    "|report|view|when|notify|initial|final|order|require|confirm|show|chart|section|header|filter"
)
MUTATIONS: dict[str, Mutation] = {
    "a letter is missing in a keyword": _one(
        rf"\b({KEYWORDS})\b(?!:)", lambda m: m[0][:2] + m[0][3:]
    ),
    "two letters of a keyword are swapped": _one(
        rf"\b({KEYWORDS})\b(?!:)", lambda m: m[0][0] + m[0][2] + m[0][1] + m[0][3:]
    ),
    "the colon is missing": _one(r"(?<=\w): ", lambda m: " "),
    "a quote is missing": _one(r'"', lambda m: ""),
    "a bracket is missing": _one(r"\)", lambda m: ""),
    "a bracket too many": _one(r"\)", lambda m: "))"),
    "one equals sign": _one(r" == ", lambda m: " = "),
    "an operand is missing": _one(r" (==|>|<|\+|\*|and|or) \w+", lambda m: f" {m[1]} "),
    "a foreign sign": _one(r" and ", lambda m: " && "),
    "a full-width colon": _one(r"(?<=\w): ", lambda m: "："),
    "a stray sign": _one(r"(?<=\w) ", lambda m: " ; "),
    "a reserved name": _one(r"(?<=^  )\w+(?=:)", lambda m: "where"),
    "indented too far": _one(r"^  ", lambda m: "     "),
    "a tab": _one(r"^  ", lambda m: "\t"),
}


def _campaign(count: int) -> Iterator[tuple[str, int, str]]:
    """Faulty texts with the line of the fault, drawn from all mutations alike."""
    choose = random.Random(20261121)
    lines = SHOP.split("\n")
    made = 0
    while made < count:
        kind = choose.choice(sorted(MUTATIONS))
        number = choose.randrange(len(lines))
        if lines[number].lstrip().startswith("#") or "|" in lines[number]:
            continue
        changed = MUTATIONS[kind](lines[number], choose)
        if changed is None or changed == lines[number]:
            continue
        text = "\n".join([*lines[:number], changed, *lines[number + 1 :]])
        if not faults(text):
            continue  # still a valid text, which says something else
        made += 1
        yield kind, number + 1, text


def test_a_fault_is_reported_once_on_its_line_and_hides_no_other_block() -> None:
    total, on_line, spurious, lost = 600, 0, 0, 0
    declarations = len(blocks(SHOP))
    for _, line, text in _campaign(total):
        found = [number for number, _ in faults(text)]
        on_line += line in found
        spurious += len(found) - 1
        lost += declarations - sum(block.decl is not None for block in blocks(text))
    assert on_line / total >= 0.95
    assert spurious / total <= 0.05
    assert lost / total <= 0.1


def test_the_rest_of_a_broken_block_is_read() -> None:
    text = "entity A\n  a: text\n  b text\n  c: text search min\n  d: int (\n  e: text\n"
    assert faults(text) == [(3, "CW0107"), (4, "CW0112"), (5, "CW0122")]
    (tree,) = shapes(text)
    assert [member[1] for member in dict(tree[1:])["members"]] == [
        ("name", ("Name", ("text", name))) for name in "abcde"
    ]


# ---------------------------------------------------------------- limits


def test_a_block_reports_twenty_faults_and_says_that_more_follow() -> None:
    text = "entity A\n" + "  a ? text\n" * 50
    codes = [code for _, code in faults(text)]
    assert codes == ["CW0101"] * MAX_FAULTS + ["CW0136"]


def test_a_file_reports_a_hundred_faults_and_says_that_more_follow() -> None:
    text = "".join(f"entity A{n}\n" + "  a ? text\n" * 10 for n in range(30))
    codes = [code for _, code in faults(text)]
    assert codes == ["CW0101"] * MAX_FILE_FAULTS + ["CW0136"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("entity A\n  x = " + "(" * 201 + "1" + ")" * 201 + "\n  y: text\n", [(2, "CW0133")]),
        ("entity A\n  x = 1" + " + 1" * 300 + "\n  y: text\n", [(2, "CW0133")]),
        ("rule a on A\n  do\n    a" + ".a" * 300 + "()\n    b()\n", [(3, "CW0133")]),
        ("entity A\n  x: text  # " + "x" * 17_000 + "\n  y: text\n", [(2, "CW0134")]),
        ("entity A\n" + "  x: text\n" * 30_000, [(1, "CW0135")]),
        ("role A\n" * 6_000, [(5_001, "CW0027")]),
    ],
)
def test_what_is_too_long_or_too_deep_is_refused(text: str, found: list[tuple[int, str]]) -> None:
    assert faults(text) == found


def test_every_problem_of_syntax_has_a_case() -> None:
    declared = {code for code in PROBLEMS if code.startswith("CW01")}
    limits = {"CW0133", "CW0134", "CW0135", "CW0136"}
    assert declared - limits <= expected_codes(SYNTAX)
