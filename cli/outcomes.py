"""What became of tests, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from compiler.model.base import Origin
from dsl.diagnostic import Language, Message
from dsl.source import Location, Place, Sources, Span
from runtime.testing.coverage import Coverage
from runtime.testing.outcome import Detail, Element, ElementKind, Failure, Outcome

FAILED = Message("failed", "失败")
PASSED = Message("passed: {passed}", "通过：{passed}")
COUNTS = Message("passed: {passed}, failed: {failed}", "通过：{passed}，失败：{failed}")
SECONDS = Message(" ({seconds} s)", "（{seconds} 秒）")
REFUSED_BY = Message("refused by {place}", "由 {place} 拒绝")
REACHED = Message("reached by tests", "测试覆盖")
NOT_REACHED = Message("not reached", "未覆盖")
KINDS: dict[ElementKind, Message] = {
    "state": Message("states", "状态"),
    "transition": Message("transitions", "流转"),
    "rule": Message("rules", "规则"),
    "row": Message("table rows", "表行"),
}
ONE: dict[ElementKind, Message] = {
    "state": Message("state", "状态"),
    "transition": Message("transition", "流转"),
    "rule": Message("rule", "规则"),
    "row": Message("table row", "表行"),
}


@dataclass(frozen=True, slots=True)
class Results:
    """The outcomes of tests (all of them, if `complete`), what they reached, and the text they
    stand in."""

    outcomes: tuple[Outcome, ...]
    complete: bool
    coverage: Coverage
    sources: Sources
    seconds: float

    @property
    def failed(self) -> int:
        return sum(not each.passed for each in self.outcomes)

    def locate(self, origin: Origin) -> Location:
        return self.sources.locate(Place(origin.block, Span(origin.start, origin.end)))

    def written(self, origin: Origin) -> str:
        """What is written there."""
        return self.sources.block(origin.block).text[origin.start : origin.end]

    def line(self, origin: Origin) -> tuple[int, str]:
        """The line in which it begins."""
        at = self.locate(origin)
        return at.line, self.sources.files[at.file].line(at.line)


# --- for people ---------------------------------------------------------------------------------


def as_text(results: Results, language: Language, whole: bool) -> Iterator[str]:
    """Lines for a terminal: failures, coverage where all tests were run (`whole` with the place of
    each thing that was missed), and the counts."""
    for outcome in results.outcomes:
        if outcome.failure is not None:
            yield from _failure(results, outcome, outcome.failure, language)
            yield ""
    table = list(_table(results.coverage, language))
    if table and (whole or results.complete):
        yield from table
        yield from _missed(results, language, whole)
        yield ""
    counts = {"passed": len(results.outcomes) - results.failed, "failed": results.failed}
    seconds = SECONDS.filled({"seconds": f"{results.seconds:.1f}"})
    told = COUNTS if results.failed else PASSED
    yield told.filled(counts).text(language) + seconds.text(language)


def _failure(
    results: Results, outcome: Outcome, failure: Failure, language: Language
) -> Iterator[str]:
    at = results.locate(failure.origin)
    yield f"{FAILED.text(language)}: {at.file}:{at.line} {outcome.name}"
    yield _quoted(results, failure.origin)
    yield f"  {failure.message.text(language)}"
    yield from (f"    {_detail(results, each, language)}" for each in failure.details)
    if failure.refused_by is not None:
        there = results.locate(failure.refused_by)
        yield "  " + REFUSED_BY.filled({"place": f"{there.file}:{there.line}"}).text(language)
        yield _quoted(results, failure.refused_by)
    for story in failure.stories:
        yield f"  {story.title.text(language)}"
        yield from (f"    {line.text(language)}" for line in story.lines)


def _quoted(results: Results, origin: Origin) -> str:
    number, line = results.line(origin)
    return f"{number:>5} | {line.strip()}"


def _detail(results: Results, detail: Detail, language: Language) -> str:
    text = detail.text.text(language)
    if detail.origin is None:
        return text
    return f"{' '.join(results.written(detail.origin).split())} {text}"


def _module(element: Element) -> str:
    return element.id.partition(".")[0]


def _table(coverage: Coverage, language: Language) -> Iterator[str]:
    """How much of each app was reached, by kind."""
    counts: dict[str, dict[ElementKind, list[bool]]] = {}
    for element in coverage.elements:
        kinds = counts.setdefault(_module(element), {})
        kinds.setdefault(element.kind, []).append(element in coverage.reached)
    if not counts:
        return
    there = [kind for kind in KINDS if any(kind in kinds for kinds in counts.values())]
    rows = [[REACHED.text(language), *(KINDS[kind].text(language) for kind in there)]]
    for module, kinds in counts.items():
        rows.append([module, *(_share(kinds.get(kind, [])) for kind in there)])
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        yield "  ".join(cells).rstrip()


def _share(reached: Sequence[bool]) -> str:
    if not reached:
        return "-"
    return f"{sum(reached)}/{len(reached)}"


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns in a terminal: a Chinese character takes two."""
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def _missed(results: Results, language: Language, whole: bool) -> Iterator[str]:
    missed = results.coverage.missed()
    told = NOT_REACHED.text(language)
    if whole:
        for element, origin in missed:
            at, what = results.locate(origin), ONE[element.kind].text(language)
            yield f"{at.file}:{at.line}: {told}: {what} {element.id}"
        return
    groups: dict[tuple[str, ElementKind], list[str]] = {}
    for element, _ in missed:
        module, _, name = element.id.partition(".")
        groups.setdefault((module, element.kind), []).append(name)
    for (module, kind), names in groups.items():
        yield f"{module}, {told}: {KINDS[kind].text(language)} {', '.join(names)}"


# --- for programs -------------------------------------------------------------------------------


def as_json(results: Results, language: Language) -> str:
    found = {
        "passed": len(results.outcomes) - results.failed,
        "failed": results.failed,
        "seconds": round(results.seconds, 3),
        "tests": [_test(results, each, language) for each in results.outcomes],
        "coverage": [
            {
                "kind": element.kind,
                "name": element.id,
                "reached": element in results.coverage.reached,
                **_place(results, origin),
            }
            for element, origin in results.coverage.elements.items()
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def _test(results: Results, outcome: Outcome, language: Language) -> dict[str, Any]:
    failure = outcome.failure
    return {
        "module": outcome.module,
        "name": outcome.name,
        **_place(results, outcome.origin),
        "passed": outcome.passed,
        "seconds": round(outcome.seconds, 3),
        "failure": None if failure is None else _told(results, failure, language),
    }


def _told(results: Results, failure: Failure, language: Language) -> dict[str, Any]:
    by = failure.refused_by
    return {
        **_place(results, failure.origin),
        "message": failure.message.text(language),
        "details": [_detail(results, each, language) for each in failure.details],
        "refused_by": None if by is None else _place(results, by),
        "history": [
            {
                "record": story.title.text(language),
                "lines": [line.text(language) for line in story.lines],
            }
            for story in failure.stories
        ],
    }


def _place(results: Results, origin: Origin) -> dict[str, Any]:
    at = results.locate(origin)
    return {"file": at.file, "line": at.line}


def as_junit(results: Results, language: Language) -> str:
    """The XML that build servers read."""
    suites = ElementTree.Element("testsuites")
    for module in dict.fromkeys(each.module for each in results.outcomes):
        outcomes = [each for each in results.outcomes if each.module == module]
        _suite(suites, results, module, outcomes, language)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, "unicode", xml_declaration=True)


def _suite(
    suites: ElementTree.Element,
    results: Results,
    module: str,
    outcomes: Iterable[Outcome],
    language: Language,
) -> None:
    found = list(outcomes)
    suite = ElementTree.SubElement(
        suites,
        "testsuite",
        name=module,
        tests=str(len(found)),
        failures=str(sum(not each.passed for each in found)),
        time=f"{sum(each.seconds for each in found):.3f}",
    )
    for each in found:
        at = results.locate(each.origin)
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=module,
            name=each.name,
            file=at.file,
            line=str(at.line),
            time=f"{each.seconds:.3f}",
        )
        if each.failure is not None:
            message = each.failure.message.text(language)
            failure = ElementTree.SubElement(case, "failure", message=message)
            failure.text = "\n".join(_failure(results, each, each.failure, language))
