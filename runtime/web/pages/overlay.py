"""Development's overlay: why the text as saved is not the one that is served."""

from __future__ import annotations

from dsl.diagnostic import Diagnostic, Language, Severity
from dsl.render import fixed_lines
from dsl.source import Sources
from runtime.host import Faults
from runtime.schema.refusal import CLASSES, Change
from runtime.web.contexts import DevOverlay, OverlayFault

SHOWN = 5


def overlay(faults: Faults, language: Language) -> DevOverlay:
    """The first errors with their source lines, and how many more there are."""
    found = [
        _fault(each, faults.sources, language)
        for each in faults.diagnostics
        if each.severity is Severity.ERROR
    ]
    found += [_change(each, language) for each in faults.changes]
    more = max(0, len(found) - SHOWN)
    return DevOverlay(tuple(found[:SHOWN]), refused=bool(faults.changes), more=more)


def _change(change: Change, language: Language) -> OverlayFault:
    return OverlayFault(
        code=CLASSES[change.change_class].text(language),
        message=change.message.text(language),
        place=change.place,
        line_number=0,
        source="",
        caret="",
    )


def _fault(diagnostic: Diagnostic, sources: Sources, language: Language) -> OverlayFault:
    label = diagnostic.primary
    location = sources.locate(label.place)
    source = sources.files[location.file].line(location.line)
    fix = next(iter(diagnostic.fixes), None)
    on_one_line = location.end_line == location.line
    width = (location.end_column if on_one_line else len(source) + 1) - location.column
    return OverlayFault(
        code=diagnostic.code,
        message=diagnostic.message.text(language),
        place=str(location),
        line_number=location.line,
        source=source,
        caret=_under(source[: location.column - 1]) + "^" * max(1, width),
        label=label.text.text(language) if label.text else "",
        help=diagnostic.help.text(language) if diagnostic.help else "",
        fix=fix.title.text(language) if fix else "",
        fixed=tuple(line.strip() for _, line in fixed_lines(fix, sources)) if fix else (),
    )


def _under(before: str) -> str:
    """Blanks as wide as a text: wide characters take an ideographic space."""
    return "".join("　" if ord(char) > 0x2E7F else " " for char in before)
