"""Response URLs: five answers within half an hour, membership or not."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.slack.messages import check_content
from sandbox.slack.records import Channel, Json, Message, SlackError

if TYPE_CHECKING:
    from sandbox.slack.directory import Directory
    from sandbox.slack.messages import Messages

USES = 5
SECONDS = 30 * 60


@dataclass(slots=True)
class ResponseUrl:
    """One response_url: for whom and where it answers, and the message it came from."""

    user_id: str
    channel: Channel
    born: float
    original: Message | None
    uses: int = 0


class ResponseUrls:
    """All response URLs given out."""

    def __init__(self, directory: Directory, messages: Messages) -> None:
        self._directory = directory
        self._messages = messages
        self._urls: dict[str, ResponseUrl] = {}
        self.base_url = ""

    def new(self, user_id: str, channel: Channel, original: Message | None = None) -> str:
        """A response_url for one payload."""
        key = f"{self._directory.team_id}/{secrets.token_hex(12)}"
        self._urls[key] = ResponseUrl(user_id, channel, self._directory.clock(), original)
        return f"{self.base_url}/actions/{key}"

    def use(self, key: str, body: Json) -> None:
        """Answer at a response_url. Raises SlackError, among them `used_url`, `expired_url`."""
        url = self._urls.get(key)
        if url is None:
            raise SlackError("no_such_url")
        if self._directory.clock() - url.born > SECONDS:
            raise SlackError("expired_url")
        if url.uses >= USES:
            raise SlackError("used_url")
        if url.channel.is_archived:
            raise SlackError("is_archived")
        self.answer(url.user_id, url.channel, body, url.original)
        url.uses += 1

    def answer(
        self,
        user_id: str,
        channel: Channel,
        body: Json,
        original: Message | None = None,
    ) -> Message | None:
        """Do what an answer asks: post, replace the original, or delete it.

        The body is as at a response_url, or in the ack of a command. Raises SlackError.
        """
        there = original is not None and self._messages.holding(original)
        if body.get("delete_original"):
            if original is not None and there:
                self._messages.remove(original)
            return None
        kind = body.get("response_type", "ephemeral")
        if kind not in {"ephemeral", "in_channel"}:
            raise SlackError("invalid_response_type")
        text = str(body.get("text") or "")
        blocks = check_content(text, body.get("blocks"))
        if body.get("replace_original") and original is not None and there:
            self._messages.edit(original, text, blocks)
            return original
        return self._messages.add(
            channel,
            self._directory.app.bot_user_id,
            text,
            blocks,
            ephemeral_for=None if kind == "in_channel" else user_id,
            thread_ts=body.get("thread_ts"),
        )
