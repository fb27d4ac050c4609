"""Sends the cards of waiting changes, and draws them anew in their places."""

from __future__ import annotations

from typing import Final

from bot.errors import CatalogueError
from bot.flow.applying import notify
from bot.flow.deciding.cards import CardPage, Cards, veiled
from bot.flow.teams.told import Channels
from bot.slack.card import card_message, plain_message, reminder_message
from bot.slack.render import Message
from bot.slack.surface import conversation, post
from bot.slack.workspaces import Workspaces
from bot.store.deliveries import AudienceKind, Delivery, Later, SendResult, Sent
from bot.text import _


class CardMessages:
    """One message for each audience; the one a card stands in is known by its `ts`."""

    def __init__(self, workspaces: Workspaces, cards: Cards, channels: Channels) -> None:
        self._workspaces = workspaces
        self._channels = channels
        self._cards = cards

    async def send(self, delivery: Delivery) -> SendResult:
        """Post or update. Raises SlackApiError, NotInstalledError for another workspace."""
        for_all = delivery.audience.kind is AudienceKind.CHANNEL
        page = await self._cards.of(delivery.change_id, for_all=for_all)
        team = str(delivery.payload.get("team") or page.team)
        client = await self._workspaces.client(page.by, team)
        channel = delivery.audience.id
        if for_all:
            known = await self._channels.facts(page.by, team, channel)
            page = veiled(page) if known is None or known.is_shared else page
        elif delivery.kind in {notify.CARD, notify.REMINDER}:
            try:
                theirs = await self._cards.is_for(page, delivery.audience.id)
            except CatalogueError as error:
                if delivery.ts is None:
                    return Later(AWAY, type(error).__name__)
                theirs = True
            # They could decide when the preview was made, which may be a week ago.
            page = page if theirs else veiled(page)
        if not for_all:
            channel = await conversation(client, delivery.audience.id)
        message = await self._message(delivery, page)
        if delivery.ts is None:
            return Sent(await post(client, channel, message))
        await client.chat_update(
            channel=channel, ts=delivery.ts, text=message.text, blocks=message.blocks
        )
        return Sent(delivery.ts)

    async def _message(self, delivery: Delivery, page: CardPage) -> Message:
        repeated = delivery.in_doubt
        match delivery.kind:
            case notify.CARD:
                return card_message(page, repeated=repeated)
            case notify.REMINDER:
                return reminder_message(page, repeated=repeated)
            case notify.UNCOUNTED:
                told = await self._cards.told(str(delivery.payload.get("decision")))
                text = _("Your decision was not counted. {why}").format(why=told)
                return plain_message(page, text, repeated=repeated)
        return plain_message(page, _UNHEARD, repeated=repeated)


AWAY: Final = 30.0
"""Seconds until the next try while the catalogue does not answer."""
_UNHEARD = _(
    "The channel where approvers are told cannot hear the bot. Tell an admin of the "
    "organization to invite it there, or to choose another one with /bcdc policy."
)
