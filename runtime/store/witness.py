"""Somebody who wants to know what acts do: the coverage of an app's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime.store.act import Act


class Witness:
    """Is told, and keeps nothing; in production nobody asks."""

    def refused(self, rule: str) -> None:
        """A rule refused an act, or warned of it."""

    def concluded(self, act: Act) -> None:
        """An act was done, with all that follows from it."""


NOBODY = Witness()
