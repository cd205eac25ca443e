"""Pages in fewer bytes for those who ask for them, and the same pages for all others."""

import gzip

import pytest
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response, StreamingResponse

from runtime.web.compression import LEAST_BYTES, compressed

ASKED = Headers({"accept-encoding": "br, gzip"})
LONG = "<p>row</p>" * LEAST_BYTES


def test_a_page_is_compressed_for_who_asks() -> None:
    answer = compressed(HTMLResponse(LONG), ASKED)
    assert gzip.decompress(bytes(answer.body)).decode() == LONG
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(answer.body) < len(LONG)


@pytest.mark.parametrize("asked", [Headers(), Headers({"accept-encoding": "br"})])
def test_others_get_it_as_it_is_and_caches_are_told(asked: Headers) -> None:
    answer = compressed(HTMLResponse(LONG), asked)
    assert bytes(answer.body).decode() == LONG
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "answer",
    [
        Response("short"),
        Response(LONG, headers={"content-encoding": "br"}),
        StreamingResponse(iter([LONG])),
    ],
)
def test_what_is_short_coded_or_sent_in_pieces_is_left_alone(answer: Response) -> None:
    before = dict(answer.headers)
    assert dict(compressed(answer, ASKED).headers) == before
