"""What a test expects: conditions, notices, warnings, reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.model.test import Expect, ExpectReport, ExpectTold
from compiler.model.types import Type
from dsl.diagnostic import Language, Message
from runtime.store.figures import Group, ReportResult
from runtime.store.marks import Others
from runtime.store.problems import NotFound
from runtime.store.query import Reference
from runtime.testing.outcome import Detail, Failed
from runtime.testing.world import World, bound

MOST_NOTICES = 1_000
MOST_ROWS = 10

DOES_NOT_HOLD = Message("this does not hold", "此条件不成立")
IS = Message("is {value}", "为 {value}")
TO_NOBODY = Message("this leads to nobody", "这里没有指向任何人")
NO_NOTICE = Message("{who} got no such notice", "{who} 没有收到这样的通知")
A_NOTICE = Message("{who} got this notice", "{who} 收到了此通知")
NO_WARNING = Message("nothing was said against it", "没有出现警告")
A_WARNING = Message("this warning was given", "出现了此警告")
SAID = Message("“{text}”", "“{text}”")
NO_MAIL = Message(
    "this version sends no mail, so nothing can be expected of it",
    "此版本不发送邮件，因此无法对邮件作出期望",
)
NO_REPORT = Message("{who} may not see this report", "{who} 无权查看此报表")
NO_ROW = Message("the report has no such row", "报表中没有这样的行")
NOT_TRUE = Message("this is not true of the report", "报表不符合此条件")
ROW = Message("{row}", "{row}")


def expect(world: World, step: Expect) -> None:
    """A condition, told with the values of its parts where it does not hold."""
    if world.holds(step.condition):
        return
    parts = ((part, world.shown(part.value.type, world.value(part.value))) for part in step.parts)
    raise Failed(
        DOES_NOT_HOLD,
        tuple(Detail(IS.filled({"value": value}), part.origin) for part, value in parts),
    )


def expect_told(world: World, step: ExpectTold) -> None:
    """What somebody was told, or was not."""
    if step.channel == "mail":
        raise Failed(NO_MAIL)
    wanted = None if step.text is None else world.text(step.text)
    if step.channel == "warning":
        said = [problem.message.text(_language(world)) for problem in world.warnings]
        _judge(said, wanted, step.none, NO_WARNING, A_WARNING)
        return
    people = sorted({id for each in step.people for id in _people(world.value(each))})
    if not people:
        raise Failed(TO_NOBODY)
    for id in people:
        notices = world.store.reader(world.user(id)).notices(MOST_NOTICES)
        who = {"who": world.user_name(id)}
        said = [each.text for each in reversed(notices)]
        _judge(said, wanted, step.none, NO_NOTICE.filled(who), A_NOTICE.filled(who))


def _language(world: World) -> Language:
    return "zh" if world.language == "zh" else "en"


def _people(value: object) -> Iterator[int]:
    found = value if isinstance(value, Iterable) else (value,)
    yield from (id for id in found if isinstance(id, int))


def _judge(
    said: list[str], wanted: str | None, none: bool, missing: Message, there: Message
) -> None:
    """Compare what was said with what is wanted; without a text, anything is meant."""
    fitting = [text for text in said if wanted is None or wanted in text]
    if none and fitting:
        raise Failed(there, _quoted(fitting))
    if not none and not fitting:
        raise Failed(missing, _quoted(said))


def _quoted(texts: Iterable[str]) -> tuple[Detail, ...]:
    return tuple(Detail(SAID.filled({"text": text})) for text in texts)


# --- reports


def expect_report(world: World, step: ExpectReport) -> None:
    """Rows of a report as whoever acts sees it."""
    try:
        result = world.store.reader(world.actor).report(step.report)
    except NotFound as hidden:
        user = world.actor.user_id
        who = "" if user is None else world.user_name(user)
        raise Failed(NO_REPORT.filled({"who": who})) from hidden
    rows = [_columns(result, group) for group in _groups(result)]
    where = step.where
    fitting = [row for row in rows if where is None or world.holds(where, row)]
    if not fitting:
        raise Failed(NO_ROW, _shown(world, result, rows))
    wrong = [row for row in fitting if not world.holds(step.has, row)]
    if wrong:
        raise Failed(NOT_TRUE, _shown(world, result, wrong))


def _groups(result: ReportResult) -> Iterator[Group]:
    """The rows with one value for each dimension: the others together are none."""
    for group in result.groups:
        if not any(isinstance(key, Others) for key in group.keys):
            yield group


def _types(result: ReportResult) -> Iterator[tuple[str, Type]]:
    yield from ((each.name, each.value.type) for each in result.report.dimensions)
    yield from ((each.name, each.value.type) for each in result.report.measures)


def _columns(result: ReportResult, group: Group) -> Mapping[str, object]:
    """A row as the names of the report's columns."""
    keys = (key.id if isinstance(key, Reference) else key for key in group.keys)
    values = (*keys, *group.measures)
    return {
        name: bound(type, value) for (name, type), value in zip(_types(result), values, strict=True)
    }


def _shown(
    world: World, result: ReportResult, rows: Iterable[Mapping[str, object]]
) -> tuple[Detail, ...]:
    return tuple(
        Detail(ROW.filled({"row": ", ".join(_cells(world, result, row))}))
        for row in list(rows)[:MOST_ROWS]
    )


def _cells(world: World, result: ReportResult, row: Mapping[str, object]) -> Iterator[str]:
    for name, type in _types(result):
        value = row[name]
        plain = getattr(value, "id", value) if type.kind == "ref" else value
        yield f"{name} {world.shown(type, plain)}"
