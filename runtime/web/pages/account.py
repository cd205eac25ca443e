"""Coming in and going out: sign-in, one-time links, language, and what a person sets for
themselves."""

from __future__ import annotations

from markupsafe import escape
from starlette.responses import Response

from compiler.model.app import USER, Role
from compiler.model.base import RoleId
from runtime.access import identity, sessions
from runtime.access.identity import DEMO_DOMAIN
from runtime.access.passwords import WeakPassword
from runtime.people import LinkUsed, demo_members
from runtime.store.problems import Rejected
from runtime.web.contexts import (
    BootstrapPage,
    MePage,
    Person,
    Shown,
    SignInPage,
)
from runtime.web.looks import labelled
from runtime.web.messages import LANGUAGES
from runtime.web.pages import errors
from runtime.web.pages.frame import THEMES, answer
from runtime.web.routing import Page, Policy
from runtime.web.visit import (
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    THEME_COOKIE,
    Visit,
    is_local,
    see,
)
from runtime.web.widgets import Field, Option

YEAR_SECONDS = 365 * 24 * 3600


# --- signing in ---------------------------------------------------------------------------------


def show_sign_in(visit: Visit) -> Response:
    if visit.person is not None:
        return see(_next(visit.request.query_params.get("next", "/")))
    return _sign_in_page(visit, next_=visit.request.query_params.get("next", "/"))


def sign_in(visit: Visit) -> Response:
    host, email = visit.host, visit.text("email")
    if host.settings.demo and visit.text("demo"):
        return _demo_sign_in(visit)
    client = visit.request.client
    try:
        token = identity.sign_in(
            host.database,
            host.clock,
            visit.serving.catalog.table(USER),
            email,
            visit.text("password"),
            client.host if client else "",
        )
    except identity.TooManyAttempts as refusal:
        minutes = int(refusal.wait.total_seconds() // 60) + 1
        return _sign_in_page(visit, email, visit.t("sign_in.too_many", minutes=minutes), 429)
    if token is None:
        return _sign_in_page(visit, email, visit.t("sign_in.wrong"), 422)
    return _entered(visit, token, _next(visit.text("next")))


def _demo_sign_in(visit: Visit) -> Response:
    wanted = visit.text("demo")
    found = next((each for each in demo_members(visit.people) if each.email == wanted), None)
    if found is None:
        return _sign_in_page(visit, wanted, visit.t("sign_in.wrong"), 422)
    token = visit.host.database.write(
        lambda connection: sessions.begin(connection, visit.host.clock, found.id)
    )
    return _entered(visit, token, _next(visit.text("next")))


def _sign_in_page(
    visit: Visit, email: str = "", error: str = "", status: int = 200, next_: str = ""
) -> Response:
    page = SignInPage(
        action="/login",
        next=_next(next_ or visit.text("next")),
        email="" if email.endswith(f"@{DEMO_DOMAIN}") else email,
        error=error,
        demo_people=_demo_people(visit) if visit.host.settings.demo else (),
    )
    return answer(visit, page, status)


def _demo_people(visit: Visit) -> tuple[Person, ...]:
    return tuple(
        Person(member.name, member.email, role_names(visit, member.roles))
        for member in demo_members(visit.people)
    )


def role_names(visit: Visit, held: frozenset[RoleId]) -> str:
    """The labels of roles, in the order in which the apps declare them; with the app's, where
    there are several."""
    roles = visit.serving.bundle.workspace.roles.values()
    names = [role_name(visit, role) for role in roles if role.id in held]
    return visit.t("conflict.separator").join(names)


def role_name(visit: Visit, role: Role) -> str:
    """The label of a role; with the app's, where there are several."""
    workspace, language = visit.serving.bundle.workspace, visit.language
    apps = [each for each in workspace.modules.values() if not each.library]
    label, module = labelled(role.label, language), workspace.modules[role.module]
    if module.library or len(apps) < 2:
        return label
    return f"{label} · {labelled(module.label, language)}"


def _entered(visit: Visit, token: str, path: str) -> Response:
    response = see(path)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(sessions.LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=visit.request.url.scheme == "https",
    )
    return response


def _next(path: str) -> str:
    return path if is_local(path) else "/"


def sign_out(visit: Visit) -> Response:
    person = visit.person
    assert person is not None
    visit.host.database.write(lambda connection: sessions.end(connection, person.token))
    response = see("/login")
    response.delete_cookie(SESSION_COOKIE)
    return response


# --- one-time links -----------------------------------------------------------------------------


def show_link(visit: Visit) -> Response:
    try:
        purpose, _ = visit.people.link(visit.param("token"))
    except LinkUsed:
        return errors.link_used(visit)
    return _link_page(visit, _link_fields(visit, purpose == "invitation"))


def use_link(visit: Visit) -> Response:
    people, token, password = visit.people, visit.param("token"), visit.text("password")
    try:
        purpose, _ = people.link(token)
        if purpose == "invitation":
            return _entered(visit, people.accept(token, password), "/")
        values = {"name": visit.text("name"), "email": visit.text("email"), "active": True}
        return _entered(visit, people.found(token, values, password), "/")
    except LinkUsed:
        return errors.link_used(visit)
    except WeakPassword as refusal:
        faults = {"password": visit.say(refusal.message)}
    except Rejected as refusal:
        faults = {each.field or "": visit.say(each.message) for each in refusal.problems}
    fields = _link_fields(visit, purpose == "invitation", faults)
    return _link_page(visit, fields, error=faults.get("", ""), status=422)


def _link_fields(
    visit: Visit, invited: bool, faults: dict[str, str] | None = None
) -> tuple[Field, ...]:
    t, faults = visit.t, faults or {}
    password = Field(
        kind="password",
        name="password",
        label=t("bootstrap.password"),
        help=t("bootstrap.password_help"),
        required=True,
        span="full",
        autocomplete="new-password",
        error=faults.get("password", ""),
    )
    if invited:
        return (password,)
    return (
        Field(
            kind="text",
            name="name",
            label=t("bootstrap.name"),
            value=visit.text("name"),
            required=True,
            span="full",
            autocomplete="name",
            autofocus=True,
            error=faults.get("name", ""),
        ),
        Field(
            kind="email",
            name="email",
            label=t("bootstrap.email"),
            value=visit.text("email"),
            required=True,
            span="full",
            autocomplete="username",
            error=faults.get("email", ""),
        ),
        password,
    )


def _link_page(
    visit: Visit, fields: tuple[Field, ...], error: str = "", status: int = 200
) -> Response:
    page = BootstrapPage(
        action=visit.path,
        fields=fields,
        invited=len(fields) == 1,
        error=error,
    )
    return answer(visit, page, status)


# --- what a person sets for themselves ----------------------------------------------------------


def set_language(visit: Visit) -> Response:
    """Switch the language: of this browser, and of the person who is signed in."""
    language = visit.text("language")
    response = see(_next(visit.text("cw-next")))
    if language in LANGUAGES:
        _keep_language(visit, language)
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_SECONDS, samesite="lax")
    return response


def _keep_language(visit: Visit, language: str) -> None:
    """Notices are written in the language of their recipient, so the user's record has it."""
    if visit.person is not None:
        user_id = visit.actor.user_id
        assert user_id is not None
        visit.people.change(visit.actor, user_id, {"language": language})


def show_me(visit: Visit) -> Response:
    t, person = visit.t, visit.person
    assert person is not None
    facts = (
        Shown(t("me.name"), escape(person.name)),
        Shown(t("me.email"), escape(person.email)),
        Shown(t("me.roles"), escape(role_names(visit, person.actor.roles))),
    )
    fields = (
        _choice(visit, "language", dict(LANGUAGES), visit.language),
        _choice(visit, "theme", {each: t(f"theme.{each}") for each in THEMES}, visit.theme),
    )
    return answer(visit, MePage("/me", "/logout", facts, fields))


def save_me(visit: Visit) -> Response:
    language, theme = visit.text("language"), visit.text("theme")
    response = see("/me")
    if language in LANGUAGES:
        _keep_language(visit, language)
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_SECONDS, samesite="lax")
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR_SECONDS, samesite="lax")
    return response


def _choice(visit: Visit, name: str, labels: dict[str, str], chosen: str) -> Field:
    options = tuple(Option(value, label, value == chosen) for value, label in labels.items())
    return Field("choice", name, visit.t(f"me.{name}"), chosen, options=options, required=True)


PAGES = (
    Page("/login", show_sign_in, Policy.ANYBODY),
    Page("/login", sign_in, Policy.ANYBODY, ("POST",)),
    Page("/logout", sign_out, Policy.SIGNED_IN, ("POST",)),
    Page("/welcome/{token}", show_link, Policy.ANYBODY),
    Page("/welcome/{token}", use_link, Policy.ANYBODY, ("POST",)),
    Page("/language", set_language, Policy.ANYBODY, ("POST",)),
    Page("/me", show_me, Policy.SIGNED_IN),
    Page("/me", save_me, Policy.SIGNED_IN, ("POST",)),
)
