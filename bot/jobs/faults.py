"""How work that runs by itself tells of an error nobody waits for."""

from __future__ import annotations

import secrets
import traceback

from bot.log import logger

_log = logger(__name__)


def tell(error: Exception, **about: object) -> str:
    """Log where it happened, without what it says: that may quote a key. Answer the reference."""
    reference = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    _log.error("work_failed", reference=reference, error=type(error).__name__, at=where, **about)
    return reference
