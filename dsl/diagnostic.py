"""What is told to people about their text: data only, rendered by `dsl.render`.

A problem is a class beside its check. It states its code, its headline in English and Chinese,
what its place shows, how to help and how to fix:

    class DuplicateField(Problem, code="CW0301", name="duplicate-field"):
        field: str
        first: Place
        message = Message("field `{field}` is declared twice", "字段 `{field}` 重复声明")

        def labels(self) -> Iterable[Label]:
            yield Label(self.first, Message("first here", "首次声明在此"))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal, Self, dataclass_transform, get_args

from dsl.source import Place

Language = Literal["en", "zh"]


class Severity(StrEnum):
    """How bad: an error stops the app from being served, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Safety(StrEnum):
    """Whether a fix keeps the meaning (`safe`), may change it (`unsafe`) or only shows the way."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    SHOW = "show"


@dataclass(frozen=True, slots=True)
class Message:
    """One text in every language of the product."""

    en: str
    zh: str

    def text(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    def filled(self, values: Mapping[str, object]) -> Message:
        """The message with `{name}` replaced by the named values; one that is a message itself
        is put in in the language of each text."""
        en, zh = (
            {key: v.text(lang) if isinstance(v, Message) else v for key, v in values.items()}
            for lang in get_args(Language)
        )
        return Message(self.en.format_map(en), self.zh.format_map(zh))


class Near(str):
    """The name that was likely meant, empty if none is near, and all that might have been."""

    __slots__ = ("among",)
    among: tuple[str, ...]

    def __new__(cls, name: str, among: Iterable[str]) -> Self:
        made = super().__new__(cls, name)
        made.among = tuple(among)
        return made


@dataclass(frozen=True, slots=True)
class Label:
    """A place and what is to be seen there."""

    place: Place
    text: Message | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text at a place."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A way out, as edits that can be applied together."""

    title: Message
    edits: tuple[Edit, ...]
    safety: Safety = Safety.SAFE


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A problem found in a text, ready for rendering."""

    code: str
    name: str
    severity: Severity
    message: Message
    primary: Label
    others: tuple[Label, ...] = ()
    help: Message | None = None
    fixes: tuple[Fix, ...] = ()
    choices: tuple[str, ...] = ()
    """The names that might stand at the primary place, where an unknown one does."""


PROBLEMS: dict[str, type[Problem]] = {}
"""Every problem class by code; filled as modules that declare problems are imported."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Problem:
    """Base of all problems; subclasses are frozen and keyword-only for the type checker.

    The texts may name the fields of the class in braces. `at` is the primary place. A problem
    with a name that means nothing has the field `near`, a `Near`.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    message: ClassVar[Message]
    label: ClassVar[Message | None] = None
    help: ClassVar[Message | None] = None

    at: Place

    # A method of its own for each of some hundred classes would be a fifth of a check's start.
    def __init__(self, **values: object) -> None:
        vars(self).update(values)

    def __init_subclass__(
        cls, *, code: str, name: str, severity: Severity = Severity.ERROR
    ) -> None:
        if code in PROBLEMS and PROBLEMS[code].__qualname__ != cls.__qualname__:
            raise TypeError(f"{code} is taken by {PROBLEMS[code].__qualname__}")
        cls.code, cls.name, cls.severity = code, name, severity
        PROBLEMS[code] = cls

    def labels(self) -> Iterable[Label]:
        """Places elsewhere that explain the problem."""
        return ()

    def fixes(self) -> Iterable[Fix]:
        """Ways out that can be applied to the text."""
        return ()

    def more_help(self) -> Message | None:
        """Help that depends on the case; by default the class's `help`."""
        return self.help

    def diagnostic(self) -> Diagnostic:
        """This problem as data, its texts filled in."""
        values = {name: getattr(self, name) for name in fields_of(type(self))}
        help_text = self.more_help()
        return Diagnostic(
            code=self.code,
            name=self.name,
            severity=self.severity,
            message=self.message.filled(values),
            primary=Label(self.at, self.label.filled(values) if self.label else None),
            others=tuple(self.labels()),
            help=help_text.filled(values) if help_text else None,
            fixes=tuple(self.fixes()),
            choices=near.among if isinstance(near := values.get("near"), Near) else (),
        )


def fields_of(kind: type[Problem]) -> tuple[str, ...]:
    """The names of a problem's fields, those of what it inherits from first."""
    return tuple(
        name
        for each in reversed(kind.__mro__)
        for name, annotation in vars(each).get("__annotations__", {}).items()
        if not str(annotation).startswith("ClassVar")
    )


@dataclass
class Diagnostics:
    """Collects problems; every step of the compiler takes one and raises only on our own bugs."""

    items: list[Diagnostic] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        self.items.append(problem.diagnostic())

    def extend(self, items: Iterable[Diagnostic]) -> None:
        self.items.extend(items)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.items)
