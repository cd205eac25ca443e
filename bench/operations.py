"""What is asked of both servers, and what the right answer looks like.

Every request of a round is another one: a record is changed once, a page is not asked again and
again. Both servers get the same requests on copies of the same data.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from bench.load import (
    EVERY,
    INDUSTRIES,
    STATUSES,
    Dataset,
    csrf_token,
    customer_name,
    orders_of,
    rep_user,
)
from bench.servers import Reply, Server


class Wrong(Exception):
    """A server answered something else than it should."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request and what its answer must be: its status, and a text in its body or address."""

    path: str
    user: int
    status: int
    holds: str
    form: dict[str, str] | None = None

    def of(self, server: Server) -> Reply:
        """The server's reply. Raises Wrong."""
        form = self.form
        reply = (
            server.get(self.path, self.user)
            if form is None
            else server.post(self.path, self.user, form)
        )
        if reply.status != self.status or self.holds not in reply.body + reply.location:
            raise Wrong(
                f"{self.path}: {reply.status} instead of {self.status}, or without {self.holds!r}"
            )
        return reply


@dataclass(frozen=True, slots=True)
class Operation:
    """A kind of request, measured on its own."""

    name: str
    asks: Iterator[Ask]


def operations(data: Dataset) -> list[Operation]:
    """What a sales rep does, who sees their own customers alone."""
    return [
        Operation("list of 50, filtered, sorted", _lists(data)),
        Operation("detail with owner and 10 orders", _details(data)),
        Operation("create", _creates(data)),
        Operation("create refused", _refused(data)),
        Operation("update", _updates(data)),
        Operation("transition", _transitions(data)),
    ]


def _lists(data: Dataset) -> Iterator[Ask]:
    for industry, rep in itertools.cycle(itertools.product(INDUSTRIES, range(data.reps))):
        path = f"/sales/customer?f=industry%3Ain%3A{industry}&sort=-annual_value"
        yield Ask(path, rep_user(rep), 200, "</td></tr></tbody>")


def _details(data: Dataset) -> Iterator[Ask]:
    rep = 0
    for id in itertools.cycle(data.owned(rep)[::EVERY]):
        yield Ask(f"/sales/customer/{id}", rep_user(rep), 200, f">{customer_name(id)}<")


def _form(user: int, name: str, key: str) -> dict[str, str]:
    return {
        "cw-csrf": csrf_token(user),
        "cw-key": key,
        "name": name,
        "industry": "retail",
        "tier": "silver",
        "owner": str(user),
        "owner.text": "",
        "annual_value": "12,500.50",
        "phone": "+86 139 0000 0000",
        "email": "office@new.example",
    }


def _creates(data: Dataset) -> Iterator[Ask]:
    for number in itertools.count():
        user = rep_user(number % data.reps)
        form = _form(user, f"New & Co {number}", f"create-{number}")
        yield Ask("/sales/customer/new", user, 303, "/sales/customer/", form)


def _refused(data: Dataset) -> Iterator[Ask]:
    for number in itertools.count():
        user = rep_user(number % data.reps)
        form = {**_form(user, "", f"refused-{number}"), "annual_value": "-5"}
        yield Ask("/sales/customer/new", user, 422, 'aria-invalid="true"', form)


def _updates(data: Dataset) -> Iterator[Ask]:
    rep = data.reps - 1
    user = rep_user(rep)
    for id in data.owned(rep):
        form = {**_form(user, customer_name(id), f"update-{id}"), "cw-version": "1"}
        yield Ask(f"/sales/customer/{id}/edit", user, 303, f"/sales/customer/{id}", form)


def _transitions(data: Dataset) -> Iterator[Ask]:
    first = 1
    for customer in range(1, data.customers + 1):
        count = orders_of(data, customer)
        for number in range(count):
            if STATUSES[(customer + number) % len(STATUSES)] == "draft":
                yield _confirm(first + number, rep_user((customer - 1) % data.reps))
        first += count


def _confirm(order: int, user: int) -> Ask:
    form = {"cw-csrf": csrf_token(user), "cw-key": f"confirm-{order}", "cw-version": "1"}
    return Ask(f"/sales/order/{order}/do/confirm", user, 303, f"/sales/order/{order}", form)
