"""Measure everything: `python -m bench`, or `--quick` with less data. It ends by itself."""

from __future__ import annotations

import argparse
import itertools
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench import load, report
from bench.commands import commands
from bench.databases import Databases, SqliteFiles, postgres
from bench.editing import editing
from bench.measure import compare, deep_page, skipped
from bench.operations import operations
from bench.servers import byhand, casework
from bench.tables import tables

REQUESTS = 200
QUICK = 20_000
TIMES_THE_LIMIT = 2.0
DEEP = 1.1
START_MS, IDLE_MIB, SWAP_MS = 1_000, 80, 150
EDIT_MS = 50
CRM_MS, COLD_MS, UNCHANGED_MS, NONSENSE_MS = 300, 2_000, 400, 2_000
CHECK_MIB = 300
LINEAR = 12.0
"""Times as dear for ten times as much: grows linearly, but for what a larger heap costs."""
RATE = 0.7
PROOF_MS, CALL_US = 50, 5
IDLE_SECONDS = 2.0


def requests(data: load.Dataset, chosen: Databases) -> None:
    """Every operation on both servers, on copies of one database."""
    report.section(f"requests on {chosen.name}, CPU of one")
    ours, theirs = chosen.copied(data, "casework"), chosen.copied(data, "byhand")
    process = chosen.process
    with casework(ours, process) as server, byhand(theirs, process) as limit:
        for operation in operations(data):
            found = compare(operation, server, limit, REQUESTS)
            costs = found.casework.ms, found.byhand.ms
            report.show(
                report.ratio(_sized(operation.name, found.casework.bytes), *costs, TIMES_THE_LIMIT)
            )
        before = skipped(data)
        first, deep = deep_page(server, before, chosen.nth(ours, before), REQUESTS)
        report.show(report.ratio("page 10,000, beside our own page 1", deep.ms, first.ms, DEEP))


def on_sqlite(data: load.Dataset) -> None:
    requests(data, SqliteFiles())


def on_postgresql(data: load.Dataset) -> None:
    with postgres() as databases:
        if databases is None:
            report.section("PostgreSQL is not installed here: requests on it are not measured")
        else:
            requests(data, databases)


def start(data: load.Dataset) -> None:
    """What a server costs until it answers, and holds when nothing happens."""
    files = SqliteFiles()
    ours, theirs = files.copied(data, "casework"), files.copied(data, "byhand")
    with tempfile.TemporaryDirectory() as folder, casework(ours, kept=Path(folder)) as server:
        first = f"{server.cpu_ms():.0f} ms"
    report.show(report.Line("first start of a text, CPU", first))
    with casework(ours), byhand(theirs):
        pass  # so that both find what a start keeps for the next one
    with casework(ours) as server, byhand(theirs) as limit:
        report.show(report.bound("cold start, CPU", server.cpu_ms(), START_MS, "ms"))
        time.sleep(IDLE_SECONDS)
        report.show(report.bound("idle, resident", server.resident_mib(), IDLE_MIB, "MiB"))
        own = f"{limit.cpu_ms():.0f} ms", f"{limit.resident_mib():.0f} MiB"
        report.show(report.Line("the hand-written app: start, idle", ", ".join(own)))


def compiler(_: load.Dataset) -> None:
    """What the compiler's commands cost, start-up included."""
    found = commands()
    report.show(report.bound("check crm, unchanged, CPU", found.crm.ms, CRM_MS, "ms"))
    report.show(report.bound("check 10,000 lines, cold, CPU", found.cold.ms, COLD_MS, "ms"))
    report.show(report.bound("its memory", found.cold.mib, CHECK_MIB, "MiB"))
    report.show(report.bound("unchanged, CPU", found.unchanged.ms, UNCHANGED_MS, "ms"))
    times = found.large.ms / found.cold.ms
    report.show(report.bound("100,000 lines, times 10,000", times, LINEAR, "×"))
    report.show(report.bound("1 MB of nonsense, CPU", found.nonsense.ms, NONSENSE_MS, "ms"))
    report.show(report.bound("its memory", found.nonsense.mib, CHECK_MIB, "MiB"))
    report.show(report.at_least("formatter, part of the parser's rate", found.format_rate, RATE))


def edits(_: load.Dataset) -> None:
    """What writing a large workspace costs."""
    found = editing()
    report.show(report.Line("10,000 lines: parse, check and plan, CPU", f"{found.cold:.0f} ms"))
    report.show(report.bound("one edited line: parse, check and plan", found.edit, EDIT_MS, "ms"))
    report.show(report.bound("edited line: watcher's event → swap", found.swap, SWAP_MS, "ms"))


def decisions(_: load.Dataset) -> None:
    """What a decision table of 1,000 rows costs."""
    found = tables()
    report.show(report.bound("a table of 1,000 rows × 3: proof, CPU", found.proof, PROOF_MS, "ms"))
    report.show(report.bound("a value looked up in it", found.call, CALL_US, "µs"))


def _sized(name: str, size: int) -> str:
    return f"{name} ({size:,} B)" if size else name


Measure = Callable[[load.Dataset], None]
ON: Mapping[str, Measure] = {"sqlite": on_sqlite, "postgresql": on_postgresql}
MEASURES: Mapping[str, Sequence[Measure]] = {
    "start": [start],
    "requests": list(ON.values()),
    "compiler": [compiler],
    "edits": [edits],
    "tables": [decisions],
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("measures", nargs="*", help="of: " + ", ".join(MEASURES))
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help=f"with {QUICK:,} customers")
    parser.add_argument("--database", choices=ON, help="measure requests on this one alone")
    options = parser.parse_args()
    wanted = options.measures or list(MEASURES)
    if unknown := set(wanted) - MEASURES.keys():
        parser.error(f"there is no measure {', '.join(sorted(unknown))}")
    data = load.dataset(QUICK if options.quick else options.customers)
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    report.head(f"{data.customers:,} customers; {machine}")
    chosen = {**MEASURES, "requests": [ON[options.database]]} if options.database else MEASURES
    for measure in itertools.chain.from_iterable(chosen[name] for name in wanted):
        measure(data)


if __name__ == "__main__":
    main()
