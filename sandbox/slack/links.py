"""Links that people write: what the app hears of them, and what it shows under them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sandbox.slack.blocks import check_unfurl
from sandbox.slack.records import Channel, Json, Message, SlackError

if TYPE_CHECKING:
    from sandbox.slack.directory import Directory
    from sandbox.slack.messages import Messages

_LINK = re.compile(r"https?://[^\s<>|]+")
# Marks that end a sentence, and are no part of the link before them.
_AFTER = ".,;:!?)'\""
COMPOSER = "COMPOSER"
"""The channel that events name for links which nobody has sent yet."""


@dataclass(slots=True)
class Writing:
    """What somebody is writing: the links in it, and what the app shows of them."""

    user_id: str
    urls: list[str]
    unfurls: Json = field(default_factory=dict)


class Links:
    """Tells the app of links to its domains, and takes what it shows of them."""

    def __init__(self, directory: Directory, messages: Messages) -> None:
        self._directory = directory
        self._messages = messages
        self._writings: dict[str, Writing] = {}

    def written(self, user_id: str, text: str) -> Json | None:
        """The event of links in a message that is being written; None without any."""
        if not (links := self._found(text)):
            return None
        unfurl_id = f"{user_id}-{self._directory.new_id('Uf')}"
        self._writings[unfurl_id] = Writing(user_id, [one["url"] for one in links])
        return {
            "type": "link_shared",
            "channel": COMPOSER,
            "is_bot_user_member": True,
            "user": user_id,
            "message_ts": unfurl_id,
            "unfurl_id": unfurl_id,
            "source": "composer",
            "links": links,
        }

    def sent(self, channel: Channel, message: Message, text: str) -> Json | None:
        """The event of links in a message that was sent; None without any.

        What the app showed of them while they were written is sent along.
        """
        if not (links := self._found(text)):
            return None
        for writing in self._writings.values():
            if writing.user_id == message.user_id:
                shown = {url: one for url, one in writing.unfurls.items() if url in _urls(text)}
                self._messages.unfurl(message, shown)
        message.unfurl_id = self._directory.new_id("Uf")
        event: Json = {
            "type": "link_shared",
            "channel": channel.id,
            "is_bot_user_member": self._directory.bot_in(channel),
            "user": message.user_id,
            "message_ts": message.ts,
            "unfurl_id": message.unfurl_id,
            "source": "conversations_history",
            "links": links,
        }
        return event

    def unfurl(self, *, unfurl_id: str, channel_id: str, ts: str, unfurls: Json) -> None:
        """Show these under their links, by the id of an event or by channel and ts.

        Raises `cannot_unfurl_message` for a link that is not there, `cannot_unfurl_url` for one of
        another domain, `invalid_blocks` for what Slack would not show.
        """
        writing = self._writings.get(unfurl_id or ts)
        message = None if writing else self._message(unfurl_id, channel_id, ts)
        text = message.text.replace("&amp;", "&") if message else ""
        there = writing.urls if writing else _urls(text)
        for url, one in unfurls.items():
            if url not in there:
                raise SlackError("cannot_unfurl_message")
            if not self._found(url):
                raise SlackError("cannot_unfurl_url")
            check_unfurl(one, f"/unfurls/{url.replace('~', '~0').replace('/', '~1')}")
        if writing:
            writing.unfurls.update(unfurls)
        if message:
            self._messages.unfurl(message, unfurls)

    def shown_while_writing(self, user_id: str) -> Json:
        """What the app shows of links that this person has not sent yet, by their address."""
        found: Json = {}
        for writing in self._writings.values():
            if writing.user_id == user_id:
                found |= writing.unfurls
        return found

    def _message(self, unfurl_id: str, channel_id: str, ts: str) -> Message:
        if unfurl_id:
            return self._messages.by_unfurl_id(unfurl_id)
        channel = self._directory.channels.get(channel_id)
        if channel is None:
            raise SlackError("cannot_find_channel")
        try:
            return self._messages.lasting(channel, ts)
        except SlackError:
            raise SlackError("cannot_find_message") from None

    def _found(self, text: str) -> list[Json]:
        """The links to the app's domains, each once, as events carry them."""
        links = []
        for url in dict.fromkeys(_urls(text)):
            host = _host(url)
            domains = self._directory.app.unfurl_domains
            if any(f".{host}".endswith(f".{domain}") for domain in domains):
                links.append({"domain": host, "url": url})
        return links


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _urls(text: str) -> list[str]:
    return [one.rstrip(_AFTER) for one in _LINK.findall(text)]
