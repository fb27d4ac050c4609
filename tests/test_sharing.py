"""A server is shared, or one has it alone, and whoever waits for that gets it."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field

from tests.sharing import visiting

SOON = 0.05
LONG = 10.0


@dataclass
class Visitor:
    """One who comes in as soon as that is possible, and stays until told to leave."""

    server: str
    alone: bool = False
    inside: threading.Event = field(default_factory=threading.Event)
    leaves: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        threading.Thread(target=self._visit, daemon=True).start()

    def _visit(self) -> None:
        with visiting(self.server, alone=self.alone):
            self.inside.set()
            self.leaves.wait(LONG)


def test_one_who_wants_to_be_alone_waits_for_those_inside_and_lets_nobody_in() -> None:
    server = secrets.token_hex(8)
    first, second = Visitor(server), Visitor(server)
    assert first.inside.wait(LONG)
    assert second.inside.wait(LONG)
    hermit = Visitor(server, alone=True)
    assert not hermit.inside.wait(SOON)
    late = Visitor(server)
    first.leaves.set()
    assert not hermit.inside.wait(SOON)
    assert not late.inside.is_set()
    second.leaves.set()
    assert hermit.inside.wait(LONG)
    assert not late.inside.wait(SOON)
    assert Visitor(secrets.token_hex(8)).inside.wait(LONG)
    hermit.leaves.set()
    assert late.inside.wait(LONG)
    late.leaves.set()
