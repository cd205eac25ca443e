"""The hand-written app. It is started with the URL of its database in
CASEWORK_BENCH_DATABASE."""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bench.byhand import pages
from bench.byhand.data import Data, Person
from bench.byhand.sqlite import Sqlite

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


def _opened(url: str) -> Data:
    if url.startswith("sqlite:"):
        return Sqlite(url.removeprefix("sqlite:///"))
    from bench.byhand.postgres import Postgres

    return Postgres(url.replace("+psycopg", ""))


FIELDS = ("name", "industry", "tier", "owner", "phone", "email", "annual_value")
YEAR = 2026
DATABASE = _opened(os.environ["CASEWORK_BENCH_DATABASE"])
Answer = Callable[[Request, FormData], Response]
Given = Mapping[str, str]


class Refused(Exception):
    """What was typed does not do: texts by field."""

    def __init__(self, **errors: str) -> None:
        super().__init__(errors)
        self.errors = errors


# --- pages --------------------------------------------------------------------------------------


def show_list(request: Request, _: FormData) -> Response:
    sort = request.query_params["sort"]
    filter = request.query_params["f"]
    industry = filter.removeprefix("industry:in:")
    with DATABASE.reading() as connection:
        person = _person(connection, request)
        if person is None:
            return _sign_in(request)
        rows = connection.execute(DATABASE.sql.list, (industry, person.id)).fetchall()
        ((count,),) = connection.execute(DATABASE.sql.count, (industry, person.id))
        unread = _unread(connection, person)
    more = len(rows) > 50
    rows = rows[:50]
    filters = urlencode({"f": filter})
    keep = Markup('<input type="hidden" name="sort" value="{}">').format(sort) + Markup(
        '<input type="hidden" name="f" value="{}">'
    ).format(filter)
    last = [str(DATABASE.amount(rows[-1][8])), str(rows[-1][0])] if more else []
    after = base64.urlsafe_b64encode(json.dumps(last).encode()).decode()
    path = f"/sales/customer?sort={sort}&{filters}&at=51&after={after}"
    return _page(
        pages.LIST.render(
            person=person,
            unread=unread,
            rows=pages.rows_of(rows, DATABASE),
            count="more than 1,000 records" if count > 1000 else f"{count:,} records",
            range=f"1–{len(rows)} of {count:,}",
            keep=keep,
            filters=filters,
            sort=sort,
            chosen=industry.capitalize(),
            next=path,
        )
    )


def show_customer(request: Request, _: FormData) -> Response:
    id = int(request.path_params["id"])
    with DATABASE.reading() as connection:
        person = _person(connection, request)
        if person is None:
            return _sign_in(request)
        keys = (id, person.id, person.is_manager)
        row = connection.execute(DATABASE.sql.customer, keys).fetchone()
        if row is None:
            return Response("not found", 404)
        orders = connection.execute(DATABASE.sql.orders, (id,)).fetchall()
        history = connection.execute(DATABASE.sql.history, (id,)).fetchall()
        unread = _unread(connection, person)
    _, _, name, code, industry, tier, owner, owner_name, phone, email, value, paid = row
    many = len(orders) > 10
    said = {"created": "Created", "saved": "Saved"}.get(request.query_params.get("said", ""))
    return _page(
        pages.DETAIL.render(
            person=person,
            unread=unread,
            said=said,
            id=id,
            name=name,
            code=code,
            industry=pages.INDUSTRIES[industry],
            tier=pages.TIERS[tier],
            owner=owner,
            owner_name=owner_name,
            phone=phone,
            dialled=pages.dialled(phone),
            email=email,
            annual_value=DATABASE.money(value),
            paid_total=DATABASE.money(paid),
            count="more than 10 records" if many else f"{len(orders)} records",
            orders=[
                (
                    order,
                    number,
                    pages.STATUSES[status],
                    pages.day(DATABASE.day(on)),
                    DATABASE.money(amount),
                )
                for order, number, status, on, amount in orders[:10]
            ],
            history=pages.events_of(history, DATABASE),
        )
    )


# --- changes ------------------------------------------------------------------------------------


def create(request: Request, form: FormData) -> Response:
    with DATABASE.reading() as connection:
        person = _person(connection, request)
    if person is None or not _is_theirs(request, form, person):
        return Response("forbidden", 403)
    given = {name: str(form.get(name, "")).strip() for name in FIELDS}
    try:
        id = _create(person, given, str(form["cw-key"]))
    except Refused as refused:
        return _form(person, given, refused)
    return _see(f"/sales/customer/{id}?said=created")


def _create(person: Person, given: Given, key: str) -> int:
    values = _checked(given)
    at = DATABASE.now()
    with DATABASE.writing() as connection:
        done = connection.execute(DATABASE.sql.request, (person.id, key)).fetchone()
        if done is not None:
            return int(done[0])
        _owner_exists(connection, given)
        if connection.execute(DATABASE.sql.same_name, (given["name"], 0)).fetchone():
            raise Refused(name="this Company is already taken")
        counter = f"sales_customer.code C-{YEAR}-{{0000000}}"
        ((number,),) = connection.execute(DATABASE.sql.next_number, (counter,)).fetchall()
        made = (at, person.id, at, person.id)
        row = (values[0], f"C-{YEAR}-{number:07}", *values[1:], *made)
        id = DATABASE.added(connection.execute(DATABASE.sql.add_customer, row))
        entry = ("sales_customer", id, 1, at, person.id, "", "create", "", None, None)
        connection.execute(DATABASE.sql.add_history, entry)
        connection.execute(DATABASE.sql.add_request, (person.id, key, id, 1, at))
    return id


def change(request: Request, form: FormData) -> Response:
    id = int(request.path_params["id"])
    with DATABASE.reading() as connection:
        person = _person(connection, request)
    if person is None or not _is_theirs(request, form, person):
        return Response("forbidden", 403)
    given = {name: str(form.get(name, "")).strip() for name in FIELDS}
    try:
        return _change(person, id, given, int(str(form["cw-version"])), str(form["cw-key"]))
    except Refused as refused:
        return _form(person, given, refused)


def _change(person: Person, id: int, given: Given, known: int, key: str) -> Response:
    values = _checked(given)
    at = DATABASE.now()
    with DATABASE.writing() as connection:
        if connection.execute(DATABASE.sql.request, (person.id, key)).fetchone():
            return _see(f"/sales/customer/{id}?said=saved")
        keys = (id, person.id, person.is_manager)
        row = connection.execute(DATABASE.sql.customer_to_change, keys).fetchone()
        if row is None:
            return Response("not found", 404)
        _, version, name, _, industry, tier, owner, _, phone, email, annual_value, _ = row
        if version != known:
            return Response("conflict", 409)
        before = (name, industry, tier, owner, phone, email, annual_value)
        if owner != values[3]:
            _owner_exists(connection, given)
        if (
            name != values[0]
            and connection.execute(DATABASE.sql.same_name, (given["name"], id)).fetchone()
        ):
            raise Refused(name="this Company is already taken")
        entries = [
            ("sales_customer", id, version + 1, at, person.id, "", "change", field,
             _kept(field, old), _kept(field, new))
            for field, old, new in zip(FIELDS, before, values, strict=True)
            if old != new
        ]  # fmt: skip
        if entries:
            connection.execute(
                DATABASE.sql.change_customer, (*values, version + 1, at, person.id, id)
            )
            _many(connection, DATABASE.sql.add_history, entries)
        connection.execute(DATABASE.sql.add_request, (person.id, key, id, version + 1, at))
    return _see(f"/sales/customer/{id}?said=saved")


def confirm(request: Request, form: FormData) -> Response:
    id = int(request.path_params["id"])
    with DATABASE.reading() as connection:
        person = _person(connection, request)
    if person is None or not _is_theirs(request, form, person):
        return Response("forbidden", 403)
    known, key, at = int(str(form["cw-version"])), str(form["cw-key"]), DATABASE.now()
    with DATABASE.writing() as connection:
        if connection.execute(DATABASE.sql.request, (person.id, key)).fetchone():
            return _see(f"/sales/order/{id}?said=moved")
        keys = (id, person.id, person.is_manager)
        row = connection.execute(DATABASE.sql.order, keys).fetchone()
        if row is None:
            return Response("not found", 404)
        version, number, status, amount, customer = row
        if version != known or status != "draft":
            return Response("conflict", 409)
        if amount <= 0:
            return Response("An order of nothing cannot be confirmed", 422)
        connection.execute(DATABASE.sql.confirm, (version + 1, at, person.id, id))
        cause = "transition sales.Order.status.confirm"
        entry = ("sales_order", id, version + 1, at, person.id, cause, "transition", "confirm",
                 "draft", "confirmed")  # fmt: skip
        connection.execute(DATABASE.sql.add_history, entry)
        text = f"{number} of {customer} is confirmed: {DATABASE.amount(amount):.2f}"
        managers = connection.execute(DATABASE.sql.managers, (person.id,)).fetchall()
        _many(connection, DATABASE.sql.add_notice, [(user, at, text, id) for (user,) in managers])
        connection.execute(DATABASE.sql.add_request, (person.id, key, id, version + 1, at))
    return _see(f"/sales/order/{id}?said=moved")


# --- what they share ----------------------------------------------------------------------------


def _checked(given: Given) -> tuple[object, ...]:
    """The values of a customer as they are kept, in the order of FIELDS. Raises Refused."""
    errors = {}
    for name in ("name", "industry", "tier", "owner", "annual_value"):
        if not given[name]:
            errors[name] = "this field is required"
    if len(given["name"]) > 120:
        errors["name"] = "at most 120 characters"
    if given["industry"] not in pages.INDUSTRIES or given["tier"] not in pages.TIERS:
        errors["industry"] = "choose one"
    value = Decimal(0)
    try:
        value = Decimal(given["annual_value"].replace(",", "")).quantize(Decimal("0.01"))
    except InvalidOperation:
        errors.setdefault("annual_value", "this is no number")
    if value < 0:
        errors["annual_value"] = "this must be at least 0.00"
    if not errors and given["tier"] == "gold" and value < 1000:
        errors[""] = "A gold customer is worth at least 1,000 a year"
    if given["name"] == "?":
        errors["name"] = "Give the company its name"
    if errors:
        raise Refused(**errors)
    owner, phone, email = int(given["owner"]), given["phone"] or None, given["email"] or None
    kept = DATABASE.kept(value)
    return given["name"], given["industry"], given["tier"], owner, phone, email, kept


def _kept(field: str, value: Any) -> object:
    """A value in the text that history keeps."""
    if field == "annual_value":
        return f"{DATABASE.amount(value):.2f}"
    return None if value is None else str(value)


def _owner_exists(connection: Any, given: Given) -> None:
    if connection.execute(DATABASE.sql.user, (int(given["owner"]),)).fetchone() is None:
        raise Refused(owner="there is no such user")


def _form(person: Person, given: Given, refused: Refused) -> Response:
    with DATABASE.reading() as connection:
        owner = connection.execute(DATABASE.sql.user, (int(given["owner"]),)).fetchone()
        unread = _unread(connection, person)
    text = pages.FORM.render(
        person=person,
        unread=unread,
        given=given,
        errors=refused.errors,
        labels=pages.LABELS,
        owner_name=owner[0] if owner else "",
        key=secrets.token_urlsafe(32),
        **pages.OPTIONS,
    )
    return _page(text, 422)


def _person(connection: Any, request: Request) -> Person | None:
    return DATABASE.person_of(connection, request.cookies.get("casework_session", ""))


def _many(connection: Any, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    connection.cursor().executemany(statement, rows)


def _unread(connection: Any, person: Person) -> int:
    ((unread,),) = connection.execute(DATABASE.sql.unread, (person.id,))
    return int(unread)


def _is_theirs(request: Request, form: FormData, person: Person) -> bool:
    """Whether a change comes from a page of ours."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    return hmac.compare_digest(str(form.get("cw-csrf", "")).encode(), person.csrf.encode())


def _page(text: str, status: int = 200) -> Response:
    return HTMLResponse(text, status, HEADERS)


def _see(path: str) -> Response:
    return RedirectResponse(path, 303, HEADERS)


def _sign_in(request: Request) -> Response:
    return _see(f"/login?{urlencode({'next': request.url.path})}")


def _endpoint(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        form = FormData() if request.method == "GET" else await request.form()
        return await run_in_threadpool(answer, request, form)

    return endpoint


app = Starlette(
    routes=[
        Route("/sales/customer", _endpoint(show_list)),
        Route("/sales/customer/new", _endpoint(create), methods=["POST"]),
        Route("/sales/customer/{id:int}", _endpoint(show_customer)),
        Route("/sales/customer/{id:int}/edit", _endpoint(change), methods=["POST"]),
        Route("/sales/order/{id:int}/do/confirm", _endpoint(confirm), methods=["POST"]),
    ]
)
