"""Keys that people type where it is kept, or where others read it: they are refused there."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from typing import Final

from cachetools import TTLCache
from pydantic import SecretStr

from bot.change import Json
from bot.context import Person
from bot.errors import NotConnectedError, UsageError
from bot.flow.commands.words import folded, keys_in
from bot.forms.model import FormValue
from bot.store.keys import Keys
from bot.text import _

KEY_TYPED: Final = _(
    "That looks like an API key, so nothing was done. Others may have seen it: replace it in the "
    "catalogue, then type /bcdc connect and give the new one in the form."
)
"""What to do after a key was typed in a command."""
_LONG: Final = re.compile(r"\S{20}")
"""`connect` takes no shorter key."""
_WORD: Final = re.compile(r"[\w.~-]{20,}")
_DAY: Final = 86400
"""Seconds that a key is known again which the bot did not keep."""


class Leaks:
    """Tells keys by their looks, and a person's own whatever it looks like.

    A legacy key of CKAN looks like any id, and people type ids.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._salt = secrets.token_bytes(16)
        self._given: TTLCache[tuple[Person, bytes], bool] = TTLCache(maxsize=5000, ttl=_DAY)

    def given(self, person: Person, key: SecretStr) -> None:
        """Know the key again: people have it on their clipboard still, and the bot may forget it.

        What is remembered is a digest that nothing outside this process can be compared with.
        """
        self._given[person, self._digest(folded(key.get_secret_value()))] = True

    async def wrong(
        self,
        person: Person,
        typed: Mapping[str, FormValue],
        known: Mapping[str, Json] | None = None,
    ) -> dict[str, str]:
        """What is wrong with inputs that hold a key, by block id, without asking anybody outside.

        What only looks like one and stands in the `known` values already is none.
        """
        texts = {name: held for name, held in typed.items() if isinstance(held, str) and held}
        own = await self._own(person, texts.values())
        there = str(known or "")
        told = _("That looks like an API key, which others would read: leave it out.")
        return {
            name: told
            for name, text in texts.items()
            if self._holds(person, text, own) or any(key not in there for key in keys_in(text))
        }

    async def refuse(self, person: Person, command: str) -> None:
        """Raise UsageError for a command with the person's own key in it."""
        if self._holds(person, command, await self._own(person, [command])):
            raise UsageError(KEY_TYPED)

    async def _own(self, person: Person, texts: Iterable[str]) -> Collection[str]:
        """The person's keys, where the texts are such that one may stand in them."""
        if not any(map(_LONG.search, texts)):
            return ()
        try:
            return [one.secret.get_secret_value() for one in await self._keys.all_of(person)]
        except NotConnectedError:
            # One that no encryption key opens any more is known to nobody.
            return ()

    def _holds(self, person: Person, text: str, own: Collection[str]) -> bool:
        plain = folded(text)
        words = (word.strip(".-") for word in _WORD.findall(plain))
        return any(folded(key) in plain for key in own) or any(
            (person, self._digest(word)) in self._given for word in words
        )

    def _digest(self, text: str) -> bytes:
        return blake2b(text.encode(), key=self._salt).digest()
