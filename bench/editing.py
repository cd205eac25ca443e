"""What writing an app costs: compiling a large workspace, and a save until it is served."""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from bench.workspace import generated
from cli.dev import Reloader
from cli.workspace import FolderWorkspace
from compiler.pipeline import Compiled, compile_app
from runtime.clock import Clock
from runtime.db import Database
from runtime.host import Host
from runtime.settings import Settings
from stdlib.library import STANDARD

LINES = 10_000
REPEATS = 5
LABEL = ('price "Price": money min 0', 'price "List price": money min 0')


@dataclass(frozen=True, slots=True)
class Editing:
    """Milliseconds: of CPU for the whole workspace, of time for one edited line."""

    cold: float
    edit: float
    swap: float


def editing(lines: int = LINES) -> Editing:
    """Measure a generated workspace of about that many lines, in this process."""
    with _folder(lines) as folder:
        workspace = FolderWorkspace(folder)
        began = time.process_time()
        compiled = compile_app(workspace, STANDARD)
        cold = (time.process_time() - began) * 1000
        edited = folder / "app1" / "subject005.case"
        edits = [
            _timed(edited, number, lambda: _compile(workspace, compiled))
            for number in range(2 * REPEATS)
        ]
        swaps = _swaps(workspace, compiled, folder, edited)
    return Editing(cold, statistics.median(edits), statistics.median(swaps))


def _compile(workspace: FolderWorkspace, compiled: Compiled) -> None:
    assert compile_app(workspace, STANDARD, compiled).bundle is not None


def _swaps(
    workspace: FolderWorkspace, compiled: Compiled, folder: Path, edited: Path
) -> list[float]:
    """From the watcher's event to the new version served."""
    assert compiled.bundle is not None
    database = Database.open(f"sqlite:///{folder / 'data.db'}")
    host = Host(compiled.bundle, STANDARD, database, Settings(data_dir=folder, dev=True), Clock())
    reloader = Reloader(workspace, host, compiled, "en")
    with redirect_stdout(io.StringIO()):
        spent = [_timed(edited, number, reloader.reload) for number in range(2 * REPEATS)]
    assert host.faults is None
    host.close()
    return spent


def _timed(file: Path, number: int, work: Callable[[], None]) -> float:
    """Milliseconds of `work` after an edit."""
    _edit(file, number)
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _edit(file: Path, number: int) -> None:
    """Change a label to and fro."""
    old, new = LABEL if number % 2 == 0 else LABEL[::-1]
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@contextmanager
def _folder(lines: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        for source in generated(lines).files():
            path = Path(name) / source.path
            path.parent.mkdir(exist_ok=True)
            path.write_text(source.text)
        yield Path(name)
