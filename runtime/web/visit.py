"""One request being answered: who asks, in which language, with what, and of which serving."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dsl.diagnostic import Language, Message
from runtime.access.actor import Actor, visitor
from runtime.access.identity import Person
from runtime.host import Host, Serving
from runtime.people import People, people_of
from runtime.store.reader import Reader
from runtime.web.messages import LANGUAGES, Messages, messages

SESSION_COOKIE = "casework_session"
LANGUAGE_COOKIE = "casework_language"
THEME_COOKIE = "casework_theme"
SAID_COOKIE = "casework_said"
SAID_ATTRIBUTES = "HttpOnly; Max-Age=60; Path=/; SameSite=lax"
SAID_KEPT = 256
"""Texts to be said whose cookie is kept: most acts say the same few."""
SAID_BYTES = 3500
"""A browser keeps cookies of 4 kB."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the next page says once: that an act is done, and what it warned of."""

    text: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Visit:
    """A request, with all that was found out about it before its page answers.

    `serving` is what was served when the request came; a swap meanwhile does not change it. All
    reads of a request share one moment.
    """

    request: Request
    host: Host
    serving: Serving
    person: Person | None
    form: FormData

    @cached_property
    def actor(self) -> Actor:
        return self.person.actor if self.person else visitor(self.language)

    @cached_property
    def language(self) -> Language:
        """The language of this answer: the person's own, else what the browser asks for."""
        if self.person is not None:
            return "zh" if self.person.actor.language.startswith("zh") else "en"
        return language_of(self.request)

    @cached_property
    def reader(self) -> Reader:
        """The read door, for whoever asks."""
        return self.serving.store.reader(self.actor)

    @property
    def people(self) -> People:
        """The people of the workspace."""
        return people_of(self.host, self.serving)

    @cached_property
    def t(self) -> Messages:
        return messages(self.language)

    def say(self, message: Message) -> str:
        """What the store or the app says, as a sentence of this answer."""
        text = message.text(self.language)
        return text[:1].upper() + text[1:]

    def words(self, key: str, **values: object) -> Message:
        """An interface text in both languages."""
        return Message(messages("en")(key, **values), messages("zh")(key, **values))

    @property
    def theme(self) -> str:
        return self.request.cookies.get(THEME_COOKIE, "auto")

    @property
    def path(self) -> str:
        path: str = self.request.scope["path"]
        return path

    def text(self, name: str) -> str:
        """A form field as text, empty if it was not sent."""
        value = self.form.get(name, "")
        return "" if isinstance(value, UploadFile) else value

    @cached_property
    def texts(self) -> Mapping[str, Sequence[str]]:
        """What the form sent, by name; files are left out."""
        found: dict[str, list[str]] = {}
        for name, value in self.form.multi_items():
            if isinstance(value, str):
                found.setdefault(name, []).append(value)
        return found

    @cached_property
    def key(self) -> str:
        """What tells this request apart from all but its own repetition: the form's key and all
        that was sent with it. Empty for a form without a key."""
        if not self.text("cw-key"):
            return ""
        sent = [
            (name, value if isinstance(value, str) else None)
            for name, value in self.form.multi_items()
        ]
        return hashlib.sha256(repr((self.path, sent)).encode()).hexdigest()

    @cached_property
    def said(self) -> Said:
        """What the page before left to be said."""
        return _said(self.request.cookies.get(SAID_COOKIE, ""))

    def param(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])


MOST_ID = 2**63 - 1


def id_of(text: str) -> int | None:
    """The id that a text of a request names; None for what cannot be one."""
    if not text.isdecimal() or len(text) > 19 or int(text) > MOST_ID:
        return None
    return int(text)


def language_of(request: Request) -> Language:
    """What a visitor chose, else the best of what their browser asks for."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen not in LANGUAGES:
        asked = (part.split(";")[0].split("-")[0].strip().lower() for part in _accepted(request))
        chosen = next((each for each in asked if each in LANGUAGES), None)
    return "zh" if chosen == "zh" else "en"


def _accepted(request: Request) -> list[str]:
    """The languages that a browser accepts, the most wanted first."""

    def weight(part: str) -> float:
        quality = part.partition(";q=")[2]
        return float(quality) if quality.replace(".", "", 1).isdigit() else 1.0

    parts = request.headers.get("accept-language", "")[:200].split(",")
    return sorted((part for part in parts if part.strip()), key=weight, reverse=True)


def html(text: str, status: int = 200) -> Response:
    """A page; also for parts of one, which the script picks out of it."""
    return HTMLResponse(text, status_code=status)


def see(path: str, said: str = "", warnings: Iterable[str] = ()) -> Response:
    """Go to another page after an act; `said` and `warnings` are said there, once."""
    response = RedirectResponse(path, status_code=303)
    if said or warnings:
        # Base64 needs no quoting, which is most of what the library does for a cookie.
        kept = f"{SAID_COOKIE}={_kept(said, tuple(warnings))}"
        response.headers.append("set-cookie", f"{kept}; {SAID_ATTRIBUTES}")
    return response


@lru_cache(maxsize=SAID_KEPT)
def _kept(said: str, warnings: tuple[str, ...]) -> str:
    """Texts as a cookie holds them; of more warnings than fit, the first."""
    kept = base64.urlsafe_b64encode(json.dumps([said, *warnings]).encode()).decode()
    return kept if len(kept) <= SAID_BYTES or not warnings else _kept(said, warnings[:-1])


def _said(kept: str) -> Said:
    """What a cookie holds; nothing if it is not one of ours."""
    try:
        texts = json.loads(base64.urlsafe_b64decode(kept)) if kept else []
    except (binascii.Error, ValueError):
        return Said()
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) for t in texts):
        return Said()
    return Said(texts[0], tuple(texts[1:]))


def is_local(path: str) -> bool:
    """Whether a path that came with a request leads nowhere but to our own pages. A browser takes
    a backslash for a slash and drops control characters."""
    plain = "\\" not in path and path.isprintable()
    return plain and path.startswith("/") and not path.startswith("//")
