"""What is written to people: mails, and pages to print."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast.app import Decl
from dsl.ast.base import Name, Node, Path
from dsl.ast.expr import Text


@dataclass(frozen=True, slots=True)
class MailDecl(Decl):
    """`mail birthday_mail on Customer` with its subject and body; None where one is missing."""

    entity: Path
    subject: Text | None
    body: Text | None


@dataclass(frozen=True, slots=True)
class Page(Node):
    """`page A4 landscape`."""

    size: Name
    orientation: Name | None


@dataclass(frozen=True, slots=True)
class PrintFields(Node):
    """`fields number, customer.name`."""

    fields: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class PrintTable(Node):
    """`table lines product, quantity`: the rows of a collection and what is shown of each."""

    rows: Path
    fields: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class PrintText(Node):
    """`text "…"`."""

    text: Text


@dataclass(frozen=True, slots=True)
class PrintDecl(Decl):
    """`print contract on Contract`: from top to bottom."""

    entity: Path
    page: Page | None
    parts: tuple[PrintFields | PrintTable | PrintText, ...]
