"""Diagnostics in the forms that other programs read: JSON of our own, SARIF for code scanning,
annotations for GitHub's workflows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from dsl.diagnostic import Diagnostic, Language, Severity
from dsl.render import data
from dsl.source import Sources

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class Told:
    """A diagnostic with the texts it speaks of; `path` says where a file of them lies."""

    item: Diagnostic
    sources: Sources
    path: Callable[[str], str]

    def plain(self, language: Language) -> dict[str, Any]:
        return data(self.item, self.sources, language)


def as_json(told: Iterable[Told], language: Language) -> str:
    """A list with all that is known of each diagnostic."""
    return json.dumps([each.plain(language) for each in told], ensure_ascii=False, indent=2)


def as_github(told: Iterable[Told], language: Language) -> str:
    """A workflow command a line: shown beside the lines of a pull request."""
    return "\n".join(_command(each, language) for each in told)


def _command(told: Told, language: Language) -> str:
    plain = told.plain(language)
    start, end = plain["start"], plain["end"]
    properties = {
        "file": told.path(plain["file"]),
        "line": start["line"],
        "endLine": end["line"],
        "col": start["column"],
        "endColumn": end["column"],
        "title": f"{plain['code']} {plain['name']}",
    }
    listed = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in properties.items())
    texts = [plain["message"], plain["label"], plain["help"]]
    message = _escaped("\n".join(text for text in texts if text))
    return f"::{_COMMANDS[told.item.severity]} {listed}::{message}"


def _escaped(text: str, more: str = "") -> str:
    for sign in f"%\r\n{more}":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def as_sarif(told: Iterable[Told], language: Language) -> str:
    """A SARIF 2.1.0 log of one run."""
    every = [*told]
    rules = {each.item.code: each.item for each in every}
    driver = {
        "name": "casework",
        "version": version("casework"),
        "rules": [
            {"id": code, "name": item.name, "shortDescription": {"text": item.name}}
            for code, item in sorted(rules.items())
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, language) for each in every],
    }
    log = {"$schema": _SARIF, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def _result(told: Told, language: Language) -> dict[str, Any]:
    plain = told.plain(language)
    texts = [plain["message"], plain["label"], plain["help"]]
    return {
        "ruleId": plain["code"],
        "level": _LEVELS[told.item.severity],
        "message": {"text": "\n".join(text for text in texts if text)},
        "locations": [_location(told, plain)],
        "relatedLocations": [_location(told, each) for each in plain["related"]],
        "fixes": [_fix(told, each) for each in plain["fixes"]],
    }


def _location(told: Told, plain: Mapping[str, Any]) -> dict[str, Any]:
    place = {"artifactLocation": _artifact(told, plain), "region": _region(plain)}
    found: dict[str, Any] = {"physicalLocation": place}
    if plain.get("message") and "code" not in plain:
        found["message"] = {"text": plain["message"]}
    return found


def _artifact(told: Told, plain: Mapping[str, Any]) -> dict[str, str]:
    return {"uri": told.path(plain["file"])}


def _region(plain: Mapping[str, Any]) -> dict[str, int]:
    start, end = plain["start"], plain["end"]
    return {
        "startLine": start["line"],
        "startColumn": start["column"],
        "endLine": end["line"],
        "endColumn": end["column"],
    }


def _fix(told: Told, plain: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in plain["edits"]:
        changes.setdefault(told.path(edit["file"]), []).append(
            {"deletedRegion": _region(edit), "insertedContent": {"text": edit["text"]}}
        )
    return {
        "description": {"text": plain["title"]},
        "artifactChanges": [
            {"artifactLocation": {"uri": uri}, "replacements": replacements}
            for uri, replacements in changes.items()
        ],
    }


FORMATS: Mapping[str, Callable[[Iterable[Told], Language], str]] = {
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
}
