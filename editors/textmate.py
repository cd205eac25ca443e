"""The colours that an editor gives before the language server answers.

A TextMate grammar whose words are those of `dsl/grammar.lark`:

    python editors/textmate.py editors/vscode/dist/casework.tmLanguage.json
"""

from __future__ import annotations

import json
import re
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

_NAME = r"[\p{L}_][\p{L}\p{N}\p{M}_]*"
_NOT_A_MEMBER = r'(?![ ]*("(?:[^"\\]|\\.)*"[ ]*)?(:|=(?!=)|->|<->|<-))'
"""Behind a word of the language: what makes it the name of a member instead."""
_VALUES = frozenset({"true", "false", "null", "me", "this", "old"})
_OPERATORS = frozenset(
    {"and", "or", "not", "in", "is", "contains", "starts", "under", "with", "of"}
)


def words() -> frozenset[str]:
    """The words of the language."""
    grammar = files("dsl").joinpath("grammar.lark").read_text("utf-8")
    rules = re.sub(r"//[^\n]*|/(?:[^/\\\n]|\\.)+/", "", grammar)
    return frozenset(re.findall(r'"([a-z]+)"', rules))


def declarations() -> frozenset[str]:
    """The words that begin a declaration."""
    from dsl.parser import expected

    return frozenset(word for word in expected("") if word.isalpha() and word.islower())


def grammar() -> dict[str, Any]:
    """The TextMate grammar, as data."""
    first = declarations()
    rest = words() - first - _VALUES - _OPERATORS
    return {
        "scopeName": "source.casework",
        "patterns": [{"include": "#line"}],
        "repository": {
            "line": {
                "patterns": [
                    {"match": r"##.*$", "name": "comment.line.documentation.casework"},
                    {"match": r"#.*$", "name": "comment.line.number-sign.casework"},
                    _block_text(),
                    _text(),
                    _declaration(first),
                    _member(),
                    {"include": "#value"},
                    _words(rest | first, "keyword.other.casework"),
                ]
            },
            "value": {
                "patterns": [
                    {
                        "match": r"\b\d{4}-\d{2}(-\d{2}([ ]+\d{1,2}:\d{2})?)?\b|\b\d{1,2}:\d{2}\b",
                        "name": "constant.numeric.date.casework",
                    },
                    {
                        "match": r"\b\d[\d_]*(\.\d+)?(%|[ ]+(year|month|week|day|hour|minute|second"
                        r"|workday|workhour)s?\b)?",
                        "name": "constant.numeric.casework",
                    },
                    _words(_VALUES, "constant.language.casework"),
                    _words(_OPERATORS, "keyword.operator.word.casework"),
                    {
                        "match": r"<->|<-|->|==|!=|<=|>=|\?\?|\.\.<?|[-+*/<>=]",
                        "name": "keyword.operator.casework",
                    },
                    {
                        "match": rf"{_NAME}(?=\()",
                        "name": "support.function.casework",
                    },
                ]
            },
        },
    }


def _words(words: frozenset[str], scope: str) -> dict[str, Any]:
    return {"match": rf"\b({'|'.join(sorted(words))})\b{_NOT_A_MEMBER}", "name": scope}


def _declaration(words: frozenset[str]) -> dict[str, Any]:
    return {
        "match": rf"^({'|'.join(sorted(words))})\b[ ]+({_NAME}(?:\.{_NAME})*)?",
        "captures": {
            "1": {"name": "storage.type.casework"},
            "2": {"name": "entity.name.type.casework"},
        },
    }


def _member() -> dict[str, Any]:
    return {
        "match": rf'^[ ]+({_NAME})(?=[ ]*("(?:[^"\\]|\\.)*"[ ]*)?(:|=(?!=)|->|<->|<-))',
        "captures": {"1": {"name": "variable.other.member.casework"}},
    }


def _interpolation() -> list[dict[str, Any]]:
    return [
        {"match": r"\\.|\{\{", "name": "constant.character.escape.casework"},
        {
            "begin": r"\{",
            "end": r"\}",
            "name": "meta.template.expression.casework",
            "patterns": [{"include": "#value"}],
        },
    ]


def _text() -> dict[str, Any]:
    return {
        "begin": '"',
        "end": '"|$',
        "name": "string.quoted.double.casework",
        "patterns": _interpolation(),
    }


def _block_text() -> dict[str, Any]:
    return {
        "begin": '"""',
        "end": '"""',
        "name": "string.quoted.triple.casework",
        "patterns": _interpolation(),
    }


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n", "utf-8")
