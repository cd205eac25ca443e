"""Functions of dates and moments. A moment's date is that of the workspace's time zone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from compiler.backends.expr.rows import Env
from compiler.field_type import Function, Signature
from compiler.model.expr import Expr
from compiler.model.types import DATE, INSTANT, INT, MONTH, TIME, Type
from compiler.values import dates, numbers
from dsl.diagnostic import Message

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    Column = ColumnElement[Any]

Sql = Callable[[str, Sequence["Column"], Sequence[Type]], "Column"]
DAY_KINDS = "date|instant|month"


def _fixed(type: Type) -> Callable[[Sequence[Expr]], Type]:
    return lambda args: type


def _day(env: Env, value: date) -> date:
    return dates.date_of(value, env.zone) if isinstance(value, datetime) else value


def _on_day(function: Callable[[date], object]) -> Callable[[Env, date], object]:
    return lambda env, value: function(_day(env, value))


def _day_column(dialect: str, value: Column, type: Type) -> Column:
    """The date of a date or moment."""
    from sqlalchemy import Date, Function, cast, func

    from compiler.backends.expr.sql.texts import ZONE

    if type.kind != "instant":
        return value
    if dialect == "sqlite":
        return Function("cw_date_of", value, ZONE, type_=Date())
    return cast(func.timezone(ZONE, value), Date)


def _digits(start: int, count: int, part: str) -> Sql:
    """A number that stands in the ISO text of a date, or PostgreSQL's name for it."""

    def sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
        from sqlalchemy import BigInteger, cast, func

        day = _day_column(dialect, args[0], types[0])
        if dialect == "sqlite":
            return cast(func.substr(day, start, count), BigInteger)
        return _part(day, part)

    return sql


def _part(day: Column, name: str) -> Column:
    from sqlalchemy import BigInteger, cast, extract

    return cast(extract(name, day), BigInteger)


def _counted(name: str, part: str) -> Sql:
    """A number that SQLite gets from a registered function."""

    def sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
        from sqlalchemy import BigInteger, Function

        day = _day_column(dialect, args[0], types[0])
        if dialect == "sqlite":
            return Function(f"cw_{name}", day, type_=BigInteger())
        return _part(day, part)

    return sql


def _quarter_sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
    from sqlalchemy import BigInteger, cast, func, literal

    day = _day_column(dialect, args[0], types[0])
    if dialect == "postgresql":
        return _part(day, "quarter")
    month = cast(func.substr(day, 6, 2), BigInteger)
    return month.op("+")(literal(2, BigInteger())).op("/")(literal(3, BigInteger()))


def _start(unit: str, cut: int = 0) -> Sql:
    """The first day of a period: on SQLite the first `cut` characters of the text tell it."""

    def sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
        from sqlalchemy import Date, Function, Text, cast, func, literal, type_coerce

        day = _day_column(dialect, args[0], types[0])
        if dialect == "postgresql":
            return cast(func.date_trunc(unit, day), Date)
        if not cut:
            return Function(f"cw_start_of_{unit}", day, type_=Date())
        rest = literal("0001-01-01"[cut:], Text())
        return type_coerce(func.substr(day, 1, cut, type_=Text()).concat(rest), Date())

    return sql


def _end_of_month_sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
    from sqlalchemy import Date, Function, cast, func

    day = _day_column(dialect, args[0], types[0])
    if dialect == "sqlite":
        return Function("cw_end_of_month", day, type_=Date())
    first = func.date_trunc("month", day)
    return cast(first + func.make_interval(0, 1, 0, -1), Date)


def _date_sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
    return _day_column(dialect, args[0], types[0])


def _time_sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
    from sqlalchemy import Function, Time, cast, func

    from compiler.backends.expr.sql.texts import ZONE
    from compiler.backends.schema.storage import sql_type

    if dialect == "sqlite":
        return Function("cw_time_of", args[0], ZONE, type_=sql_type(TIME))
    return cast(func.date_trunc("minute", func.timezone(ZONE, args[0])), Time)


def _add_months_sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
    from sqlalchemy import Date, Function, Integer, cast, func

    if dialect == "sqlite":
        return Function("cw_add_months", *args, type_=Date())
    return cast(args[0] + func.make_interval(0, cast(args[1], Integer)), Date)


def _span_sql(unit: int) -> Sql:
    """How many whole units a duration holds, rounded down."""

    def sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
        from sqlalchemy import BigInteger, Function, Numeric, cast, func, literal

        count = literal(unit, BigInteger())
        if dialect == "sqlite":
            return Function("cw_whole", args[0], count, type_=BigInteger())
        return cast(func.floor(cast(args[0], Numeric).op("/")(count)), BigInteger)

    return sql


def _whole(unit: int) -> Callable[[timedelta], int]:
    return lambda span: numbers.seconds(span) // unit


def _named(name: str, kind: Type) -> Sql:
    def sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
        from sqlalchemy import bindparam

        from compiler.backends.schema.storage import sql_type

        return bindparam(name, type_=sql_type(kind))

    return sql


def _today(env: Env) -> date:
    return env.today


def _now(env: Env) -> datetime:
    return env.now


def _time_of(env: Env, moment: datetime) -> time:
    return dates.time_of(moment, env.zone)


def _of_day(
    name: str, type: Type, python: Callable[[date], object], sql: Sql, doc: Message, value: str
) -> Function:
    return Function(
        name=name,
        signature=Signature((DAY_KINDS,), _fixed(type)),
        python=_on_day(python),
        sql=sql,
        doc=doc,
        example=(f"{name}(2026-11-21)", value),
        uses_env=True,
    )


TODAY = Function(
    name="today",
    signature=Signature((), _fixed(DATE)),
    python=_today,
    sql=_named("today", DATE),
    doc=Message("the day of the act, in the workspace's time zone", "当前日期（按工作区时区）"),
    example=("today()", "2026-11-21"),
    upkeep="time",
    uses_env=True,
)
NOW = Function(
    name="now",
    signature=Signature((), _fixed(INSTANT)),
    python=_now,
    sql=_named("now", INSTANT),
    doc=Message("the moment of the act", "当前时刻"),
    example=("now()", "2026-11-21 09:00"),
    upkeep="time",
    uses_env=True,
)
YEAR = _of_day(
    "year",
    INT,
    lambda day: day.year,
    _digits(1, 4, "year"),
    Message("the year, as a number", "年份（数字）"),
    "2026",
)
QUARTER = _of_day(
    "quarter",
    INT,
    lambda day: (day.month + 2) // 3,
    _quarter_sql,
    Message("the quarter of the year, 1 to 4", "季度（1 到 4）"),
    "4",
)
MONTH_OF = _of_day(
    "month",
    MONTH,
    dates.start_of_month,
    _start("month", 7),
    Message("the month, with its year", "月份（含年份）"),
    "2026-11",
)
WEEK = _of_day(
    "week",
    INT,
    lambda day: day.isocalendar().week,
    _counted("week", "week"),
    Message("the number of the week in its year (ISO)", "一年中的第几周（ISO）"),
    "47",
)
DAY = _of_day(
    "day",
    INT,
    lambda day: day.day,
    _digits(9, 2, "day"),
    Message("the day of the month, 1 to 31", "几号（1 到 31）"),
    "21",
)
WEEKDAY = _of_day(
    "weekday",
    INT,
    date.isoweekday,
    _counted("weekday", "isodow"),
    Message("the day of the week, Monday is 1", "星期几（星期一为 1）"),
    "6",
)
DATE_OF = _of_day(
    "date",
    DATE,
    lambda day: day,
    _date_sql,
    Message("the day that a moment falls on", "某一时刻所在的日期"),
    "2026-11-21",
)
START_OF_WEEK = _of_day(
    "start_of_week",
    DATE,
    dates.start_of_week,
    _start("week"),
    Message("the Monday of the week", "所在周的星期一"),
    "2026-11-16",
)
START_OF_MONTH = _of_day(
    "start_of_month",
    DATE,
    dates.start_of_month,
    _start("month", 7),
    Message("the first day of the month", "当月第一天"),
    "2026-11-01",
)
END_OF_MONTH = _of_day(
    "end_of_month",
    DATE,
    dates.end_of_month,
    _end_of_month_sql,
    Message("the last day of the month", "当月最后一天"),
    "2026-11-30",
)
START_OF_QUARTER = _of_day(
    "start_of_quarter",
    DATE,
    dates.start_of_quarter,
    _start("quarter"),
    Message("the first day of the quarter", "当季第一天"),
    "2026-10-01",
)
START_OF_YEAR = _of_day(
    "start_of_year",
    DATE,
    dates.start_of_year,
    _start("year", 4),
    Message("the first day of the year", "当年第一天"),
    "2026-01-01",
)
TIME_OF = Function(
    name="time",
    signature=Signature(("instant",), _fixed(TIME)),
    python=_time_of,
    sql=_time_sql,
    doc=Message("the time of day of a moment, to the minute", "某一时刻的钟点（精确到分钟）"),
    example=("time(now())", "09:00"),
    uses_env=True,
)
ADD_MONTHS = Function(
    name="add_months",
    signature=Signature(("date|month", "int"), lambda args: args[0].type.present()),
    python=dates.add_months,
    sql=_add_months_sql,
    doc=Message(
        "the same day that many months on, or that month's last day",
        "若干个月后的同一天；该月没有这一天时取月末",
    ),
    example=("add_months(2026-01-31, 1)", "2026-02-28"),
)
DAYS = Function(
    name="days",
    signature=Signature(("duration",), _fixed(INT)),
    python=_whole(86_400),
    sql=_span_sql(86_400),
    doc=Message("how many whole days a duration holds", "时长包含的整天数"),
    example=("days(2026-11-21 - 2026-11-01)", "20"),
)
HOURS = Function(
    name="hours",
    signature=Signature(("duration",), _fixed(INT)),
    python=_whole(3_600),
    sql=_span_sql(3_600),
    doc=Message("how many whole hours a duration holds", "时长包含的整小时数"),
    example=("hours(90 minutes)", "1"),
)
MINUTES = Function(
    name="minutes",
    signature=Signature(("duration",), _fixed(INT)),
    python=_whole(60),
    sql=_span_sql(60),
    doc=Message("how many whole minutes a duration holds", "时长包含的整分钟数"),
    example=("minutes(2 hours)", "120"),
)
