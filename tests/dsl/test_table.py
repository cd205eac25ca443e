from __future__ import annotations

import pytest

from dsl import table
from dsl.build.tree import TreeBuilder
from dsl.layout import Layout


def test_the_table_that_is_kept_is_that_of_the_grammar() -> None:
    assert table.is_current(), "run: python -m dsl.table"


def test_no_two_rules_or_terminals_can_be_confused() -> None:
    pytest.importorskip("interegular", reason="strict mode needs it")
    table.build(None, Layout(), strict=True)


def test_every_rule_that_makes_a_node_has_a_builder() -> None:
    parser = table.build(None, Layout())
    made = {
        rule.alias or str(rule.origin.name)
        for rule in parser.rules
        if rule.alias or not (rule.origin.name.startswith("_") or rule.options.expand1)
    }
    missing = {name for name in made if not hasattr(TreeBuilder, name)}
    assert not missing
