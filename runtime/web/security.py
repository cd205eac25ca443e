"""What every answer carries and every change must prove, whichever page it concerns.

A strict content security policy on every answer; and a request that changes something must come
from our own pages: the browser says so (`Sec-Fetch-Site`, else `Origin`), and the form carries the
session's token.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_RAW = Headers(_HEADERS).raw


class SecurityHeaders:
    """Adds the headers above to every answer; pages are not to be kept by caches unless they say
    otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.raw.extend(_RAW)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


def same_origin(method: str, headers: Headers) -> bool:
    """Whether a request that changes something was sent by a page of ours.

    Browsers send `Sec-Fetch-Site`; older ones at least `Origin`. A request with neither comes from
    no browser page, so it cannot ride on a person's cookie; the form's token is asked all the same.
    """
    if method in SAFE_METHODS:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def same_token(given: str, expected: str) -> bool:
    """Whether a form's token is the session's, in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())
