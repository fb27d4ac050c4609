"""Posting an answer where everyone in a channel reads it."""

from __future__ import annotations

from http import HTTPStatus

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import GoneError
from bot.flow.pages import SharedPage
from bot.log import logger
from bot.slack.asked import shared_message
from bot.slack.surface import post
from bot.text import _

_log = logger(__name__)


async def share(client: AsyncWebClient, page: SharedPage, response_url: str) -> None:
    """Post it in its channel, by way of the click where the bot is no member.

    Raises GoneError when neither is possible.
    """
    message = shared_message(page)
    if page.place.channel is not None:
        try:
            await post(client, page.place.channel, message)
        except SlackApiError as error:
            _log.info("not_shared_by_the_bot", error=error.response["error"])
        else:
            return
    if response_url:
        answered = await AsyncWebhookClient(response_url, session=client.session).send(
            text=message.text,
            blocks=message.blocks,
            response_type="in_channel",
            replace_original=False,
        )
        if answered.status_code == HTTPStatus.OK:
            return
    raise GoneError(
        _("This channel does not let the bot post. Invite it with /invite, then share again.")
    )
