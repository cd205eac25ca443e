"""Assets are what the manifest says, small enough, and named by their content."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from runtime import web
from runtime.web.assets import URL, assets, assets_by_hashed_name
from runtime.web.pages.records import HISTORY_ICONS
from runtime.web.templating import render
from tests.runtime.web import sample_pages

WEB = Path(web.__file__).parent
VENDOR = WEB / "static" / "vendor"
PACKAGES = json.loads((VENDOR / "manifest.json").read_text())["packages"]


def size(name: str) -> int:
    return len(assets()[name].gzipped)


@pytest.mark.parametrize("package", PACKAGES, ids=[p["name"] for p in PACKAGES])
def test_a_vendored_package_is_unchanged_and_brings_its_licence(package: dict[str, object]) -> None:
    folder = VENDOR / f"{package['name']}-{package['version']}"
    files = package["files"]
    assert isinstance(files, dict)
    assert package["licence"]
    assert {path.name for path in folder.iterdir()} == set(files)
    assert "LICENSE" in files
    for name, entry in files.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry["sha256"], name


def test_nothing_is_vendored_outside_the_manifest() -> None:
    folders = {path.name for path in VENDOR.iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders == {f"{p['name']}-{p['version']}" for p in PACKAGES}


def test_a_name_changes_with_its_content_and_only_then() -> None:
    for asset in assets().values():
        assert hashlib.sha256(asset.body).hexdigest()[:12] in asset.hashed_name
        assert assets_by_hashed_name()[asset.hashed_name].body == asset.body
        assert gzip.decompress(asset.gzipped) == asset.body


def test_styles_scripts_and_a_cold_list_keep_to_their_bytes() -> None:
    page = render(sample_pages.customer_list("zh"), sample_pages.shell("zh")).encode()
    assert size("app.css") <= 14_000
    assert size("app.js") + size("htmx.js") <= 30_000
    assert sum(size(name) for name in assets()) + len(gzip.compress(page)) <= 60_000


def test_a_page_asks_for_at_most_four_files_besides_itself() -> None:
    page = render(sample_pages.customer_list("en"), sample_pages.shell("en"))
    assert len(set(re.findall(re.escape(URL) + r"[^\"#]+", page))) <= 4


def test_each_icon_named_by_a_page_is_in_the_sprite() -> None:
    sprite = assets()["icons.svg"].body.decode()
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used: set[str] = set()
    for name, (_, page) in sample_pages.PAGES.items():
        html = render(page("en"), sample_pages.shell_of(name, "en"))
        used |= set(re.findall(r'<use href="[^"#]+#([^"]+)"', html))
    assert len(used) > 20
    assert used <= known
    assert len(known) <= 60


def test_every_entry_of_a_history_has_an_icon_of_the_sprite() -> None:
    sprite = assets()["icons.svg"].body.decode()
    for icon in HISTORY_ICONS.values():
        assert f'id="{icon}"' in sprite
