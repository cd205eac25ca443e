"""What a model may ask for that this runtime does not carry out: refused whole, never left out.

The compiler knows more of the language than the runtime does. An app that would silently lose an
approval or a mail must not run at all. A construct leaves `NOT_CARRIED_OUT` in the change that
carries it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from compiler.bundle import Bundle
from compiler.model.app import Workspace
from compiler.model.base import Origin
from compiler.model.rule import At, Rule
from dsl.diagnostic import Message
from runtime.schema.refusal import Change, Refused

Uses = Callable[[Workspace], Iterable[Origin]]


def _rules(wanted: Callable[[Rule], object]) -> Uses:
    """Where rules of a kind stand."""
    return lambda model: (rule.origin for rule in model.rules.values() if wanted(rule))


def _externs(model: Workspace) -> Iterable[Origin]:
    return (each.origin for each in model.functions if each.body is None)


NOT_CARRIED_OUT: tuple[tuple[str, Uses], ...] = (
    ("at", _rules(lambda rule: any(isinstance(each, At) for each in rule.moments))),
    ("every", _rules(lambda rule: any(not isinstance(each, At) for each in rule.moments))),
    ("when … now()", _rules(lambda rule: rule.boundaries or rule.rescanned)),
    ("existing", _rules(lambda rule: rule.existing)),
    ("extern function", _externs),
)
"""The word of the language, and where a model uses it."""

_WORDS = Message(
    "`{word}` in {place} is checked, but this version cannot run it: leave it out",
    "{place} 中的 `{word}` 可以通过检查，但此版本还不能运行：请先去掉",
)


def insist_on_means(bundle: Bundle) -> None:
    """Raises Refused where the model asks for what this runtime does not carry out."""
    changes = tuple(
        Change("refused", origin.block, 0, _WORDS.filled({"word": word, "place": origin.block}))
        for word, uses in NOT_CARRIED_OUT
        for origin in uses(bundle.workspace)
    )
    if changes:
        raise Refused(changes)
