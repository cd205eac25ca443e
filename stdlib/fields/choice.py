"""`bool`, enums and states. What an enum's values are called, the runtime knows from the model."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.model.types import BOOL as BOOL_TYPE
from compiler.model.types import Type
from dsl.diagnostic import Message
from stdlib.fields.base import Kind, Parameters, a_text, half_width, refuse

_YES = frozenset(["true", "yes", "y", "on", "1", "是", "对", "真", "有", "√", "✓", "✔"])
_NO = frozenset(["false", "no", "n", "off", "0", "否", "不", "假", "无", "×", "✗", "✘"])
_TRUE, _FALSE = Message("yes", "是"), Message("no", "否")


@dataclass(frozen=True)
class _Bool(Kind):
    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return BOOL_TYPE

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        written = half_width(text).casefold()
        if written in _YES or written in _NO:
            return written in _YES
        refuse("`{text}` is neither yes nor no", "`{text}` 既不是“是”也不是“否”", text=text)

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        if not isinstance(value, bool):
            refuse("`{value}` is neither yes nor no", "`{value}` 既不是“是”也不是“否”", value=value)
        return value

    def shown(self, value: object, type: Type, language: str) -> str:
        return (_TRUE if value else _FALSE).text("zh" if language == "zh" else "en")


@dataclass(frozen=True)
class _Choice(Kind):
    """A value by its name; a set of them for a field with `many`, in text parted by commas."""

    def value_type(self, parameters: Parameters, currency: str) -> Type:
        raise NotImplementedError("the type of an enum or state is that of its declaration")

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        if type.kind != "set":
            return self.check(text, type, parameters)
        names = half_width(text).replace("、", ",").replace(";", ",").split(",")
        return self.check([name.strip() for name in names if name.strip()], type, parameters)

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        if type.kind != "set":
            return a_text(value)
        if not isinstance(value, list | tuple | set | frozenset):
            refuse("`{value}` is not a set of values", "`{value}` 不是一组值", value=value)
        return frozenset(a_text(each) for each in value)

    def shown(self, value: object, type: Type, language: str) -> str:
        if isinstance(value, str):
            return value
        assert isinstance(value, frozenset | set | tuple | list)
        return ("、" if language == "zh" else ", ").join(sorted(value))


BOOL = _Bool("bool", "bool")
ENUM = _Choice("enum", "choice")
STATE = _Choice("state", "state")
