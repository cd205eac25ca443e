"""Where the compiler's text comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from dsl.source import SourceFile


class Workspace(Protocol):
    """A folder of apps: `<module>/<anything>.case`; the first folder of a path names the module."""

    def files(self) -> Iterable[SourceFile]:
        """All files, sorted by path; a file that did not change may be the same object."""
        ...
