"""CPU time of a request, Casework beside the hand-written app, in turns."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bench.load import MANAGER, Dataset
from bench.operations import Ask, Operation, Wrong
from bench.servers import Server
from runtime.store import cursor

ROUNDS = 7
WARM = 60
SAME_BYTES = 0.10
DEEP_PAGE = 10_000
PAGE = 50


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of CPU and bytes of a request: the median over rounds."""

    ms: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Compared:
    """An operation on both."""

    name: str
    casework: Cost
    byhand: Cost

    @property
    def ratio(self) -> float:
        return self.casework.ms / self.byhand.ms


def compare(operation: Operation, ours: Server, theirs: Server, requests: int) -> Compared:
    """Ask both in turns, each round as many requests of each. Raises Wrong."""
    asks = list(itertools.islice(operation.asks, WARM + ROUNDS * requests))
    for ask in asks[:WARM]:
        ask.of(ours)
        ask.of(theirs)
    rounds = [asks[at : at + requests] for at in range(WARM, len(asks), requests)]
    costs = [(_cost(ours, each), _cost(theirs, each)) for each in rounds]
    found = Compared(operation.name, *(_median(side) for side in zip(*costs, strict=True)))
    _same_size(found)
    return found


def _cost(server: Server, asks: Sequence[Ask]) -> Cost:
    began = server.cpu_ms()
    sizes = [len(ask.of(server).body.encode()) for ask in asks]
    spent = server.cpu_ms() - began
    return Cost(spent / len(asks), round(statistics.mean(sizes)))


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(each.ms for each in costs),
        round(statistics.median(each.bytes for each in costs)),
    )


def _same_size(found: Compared) -> None:
    ours, theirs = found.casework.bytes, found.byhand.bytes
    if abs(ours - theirs) > SAME_BYTES * max(ours, theirs):
        raise Wrong(f"{found.name}: {ours} bytes against {theirs}: not the same page")


def skipped(data: Dataset) -> int:
    """The rows before the deep page."""
    return min(DEEP_PAGE, data.customers // PAGE - 2) * PAGE


def deep_page(
    server: Server, skipped: int, last: tuple[Decimal, int], requests: int
) -> tuple[Cost, Cost]:
    """The first page of the list of all customers, and one far behind it, by its cursor: `last` are
    worth and id of the last of those before."""
    after = cursor.encode(list(last))
    path = "/sales/customer?sort=-annual_value"
    first = Ask(path, MANAGER, 200, 'rel="next"')
    deep = Ask(f"{path}&at={skipped + 1}&after={after}", MANAGER, 200, 'rel="prev"')
    for ask in [first, deep] * (WARM // 2):
        ask.of(server)
    pages = [first] * requests, [deep] * requests
    costs = [tuple(_cost(server, page) for page in pages) for _ in range(ROUNDS)]
    first_costs, deep_costs = zip(*costs, strict=True)
    return _median(first_costs), _median(deep_costs)
