"""What a setting command returns: typed settings that the flow keeps and audits."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr

from bot.answer import Entry
from bot.ckan.models import Organization
from bot.context import Suspended
from bot.notices.wanted import Wanted
from bot.policy import Policy


class Setting:
    """One thing to keep; `bot/flow/commands/keeping.py` says which function keeps which class."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class BindKey(Setting):
    """Keep this key of the catalogue for the person."""

    catalogue: str
    api_key: SecretStr


@dataclass(frozen=True, slots=True)
class UnbindKey(Setting):
    """Forget the person's key of the catalogue, and revoke it if the bot minted it."""

    catalogue: str


@dataclass(frozen=True, slots=True)
class UseCatalogue(Setting):
    """From now on the person works with this catalogue."""

    catalogue: str


@dataclass(frozen=True, slots=True)
class Pause(Setting):
    """Send nothing to any catalogue until `Resume`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Resume(Setting):
    """Let what was held go on."""


@dataclass(frozen=True, slots=True)
class Suspend(Setting):
    """Let this person change nothing, or nobody the records of this organization."""

    subject: Suspended


@dataclass(frozen=True, slots=True)
class Lift(Setting):
    """End the suspension of this person or organization."""

    subject: Suspended


@dataclass(frozen=True, slots=True)
class Subscribe(Setting):
    """Let the channel hear of this, in place of its subscription `replaces`, "" for a new one."""

    wanted: Wanted
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Unsubscribe(Setting):
    """Let the channel hear of it no more."""

    subscription_id: str


@dataclass(frozen=True, slots=True)
class SetPolicy(Setting):
    """From now on this is what the organization asks of changes; `told` says it in words."""

    organization: Organization
    policy: Policy
    told: Entry
