"""Routes with a policy: who may call what is declared with the path, or the server does not start.

A page is a plain function from a `Visit` to a response. It runs in a worker thread, together with
the look-up of the session: one hop from the event loop a request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

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


class PolicyRoute(Route):
    """A route that says who may call it.

    No part of its path holds a slash: an address with more of them or fewer is another one's, which
    is seen before it is taken apart.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        policy: Policy,
        methods: Sequence[str] | None = None,
    ) -> None:
        super().__init__(path, endpoint, methods=methods)
        self.policy = policy
        self._slashes = path.count("/")

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if not scope.get("root_path") and scope["path"].count("/") != self._slashes:
            return Match.NONE, {}
        return super().matches(scope)


def routes(
    pages: Iterable[Page], endpoint: Callable[[Page], Callable[..., object]]
) -> list[BaseRoute]:
    """A route for each page."""
    return [PolicyRoute(each.path, endpoint(each), each.policy, each.methods) for each in pages]


def require_policies(found: Sequence[BaseRoute]) -> None:
    """Raises UndeclaredPolicy for a route that does not say who may call it."""
    for route in found:
        if not isinstance(route, PolicyRoute):
            raise UndeclaredPolicy(f"{route!r} declares no policy")
