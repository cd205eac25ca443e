"""Server-sent events: open pages are told that there is something newer to show."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

KEEP_ALIVE_SECONDS = 20.0


class Live:
    """A counter that open pages wait for.

    Each event is the counter's value behind the name of this process, so that a page that connects
    again after a restart sees that it is behind.
    """

    def __init__(self) -> None:
        self._process = secrets.token_hex(4)
        self._count = 0
        self._changed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def start(self) -> None:
        """Bind to the running event loop."""
        self._loop = asyncio.get_running_loop()

    def tell(self) -> None:
        """Tell all open pages; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._advance)

    def close(self) -> None:
        """End all streams."""
        self._closed = True
        self._advance()

    def response(self) -> StreamingResponse:
        """A stream of events to one page."""
        return StreamingResponse(self._events(), media_type="text/event-stream")

    def _advance(self) -> None:
        self._count += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def _events(self) -> AsyncIterator[str]:
        while not self._closed:
            yield f"event: change\ndata: {self._process}-{self._count}\n\n"
            changed = self._changed
            while not changed.is_set():
                try:
                    await asyncio.wait_for(changed.wait(), KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
