"""`file`, `image`: what was uploaded, by the key under which it is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from compiler.model.types import FILE as FILE_TYPE
from compiler.model.types import Type
from stdlib.fields.base import Kind, Parameters, refuse

_KEY = re.compile(r"[0-9a-zA-Z_-]{8,64}")


@dataclass(frozen=True)
class _File(Kind):
    """What people write is never a file: only the key of one is read, that of a set by `many`."""

    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return FILE_TYPE

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        if type.kind != "set":
            return self.check(text, type, parameters)
        return self.check(text.replace(",", " ").split(), type, parameters) or None

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        if type.kind != "set":
            return _key(value)
        if not isinstance(value, list | tuple | set | frozenset):
            refuse("`{value}` is not a set of files", "`{value}` 不是一组文件", value=value)
        return frozenset(map(_key, value))

    def shown(self, value: object, type: Type, language: str) -> str:
        if isinstance(value, str):
            return value
        assert isinstance(value, frozenset | set | tuple | list)
        return ", ".join(sorted(value))


def _key(value: object) -> str:
    if not isinstance(value, str) or _KEY.fullmatch(value) is None:
        refuse("`{value}` is no file that was uploaded", "`{value}` 不是已上传的文件", value=value)
    return value


FILE = _File("file", "file")
IMAGE = _File("image", "image")
