"""Declarations that are not entities, flows, rules, reports or views."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast.base import Doc, Name, Node, Path, String
from dsl.ast.change import Intent
from dsl.ast.expr import Text


@dataclass(frozen=True, slots=True)
class Decl(Node):
    """Base of all top-level declarations: `<kind> <name> "label"`."""

    name: Name
    label: String | None
    doc: Doc | None


@dataclass(frozen=True, slots=True)
class AppDecl(Decl):
    """`app crm "…"` with its settings; each is None or empty where it is not stated."""

    version: String | None
    use: tuple[Path, ...]
    languages: tuple[Name, ...]
    timezone: String | None
    currency: Name | None
    calendar: Name | None


@dataclass(frozen=True, slots=True)
class Translation(Node):
    """`Customer.name "公司名称"`, or `"source text" "译文"`; a translation may interpolate too."""

    source: Path | Text
    text: Text


@dataclass(frozen=True, slots=True)
class LocaleDecl(Decl):
    """`locale zh`; the name is the language."""

    entries: tuple[Translation, ...]


@dataclass(frozen=True, slots=True)
class RoleDecl(Decl):
    includes: tuple[Path, ...]
    intents: tuple[Intent, ...] = ()


@dataclass(frozen=True, slots=True)
class EnumValue(Node):
    name: Name
    label: String | None
    doc: Doc | None
    color: Name | None
    retired: bool
    also: tuple[String, ...]
    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class EnumDecl(Decl):
    values: tuple[EnumValue, ...]


@dataclass(frozen=True, slots=True)
class Cell(Node):
    """A cell of a `data` row as written, trimmed; empty for null."""

    text: str


@dataclass(frozen=True, slots=True)
class Row(Node):
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class DataDecl(Decl):
    """`data Region by code` with a header row and rows."""

    key: Name
    header: tuple[Name, ...]
    rows: tuple[Row, ...]
