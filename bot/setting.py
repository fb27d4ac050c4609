"""What a setting command returns: typed settings that the flow stores and audits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class BindKey:
    """Keep this key of the catalogue for the person."""

    catalogue: str
    api_key: SecretStr


@dataclass(frozen=True, slots=True)
class UnbindKey:
    """Forget the person's key of the catalogue, and revoke it if the bot minted it."""

    catalogue: str


@dataclass(frozen=True, slots=True)
class UseCatalogue:
    """From now on the person works with this catalogue."""

    catalogue: str


Setting: TypeAlias = BindKey | UnbindKey | UseCatalogue
