"""The one seam for time and chance, so that a test can fix both."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ActTime:
    """The time of one act: it stands still from the act's first step to its last."""

    now: datetime
    zone: ZoneInfo
    lot: Callable[[int], int] = secrets.randbelow
    """One of so many, counted from 0, each as likely as any other."""

    @property
    def today(self) -> date:
        """The day in the app's zone."""
        return self.now.astimezone(self.zone).date()


class Clock:
    """The time and the random tokens of the process; tests give one of their own."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)

    def token(self) -> str:
        """A name that nobody can guess: 256 random bits, safe in a URL."""
        return secrets.token_urlsafe(32)

    def lot(self, count: int) -> int:
        """One of so many, by chance; counted from 0."""
        return secrets.randbelow(count)

    def act(self, timezone: str) -> ActTime:
        """The time of an act that begins now in an app of this zone."""
        return ActTime(self.now(), ZoneInfo(timezone), self.lot)
