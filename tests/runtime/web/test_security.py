"""A change must come from a page of ours; addresses that come with a request stay inside."""

import pytest
from starlette.datastructures import Headers

from runtime.web.security import same_origin, same_token
from runtime.web.visit import is_local


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "http://app.example", "host": "app.example"}, True),
        ({"origin": "http://evil.example", "host": "app.example"}, False),
        ({"origin": "null", "host": "app.example"}, False),
        ({"host": "app.example"}, True),
    ],
)
def test_a_change_is_taken_from_our_own_pages_alone(headers: dict[str, str], ours: bool) -> None:
    assert same_origin("POST", Headers(headers)) is ours


def test_looking_is_allowed_from_everywhere() -> None:
    assert same_origin("GET", Headers({"sec-fetch-site": "cross-site"}))


def test_a_token_is_the_whole_token() -> None:
    assert same_token("abc", "abc")
    assert not same_token("ab", "abc")
    assert not same_token("", "abc")
    assert not same_token("äbc", "abc")


@pytest.mark.parametrize("path", ["/", "/crm/customer?sort=name", "/me"])
def test_our_own_paths_are_local(path: str) -> None:
    assert is_local(path)


@pytest.mark.parametrize(
    "path", ["", "me", "//evil.example", "/\\evil.example", "https://evil.example"]
)
def test_paths_that_lead_away_are_not_local(path: str) -> None:
    assert not is_local(path)
