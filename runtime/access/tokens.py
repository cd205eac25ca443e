"""Secret tokens: given out once, kept only as a hash."""

from __future__ import annotations

import hashlib


def token_hash(token: str) -> str:
    """What is kept of a token; the token has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
