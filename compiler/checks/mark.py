"""Tags: that they come to rest."""

from __future__ import annotations

from compiler.analyse.mark import tag
from compiler.build import Build, query
from compiler.checks.knowledge import Known
from compiler.checks.places import at
from compiler.logic import may_both_hold
from compiler.resolve.declared import Declared
from dsl.diagnostic import Message, Problem


class TagFlaps(Problem, code="CW0662", name="tag-flaps"):
    tag: str
    example: str
    message = Message(
        "`{tag}` would be turned on and off at once where {example}",
        "{example} 时 `{tag}` 会同时生效和失效",
    )
    help = Message(
        "`leave when` tells of less than `while` does: `while x >= 100`, `leave when x < 90`",
        "`leave when` 的条件须与 `while` 互斥：`while x >= 100`、`leave when x < 90`",
    )


@query
def tags_come_to_rest(build: Build, declared: Declared) -> None:
    """What turns a tag on does not turn it off."""
    made = tag(build, declared)
    if made is None:
        return
    verdict = may_both_hold(made.on, made.off, Known(build))
    if verdict.is_yes or (verdict.example and not verdict.is_no):
        problem = TagFlaps(at=at(made.origin), tag=made.field, example=str(verdict))
        build.report(problem)
