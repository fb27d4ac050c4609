"""The whole house for a test: Slack, a catalogue and the bot, and people who type and press.

Everything between Slack's wire and the catalogue's is the real code. A `Guest` does what a person
can do in Slack, and reads what a person can read there.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr

from bot import docs
from bot.__main__ import prepare
from bot.app import Bot, load_commands
from bot.change import State
from bot.jobs.engine import migrate
from bot.settings import Settings, load
from bot.slack.surfaces import TOO_LATE
from bot.store.approval_tables import decision
from bot.store.db import Database
from bot.store.homes import home
from bot.store.migrate import upgrade
from bot.store.notice_tables import event, notice, subscription
from bot.store.operations import pause
from bot.store.tables import DeliveryState, change, delivery
from sandbox.slack import RunningSlack, new_workspace, start
from tests.buttons import block_with
from tests.ports import free_port

SETTLED_WITHIN = 120.0
CHANNEL = "C0CFD"
"""A channel with the people of the branch, and the bot."""
CONFIRMATIONS = "confirmations"
"""The boxes of a preview that have to be ticked before it is applied."""


def text_of(shown: object) -> str:
    """All that people read in blocks, elements or a message, one piece a line."""
    match shown:
        case {"type": "user", "user_id": str(user_id)}:
            return f"@{user_id}"
        case {"text": str(text)}:
            return text
        case {"type": "checkboxes", "options": list(options)}:
            return text_of(options)
        case dict():
            pieces = [
                text_of(part)
                for key, part in shown.items()
                if key in _READ and not isinstance(part, str)
            ]
            return "\n".join(filter(None, pieces))
        case list():
            return "\n".join(filter(None, map(text_of, shown)))
    return ""


_READ = {
    "blocks", "text", "fields", "elements", "accessory", "title", "label", "hint", "element",
    "rows", "initial_option", "initial_options", "submit", "close",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """What a select offered, title by value, and what stood above it."""

    options: dict[str, str]
    note: str


@dataclass(frozen=True, slots=True)
class Guest:
    """One person at Slack."""

    house: House
    id: str

    @property
    def _slack(self) -> Any:
        return self.house.slack.workspace

    async def types(self, line: str, channel: str = CHANNEL) -> str:
        """Type a command, wait until all is done, and read what came of it.

        Where a busy machine was too late for Slack, the bot asks to try again.
        """
        for _try in range(5):
            await self._slack.command(self.id, channel, line)
            await self.house.settled()
            if TOO_LATE not in self.reads(channel):
                break
        return self.reads(channel)

    def messages(self, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """What this person can see in a channel."""
        return list(self._slack.timeline(self.id, channel))

    def direct(self) -> list[dict[str, Any]]:
        """The person's direct messages from the bot."""
        return list(self._slack.timeline(self.id, self.house.direct_channel(self.id)))

    def reads(self, channel: str = CHANNEL) -> str:
        """The view in front, else the newest message of the channel."""
        if self.view:
            return text_of(self.view)
        shown = self.messages(channel)
        return text_of(shown[-1]["blocks"]) if shown else ""

    @property
    def view(self) -> dict[str, Any] | None:
        """The view in front."""
        stack = self._slack.view_stack(self.id)
        return dict(stack[-1]) if stack else None

    def holds(self, block_id: str) -> Any:
        """What stands in a text input of the view in front."""
        assert self.view
        return self.view["state"]["values"][block_id]["value"]["value"]

    async def fills(self, **values: object) -> dict[str, str]:
        """Send the view in front with these values by block id; its errors by block id.

        A dot in a block id is written as two underscores here.
        """
        assert self.view
        typed = {
            block_id.replace("__", "."): {"value": given} for block_id, given in values.items()
        }
        errors = await self._slack.submit(self.id, self.view["id"], typed)
        await self.house.settled()
        return dict(errors or {})

    async def chooses(self, block_id: str, option: str) -> None:
        """Choose in an input that redraws its form."""
        assert self.view
        await self._slack.click(
            self.id, view_id=self.view["id"], block_id=block_id, action_id="value", choose=option
        )
        await self.house.settled()

    async def unticks(self, block_id: str) -> None:
        """Take all ticks from the boxes of an input that redraws its form."""
        assert self.view
        await self._slack.click(
            self.id, view_id=self.view["id"], block_id=block_id, action_id="value", choose=[]
        )
        await self.house.settled()

    async def looks_up(self, block_id: str, query: str) -> Offer:
        """Type in a select that asks the bot."""
        assert self.view
        answer = await self._slack.type_ahead(
            self.id, view_id=self.view["id"], block_id=block_id, action_id="value", query=query
        )
        assert "failed" not in answer
        groups = answer.get("option_groups") or [{"label": {"text": ""}, **answer}]
        return Offer(
            {
                option["value"]: option["text"]["text"]
                for group in groups
                for option in group["options"]
            },
            "\n".join(group["label"]["text"] for group in groups),
        )

    async def presses(
        self,
        action_id: str,
        *,
        block_id: str = "",
        channel: str = CHANNEL,
        message: dict[str, Any] | None = None,
    ) -> None:
        """Press the button: in the view in front, in the message, else in the newest one.

        Without `block_id` it is the first with this action.
        """
        if self.view and message is None:
            place: dict[str, Any] = {"view_id": self.view["id"]}
            blocks = self.view["blocks"]
        else:
            message = message or self.messages(channel)[-1]
            place = {"message": (channel, message["ts"])}
            blocks = message["blocks"]
        block_id = block_id or block_with(blocks, action_id)
        await self._slack.click(self.id, block_id=block_id, action_id=action_id, **place)
        await self.house.settled()

    async def ticks(self, *places: str, channel: str = CHANNEL) -> None:
        """Tick these confirmations of the preview in front, and no others; without any, all."""
        shown = self.view or self.messages(channel)[-1]
        place = {"view_id": shown["id"]} if self.view else {"message": (channel, shown["ts"])}
        (boxes,) = (block for block in shown["blocks"] if block["block_id"] == CONFIRMATIONS)
        offered = [option["value"] for option in boxes["accessory"]["options"]]
        await self._slack.click(
            self.id,
            block_id=CONFIRMATIONS,
            action_id="bcdc:change:confirm",
            choose=list(places) or offered,
            **place,
        )
        await self.house.settled()

    async def forges(self, action_id: str, value: str, channel: str = CHANNEL) -> str:
        """Click a button that Slack never showed to this person, and read what came of it."""
        slack = self._slack
        place = slack.directory.channels[channel]
        block_action = {
            "type": "button",
            "action_id": action_id,
            "block_id": "forged",
            "value": value,
            "action_ts": slack.directory.new_ts(),
        }
        click = slack.payloads.interaction(
            "block_actions",
            slack.directory.person(self.id),
            container={"type": "message", "channel_id": channel, "is_ephemeral": False},
            channel={"id": channel, "name": place.name},
            actions=[block_action],
            trigger_id=slack.views.new_trigger(self.id),
            response_url=slack.response_urls.new(self.id, place),
        )
        await slack.outbox.ask(click)
        await self.house.settled()
        return self.reads(channel)

    async def looks_home(self) -> str:
        """Open the Home tab, and read it."""
        await self._slack.open_home(self.id)
        await self.house.settled()
        return self.reads_home()

    def reads_home(self) -> str:
        """What the Home tab shows now."""
        shown = self._slack.home(self.id)
        return text_of(shown["blocks"]) if shown else ""

    async def presses_at_home(self, action_id: str, about: str = "") -> None:
        """Press a button on the Home tab: the first with this action, of the thing named."""
        view = self._slack.home(self.id)
        assert view
        for block in view["blocks"]:
            for element in block.get("elements", ()):
                described = element.get("accessibility_label", "")
                if element.get("action_id") == action_id and about in described:
                    await self._slack.click(
                        self.id, view_id=view["id"], block_id=block["block_id"], action_id=action_id
                    )
                    await self.house.settled()
                    return
        raise AssertionError(f"there is no button {action_id} in: {text_of(view['blocks'])}")

    async def closes(self) -> None:
        """Close the view in front."""
        assert self.view
        await self._slack.close_view(self.id, self.view["id"])
        await self.house.settled()

    async def connects(self, user_name: str, channel: str = CHANNEL) -> str:
        """Give the bot the key of a user of the catalogue, and read what it says."""
        await self.types("/bcdc connect", channel)
        await self.fills(api_key=self.house.keys[user_name].get_secret_value())
        said = self.reads()
        await self.closes()
        return said


_UNTOLD = sa.or_(
    sa.exists().where(event.c.matched_at.is_(None)),
    sa.exists().where(notice.c.delivery_id.is_(None), notice.c.digest.is_(sa.false())),
)


async def untold(db: Database) -> bool:
    """Whether something that happened is still to be told at once."""
    async with db.read() as connection:
        return bool(await connection.scalar(sa.select(_UNTOLD)))


_UNDER_WAY = sa.select(
    sa.or_(
        sa.exists().where(delivery.c.state.in_([DeliveryState.DUE, DeliveryState.SENDING])),
        sa.exists().where(decision.c.outcome.is_(None)),
        sa.and_(
            sa.exists().where(change.c.state.in_([State.APPROVED, State.APPLYING])),
            ~sa.exists().where(pause.c.ended_at.is_(None)),
        ),
        sa.and_(sa.exists(sa.select(subscription.c.id)), _UNTOLD),
    ),
    sa.exists(sa.select(home.c.person_id)),
)
"""Whether anything is to be done at once, and whether anybody looks at Home.

Asked in one go, so that nothing is missed on its way from one table into the next.
"""


@dataclass(slots=True)
class House:
    """A running Slack and bot, over some catalogue."""

    slack: RunningSlack
    settings: Settings
    keys: Mapping[str, SecretStr]
    bot: Bot

    def guest(self, name: str) -> Guest:
        """A person of the sandbox's Slack, such as `robin`."""
        return Guest(self, f"U0{name.upper()}")

    def direct_channel(self, user_id: str) -> str:
        """The channel of a person's direct messages with the bot."""
        directory = self.slack.workspace.directory
        return str(directory.im_of(user_id).id)

    async def settled(self) -> None:
        """Wait until nothing is under way: no task, no change being applied, no message to send.

        What operators hold is not waited for.
        """
        async with asyncio.timeout(SETTLED_WITHIN):
            while True:
                await self.slack.workspace.settled()
                await self.bot.tasks.drain()
                if not await self._under_way():
                    return
                await asyncio.sleep(0.02)

    async def indexed(self) -> None:
        """Wait until the index knows what everyone may see."""
        async with asyncio.timeout(SETTLED_WITHIN):
            while True:
                part = await self.bot.index.part(self.settings.default_catalogue)
                if part is not None and part.complete:
                    return
                await asyncio.sleep(0.02)

    async def _under_way(self) -> bool:
        async with self.bot.db.read() as connection:
            busy, shows_home = (await connection.execute(_UNDER_WAY)).one()
        return bool(busy) or (bool(shows_home) and not await self.bot.tabs.is_current())

    async def restart(self) -> None:
        """Stop the bot and start it again on what it remembers."""
        await self.bot.stop()
        self.bot = Bot(self.settings)
        await self.bot.start()


@asynccontextmanager
async def open_house(
    folder: Path,
    catalogue_url: str,
    keys: Mapping[str, SecretStr],
    *,
    delivery: str = "socket",
    **more: str,
) -> AsyncIterator[House]:
    """A house over the catalogue at this address, heard over `socket` or `http`."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/slack/events"
    workspace = new_workspace(
        delivery="socket" if delivery == "socket" else address,
        manifest=docs.manifest(
            load_commands(),
            url="" if delivery == "socket" else f"http://127.0.0.1:{port}",
            catalogues=[catalogue_url],
        ),
    )
    slack = await start(workspace=workspace)
    settings = settings_for(slack, folder, catalogue_url, port=port, delivery=delivery, **more)
    prepared(settings)
    house = House(slack, settings, keys, Bot(settings))
    await house.bot.start()
    try:
        yield house
    finally:
        await house.bot.stop()
        await slack.stop()


def prepared(settings: Settings) -> None:
    """Do as `prepare` does; a new SQLite file is a copy of one that was migrated before."""
    if settings.database.get_backend_name() == "sqlite":
        file = Path(settings.database.database or "")
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_migrated())
    prepare(settings)


@cache
def _migrated() -> bytes:
    with TemporaryDirectory(prefix="bcdc-migrated-") as folder:
        file = Path(folder, "bot.sqlite3")
        url = sa.URL.create("sqlite+aiosqlite", database=str(file))
        upgrade(url)
        migrate(url)
        with closing(sqlite3.connect(file)) as connection:
            # Else what was written last may be in another file still.
            connection.execute("PRAGMA journal_mode = DELETE")
        return file.read_bytes()


def settings_for(
    slack: RunningSlack,
    folder: Path,
    catalogue_url: str,
    *,
    port: int,
    delivery: str = "socket",
    **more: str,
) -> Settings:
    """The settings of a bot at this Slack, with everything it keeps in `folder`."""
    return load(
        environment(slack, folder, catalogue_url, port=port, delivery=delivery) | more,
        env_file=None,
    )


def environment(
    slack: RunningSlack, folder: Path, catalogue_url: str, *, port: int, delivery: str = "socket"
) -> dict[str, str]:
    """The same as environment variables, for a bot in a process of its own."""
    given = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "SLACK_FILE_HOSTS": slack.file_host,
        "CATALOGUES": json.dumps({"test": catalogue_url}),
        "DEFAULT_CATALOGUE": "test",
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
    }
    return given | ({"SLACK_APP_TOKEN": slack.app_token} if delivery == "socket" else {})
