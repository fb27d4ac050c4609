"""Lets the tests of all processes share a server, or one of them have it to itself."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

ALONE = "alone"
"""Marks tests that others disturb by what they make meanwhile, which compare all that there is."""


@contextmanager
def visiting(server: str, *, alone: bool) -> Iterator[None]:
    """Wait until the server may be used, beside others or `alone`, and keep it until the end.

    Whoever waits to be alone holds the door, so that those inside leave and none come in.
    """
    name = f"bcdc-bot-{os.getuid()}-{sha256(server.encode()).hexdigest()[:12]}"
    place = Path(tempfile.gettempdir(), name)
    with place.with_suffix(".room").open("ab") as room:
        with place.with_suffix(".door").open("ab") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
