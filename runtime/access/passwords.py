"""Passwords: argon2id, with the memory it takes kept within bounds."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from dsl.diagnostic import Message

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_LENGTH = 10
MAX_LENGTH = 1024

_AT_ONCE = BoundedSemaphore(2)
"""Each hash takes 64 MiB: a crowd at the door must not take the server's memory."""


class WeakPassword(Exception):
    """A password that is refused; `message` says what is wanted."""

    def __init__(self) -> None:
        self.message = Message(
            f"Choose a password of at least {MIN_LENGTH} characters",
            f"请设置至少 {MIN_LENGTH} 个字符的密码",
        )
        super().__init__(self.message.en)


def hashed(password: str) -> str:
    """The hash to keep; raises WeakPassword."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise WeakPassword
    return _hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one hashed. Without a hash it takes as long, and is not."""
    from argon2.exceptions import VerifyMismatchError

    with _AT_ONCE:
        try:
            _hasher().verify(password_hash or _nobody(), password[:MAX_LENGTH])
        except VerifyMismatchError:
            return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(password_hash)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # when somebody signs in

    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash that is nobody's: an unknown e-mail takes as long as a wrong password."""
    return _hash("a password that nobody has")


def _hash(password: str) -> str:
    with _AT_ONCE:
        return _hasher().hash(password)
