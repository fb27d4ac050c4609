"""How work that runs by itself tells of an error nobody waits for."""

from __future__ import annotations

import secrets
import traceback
from collections.abc import Awaitable, Callable

from bot.log import logger

_log = logger(__name__)


def tell(error: Exception, **about: object) -> str:
    """Log where it happened, without what it says: that may quote a key. Answer the reference."""
    reference = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    _log.error("work_failed", reference=reference, error=type(error).__name__, at=where, **about)
    return reference


async def each(*works: Callable[[], Awaitable[object]]) -> None:
    """Do one after the other; what goes wrong in one keeps no other waiting."""
    for work in works:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the one's alone
            tell(error)
