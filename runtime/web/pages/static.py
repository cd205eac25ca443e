"""Files with their hash in the name, and development's event stream: routes that are no pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from runtime.web.assets import URL, assets_by_hashed_name
from runtime.web.live import Live
from runtime.web.routing import Policy

DEV_EVENTS = "/_dev/events"


def routes() -> list[Route]:
    """The route of all assets."""
    route = Route(URL + "{name}", _asset)
    route.policy = Policy.ANYBODY  # type: ignore[attr-defined]  # read by `require_policies`
    return [route]


def live_route(live: Live) -> Route:
    """The route of the event stream that tells open pages to look again."""

    async def events(_: Request) -> Response:
        return live.response()

    route = Route(DEV_EVENTS, events)
    route.policy = Policy.DEVELOPMENT  # type: ignore[attr-defined]  # read by `require_policies`
    return route


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
