"""A host's Starlette app: every request becomes a visit, every page is a function of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from compiler.model.app import USER
from runtime.access.identity import Person, person_of
from runtime.host import Host
from runtime.store.problems import Forbidden, NotFound
from runtime.store.query import BadQuery
from runtime.web.compression import compressed
from runtime.web.live import Live
from runtime.web.pages import errors, static
from runtime.web.pages.contents import PAGES
from runtime.web.routing import Page, Policy, require_policies, routes
from runtime.web.security import SAFE_METHODS, SecurityHeaders, same_origin, same_token
from runtime.web.visit import LANGUAGE_COOKIE, SESSION_COOKIE, Visit, see

log = logging.getLogger("casework")

MAX_BODY_BYTES = 32 * 1024 * 1024
MAX_FIELDS = 20_000
"""A thousand lines of an order, with all their cells."""
FORM_WITHOUT_FILES = "application/x-www-form-urlencoded"
Background = Callable[[], Awaitable[None]]


def create_app(host: Host, background: Sequence[Background] = ()) -> Starlette:
    """The app of a host; `background` runs as long as it does (the watcher of development).

    Raises routing.UndeclaredPolicy if a route does not say who may call it.
    """
    live = Live()
    host.on_change(live.tell)
    found = static.routes()
    if host.settings.dev:
        found.append(static.live_route(live))
    found += routes(PAGES, lambda page: _endpoint(host, page))
    require_policies(found)
    return Starlette(
        routes=found,
        middleware=[
            Middleware(SecurityHeaders),
        ],
        exception_handlers={
            HTTPException: _handler(host, _http_error),
            Exception: _handler(host, _server_error),
        },
        lifespan=_lifespan(live, background),
        max_body_size=MAX_BODY_BYTES,
    )


def _lifespan(
    live: Live, background: Sequence[Background]
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        live.start()
        tasks = [asyncio.ensure_future(run()) for run in background]
        yield
        live.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return lifespan


def _endpoint(host: Host, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        form = FormData() if request.method in SAFE_METHODS else await _form(request)
        try:
            return await run_in_threadpool(_answer, host, page, request, form)
        finally:
            await form.close()

    return endpoint


async def _form(request: Request) -> FormData:
    """What was sent. A form without files is read whole: the library's reader goes from sign to
    sign, for bodies that come in pieces."""
    if request.headers.get("content-type", "").partition(";")[0] != FORM_WITHOUT_FILES:
        return await request.form(max_fields=MAX_FIELDS)
    text = (await request.body()).decode("latin-1")
    try:
        sent = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise HTTPException(400, "too many fields") from error
    return FormData([*sent])


def _answer(host: Host, page: Page, request: Request, form: FormData) -> Response:
    with host.database.one_moment():
        answer = _answered(_visit(host, request, form), page)
    return compressed(answer, request.headers)


def _answered(visit: Visit, page: Page) -> Response:
    refused = _refusal(visit, page.policy)
    if refused is not None:
        return refused
    try:
        return page.answer(visit)
    except NotFound:
        return errors.not_found(visit)
    except Forbidden as refusal:
        return errors.forbidden(visit, refusal.message)
    except BadQuery as fault:
        return errors.bad_query(visit, fault.message)


def _visit(host: Host, request: Request, form: FormData) -> Visit:
    serving = host.serving
    return Visit(request, host, serving, _person(host, request), form)


def _person(host: Host, request: Request) -> Person | None:
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    serving = host.serving
    users = serving.catalog.table(USER)
    workspace = serving.bundle.workspace
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return host.database.read(
        lambda connection: person_of(connection, host.clock, users, workspace, token, chosen)
    )


def _refusal(visit: Visit, policy: Policy) -> Response | None:
    """The answer to somebody who may not call a route of this policy, or not in this way."""
    method, headers = visit.request.method, visit.request.headers
    if not same_origin(method, headers):
        return errors.foreign_page(visit)
    if policy is Policy.ANYBODY:
        return None
    if visit.person is None:
        back = f"/login?{urlencode({'next': _address(visit)})}"
        return see(back) if method in SAFE_METHODS else errors.session_over(visit)
    if method not in SAFE_METHODS and not same_token(visit.text("cw-csrf"), visit.person.csrf):
        return errors.foreign_page(visit)
    if policy is Policy.ADMIN and not visit.actor.is_admin:
        return errors.not_found(visit)
    return None


def _address(visit: Visit) -> str:
    """The path and query of the request."""
    url = visit.request.url
    return f"{url.path}?{url.query}" if url.query else url.path


def _handler(
    host: Host, answer: Callable[[Visit, Exception], Response]
) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(request: Request, error: Exception) -> Response:
        return await run_in_threadpool(lambda: answered(request, error))

    def answered(request: Request, error: Exception) -> Response:
        return compressed(answer(_visit(host, request, FormData()), error), request.headers)

    return handler


def _http_error(visit: Visit, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return errors.not_found(visit)
    return errors.refused(visit, error.status_code)


def _server_error(visit: Visit, error: Exception) -> Response:
    error_id = visit.host.clock.token()[:8]
    log.error("error %s at %s", error_id, visit.path, exc_info=error)
    return errors.server_error(visit, error_id)
