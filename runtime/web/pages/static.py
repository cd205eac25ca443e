"""Files with their hash in the name, and development's event stream: routes that are no pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute

from runtime.web.assets import URL, assets_by_hashed_name
from runtime.web.live import Live
from runtime.web.routing import Policy, PolicyRoute

DEV_EVENTS = "/_dev/events"


def routes() -> list[BaseRoute]:
    """The route of all assets."""
    return [PolicyRoute(URL + "{name}", _asset, Policy.ANYBODY)]


def live_route(live: Live) -> BaseRoute:
    """The route of the event stream that tells open pages to look again."""

    async def events(_: Request) -> Response:
        return live.response()

    return PolicyRoute(DEV_EVENTS, events, Policy.DEVELOPMENT)


async def _asset(request: Request) -> Response:
    asset = assets_by_hashed_name().get(request.path_params["name"])
    if asset is None:
        return PlainTextResponse("", status_code=404)
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
        "Content-Type": asset.media_type,
    }
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return Response(asset.gzipped if zipped else asset.body, headers=headers)
