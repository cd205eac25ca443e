"""People at work on the pages, without a browser: they read HTML, fill in its forms, send them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import httpx2 as httpx
from sqlalchemy import func, select
from starlette.testclient import TestClient

from compiler.bundle import Bundle
from compiler.model.base import EntityId, RoleId
from runtime.access.actor import Actor, signed_in
from runtime.db import Database
from runtime.host import Host
from runtime.people import Member, demo_users, people_of
from runtime.settings import Settings
from runtime.store.values import Line
from runtime.web.app import create_app
from stdlib.library import STANDARD
from tests.support.running import SetClock

Values = Mapping[str, object]
ADDRESS = "http://127.0.0.1:8000"
VOID = frozenset({"input", "br", "meta", "link", "img", "hr", "use", "path", "rect"})


@dataclass
class Form:
    """A form of a page: its inputs as a browser would send them."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)


class Forms(HTMLParser):
    """Finds the forms of a page; the inputs of a `template` are not there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._select = ""
        self._area = ""
        self._templates = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "template":
            self._templates += 1
        elif tag == "form":
            self.found.append(Form(given.get("action", ""), given.get("method", "get")))
        elif self.found and not self._templates:
            self._input(tag, given)

    def _input(self, tag: str, given: Mapping[str, str]) -> None:
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in given or self._select not in self.values):
            self.values[self._select] = [given.get("value", "")]
        elif tag == "textarea":
            self._area = name
            self._add(name, "")
        elif tag == "input" and name and "disabled" not in given:
            ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
            if ticked:
                self._add(name, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._templates -= 1
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area][-1] += data

    @property
    def values(self) -> dict[str, list[str]]:
        return self.found[-1].values

    def _add(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


@dataclass
class Browser:
    """One person's browser."""

    client: TestClient

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path, follow_redirects=False)

    def page(self, path: str) -> str:
        """The text of a page that must be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def form(self, path: str, action: str = "") -> Form:
        """The form of a page that is sent to `action`, else to the page's own address."""
        return form_of(self.get(path), action or path)

    def send(self, form: Form, **values: str | list[str]) -> httpx.Response:
        """Send a form with some values changed; `__` in a name stands for a dot."""
        data = {**form.values, **{name.replace("__", "."): value for name, value in values.items()}}
        return self.client.post(form.action, data=data, follow_redirects=False)

    def fill(self, path: str, **values: str | list[str]) -> httpx.Response:
        """Open a page and send its form with some values changed."""
        return self.send(self.form(path), **values)


def form_of(answer: httpx.Response, action: str) -> Form:
    """The form of an answer that is sent to an address."""
    found = [each for each in Forms(answer.text).found if each.action == action]
    assert found, (action, answer.status_code)
    return found[0]


@dataclass
class Site:
    """An app served to its demo users, one for each role."""

    host: Host
    clock: SetClock
    members: Mapping[RoleId, Member]
    client: TestClient

    def visitor(self, language: str = "en") -> Browser:
        client = TestClient(self.client.app, base_url=ADDRESS, raise_server_exceptions=True)
        client.headers["accept-language"] = language
        return Browser(client)

    def browser(self, role: str, language: str = "en") -> Browser:
        """The browser of a role's demo user, signed in; the person reads this language."""
        person = self.visitor(language)
        member = self.members[RoleId(role)]
        answer = person.client.post("/login", data={"demo": member.email}, follow_redirects=False)
        assert answer.headers["location"] == "/"
        person.fill("/me", language=language)
        return person

    def actor(self, role: str) -> Actor:
        member = self.members[RoleId(role)]
        workspace = self.host.serving.bundle.workspace
        return signed_in(workspace, member.id, member.roles, "en")

    def add(
        self,
        role: str,
        entity: str,
        lines: Mapping[str, Sequence[Values]] | None = None,
        **values: object,
    ) -> int:
        """Make a record as somebody would."""
        given = {name: tuple(map(Line, each)) for name, each in (lines or {}).items()}
        store = self.host.serving.store
        return store.create(self.actor(role), EntityId(entity), values, given).id

    def count(self, entity: str) -> int:
        table = self.host.serving.catalog.table(EntityId(entity))
        query = select(func.count()).select_from(table)
        return int(self.host.database.read(lambda connection: connection.scalar(query)) or 0)


@contextmanager
def serving(bundle: Bundle, folder: Path, demo: bool = True) -> Iterator[Site]:
    """The Bundle's pages on a new database in the folder."""
    clock = SetClock()
    database = Database.open(f"sqlite:///{folder / 'app.db'}")
    host = Host(bundle, STANDARD, database, Settings(data_dir=folder, demo=demo), clock)
    try:
        members = demo_users(people_of(host, host.serving)) if demo else []
        by_role = {role: member for member in members for role in member.roles}
        app = create_app(host)
        yield Site(host, clock, by_role, TestClient(app, base_url=ADDRESS))
    finally:
        host.close()
