"""What the compiler's commands cost as people call them: as processes, start-up included."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.servers import kept_bytecode
from bench.workspace import Texts, generated
from dsl.format import format
from dsl.parser import parse
from dsl.source import SourceFile

CRM = Path("apps") / "crm"
REPEATS = 5
NONSENSE = 1_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of CPU and MiB at the most."""

    ms: float
    mib: float


@dataclass(frozen=True, slots=True)
class Commands:
    """`casework check` of the crm and of generated workspaces, and the formatter's rate beside the
    parser's."""

    crm: Cost
    cold: Cost
    unchanged: Cost
    large: Cost
    nonsense: Cost
    format_rate: float


def commands(lines: int = 10_000, many_lines: int = 100_000) -> Commands:
    """Measure all; `large` is for `many_lines`, `cold` and `unchanged` for `lines`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        usual, many = folder / "usual", folder / "many"
        _write(generated(lines), usual)
        _write(generated(many_lines), many)
        return Commands(
            crm=_unchanged(CRM, folder / "crm"),
            cold=_cold(usual, folder / "cold"),
            unchanged=_unchanged(usual, folder / "unchanged"),
            large=_check(many, folder / "large"),
            nonsense=_worst_nonsense(folder / "nonsense"),
            format_rate=_format_rate(generated(lines)),
        )


def _write(texts: Texts, folder: Path) -> None:
    for source in texts.files():
        path = folder / source.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.text, "utf-8")


def _unchanged(path: Path, data: Path) -> Cost:
    """A check of what was checked before."""
    _check(path, data)
    return _median([_check(path, data) for _ in range(REPEATS)])


def _cold(path: Path, data: Path) -> Cost:
    """A check of what was never checked."""
    _check(path, data / "first")  # so that Python's own bytecode is kept
    return _median([_check(path, data / str(number)) for number in range(REPEATS)])


def _median(costs: list[Cost]) -> Cost:
    return Cost(statistics.median(each.ms for each in costs), max(each.mib for each in costs))


def _check(path: Path, data: Path) -> Cost:
    program = str(Path(sys.executable).with_name("casework"))
    process = subprocess.Popen(
        [program, "check", str(path)],
        env={**kept_bytecode(), "CASEWORK_DATA_DIR": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"casework check ended with {process.returncode}: {path}")
    return Cost((used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss / 1024)


def _worst_nonsense(folder: Path) -> Cost:
    """The dearest of several kinds of a megabyte that is no app."""
    costs = []
    for number, data in enumerate(_nonsense(random.Random(1))):
        app = folder / str(number) / "app"
        app.mkdir(parents=True)
        (app / "app.case").write_bytes(data)
        costs.append(_check(app, folder / "data"))
    return Cost(max(each.ms for each in costs), max(each.mib for each in costs))


def _nonsense(choose: random.Random) -> Iterator[bytes]:
    signs = bytes(range(32, 127))
    yield choose.randbytes(NONSENSE)
    yield bytes(choose.choices(signs, k=NONSENSE))
    yield bytes(choose.choices(signs + b"\n" * 5, k=NONSENSE))
    yield b"entity A\n" + bytes(choose.choices(signs + b" \n" * 5, k=NONSENSE)).replace(
        b"\n", b"\n  "
    )
    for repeated in (b"\0", b"(", b"(\n", b'"', b'"""\n', b"#\n", b"\n", b"entity A\n"):
        yield repeated * (NONSENSE // len(repeated))


def _format_rate(texts: Texts) -> float:
    """How fast the formatter is, as a part of the parser's rate, each on texts it never saw."""
    files = list(texts.files())
    parse(SourceFile("warm/up.case", "role A\n"))
    format("role A\n")
    parsing = _seconds(lambda: [parse(file) for file in files])
    return parsing / _seconds(lambda: [format(file.text) for file in files])


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
