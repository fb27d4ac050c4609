"""Sends what channels are to hear of records; every other message is handed on.

A record has one card in a channel. What happens to it later is told under the card, which is kept
as the record is; after two quiet weeks there is a new one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ckan.faults import CKANAPIError
from bot.context import Person
from bot.errors import CatalogueError, NotInstalledError
from bot.flow.commands.asking import Export
from bot.flow.teams.resting import Resting
from bot.flow.teams.telling import SHOWN
from bot.flow.teams.told import NoticePage, Told
from bot.slack.card_messages import AWAY
from bot.slack.export import send_file, write_rows
from bot.slack.messenger import NOT_INSTALLED, NOT_THERE, later
from bot.slack.notice_render import COLUMNS, card, many, reply, rests, rows
from bot.slack.render import Message
from bot.slack.surface import direct, post
from bot.slack.workspaces import Workspaces
from bot.store.deliveries import Deliveries, Delivery, Later, Refused, SendResult, Sent
from bot.store.notices import BURST, DIGEST, KINDS, LISTED, NOTICE, RESTS, Card, Threads
from bot.text import _

Send: TypeAlias = Callable[[Delivery], Awaitable[SendResult]]

QUIET: Final = timedelta(days=14)
"""After so long without news a card has scrolled away, and the next news is a new one."""
CLOSED: Final = NOT_THERE | {"account_inactive", "token_revoked", "invalid_auth"}
"""Slack's codes for a place where the bot may post no more."""
_NOT_TO_BE_KEPT: Final = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed"}
)
"""Slack's codes for a card that is gone, or too old to be edited in that workspace."""
_NOTHING: Final = Refused("nothing_to_tell")
_ALL: Final = _("All of them")
_ALL_AGAIN: Final = _(
    "All of them, sent again after an interruption; the list may stand here twice."
)


class NoticeSender:
    """Sends deliveries of `KINDS`, and hands `others` on."""

    def __init__(
        self,
        *,
        workspaces: Workspaces,
        told: Told,
        deliveries: Deliveries,
        threads: Threads,
        resting: Resting,
        others: Send,
        clock: Callable[[], datetime],
    ) -> None:
        self._workspaces = workspaces
        self._told = told
        self._deliveries = deliveries
        self._threads = threads
        self._resting = resting
        self._others = others
        self._clock = clock

    async def send(self, delivery: Delivery) -> SendResult:
        """Send one delivery, and say what Slack said."""
        try:
            return await self._answered(delivery)
        except (aiohttp.ClientError, TimeoutError) as error:
            # However long Slack is away, nothing is given up: the tries may be thousands.
            seconds = min(2.0 ** min(delivery.attempts, 10), AWAY)
            reached = not isinstance(error, aiohttp.ClientConnectorError)
            return Later(seconds, type(error).__name__, in_doubt=reached)

    async def _answered(self, delivery: Delivery) -> SendResult:
        if delivery.kind not in KINDS:
            return await self._others(delivery)
        channel = delivery.audience.id
        try:
            return await self._send(delivery)
        except (CKANAPIError, CatalogueError) as error:
            return Later(AWAY, type(error).__name__)
        except SlackApiError as error:
            if passing := later(error):
                return passing
            code = str(error.response["error"])
        except NotInstalledError:
            code = NOT_INSTALLED
        if delivery.kind != RESTS and code in {*CLOSED, NOT_INSTALLED}:
            await self._resting.channel(delivery.tenant, channel, code)
        return Refused(code)

    async def _send(self, delivery: Delivery) -> SendResult:
        if delivery.kind == RESTS:
            return await self._say_it_rests(delivery)
        under = delivery.payload.get("under")
        page = await self._told.page(under if isinstance(under, int) else delivery.id)
        if page is None:
            return _NOTHING
        client = await self._workspaces.client(page.person, page.team)
        channel = delivery.audience.id
        if delivery.kind == LISTED:
            return await self._list(client, channel, delivery, page)
        if delivery.kind == NOTICE or (delivery.kind == BURST and len(page.records) == 1):
            # Of many the channel may see only one by now.
            return await self._tell(client, delivery, page)
        message = many(page, digest=delivery.kind == DIGEST, repeated=delivery.in_doubt)
        return Sent(await post(client, channel, message))

    async def _tell(
        self, client: AsyncWebClient, delivery: Delivery, page: NoticePage
    ) -> SendResult:
        """News of one record: its card, or a reply under the one it has.

        What the channel reads elsewhere changes the card alone.
        """
        channel, repeated = delivery.audience.id, delivery.in_doubt
        shown = card(page, repeated=repeated)
        if not delivery.payload.get("threads"):
            return Sent(await post(client, channel, shown))
        now = self._clock()
        where = Card(delivery.tenant, channel, page.catalogue, page.records[0].package_id)
        ts = await self._threads.find(where, now - QUIET)
        kept = ts is not None and await _kept(client, channel, ts, shown)
        if delivery.payload.get("confirmed"):
            return Sent(ts) if ts and kept else _NOTHING
        if ts is not None and kept:
            told = await post(client, channel, reply(page, repeated=repeated), thread_ts=ts)
            await self._threads.put(where, ts, now)
            return Sent(told)
        ts = await post(client, channel, shown)
        await self._threads.put(where, ts, now)
        return Sent(ts)

    async def _list(
        self, client: AsyncWebClient, channel: str, delivery: Delivery, page: NoticePage
    ) -> SendResult:
        """All that a message of many tells, as a file under it."""
        under = delivery.payload.get("under")
        told = await self._deliveries.get(under) if isinstance(under, int) else None
        if told is None or told.ts is None or len(page.records) <= SHOWN:
            return _NOTHING
        with TemporaryDirectory(prefix="bcdc-bot-") as folder:
            export = Export("records.csv", COLUMNS, _each(page))
            path = Path(folder) / export.name
            await write_rows(export, path)
            file_id = await send_file(
                client,
                path,
                channel=channel,
                thread_ts=told.ts,
                comment=_ALL_AGAIN if delivery.in_doubt else _ALL,
            )
        return Sent(file_id)

    async def _say_it_rests(self, delivery: Delivery) -> SendResult:
        payload = delivery.payload
        person = Person(delivery.tenant, delivery.audience.id)
        client = await self._workspaces.client(person, str(payload["team"]))
        message = rests(str(payload["channel"]), str(payload["why"]))
        return Sent(await direct(client, person.user_id, message))


async def _kept(client: AsyncWebClient, channel: str, ts: str, message: Message) -> bool:
    """Keep a card as its record is; False where that cannot be."""
    try:
        await client.chat_update(channel=channel, ts=ts, text=message.text, blocks=message.blocks)
    except SlackApiError as error:
        if error.response["error"] in _NOT_TO_BE_KEPT:
            return False
        raise
    return True


async def _each(page: NoticePage) -> AsyncIterator[Sequence[str]]:
    for row in rows(page):
        yield row
