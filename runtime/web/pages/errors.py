"""Answers that say no, each in the frame of a page and with one way on."""

from __future__ import annotations

from typing import Literal

from starlette.responses import Response

from dsl.diagnostic import Message
from runtime.web.contexts import ErrorPage, Link
from runtime.web.pages.frame import answer
from runtime.web.visit import Visit

_FOREIGN = Message(
    "The request did not come from a page of this server. Open the page again and repeat it.",
    "请求不是从本系统的页面发出的。请重新打开页面再试一次。",
)
_UNREADABLE = Message(
    "What was sent could not be read. Open the page again and repeat it.",
    "无法读取发送的内容。请重新打开页面再试一次。",
)


def not_found(visit: Visit) -> Response:
    """404: alike for what does not exist and for what may not be read."""
    return _error(visit, 404)


def forbidden(visit: Visit, reason: Message) -> Response:
    """403: an act on something readable; the reason names what is missing."""
    return _error(visit, 403, reason)


def foreign_page(visit: Visit) -> Response:
    """403: a change that was not sent by one of our pages."""
    return _error(visit, 403, _FOREIGN)


def session_over(visit: Visit) -> Response:
    """401: the session ended before the form was sent."""
    sign_in = Link(visit.t("error.sign_in"), "/login")
    return answer(visit, ErrorPage(401, way_out=sign_in), 401)


def refused(visit: Visit, status: int) -> Response:
    """What the server refuses before a page is asked: 405 and 413 have words of their own."""
    pages = {405: ErrorPage(405), 413: ErrorPage(413)}
    unreadable = ErrorPage(400, reason=visit.say(_UNREADABLE))
    return answer(visit, pages.get(status, unreadable), status)


def link_used(visit: Visit) -> Response:
    """410: a link that works once has been used, or is too old."""
    sign_in = Link(visit.t("error.sign_in"), "/login")
    return answer(visit, ErrorPage(410, way_out=sign_in), 410)


def bad_query(visit: Visit, reason: Message) -> Response:
    """400: the address asks for what makes no sense; the page without its query does."""
    way_out = Link(visit.t("error.plain_address"), visit.path)
    page = ErrorPage(400, reason=visit.say(reason), way_out=way_out)
    return answer(visit, page, 400)


def server_error(visit: Visit, error_id: str) -> Response:
    """500: an error of ours, told apart by its number in the log; nothing was saved."""
    return answer(visit, ErrorPage(500, error_id=error_id), 500)


def _error(
    visit: Visit,
    status: Literal[403, 404],
    reason: Message | None = None,
) -> Response:
    text = visit.say(reason) if reason else ""
    return answer(visit, ErrorPage(status, reason=text), status)
