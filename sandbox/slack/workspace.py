"""A Slack workspace in memory, and what its people do there."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sandbox.slack.blocks import texts_of
from sandbox.slack.interactions import Interactions
from sandbox.slack.markup import escaped
from sandbox.slack.messages import check_content
from sandbox.slack.payloads import channel_name
from sandbox.slack.records import Delivery, ImpossibleError, Json, Message, SlackError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.slack.records import Channel, Person, View


class Workspace(Interactions):
    """All state, and the acts of people; the page and the tests call the same methods.

    Acts that nobody could do in Slack raise ImpossibleError. Slack's own notices are in
    `toasts`, calls of the Web API in `calls`, payloads with their acks in `deliveries`.
    """

    is_uninstalled = False
    # Whether a burst of chat.postMessage in one channel is answered by 429.
    rate_limits = True
    # The address of the catalogue that runs beside, for the page's first hint.
    catalogue_url = ""

    @property
    def deliveries(self) -> list[Delivery]:
        """Every payload handed to the app, with its ack."""
        return self.outbox.log

    @property
    def toasts(self) -> dict[str, list[str]]:
        """Slack's own notices, by person."""
        return self.live.toasts

    async def command(self, user_id: str, channel_id: str, line: str) -> Delivery:
        """Type a slash command in a conversation, such as `/bcdc help`."""
        person, channel = self._there(user_id, channel_id)
        word, _, rest = line.strip().partition(" ")
        declared = self.app.command(word)
        if declared is None:
            raise ImpossibleError(f"{word} is not a valid command")
        text = rest.strip()
        if declared.get("should_escape"):
            text = escaped(text, self.directory)
        delivery = self.payloads.command(
            person,
            channel,
            word,
            text,
            trigger_id=self.views.new_trigger(user_id),
            response_url=self.response_urls.new(user_id, channel),
        )
        ack = await self.outbox.ask(delivery)
        error = ack.error
        if error is None and ack.body:
            error = self._answered(user_id, channel, ack.body)
        if error is not None:
            self.live.toast(user_id, f'{word} failed with the error "{error}"')
        return delivery

    async def shortcut(self, user_id: str, callback_id: str) -> Delivery:
        """Choose a global shortcut of the app."""
        person = self.directory.person(user_id)
        if self.app.shortcut(callback_id, "global") is None:
            raise ImpossibleError(f"There is no global shortcut {callback_id!r}")
        delivery = self.payloads.interaction(
            "shortcut",
            person,
            action_ts=self.directory.new_ts(),
            callback_id=callback_id,
            trigger_id=self.views.new_trigger(user_id),
        )
        await self._asked(user_id, delivery)
        return delivery

    async def message_shortcut(
        self,
        user_id: str,
        callback_id: str,
        channel_id: str,
        ts: str,
    ) -> Delivery:
        """Choose a shortcut of the app in a message's menu; ephemeral messages have none."""
        person = self.directory.person(user_id)
        if self.app.shortcut(callback_id, "message") is None:
            raise ImpossibleError(f"There is no message shortcut {callback_id!r}")
        channel = self.directory.channel_of(user_id, channel_id)
        message = self.messages.seen(user_id, channel, ts)
        if message.ephemeral_for is not None:
            raise ImpossibleError("An ephemeral message has no shortcuts")
        delivery = self.payloads.interaction(
            "message_action",
            person,
            action_ts=self.directory.new_ts(),
            callback_id=callback_id,
            trigger_id=self.views.new_trigger(user_id),
            response_url=self.response_urls.new(user_id, channel, message),
            channel={"id": channel.id, "name": channel_name(channel)},
            message_ts=ts,
            message=self.messages.shown(message),
        )
        await self._asked(user_id, delivery)
        return delivery

    async def post(
        self,
        user_id: str,
        channel_id: str,
        text: str,
        files: Sequence[str | tuple[str, bytes]] = (),
    ) -> Message:
        """Write a message, with files by id or as `(name, content)`."""
        _, channel = self._there(user_id, channel_id)
        file_ids = [
            one if isinstance(one, str) else self.files.add(user_id, one[0], one[1]).id
            for one in files
        ]
        if not text.strip() and not file_ids:
            raise ImpossibleError("There is nothing to send")
        marked = escaped(text, self.directory)
        message = self.messages.add(channel, user_id, marked, file_ids=file_ids)
        if event := self.links.sent(channel, message, text):
            self._tell(event)
        self._tell_message(channel, message)
        return message

    def write(self, user_id: str, text: str) -> None:
        """Have a text in the composer that is not sent yet; the app hears of links in it."""
        person = self.directory.person(user_id)
        if event := self.links.written(person.id, text):
            self._tell(event)

    async def open_home(self, user_id: str, tab: str = "home") -> None:
        """Look at the app's Home tab, or with `messages` at its messages."""
        person = self.directory.person(user_id)
        channel = self.directory.im_of(person.id)
        event: Json = {
            "type": "app_home_opened",
            "user": person.id,
            "channel": channel.id,
            "tab": tab,
        }
        home = self.views.home(user_id)
        if home is not None and tab == "home":
            event["view"] = self.views.shown(home)
        self._tell(event)

    async def invite(self, user_id: str, channel_id: str) -> None:
        """Bring the app into a channel, as `/invite @bcdc` does."""
        _, channel = self._there(user_id, channel_id)
        if channel.kind == "im":
            raise ImpossibleError("Nobody can be invited to direct messages")
        if self.directory.bot_in(channel):
            return
        channel.members.add(self.app.bot_user_id)
        self.live.changed("state")
        event = {
            "type": "member_joined_channel",
            "user": self.app.bot_user_id,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "public" else "G",
            "team": self.directory.team_id,
            "inviter": user_id,
        }
        self._tell(event)

    def archive(self, channel_id: str) -> None:
        """Archive a channel; the app hears `channel_archive` where it is subscribed."""
        channel = self.directory.channels[channel_id]
        channel.is_archived = True
        self.live.changed("state")
        if self.directory.bot_in(channel):
            self._tell({"type": "channel_archive", "channel": channel.id})

    def need_scope(self, scope: str) -> None:
        """Raise `missing_scope` unless the app was granted it."""
        if scope not in self.app.scopes:
            provided = ",".join(self.app.scopes)
            raise SlackError("missing_scope", needed=scope, provided=provided)

    def new_install_code(self, user_id: str) -> str:
        """What the install page gives the app for `oauth.v2.access`, once."""
        code = secrets.token_urlsafe(16)
        self._install_codes[code] = self.directory.person(user_id).id
        return code

    def take_install_code(self, code: str) -> str:
        """The person who installed, for a code that was not used yet."""
        if code not in self._install_codes:
            raise SlackError("invalid_code")
        user_id = self._install_codes[code]
        if not user_id:
            raise SlackError("code_already_used")
        self._install_codes[code] = ""
        return user_id

    def uninstall(self) -> None:
        """Remove the app: its tokens work no more, and it is told so."""
        self.is_uninstalled = True
        self._tell({"type": "tokens_revoked", "tokens": {"bot": [self.app.bot_user_id]}})
        self._tell({"type": "app_uninstalled"})

    def reload(self, user_id: str) -> None:
        """Reload Slack: what was ephemeral for this person is gone, and so are open forms."""
        self.messages.reload(user_id)
        if stack := self.views.stack(user_id):
            self.views.close(user_id, stack[0].id, clear=True)

    def timeline(self, user_id: str, channel_id: str) -> list[Json]:
        """The messages this person sees there, as payloads have them, the oldest first.

        `ephemeral` is added, and `words`: every text a person reads there.
        """
        channel = self.directory.channel_of(user_id, channel_id)
        return [
            {
                **self.messages.shown(message),
                "ephemeral": message.ephemeral_for is not None,
                "words": " ".join(texts_of(message.blocks)) or message.text,
            }
            for message in self.messages.timeline(user_id, channel)
        ]

    def view_stack(self, user_id: str) -> list[Json]:
        """The open forms of a person, the root first."""
        return [self.views.shown(view) for view in self.views.stack(user_id)]

    def home(self, user_id: str) -> Json | None:
        """What stands on this person's Home tab."""
        view: View | None = self.views.home(user_id)
        return None if view is None else self.views.shown(view)

    async def settled(self) -> None:
        """Wait until all deliveries in the background have ended."""
        await self.outbox.settled()

    async def close(self) -> None:
        """Stop delivering."""
        await self.outbox.close()

    def _there(self, user_id: str, channel_id: str) -> tuple[Person, Channel]:
        person = self.directory.person(user_id)
        channel = self.directory.channel_of(user_id, channel_id)
        if user_id not in channel.members:
            raise ImpossibleError(f"{person.name} is not in #{channel.name}")
        if channel.is_archived:
            raise ImpossibleError(f"#{channel.name} is archived")
        return person, channel

    def _answered(self, user_id: str, channel: Channel, body: object) -> str | None:
        """Show the message in a command's ack; the error when it is none."""
        answer = {"text": body} if isinstance(body, str) else body
        if not isinstance(answer, dict):
            return "invalid_command_response"
        try:
            check_content(str(answer.get("text") or ""), answer.get("blocks"))
            self.response_urls.answer(user_id, channel, answer)
        except SlackError:
            return "invalid_command_response"
        return None

    def _tell(self, event: Json) -> None:
        if event["type"] in self.app.events:
            self.outbox.tell(self.payloads.event(event))

    def _tell_message(self, channel: Channel, message: Message) -> None:
        """Messages reach only apps that subscribed and may read history."""
        if channel.kind != "im" or "message.im" not in self.app.events:
            return
        if "im:history" in self.app.scopes:
            event = {**self.messages.shown(message), "channel": channel.id, "channel_type": "im"}
            self.outbox.tell(self.payloads.event(event))
