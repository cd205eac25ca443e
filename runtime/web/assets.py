"""The files a page needs besides itself, each served under a name that holds its hash.

A name never changes its content, so browsers may keep it for ever; a changed file has a new name.
"""

import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

URL = "/static/"

_SOURCES: Mapping[str, str] = {
    "app.css": "app.css",
    "app.js": "app.js",
    "htmx.js": "vendor/htmx.org-4.0.1/htmx.min.js",
    "icons.svg": "vendor/lucide-static-1.62.0/icons.svg",
}
_MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


class Asset(NamedTuple):
    """One file: the name it is served under, its content plain and gzipped, its media type."""

    hashed_name: str
    body: bytes
    gzipped: bytes
    media_type: str

    @property
    def href(self) -> str:
        return URL + self.hashed_name


@cache
def assets() -> Mapping[str, Asset]:
    """Every asset by its plain name, for instance `app.css`."""
    folder = files(__package__).joinpath("static")
    return {name: _read(name, folder.joinpath(path)) for name, path in _SOURCES.items()}


@cache
def assets_by_hashed_name() -> Mapping[str, Asset]:
    """Every asset by the name it is served under, for instance `app.1a2b3c4d5e.css`."""
    return {asset.hashed_name: asset for asset in assets().values()}


def _read(name: str, source: Traversable) -> Asset:
    body = source.read_bytes()
    stem, extension = name.rsplit(".", 1)
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(
        hashed_name=f"{stem}.{digest}.{extension}",
        body=body,
        gzipped=gzip.compress(body, mtime=0),
        media_type=_MEDIA_TYPES[extension],
    )
