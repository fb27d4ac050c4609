"""Ports of this machine for servers that have to know theirs before they start."""

from __future__ import annotations

import random
import socket

_RANGE = range(12_000, 32_000)
"""Below those that systems give to outgoing connections, which may take one at any moment."""


def free_port() -> int:
    """A port nobody listens on now."""
    while True:
        port = random.SystemRandom().choice(_RANGE)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
