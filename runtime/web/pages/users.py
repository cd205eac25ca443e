"""The people of the workspace, for admins: invite, give roles, let go."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from starlette.responses import Response

from compiler.model.app import ADMIN
from compiler.model.base import RoleId
from runtime.people import Member, People
from runtime.store.problems import NotFound, Rejected
from runtime.web.contexts import FormError, UserFormPage, UserRow, UsersPage
from runtime.web.pages.account import role_name, role_names
from runtime.web.pages.frame import answer
from runtime.web.routing import Page, Policy
from runtime.web.visit import Visit, id_of, see
from runtime.web.widgets import Field, Option


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form says of a person."""

    name: str = ""
    email: str = ""
    team: str = ""
    active: bool = True
    roles: frozenset[RoleId] = frozenset()
    errors: dict[str, str] = field(default_factory=dict)


def show_users(visit: Visit) -> Response:
    return _list(visit)


def _list(visit: Visit, invited: Member | None = None, token: str = "") -> Response:
    people = visit.people
    teams = _teams(people)
    page = UsersPage(
        users=tuple(_row(visit, member, teams) for member in people.members()),
        create_href="/users/new",
        invitation=f"{str(visit.request.base_url).rstrip('/')}/welcome/{token}" if token else "",
        invitation_for=invited.name if invited else "",
    )
    return answer(visit, page)


def _row(visit: Visit, member: Member, teams: dict[int, str]) -> UserRow:
    return UserRow(
        name=member.name,
        email=member.email,
        team=teams.get(member.team_id, ""),
        roles=tuple(filter(None, [role_names(visit, member.roles)])),
        active=member.active,
        edit_href=f"/users/{member.id}",
        invited=not member.has_password and not member.is_demo,
        invite_action=f"/users/{member.id}/invite" if member.active and not member.is_demo else "",
    )


def show_new(visit: Visit) -> Response:
    return _form(visit, Wanted())


def create(visit: Visit) -> Response:
    people, wanted = visit.people, _wanted(visit)
    if wanted.errors:
        return _form(visit, wanted)
    try:
        user_id = people.add(visit.actor, _values(wanted), wanted.roles, visit.key)
    except Rejected as refusal:
        return _form(visit, _with_errors(visit, wanted, refusal))
    return _invited(visit, people, user_id)


def show_edit(visit: Visit) -> Response:
    member = _member(visit)
    wanted = Wanted(member.name, member.email, str(member.team_id), member.active, member.roles)
    return _form(visit, wanted, member)


def save(visit: Visit) -> Response:
    people, member, wanted = visit.people, _member(visit), _wanted(visit)
    if wanted.errors:
        return _form(visit, wanted, member)
    if member.id == visit.actor.user_id and not _keeps_admin(visit, wanted):
        errors = {"roles": visit.t("users.not_yourself")}
        return _form(visit, _replace_errors(wanted, errors), member)
    try:
        people.change(visit.actor, member.id, _values(wanted))
    except Rejected as refusal:
        return _form(visit, _with_errors(visit, wanted, refusal), member)
    people.set_roles(member.id, wanted.roles)
    if not wanted.active:
        people.sign_out(member.id)
    return see("/users")


def invite(visit: Visit) -> Response:
    return _invited(visit, visit.people, _member(visit).id)


def _invited(visit: Visit, people: People, user_id: int) -> Response:
    """The list with the invitation's link, which is shown this once."""
    token = people.invite(user_id)
    return _list(visit, next(each for each in people.members() if each.id == user_id), token)


def _keeps_admin(visit: Visit, wanted: Wanted) -> bool:
    """Nobody locks themselves out."""
    roles = visit.serving.bundle.workspace.roles
    grants = {each for role in wanted.roles if role in roles for each in roles[role].grants_of}
    return wanted.active and ADMIN in grants


def _member(visit: Visit) -> Member:
    members = visit.people.members()
    found = next((each for each in members if str(each.id) == visit.param("id")), None)
    if found is None:
        raise NotFound
    return found


def _wanted(visit: Visit) -> Wanted:
    known = visit.serving.bundle.workspace.roles
    roles = (RoleId(str(value)) for value in visit.form.getlist("roles"))
    return Wanted(
        visit.text("name").strip(),
        visit.text("email").strip(),
        visit.text("team"),
        visit.text("active") == "true",
        frozenset(role for role in roles if role in known),
        _left_empty(visit),
    )


def _left_empty(visit: Visit) -> dict[str, str]:
    """Who signs in needs both, whatever the entity of users asks."""
    fault = visit.t("form.fault.required")
    return {name: fault for name in ("name", "email") if not visit.text(name).strip()}


def _values(wanted: Wanted) -> dict[str, object]:
    team = id_of(wanted.team)
    values: dict[str, object] = {
        "name": wanted.name,
        "email": wanted.email or None,
        "active": wanted.active,
    }
    return values if team is None else {**values, "team": team}


def _with_errors(visit: Visit, wanted: Wanted, refusal: Rejected) -> Wanted:
    errors = {each.field or "": visit.say(each.message) for each in refusal.problems}
    return _replace_errors(wanted, errors)


def _replace_errors(wanted: Wanted, errors: dict[str, str]) -> Wanted:
    return Wanted(wanted.name, wanted.email, wanted.team, wanted.active, wanted.roles, errors)


def _form(visit: Visit, wanted: Wanted, member: Member | None = None) -> Response:
    t = visit.t
    fields = _fields(visit, wanted)
    labels = {each.name: each for each in fields}
    page = UserFormPage(
        title=t("users.edit", name=member.name) if member else t("users.new"),
        action=f"/users/{member.id}" if member else "/users/new",
        cancel_href="/users",
        key=visit.host.clock.token(),
        fields=fields,
        errors=tuple(
            FormError(text, labels[name].input_id, labels[name].label)
            if name in labels
            else FormError(text)
            for name, text in wanted.errors.items()
        ),
    )
    return answer(visit, page, 422 if wanted.errors else 200)


def _fields(visit: Visit, wanted: Wanted) -> tuple[Field, ...]:
    t, errors = visit.t, wanted.errors
    roles = visit.serving.bundle.workspace.roles.values()
    teams = _teams(visit.people)
    return (
        Field("text", "name", t("users.name"), wanted.name, required=True, autofocus=True,
              error=errors.get("name", "")),
        Field("email", "email", t("users.email"), wanted.email, required=True,
              error=errors.get("email", "")),
        Field("choice", "team", t("users.team"), wanted.team, options=tuple(
            Option(str(id_), name, str(id_) == wanted.team) for id_, name in teams.items()
        ), error=errors.get("team", "")),
        Field("bool", "active", t("users.active"), "true" if wanted.active else "",
              help=t("users.active_help")),
        Field("choices", "roles", t("users.roles"), span="full", options=tuple(
            Option(each.id, role_name(visit, each), each.id in wanted.roles)
            for each in roles
        ), error=errors.get("roles", "")),
    )  # fmt: skip


def _teams(people: People) -> dict[int, str]:
    query = select(people.teams.c.id, people.teams.c.name).order_by(people.teams.c.name)
    return {
        row.id: row.name
        for row in people.database.read(lambda connection: connection.execute(query).all())
    }


PAGES = (
    Page("/users", show_users, Policy.ADMIN),
    Page("/users/new", show_new, Policy.ADMIN),
    Page("/users/new", create, Policy.ADMIN, ("POST",)),
    Page("/users/{id:int}", show_edit, Policy.ADMIN),
    Page("/users/{id:int}", save, Policy.ADMIN, ("POST",)),
    Page("/users/{id:int}/invite", invite, Policy.ADMIN, ("POST",)),
)
