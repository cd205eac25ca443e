"""Measure everything: `python -m bench`, or `--quick` with less data. It ends by itself."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import load, report
from bench.editing import editing
from bench.measure import compare, deep_page
from bench.operations import operations
from bench.servers import byhand, casework

REQUESTS = 200
QUICK = 20_000
TIMES_THE_LIMIT = 2.0
DEEP = 1.1
START_MS, IDLE_MIB, SWAP_MS = 1_000, 80, 150
IDLE_SECONDS = 2.0


def requests(data: load.Dataset) -> None:
    """Every operation on both servers, on copies of one database."""
    ours, theirs = load.copied(data, "casework"), load.copied(data, "byhand")
    with casework(f"sqlite:///{ours.resolve()}") as server, byhand(theirs) as limit:
        for operation in operations(data):
            found = compare(operation, server, limit, REQUESTS)
            costs = found.casework.ms, found.byhand.ms
            report.show(
                report.ratio(_sized(operation.name, found.casework.bytes), *costs, TIMES_THE_LIMIT)
            )
        first, deep = deep_page(data, server, ours, REQUESTS)
        report.show(report.ratio("page 10,000, beside our own page 1", deep.ms, first.ms, DEEP))


def start(data: load.Dataset) -> None:
    """What a server costs until it answers, and holds when nothing happens."""
    ours, theirs = load.copied(data, "casework"), load.copied(data, "byhand")
    url = f"sqlite:///{ours.resolve()}"
    with tempfile.TemporaryDirectory() as folder, casework(url, Path(folder)) as server:
        first = f"{server.cpu_ms():.0f} ms"
    report.show(report.Line("first start of a text, CPU", first))
    with casework(url), byhand(theirs):
        pass  # so that both find what a start keeps for the next one
    with casework(url) as server, byhand(theirs) as limit:
        report.show(report.bound("cold start, CPU", server.cpu_ms(), START_MS, "ms"))
        time.sleep(IDLE_SECONDS)
        report.show(report.bound("idle, resident", server.resident_mib(), IDLE_MIB, "MiB"))
        own = f"{limit.cpu_ms():.0f} ms", f"{limit.resident_mib():.0f} MiB"
        report.show(report.Line("the hand-written app: start, idle", ", ".join(own)))


def edits(_: load.Dataset) -> None:
    """What writing a large workspace costs."""
    found = editing()
    report.show(report.Line("10,000 lines: parse, check and plan, CPU", f"{found.cold:.0f} ms"))
    report.show(report.Line("one edited line: parse, check and plan", f"{found.edit:.0f} ms"))
    report.show(report.bound("edited line: watcher's event → swap", found.swap, SWAP_MS, "ms"))


def _sized(name: str, size: int) -> str:
    return f"{name} ({size:,} B)" if size else name


MEASURES: Mapping[str, Callable[[load.Dataset], None]] = {
    "start": start,
    "requests": requests,
    "edits": edits,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("measures", nargs="*", help="of: " + ", ".join(MEASURES))
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help=f"with {QUICK:,} customers")
    options = parser.parse_args()
    wanted = options.measures or list(MEASURES)
    if unknown := set(wanted) - MEASURES.keys():
        parser.error(f"there is no measure {', '.join(sorted(unknown))}")
    data = load.dataset(QUICK if options.quick else options.customers)
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    report.head(f"{data.customers:,} customers, SQLite; CPU per request; {machine}")
    for name in wanted:
        MEASURES[name](data)


if __name__ == "__main__":
    main()
