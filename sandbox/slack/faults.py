"""Troubles on request: what Slack and the network between do on a bad day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

DeliveryTrouble = Literal["slow", "duplicated", "out_of_order"]
Spoilt = Literal["half", "page", "gone", "other"]
"""A download that breaks off in its middle; that is a page to log in, with status 200; that is no
more where it was; that has another size than was told."""


@dataclass(slots=True)
class MethodFault:
    """What happens to the next `times` calls of a method (`*` is any)."""

    method: str
    kind: Literal["ratelimited", "error", "away", "slow", "lost"] | Spoilt
    times: int
    code: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class DeliveryFault:
    """What happens to the next `times` deliveries of a payload type (`*` is any)."""

    name: str
    kind: DeliveryTrouble
    times: int
    seconds: float = 0.0


@dataclass(slots=True)
class Faults:
    """The troubles asked for and not yet met; each one wears off by itself.

    Beside the methods of the Web API, `response_url` and `download` (of a file) can be named.
    """

    _methods: list[MethodFault] = field(default_factory=list)
    _deliveries: list[DeliveryFault] = field(default_factory=list)

    def rate_limit(self, method: str, *, retry_after: int = 1, times: int = 1) -> None:
        """Answer 429 `ratelimited` with Retry-After."""
        fault = MethodFault(method, "ratelimited", times, seconds=retry_after)
        self._methods.append(fault)

    def error(self, method: str, code: str, *, times: int = 1) -> None:
        """Refuse with this error code, and do nothing."""
        self._methods.append(MethodFault(method, "error", times, code=code))

    def away(self, method: str, *, times: int = 1) -> None:
        """Answer 502 with a page, as what stands before Slack does, and do nothing."""
        self._methods.append(MethodFault(method, "away", times))

    def slow(self, method: str, seconds: float, *, times: int = 1) -> None:
        """Work only after this many seconds."""
        self._methods.append(MethodFault(method, "slow", times, seconds=seconds))

    def lose_answer(self, method: str, *, times: int = 1) -> None:
        """Do it, then cut the connection without an answer."""
        self._methods.append(MethodFault(method, "lost", times))

    def spoil_download(self, how: Spoilt, *, times: int = 1) -> None:
        """Send something else than the file."""
        self._methods.append(MethodFault("download", how, times))

    def delay_delivery(self, seconds: float, name: str = "*", *, times: int = 1) -> None:
        """Hand the payload over later; beyond the ack window it arrives all the same."""
        self._deliveries.append(DeliveryFault(name, "slow", times, seconds))

    def duplicate_delivery(self, name: str = "*", *, times: int = 1) -> None:
        """Hand the payload over twice."""
        self._deliveries.append(DeliveryFault(name, "duplicated", times))

    def reorder_delivery(self, name: str = "*", *, times: int = 1) -> None:
        """Hand the payload over only after the one that comes next."""
        self._deliveries.append(DeliveryFault(name, "out_of_order", times))

    def clear(self) -> None:
        """Forget every trouble asked for."""
        self._methods.clear()
        self._deliveries.clear()

    def for_call(self, method: str) -> list[MethodFault]:
        """The troubles this call meets; they are used up by it."""
        met = [one for one in self._methods if one.method in {method, "*"} and one.times > 0]
        # An error answers the call, so only the first of those is met by it.
        final = [one for one in met if one.kind in {"ratelimited", "error", "away"}]
        met = [one for one in met if one not in final[1:]]
        for one in met:
            one.times -= 1
        return met

    def for_delivery(self, name: str) -> list[DeliveryFault]:
        """The troubles this delivery meets; they are used up by it."""
        met = [one for one in self._deliveries if one.name in {name, "*"} and one.times > 0]
        for one in met:
            one.times -= 1
        return met


@dataclass(slots=True)
class PostRate:
    """Slack's rule of about one message a second in a channel, with a small burst."""

    burst: float = 5.0
    per_second: float = 1.0
    _levels: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, channel_id: str, now: float) -> bool:
        """Whether one more message may be posted now."""
        level, since = self._levels.get(channel_id, (self.burst, now))
        level = min(self.burst, level + (now - since) * self.per_second)
        allowed = level >= 1.0
        self._levels[channel_id] = (level - 1.0 if allowed else level, now)
        return allowed
