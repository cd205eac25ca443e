"""What stands in the grammar, in words for people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches

from dsl.diagnostic import Message

LINE_WORDS = frozenset({
    "access", "after", "append", "approve", "approved", "body", "calendar", "call", "cannot",
    "chart", "check", "cohort", "color", "compare", "confirm", "create", "currency", "delete",
    "detail", "display", "drill", "enter", "every", "existing", "expect", "filter", "final", "form",
    "funnel", "given", "having", "header", "hours", "index", "initial", "languages", "leave",
    "limit", "list", "missed", "nobody", "notify", "param", "permit", "pivot", "readonly",
    "refresh", "refused", "reject", "require", "required", "section", "show", "sort", "state",
    "timezone", "unique", "update", "version", "wait", "warn", "when", "where", "within",
})  # fmt: skip
"""Words that begin a line and are easily told from a misspelt name."""
AGGREGATES = ("sum", "count", "min", "max", "avg", "exists", "all", "first", "last", "one")
_OTHER_AGGREGATES = {
    "average": "avg", "mean": "avg", "counta": "count", "countif": "count", "countifs": "count",
    "sumif": "sum", "sumifs": "sum", "averageif": "avg", "maximum": "max", "minimum": "min",
    "any": "exists",
}  # fmt: skip
ELSEWHERE = {"mandatory": "required", "obligatory": "required", "compulsory": "required"}
"""Words for what has another word here."""

_SIGNS = {
    "COLON": ":", "COMMA": ",", "LPAR": "(", "RPAR": ")", "LSQB": "[", "RSQB": "]",
    "EQUAL": "=", "DOT": ".", "STAR": "*", "OPTIONAL": "?",
}  # fmt: skip
_KINDS = {
    "NAME": Message("a name", "名称"),
    "STRING": Message("a text in quotes", "带引号的文本"),
    "MEMBER": Message("a name with its value, such as `total = …`", "名称及其值，例如 `total = …`"),
    "NUMBER": Message("a number", "数字"),
    "ROW": Message("a row", "一行数据"),
    "_INDENT": Message("indented lines", "缩进的行"),
    "_NL": Message("the end of the line", "行末"),
}
_VALUE = Message("a value", "值")
_OPERATOR = Message("an operator", "运算符")
_VALUE_SIGNS = frozenset({
    "AGGREGATE", "DATE", "DATETIME", "DURATION", "FALSE", "IN", "LPAR", "ME", "MINUS", "MONTH",
    "NAME", "NOT", "NULL", "NUMBER", "OLD", "PERCENT", "STRING", "TEXT_BLOCK", "THIS", "TIME",
    "TRUE",
})  # fmt: skip
_OPERATOR_SIGNS = frozenset({
    "AND", "COALESCE", "COMPARISON", "CONTAINS", "DOT", "IN", "IS", "LPAR", "MINUS", "NOT",
    "OR", "PLUS", "RANGE", "SLASH", "STAR", "STARTS", "UNDER",
})  # fmt: skip
_MODIFIERS = frozenset({
    "DEFAULT", "HELP", "MATCHES", "MAX", "MIN", "ON", "READONLY", "REQUIRED", "SEARCH", "SECRET",
    "UNIQUE", "VISIBLE",
})  # fmt: skip
_INTENTS = frozenset({"CONVERT", "FILL", "FRESH", "RETIRED", "REVIVE", "WAS"})
_DECLARATIONS = frozenset({
    "ACTION", "APP", "CALENDAR", "CLOCK", "CONNECT", "CONNECTOR", "DASHBOARD", "DATA", "ENTITY",
    "ENUM", "EVENT", "EXTEND", "EXTERN", "FLOW", "FORM", "FUNCTION", "HOOK", "LOCALE", "MAIL_WORD",
    "MIXIN", "OVERRIDE", "PRINT", "REPORT", "ROLE", "RULE", "SCORE", "SEGMENT", "TABLE", "TAG",
    "TEST", "UPGRADE", "VIEW", "WEBHOOK", "_NL",
})  # fmt: skip
_MEMBER = frozenset({"MEMBER"})
_GROUPS = (
    (
        _MODIFIERS,
        _MODIFIERS | _INTENTS,
        Message("a modifier such as `required`", "修饰词，例如 `required`"),
    ),
    (
        _DECLARATIONS,
        _DECLARATIONS,
        Message("a declaration such as `entity Customer`", "声明，例如 `entity Customer`"),
    ),
    (
        _MEMBER | {"DISPLAY"},
        _MEMBER,
        Message("a member such as `name: text`", "成员，例如 `name: text`"),
    ),
    (
        _MEMBER | {"STATE"},
        _MEMBER,
        Message("a transition such as `win: open -> won`", "流转，例如 `win: open -> won`"),
    ),
)
"""Terminals that stand together, those of them that are then left out, and what they are."""
_CLOSE_SIGNS = frozenset({"DOT", "LPAR", "OPTIONAL"})
_SILENT = frozenset({"_DEDENT", "$END", "TEXT_BLOCK"})
_MOST_WORDS = 6


def expected(terminals: Collection[str], keywords: Mapping[str, str]) -> Message:
    """What could stand at a place, from the terminals the parser would accept there.

    `keywords` maps the terminals that are fixed words or signs to their texts.
    """
    left = set(terminals) - _SILENT
    left -= _CLOSE_SIGNS if left - _CLOSE_SIGNS else set()
    choices: list[Message] = []
    for group, removed, message in _GROUPS:
        if group <= left:
            left -= removed
            choices.append(message)
    if {"NUMBER", "THIS"} <= left:
        left -= _VALUE_SIGNS
        choices.append(_VALUE)
    if {"PLUS", "AND"} <= left:
        left -= _OPERATOR_SIGNS
        choices.append(_OPERATOR)
    named = [_KINDS[name] for name in _KINDS if name in left]
    signs = [_quoted(_SIGNS[name]) for name in sorted(left) if name in _SIGNS]
    words = sorted(keywords[name] for name in left if name in keywords and name not in _SIGNS)
    shown = [_quoted(word) for word in words[:_MOST_WORDS]]
    rest = [Message("another word", "其他词")] if len(words) > _MOST_WORDS else []
    return either([*shown, *rest, *choices, *signs, *named])


def either(choices: list[Message]) -> Message:
    """`a, b or c` in every language."""
    if not choices:
        return Message("nothing more", "到此为止")
    return Message(
        _joined([choice.en for choice in choices], ", ", " or "),
        _joined([choice.zh for choice in choices], "、", "或"),
    )


def nearest(word: str, candidates: Iterable[str], cutoff: float = 0.66) -> str | None:
    """The candidate that was most likely meant, if one is close enough; of those that differ in
    case alone the first whose case begins as the word's does, else the first."""
    by_case: dict[str, str] = {}
    for each in candidates:
        known = by_case.setdefault(each.casefold(), each)
        if known[:1].isupper() != word[:1].isupper() == each[:1].isupper():
            by_case[each.casefold()] = each
    found = get_close_matches(word.casefold(), by_case, n=1, cutoff=cutoff)
    return by_case[found[0]] if found else None


def aggregate(word: str) -> str | None:
    """The aggregate that was likely meant by a word before a bracket."""
    return _OTHER_AGGREGATES.get(word.casefold()) or nearest(word, AGGREGATES)


def _quoted(text: str) -> Message:
    return Message(f"`{text}`", f"`{text}`")


def _joined(texts: list[str], comma: str, last: str) -> str:
    *head, tail = texts
    return (comma.join(head) + last + tail if head else tail).strip()
