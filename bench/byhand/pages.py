"""The hand-written pages: templates compiled once, and how values look in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from bench.byhand.data import Data

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
LIST, DETAIL, FORM = map(_ENVIRONMENT.get_template, ("list.html", "detail.html", "form.html"))

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
EAST = timedelta(hours=8)
LABELS = {
    "name": "Company",
    "industry": "Industry",
    "tier": "Tier",
    "owner": "Owner",
    "phone": "Phone",
    "email": "Email",
    "annual_value": "Annual value",
}


def _badges(**tones: str) -> dict[str, Markup]:
    badge = Markup('<span class="badge tone-{}">{}</span>')
    return {value: badge.format(tone, value.capitalize()) for value, tone in tones.items()}


INDUSTRIES = _badges(
    internet="blue",
    manufacturing="teal",
    retail="orange",
    finance="green",
    healthcare="red",
    education="purple",
)
TIERS = _badges(gold="orange", silver="gray", normal="blue")
STATUSES = _badges(draft="gray", confirmed="blue", paid="green", cancelled="red")
OPTIONS = {
    "industries": [(value, value.capitalize()) for value in INDUSTRIES],
    "tiers": [(value, value.capitalize()) for value in TIERS],
}


def day(value: date) -> str:
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def dialled(phone: str | None) -> str:
    return "".join(c for c in phone or "" if c.isdigit() or c == "+")


def rows_of(found: Sequence[tuple[Any, ...]], database: Data) -> list[tuple[object, ...]]:
    """The rows of a list as the template shows them."""
    money = database.money
    return [
        (
            id, name, code, INDUSTRIES[industry], TIERS[tier], owner, owner_name,
            dialled(phone), phone, money(annual_value), money(paid_total),
        )
        for id, name, code, industry, tier, owner, owner_name, phone, annual_value, paid_total
        in found
    ]  # fmt: skip


def events_of(found: Sequence[tuple[object, ...]], database: Data) -> list[tuple[object, ...]]:
    """The history as the template shows it: one entry for each act."""
    events: dict[tuple[object, object], list[tuple[object, ...]]] = {}
    actions: dict[tuple[object, object], object] = {}
    for at, who, action, name, old, new in found:
        changes = events.setdefault((at, who), [])
        actions[at, who] = action
        if action == "change":
            changes.append((LABELS[str(name)], old, new))
    return [
        _event(database.moment(at), who, actions[at, who], changes)
        for (at, who), changes in events.items()
    ]


def _event(
    moment: datetime, who: object, action: object, changes: list[tuple[object, ...]]
) -> tuple[object, ...]:
    local = moment + EAST
    when = f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"
    what = "created the record" if action == "create" else "changed the record"
    icon = "plus" if action == "create" else "pencil"
    return icon, who, what, f"{moment.isoformat()}+00:00", when, changes
