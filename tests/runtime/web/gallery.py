"""Serves the sample pages under the product's policy, for tests that look with a browser."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import cast
from urllib.parse import parse_qs, urlsplit

from runtime.web.assets import URL, assets_by_hashed_name
from runtime.web.contexts import OptionsFragment, Theme
from runtime.web.messages import LANGUAGES
from runtime.web.templating import render, render_options
from runtime.web.widgets import Option
from tests.runtime.web.sample_pages import COMPANIES, OVERLAY, PAGES, shell_of

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"


@contextmanager
def serve_gallery() -> Generator[str]:
    """The address of a running gallery: `<address>/<language>/<theme>/<page>`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Gallery)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Gallery(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        address = urlsplit(self.path)
        parts = address.path.strip("/").split("/")
        if address.path.startswith(URL):
            asset = assets_by_hashed_name()[address.path.removeprefix(URL)]
            self._answer(asset.body, asset.media_type)
        elif parts[-1] == "options":
            self._answer(_options(parse_qs(address.query).get("q", [""])[0]).encode())
        elif parts[-1] == "cancel":
            self._answer(_page("en", "light", "transition").encode())
        elif address.path == "/crm/customer":
            self._answer(_page("en", "light", "list").encode())
        elif parts[0] in LANGUAGES:
            self._answer(_page(*parts).encode())
        else:
            self._answer(_page("en", "light", "error_404").encode(), status=404)

    def do_POST(self) -> None:
        """Every step succeeds and leads to the list."""
        self.send_response(303)
        self.send_header("Location", "/en/light/list")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(
        self, body: bytes, media_type: str = "text/html; charset=utf-8", status: int = 200
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: a test's output is its result."""


def _page(language: str, theme: str, name: str) -> str:
    of = "list" if name == "overlay" else name
    shell = replace(shell_of(of, language), theme=cast(Theme, theme))
    if name == "overlay":
        shell = replace(shell, overlay=OVERLAY)
    return render(PAGES[of][1](language), shell)


def _options(query: str) -> str:
    found = [name for name in COMPANIES["en"] if query.casefold() in name.casefold()]
    options = tuple(Option(str(number), name) for number, name in enumerate(found, 1))
    return render_options(OptionsFragment(options, query), "en")
