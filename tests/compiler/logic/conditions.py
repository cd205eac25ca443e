"""Conditions of an entity, written as text."""

from __future__ import annotations

from compiler.checks.knowledge import Known
from compiler.logic import Verdict, may_both_hold
from compiler.model.base import EntityId
from compiler.pipeline import compile_app
from stdlib.library import STANDARD
from tests.support.apps import HEAD, Texts


class Conditions:
    """An app in which conditions of one entity are compiled as those of rules."""

    def __init__(self, declarations: str, entity: str) -> None:
        self.declarations = declarations
        self.entity = EntityId(f"shop.{entity}")

    def both(self, one: str, other: str) -> Verdict:
        """Whether two conditions can hold at once."""
        text = f"{HEAD}{self.declarations}\n{self._rule('one', one)}\n{self._rule('other', other)}"
        compiled = compile_app(Texts((("shop/app.case", text),)), STANDARD)
        assert compiled.bundle is not None, [str(each.message) for each in compiled.diagnostics]
        rules = compiled.bundle.workspace.rules
        first, second = rules["shop.one"].when, rules["shop.other"].when
        assert first is not None and second is not None
        return may_both_hold(first, second, Known(compiled.build))

    def _rule(self, name: str, condition: str) -> str:
        entity = self.entity.split(".")[1]
        return f'rule {name} on {entity} created\n  when {condition}\n  warn "{name}"\n'
