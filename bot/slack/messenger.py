"""Sends the bot's own messages: what the delivery table says, rendered when it is sent."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.change import State
from bot.errors import NotInstalledError, UserError
from bot.flow.applying.notify import CARDS, OUTCOME, PUT_BACK, UNDONE, Notify
from bot.flow.applying.outcome import Outcomes
from bot.flow.pages import OutcomePage
from bot.slack.card_messages import CardMessages
from bot.slack.render import Message, confirmation, outcome_message, put_back_message
from bot.slack.surface import conversation, post
from bot.slack.workspaces import PASSING_FAULTS, Workspaces
from bot.store.deliveries import (
    AudienceKind,
    Deliveries,
    Delivery,
    Later,
    Refused,
    SendResult,
    Sent,
)
from bot.text import _

NOT_THERE = frozenset(
    {
        "not_in_channel",
        "channel_not_found",
        "is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
    }
)
"""Slack's codes for a channel that this bot cannot post in."""
_TO_INVITE = frozenset({"not_in_channel", "channel_not_found"})
NOT_PUBLIC = "not_public"
"""Our own: the record is not for a channel any more."""
CATALOGUE_AWAY = "catalogue_away"
"""Our own: nobody can say whether the record is for a channel."""
NOT_INSTALLED = "not_installed"
"""Our own: the workspace does not have the bot."""
AWAY = 5.0
TRIES = 3
"""Seconds between tries, and how many, of asking the catalogue whether a channel may be told."""
_PASSING = PASSING_FAULTS | {"ratelimited"}
"""Slack's codes for faults that pass."""


class Messenger:
    """Posts, updates and, where a channel is closed to the bot, tells the person instead."""

    def __init__(
        self,
        workspaces: Workspaces,
        outcomes: Outcomes,
        cards: CardMessages,
        deliveries: Deliveries,
        notify: Notify,
    ) -> None:
        self._cards = cards
        self._workspaces = workspaces
        self._outcomes = outcomes
        self._deliveries = deliveries
        self._notify = notify

    async def send(self, delivery: Delivery) -> SendResult:
        """Send one delivery, and say what Slack said."""
        if delivery.kind in CARDS:
            return await self._send_card(delivery)
        for_all = delivery.audience.kind is AudienceKind.CHANNEL
        # What a channel was told already is only edited.
        if for_all and delivery.kind != UNDONE and (kept := await self._kept_from_all(delivery)):
            return kept
        page = await self._outcomes.of(delivery.change_id, for_all=for_all)
        try:
            client = await self._workspaces.client(page.by, page.team)
            channel = delivery.audience.id
            if delivery.audience.kind is AudienceKind.USER:
                channel = await conversation(client, delivery.audience.id)
            if delivery.kind == UNDONE:
                return await self._update(client, channel, delivery, page)
            return Sent(await post(client, channel, _message(delivery, page)))
        except NotInstalledError:
            return Refused(NOT_INSTALLED)
        except SlackApiError as error:
            if passing := later(error):
                return passing
            code = str(error.response["error"])
            if code in NOT_THERE and delivery.audience.kind is AudienceKind.CHANNEL:
                await self._notify.instead(delivery, page.by.user_id, code)
            return Refused(code)

    async def _kept_from_all(self, delivery: Delivery) -> SendResult | None:
        """What keeps a message from a channel; None where its record is public now."""
        why = NOT_PUBLIC
        try:
            if await self._outcomes.is_public(delivery.change_id):
                return None
        except UserError:
            why = CATALOGUE_AWAY
            if delivery.attempts < TRIES:
                return Later(AWAY, why)
        page = await self._outcomes.of(delivery.change_id)
        await self._notify.instead(delivery, page.by.user_id, why)
        return Refused(why)

    async def _send_card(self, delivery: Delivery) -> SendResult:
        try:
            return await self._cards.send(delivery)
        except NotInstalledError:
            code = NOT_INSTALLED
        except SlackApiError as error:
            if passing := later(error):
                return passing
            code = str(error.response["error"])
        if delivery.audience.kind is AudienceKind.CHANNEL and code in {*NOT_THERE, NOT_INSTALLED}:
            await self._notify.unheard(delivery)
        return Refused(code)

    async def _update(
        self, client: AsyncWebClient, channel: str, delivery: Delivery, page: OutcomePage
    ) -> SendResult:
        """Take the Undo button from the message about a change that was undone."""
        told = await self._deliveries.find(delivery.change_id, OUTCOME, delivery.audience)
        if told is None or told.ts is None:
            return Refused("message_not_found")
        message = confirmation(page)
        await client.chat_update(
            channel=channel, ts=told.ts, text=message.text, blocks=message.blocks
        )
        return Sent(told.ts)


def later(error: SlackApiError) -> Later | None:
    """When to send what Slack refused for a reason that passes; None for other reasons."""
    code = error.response["error"]
    if code is None:
        # A page of what stands before Slack: nobody knows whether the message went past it.
        return Later(AWAY, f"http_{error.response.status_code}", in_doubt=True)
    if code not in _PASSING:
        return None
    return Later(float(error.response.headers.get("Retry-After", 5)), code)


def _message(delivery: Delivery, page: OutcomePage) -> Message:
    if delivery.kind == PUT_BACK:
        return put_back_message(page, repeated=delivery.in_doubt)
    if page.state is not State.APPLIED:
        return outcome_message(page, repeated=delivery.in_doubt)
    note = ""
    if delivery.payload.get("instead_of"):
        note = _why_instead(str(delivery.payload.get("why")))
    return confirmation(page, note=note, repeated=delivery.in_doubt)


def _why_instead(code: str) -> str:
    if code in _KEPT:
        return _KEPT[code]
    return _INVITE if code in _TO_INVITE else _CLOSED


_INVITE = _(
    "The channel where you asked for this cannot hear it: invite the bot there with /invite."
)
_KEPT = {
    NOT_PUBLIC: _("The record is not public any more, so the channel was not told."),
    CATALOGUE_AWAY: _(
        "The catalogue did not say whether the record is public, so the channel was not told."
    ),
}
_CLOSED = _("The channel where you asked for this is archived, or takes no messages.")
