"""Upgrades of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.ast.app import Decl
from dsl.ast.statement import Statement


@dataclass(frozen=True, slots=True)
class UpgradeDecl(Decl):
    """`upgrade "split names" after` with its statements; the name is its id."""

    when: Literal["before", "after"]
    do: tuple[Statement, ...]
