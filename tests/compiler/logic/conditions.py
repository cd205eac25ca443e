"""Conditions of an entity, written as text."""

from __future__ import annotations

from compiler.checks.knowledge import Known
from compiler.logic import Verdict, may_both_hold
from compiler.model.base import EntityId
from compiler.pipeline import compile_app
from stdlib.library import STANDARD
from tests.support.apps import HEAD, Texts


class Conditions:
    """An app in which conditions of one entity are compiled as those of segments, of which none is
    expected ever to hold."""

    def __init__(self, declarations: str, entity: str) -> None:
        self.declarations = declarations
        self.entity = EntityId(f"shop.{entity}")

    def both(self, one: str, other: str) -> Verdict:
        """Whether two conditions can hold at once."""
        segments = self._segment("first_of_two", one), self._segment("second_of_two", other)
        text = "\n".join((f"{HEAD}{self.declarations}", *segments))
        compiled = compile_app(Texts((("shop/app.case", text),)), STANDARD)
        assert compiled.bundle is not None, [str(each.message) for each in compiled.diagnostics]
        fields = compiled.bundle.workspace.entities[self.entity].fields
        first, second = fields["first_of_two"].computed, fields["second_of_two"].computed
        assert first is not None and second is not None
        return may_both_hold(first, second, Known(compiled.build))

    def _segment(self, name: str, condition: str) -> str:
        entity = self.entity.split(".")[1]
        return f"segment {name} on {entity}\n  {condition}\n"
