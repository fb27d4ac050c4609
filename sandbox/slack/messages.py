"""Timelines: what stands in each conversation, and who sees which of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.blocks import check_message_blocks, texts_of
from sandbox.slack.records import Channel, ImpossibleError, Json, Message, SlackError
from sandbox.slack.views import with_ids

if TYPE_CHECKING:
    from sandbox.slack.directory import Directory
    from sandbox.slack.files import Files
    from sandbox.slack.live import Live

TEXT_LIMIT = 40_000


def check_content(text: str, blocks: object, markdown_text: str = "") -> list[Json]:
    """The blocks of a message that may be posted. Raises SlackError.

    Slack itself only warns of blocks without `text`; here it is refused as `no_text`,
    since notifications and screen readers read nothing else.
    """
    if markdown_text:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        return check_message_blocks([{"type": "markdown", "text": markdown_text}])
    if not text.strip():
        raise SlackError("no_text")
    if len(text) > TEXT_LIMIT:
        raise SlackError("msg_too_long")
    return [] if blocks is None else check_message_blocks(blocks)


class Messages:
    """All messages of the workspace, in the order they came."""

    def __init__(self, directory: Directory, files: Files, live: Live) -> None:
        self._directory = directory
        self._files = files
        self._live = live
        self._timelines: dict[str, list[Message]] = {}

    def add(
        self,
        channel: Channel,
        user_id: str,
        text: str,
        blocks: list[Json] | None = None,
        *,
        ephemeral_for: str | None = None,
        thread_ts: str | None = None,
        file_ids: list[str] | None = None,
        metadata: Json | None = None,
    ) -> Message:
        """Put a message at the end; its files become readable to the members."""
        message = Message(
            self._directory.new_ts(),
            channel.id,
            user_id,
            text or " ".join(texts_of(blocks or [])),
            [with_ids(block) for block in blocks or []],
            ephemeral_for=ephemeral_for,
            thread_ts=thread_ts,
            file_ids=file_ids or [],
            metadata=metadata,
        )
        for file_id in message.file_ids:
            self._files.of(file_id).channel_ids.add(channel.id)
        self._timelines.setdefault(channel.id, []).append(message)
        self._live.changed("timeline", "state", channel_id=channel.id, user_id=ephemeral_for or "")
        return message

    def edit(self, message: Message, text: str, blocks: list[Json]) -> None:
        """Give a message another content; only lasting messages are marked as edited."""
        message.text = text or " ".join(texts_of(blocks))
        message.blocks = [with_ids(block) for block in blocks]
        if message.ephemeral_for is None:
            message.edited_ts = self._directory.new_ts()
        self._touched(message)

    def remove(self, message: Message) -> None:
        """Take a message away."""
        self._timelines[message.channel_id].remove(message)
        self._touched(message)

    def unfurl(self, message: Message, unfurls: Json) -> None:
        """Show attachments under a message, by the links in it."""
        message.unfurls |= {
            url: {**one, "blocks": [with_ids(block) for block in one["blocks"]]}
            for url, one in unfurls.items()
        }
        self._touched(message)

    def reload(self, user_id: str) -> None:
        """Forget what was ephemeral for this person, as a reload of Slack does."""
        for channel_id, timeline in self._timelines.items():
            kept = [message for message in timeline if message.ephemeral_for != user_id]
            self._timelines[channel_id] = kept
        self._live.changed("timeline", "state", user_id=user_id)

    def timeline(self, user_id: str, channel: Channel) -> list[Message]:
        """What this person sees in a conversation, the oldest first."""
        seen = {None, user_id}
        return [one for one in self._timelines.get(channel.id, []) if one.ephemeral_for in seen]

    def seen(self, user_id: str, channel: Channel, ts: str) -> Message:
        """One message this person sees. Raises ImpossibleError."""
        for message in self.timeline(user_id, channel):
            if message.ts == ts:
                return message
        raise ImpossibleError(f"{user_id} sees no message {ts} in {channel.id}")

    def lasting(self, channel: Channel, ts: str) -> Message:
        """A message that methods can name. Raises `message_not_found`, for ephemerals too."""
        for message in self._timelines.get(channel.id, []):
            if message.ts == ts and message.ephemeral_for is None:
                return message
        raise SlackError("message_not_found")

    def by_unfurl_id(self, unfurl_id: str) -> Message:
        """The message whose links an event told of. Raises `cannot_find_message`."""
        for timeline in self._timelines.values():
            for message in timeline:
                if message.unfurl_id == unfurl_id:
                    return message
        raise SlackError("cannot_find_message")

    def holding(self, message: Message) -> bool:
        """Whether the message is still there."""
        return message in self._timelines.get(message.channel_id, [])

    def shown(self, message: Message) -> Json:
        """The message as payloads and answers carry it."""
        app = self._directory.app
        shown: Json = {
            "type": "message",
            "user": message.user_id,
            "ts": message.ts,
            "text": message.text,
            "team": self._directory.team_id,
        }
        if message.user_id == app.bot_user_id:
            shown |= {
                "bot_id": app.bot_id,
                "app_id": app.id,
                "bot_profile": {
                    "id": app.bot_id,
                    "app_id": app.id,
                    "name": app.name,
                    "team_id": self._directory.team_id,
                    "deleted": False,
                },
            }
        if message.blocks:
            shown["blocks"] = message.blocks
        if message.thread_ts:
            shown["thread_ts"] = message.thread_ts
        if message.edited_ts:
            shown["edited"] = {"user": message.user_id, "ts": message.edited_ts}
        if message.metadata:
            shown["metadata"] = message.metadata
        if message.unfurls:
            shown["attachments"] = list(message.unfurls.values())
        if message.file_ids:
            files = (self._files.of(file_id) for file_id in message.file_ids)
            shown["files"] = [self._files.shown(file) for file in files]
        return shown

    def unread(self, user_id: str, channel: Channel) -> int:
        """How many messages came after this person last looked."""
        last = channel.last_read.get(user_id, "")
        return sum(
            one.ts > last and one.user_id != user_id for one in self.timeline(user_id, channel)
        )

    def read(self, user_id: str, channel: Channel) -> None:
        """This person looked at the conversation."""
        if timeline := self.timeline(user_id, channel):
            channel.last_read[user_id] = timeline[-1].ts

    def _touched(self, message: Message) -> None:
        user_id = message.ephemeral_for or ""
        self._live.changed("timeline", channel_id=message.channel_id, user_id=user_id)
