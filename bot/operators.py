"""What operators do at the machine itself: erase a person, and read the whole audit."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.change import Json
from bot.ckan.actions import api_token_revoke
from bot.ckan.faults import CKANAPIError
from bot.ckan.transport import Transport
from bot.context import Person
from bot.errors import UserError
from bot.flow.applying.notify import CARD
from bot.flow.trail import EVERYTHING, row_of
from bot.keyfile import encryption_keys
from bot.settings import Settings
from bot.slack.export import write_to
from bot.store.crypto import Cipher
from bot.store.db import Database
from bot.store.erasure import erase
from bot.store.keys import Binding, KeyKind, Keys
from bot.store.trail import Trails
from bot.text import _
from bot.trail import TRAIL, Span

_WHO = re.compile(r"(?P<tenant>[TE][A-Z0-9]+):(?P<user>[UW][A-Z0-9]+)")


async def erase_person(settings: Settings, text: str) -> str:
    """Forget everything of a person but what the audit says of an id; answers a sentence.

    Raises UserError for what is no TEAM:USER, and as `bot.store.erasure.erase`.
    """
    named = _WHO.fullmatch(text)
    if named is None:
        raise UserError(_("Write the person as TEAM:USER, like T0123ABCD:U0123ABCD."))
    who = Person(named["tenant"], named["user"])
    async with _database(settings) as db:
        bindings = await Keys(db, Cipher(encryption_keys(settings))).all_of(who)
        # Before their tokens are revoked: who is not erased yet goes on with them.
        if not await erase(db, who, datetime.now(UTC), cards=CARD):
            return _("Nothing was kept of {who}.").format(who=text)
    left = await _revoke(settings, bindings)
    told = _("{who} is erased. The audit stays, and says “erased person”.").format(who=text)
    return "\n".join([told, *left])


async def _revoke(settings: Settings, bindings: Iterable[Binding]) -> list[str]:
    """Make the tokens worthless that the bot minted; what could not be, is told."""
    left = []
    async with Transport(settings.catalogues) as transport:
        for binding in bindings:
            if binding.kind is not KeyKind.TOKEN:
                continue
            try:
                site = transport.site(binding.catalogue, binding.secret)
                await api_token_revoke(site, binding.secret)
            except CKANAPIError:
                told = _("Their token in {catalogue} could not be revoked: revoke it there.")
                left.append(told.format(catalogue=binding.catalogue))
    return left


async def print_audit(settings: Settings, kind: str, span: Span) -> None:
    """Write the audit of all tenants to standard output, as csv or jsonl."""
    async with _database(settings) as db:
        await write_to(sys.stdout, kind, TRAIL, _rows(db, span))


async def _rows(db: Database, span: Span) -> AsyncIterator[Sequence[Json]]:
    async for trace in Trails(db).read(None, span):
        yield row_of(trace, EVERYTHING)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    db = Database(settings.database.render_as_string(hide_password=False))
    try:
        yield db
    finally:
        await db.dispose()
