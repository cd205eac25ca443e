"""`tags`: a set of words that people make up as they go."""

from __future__ import annotations

import re
from dataclasses import dataclass

from compiler.model.types import TEXT, Type, set_of
from stdlib.fields.base import Kind, Parameters, a_text, at_most, refuse

MOST = 40
_BETWEEN = re.compile(r"[\s,;，；、|]+")
"""What parts one tag from the next, and so can stand in none."""


@dataclass(frozen=True)
class _Tags(Kind):
    """A tag may be written with the sign that people know it by elsewhere: `#vip` is `vip`."""

    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return set_of(TEXT)

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        return self.check(_BETWEEN.split(text), type, parameters) or None

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        """A set of tags, or one of them for the type of its items."""
        if type.kind != "set":
            return _tag(value)
        if not isinstance(value, list | tuple | set | frozenset):
            refuse("`{value}` is not a set of tags", "`{value}` 不是一组标签", value=value)
        return frozenset(tag for each in value if (tag := _tag(each)))

    def shown(self, value: object, type: Type, language: str) -> str:
        if isinstance(value, str):
            return value
        assert isinstance(value, frozenset | set | tuple | list)
        return ("、" if language == "zh" else ", ").join(sorted(value))


def _tag(value: object) -> str | None:
    """One tag as it is kept; None if nothing is left of it."""
    tag = at_most(a_text(value).strip().lstrip("#＃"), MOST)
    if _BETWEEN.search(tag):
        refuse(
            "`{tag}` is no tag: it is one word, without spaces and commas",
            "`{tag}` 不是标签：标签是一个词，不含空格和逗号",
            tag=tag,
        )
    return tag or None


TAGS = _Tags("tags", "tags")
