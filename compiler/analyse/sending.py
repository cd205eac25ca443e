"""When a report is sent, to whom, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from compiler.analyse.context import Context
from compiler.build import Build
from compiler.model.base import RoleId
from compiler.model.report import Send, SendFormat
from compiler.resolve.names import ROLE, Misspelt, nearest, resolve
from dsl.ast import report as ast
from dsl.ast.base import Name, Path, String
from dsl.diagnostic import Message, Problem

_EVERY: Mapping[str, Literal["day", "workday", "week", "month"]] = {
    "daily": "day", "workdays": "workday", "weekly": "week", "monthly": "month",
}  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FORMATS: tuple[SendFormat, ...] = ("html", "xlsx", "csv", "pdf")
LAST_DAY = 31


class BadSchedule(Problem, code="CW0715", name="bad-schedule"):
    message = Message("this says no time to send a report", "这不是发送报表的时间")
    help = Message(
        "write `daily 08:30`, `workdays 08:30`, `weekly monday 08:30` or `monthly 1 08:30`",
        "请写 `daily 08:30`、`workdays 08:30`、`weekly monday 08:30` 或 `monthly 1 08:30`",
    )


class UnknownFormat(Misspelt, Problem, code="CW0716", name="unknown-format"):
    written: str
    near: str
    message = Message("a report is not sent as `{written}`", "报表不能以 `{written}` 格式发送")
    help = Message("the formats are {formats}", "可用格式：{formats}")
    formats: str


class SentOutside(Problem, code="CW0717", name="sent-outside"):
    address: str
    message = Message(
        "`{address}` is no user, so nobody knows what may be read there",
        "`{address}` 不是用户，无法得知其可读内容",
    )
    help = Message(
        "send it to a role: each person gets what he or she may read",
        "请发送给角色：每个人收到自己可读的内容",
    )


def send(build: Build, context: Context, tree: ast.Send) -> Send | None:
    """One sending of a report; None if it says no time, or nobody."""
    day = _day(tree)
    if day is None:
        context.report(BadSchedule(at=context.place(tree)))
    roles = [_role(build, context, each) for each in tree.to]
    known = tuple(RoleId(role) for role in roles if role)
    formats = [cast(SendFormat, each.text) for each in tree.formats if _is_format(context, each)]
    if day is None or not known:
        return None
    return Send(
        every=_EVERY[tree.every.text],
        day=day,
        at=f"{tree.at.value:%H:%M}",
        roles=known,
        formats=tuple(formats) or ("html",),
        unless_empty=tree.unless_empty,
    )


def _day(tree: ast.Send) -> int | None:
    """The day within what it is sent every; 0 where none is said, None where it is wrong."""
    every, day = tree.every.text, tree.day
    if every in ("daily", "workdays"):
        return 0 if day is None else None
    if every == "weekly" and isinstance(day, Name) and day.text in WEEKDAYS:
        return WEEKDAYS.index(day.text) + 1
    if every == "monthly" and isinstance(day, int) and 1 <= day <= LAST_DAY:
        return day
    return None


def _role(build: Build, context: Context, to: Path | String) -> str:
    if isinstance(to, String):
        context.report(SentOutside(at=context.place(to), address=to.value))
        return ""
    found = resolve(build, context.module, context.block, to, ROLE)
    return found.id if found else ""


def _is_format(context: Context, name: Name) -> bool:
    if name.text in FORMATS:
        return True
    near, shown = nearest(name.text, FORMATS), ", ".join(f"`{each}`" for each in FORMATS)
    at = context.place(name)
    context.report(UnknownFormat(at=at, written=name.text, near=near, formats=shown))
    return False
