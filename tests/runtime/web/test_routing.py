"""A route says who may call it, or the server does not start."""

import pytest
from starlette.responses import Response
from starlette.routing import Route

from runtime.web.routing import Page, Policy, UndeclaredPolicy, require_policies, routes
from runtime.web.visit import Visit


def _page(_: Visit) -> Response:
    return Response()


def test_a_declared_page_passes() -> None:
    page = Page("/x", _page, Policy.SIGNED_IN)
    require_policies(routes([page], lambda page: _page))


def test_a_route_without_a_policy_stops_the_start() -> None:
    with pytest.raises(UndeclaredPolicy, match="/x"):
        require_policies([Route("/x", _page)])
