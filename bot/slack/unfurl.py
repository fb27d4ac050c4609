"""Cards under links to a catalogue (`link_shared`, `chat.unfurl`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from slack_sdk.errors import SlackApiError

from bot.flow.people import banner_of
from bot.flow.teams.links import Card, Links
from bot.log import logger
from bot.slack.blocks import Block, actions, context, header, section
from bot.slack.render import go_button
from bot.slack.surfaces import Body, Surfaces
from bot.text import shorten

_log = logger(__name__)

COMPOSER: Final = "COMPOSER"
"""The channel that Slack names while a message is being written."""
GIST: Final = 240
"""Characters of a description under a link."""


class Unfurling:
    """Shows what links lead to. Whatever Slack or the catalogue refuses is told to the log alone:
    somebody shared a link, and asked nothing of the bot.
    """

    def __init__(self, links: Links, surfaces: Surfaces) -> None:
        self._links = links
        self._surfaces = surfaces

    async def show(self, body: Body) -> None:
        """Answer a `link_shared` event, of a message that was sent or is being written."""
        event = body["event"]
        channel = "" if event["channel"] == COMPOSER else str(event["channel"])
        urls = [str(one["url"]) for one in event["links"]]
        cards = await self._links.cards(urls, channel)
        if not cards:
            return
        unfurls = {url: {"blocks": card_blocks(card)} for url, card in cards.items()}
        client = await self._surfaces.client(body)
        try:
            await client.chat_unfurl(unfurls=unfurls, **_place_of(event))
        except SlackApiError as error:
            # The message may be gone by now, or the workspace may want no cards of this host.
            _log.info("no_card_there", error=error.response["error"])


def _place_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """Where the links are, as `chat.unfurl` takes it: older events name their message alone."""
    if event.get("unfurl_id") and event.get("source"):
        return {"unfurl_id": event["unfurl_id"], "source": event["source"]}
    return {"channel": event["channel"], "ts": event["message_ts"]}


def card_blocks(card: Card) -> list[Block]:
    """A card in plain text: Slack does not promise to take rich text there."""
    entry = card.entry
    blocks = [header(entry.title)]
    facts = " · ".join(f"{fact.label}: {fact.value}" for fact in entry.facts)
    if facts:
        blocks.append(context(facts))
    if entry.text.strip():
        blocks.append(section(shorten(" ".join(entry.text.split()), GIST)))
    if told := banner_of(card.catalogue):
        blocks.append(context(told))
    return blocks + actions([go_button(go, entry.title) for go in entry.buttons])
