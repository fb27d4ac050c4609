"""Who and what there is in the workspace: the team, people, conversations."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.slack.records import Channel, ChannelKind, ImpossibleError, Person, SlackError

if TYPE_CHECKING:
    from sandbox.slack.manifest import App

Clock = Callable[[], float]


class Directory:
    """The team's people and conversations, and new identifiers in Slack's shape."""

    def __init__(self, app: App, clock: Clock) -> None:
        self.app = app
        self.clock = clock
        self.team_id = "T0BCDC"
        self.team_name = "BC Data Catalogue (sandbox)"
        self.team_domain = "bcdc-sandbox"
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self._numbers = itertools.count(1)
        bot = Person(app.bot_user_id, "bcdc", app.name, color="2e6b4f", is_bot=True)
        self.people[bot.id] = bot

    def new_id(self, prefix: str) -> str:
        """An identifier nobody has: the prefix tells the kind, as in Slack."""
        return f"{prefix}{next(self._numbers):010X}"

    def new_ts(self) -> str:
        """A time stamp that is unique and rises: seconds, a point, six digits."""
        return f"{int(self.clock())}.{next(self._numbers) % 1_000_000:06d}"

    def add_person(self, person: Person) -> Person:
        """Take somebody into the workspace, with a conversation between them and the app."""
        self.people[person.id] = person
        members = {person.id, self.app.bot_user_id}
        im = Channel(f"D{person.id.removeprefix('U')}", "", "im", members)
        self.channels[im.id] = im
        return person

    def add_channel(
        self,
        name: str,
        members: set[str],
        *,
        kind: ChannelKind = "public",
        channel_id: str = "",
        is_archived: bool = False,
    ) -> Channel:
        """Make a channel; the app is in it when its bot user is among the members."""
        channel = Channel(channel_id or self.new_id("C"), name, kind, members, is_archived)
        self.channels[channel.id] = channel
        return channel

    def person(self, user_id: str) -> Person:
        """The person who acts. Raises ImpossibleError for nobody, and for the bot."""
        person = self.people.get(user_id)
        if person is None or person.is_bot:
            raise ImpossibleError(f"There is no person {user_id!r}")
        return person

    def channel_of(self, user_id: str, channel_id: str) -> Channel:
        """A conversation this person is in, or may look into since it is public."""
        channel = self.channels.get(channel_id)
        if channel is None or not self.may_see(user_id, channel):
            raise ImpossibleError(f"{user_id} sees no conversation {channel_id!r}")
        return channel

    def may_see(self, user_id: str, channel: Channel) -> bool:
        """Members see their conversations, everybody the public ones."""
        return user_id in channel.members or channel.kind == "public"

    def im_of(self, user_id: str) -> Channel:
        """The direct messages between a person and the app."""
        return self.channels[f"D{user_id.removeprefix('U')}"]

    def bot_in(self, channel: Channel) -> bool:
        """Whether the app's bot user is a member."""
        return self.app.bot_user_id in channel.members

    def for_app(self, channel_id: str) -> Channel:
        """The conversation a method names. Raises `channel_not_found`.

        A private channel without the app does not exist for it; a user's id stands for
        the direct messages with that person.
        """
        person = self.people.get(channel_id)
        if person is not None and not person.is_bot:
            return self.im_of(person.id)
        channel = self.channels.get(channel_id)
        if channel is None or (channel.kind != "public" and not self.bot_in(channel)):
            raise SlackError("channel_not_found")
        return channel

    def postable(self, channel_id: str) -> Channel:
        """As `for_app`, where the app may write. Raises `is_archived`, `not_in_channel`."""
        channel = self.for_app(channel_id)
        if channel.is_archived:
            raise SlackError("is_archived")
        if not self.bot_in(channel):
            raise SlackError("not_in_channel")
        return channel
