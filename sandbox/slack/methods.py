"""What a method of the Web API is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from sandbox.slack.arguments import Arguments
from sandbox.slack.records import Json, SlackError
from sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Method:
    """A method: what it does, the scope it needs, and whose token."""

    run: Callable[[Workspace, Arguments], Awaitable[Json]]
    scope: str = ""
    token: Literal["bot", "app", "none"] = "bot"


class RateLimitedError(SlackError):
    """Too many calls: answered by status 429 with Retry-After."""

    def __init__(self, seconds: int) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds
