"""Serving from the command line: what stands in the way is said, with a way out."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main


@pytest.mark.parametrize(
    ("language", "way_out"), [("en", "choose another with --port"), ("zh", "用 --port 另选端口")]
)
def test_an_address_that_is_taken_is_told(tmp_path: Path, language: str, way_out: str) -> None:
    app = tmp_path / "orders" / "app.case"
    app.parent.mkdir()
    app.write_text("app orders\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(
            main, ["--lang", language, "serve", str(tmp_path), "--port", str(port)]
        )
    assert done.exit_code == 1
    assert f"127.0.0.1:{port}" in done.output
    assert way_out in done.output
