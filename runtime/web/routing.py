"""Routes with a policy: who may call what is declared with the path, or the server does not start.

A page is a plain function from a `Visit` to a response. It runs in a worker thread, together with
the look-up of the session: one hop from the event loop a request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

if TYPE_CHECKING:
    from runtime.web.visit import Visit


class Policy(StrEnum):
    """Who may call a route at all; what they see is decided by the store's doors."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"
    ADMIN = "admin"
    DEVELOPMENT = "development"


Answer = Callable[["Visit"], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """A path with its methods, its policy and the function that answers."""

    path: str
    answer: Answer
    policy: Policy
    methods: tuple[str, ...] = ("GET",)


class UndeclaredPolicy(Exception):
    """A route without a policy: a bug of ours, found when the server starts."""


def routes(pages: Iterable[Page], endpoint: Callable[[Page], Callable[..., object]]) -> list[Route]:
    """A Starlette route for each page."""
    made = []
    for page in pages:
        route = Route(page.path, endpoint(page), methods=list(page.methods))
        route.policy = page.policy  # type: ignore[attr-defined]  # read by `require_policies`
        made.append(route)
    return made


def require_policies(found: Sequence[BaseRoute]) -> None:
    """Raises UndeclaredPolicy for a route that does not say who may call it."""
    for route in found:
        if not isinstance(getattr(route, "policy", None), Policy):
            raise UndeclaredPolicy(f"{route!r} declares no policy")
