"""Servers as real processes, and what they cost: CPU time and memory as the kernel counts them."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench.databases import KEPT
from bench.load import APPS, session_token

START_SECONDS = 60.0
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; `location` is where it sends the browser."""

    status: int
    body: str
    location: str


class Server:
    """A server process on a port of its own, spoken to over one kept connection."""

    def __init__(
        self, process: subprocess.Popen[bytes], port: int, database: int | None = None
    ) -> None:
        self.process = process
        self._database = database
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)

    def get(self, path: str, user: int) -> Reply:
        return self._ask("GET", path, user, None)

    def post(self, path: str, user: int, form: Mapping[str, str]) -> Reply:
        return self._ask("POST", path, user, urlencode(form))

    def cpu_ms(self) -> float:
        """The CPU time that the process and its children have used so far, and those of the
        database's server."""
        database = () if self._database is None else _tree(self._database)
        return sum(map(_cpu_ms, (*_tree(self.process.pid), *database)))

    def resident_mib(self) -> float:
        """The memory that the process and its children hold now."""
        return sum(_resident_kib(pid) for pid in _tree(self.process.pid)) / 1024

    def _ask(self, method: str, path: str, user: int, body: str | None) -> Reply:
        headers = {
            "Cookie": f"casework_session={session_token(user)}",
            "Accept": "text/html",
            "Sec-Fetch-Site": "same-origin",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            return self._reply(method, path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionError):
            # It ends connections that were idle for long: while the other one had its round.
            self._http.close()
            return self._reply(method, path, body, headers)

    def _reply(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Reply:
        self._http.request(method, path, body, headers)
        response = self._http.getresponse()
        text = response.read().decode()
        return Reply(response.status, text, response.headers.get("location", ""))


@contextmanager
def casework(database: str, process: int | None = None, kept: Path = KEPT) -> Iterator[Server]:
    """`casework serve` on a database, which is served by a process of its own or by none; `kept` is
    where it keeps the compiled text."""
    port = _free_port()
    command = ["serve", str(APPS), "--port", str(port), "--database", database]
    program = str(Path(sys.executable).with_name("casework"))
    own = {"CASEWORK_DATA_DIR": str(kept)}
    with _running([program, *command], port, "/login", own, process) as server:
        yield server


@contextmanager
def byhand(database: str, process: int | None = None) -> Iterator[Server]:
    """The hand-written app on a database, under the same server."""
    port = _free_port()
    command = ["-m", "uvicorn", "bench.byhand.app:app", "--port", str(port)]
    quiet = ["--log-level", "warning", "--no-proxy-headers", "--no-server-header"]
    own = {"CASEWORK_BENCH_DATABASE": database}
    with _running([sys.executable, *command, *quiet], port, "/", own, process) as server:
        yield server


@contextmanager
def _running(
    command: list[str],
    port: int,
    path: str,
    environment: Mapping[str, str],
    database: int | None,
) -> Iterator[Server]:
    process = subprocess.Popen(
        command, env={**kept_bytecode(), **environment}, stdout=subprocess.DEVNULL
    )
    try:
        _wait(process, port, path)
        yield Server(process, port, database)
    finally:
        process.terminate()
        process.wait()


def kept_bytecode() -> dict[str, str]:
    """The environment in which Python keeps its bytecode, as it does where it is installed: without
    it every start compiles Python."""
    return {name: value for name, value in os.environ.items() if name != NO_BYTECODE}


def _wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    """Until the server answers."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}: {process.args!r}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
            connection.request("GET", path)
            connection.getresponse().read()
            connection.close()
            return
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise RuntimeError(f"the server did not answer in {START_SECONDS:.0f} s: {process.args!r}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _tree(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            yield from _tree(int(child))


def _cpu_ms(pid: int) -> float:
    """The user and system time that a process has used, with all its threads."""
    clock = (~pid << 3) | 2  # what clock_getcpuclockid(3) gives; /proc counts in hundredths
    return time.clock_gettime_ns(clock) / 1e6


def _resident_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1])
