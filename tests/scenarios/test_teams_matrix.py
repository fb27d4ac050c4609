"""Every event, filter, visibility and kind of channel: nothing leaks, and nothing is missed.

Some of it is done through the bot, most of it past it.

What each channel should hear is said here once more, in plain Python over what the test itself did.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.change import Json
from bot.ckan.models import Package
from tests.ckan.places import BRANCH, MINISTRY, Place, Visit, resource
from tests.ckan.test_contract_files import upload
from tests.house import House
from tests.scenarios.test_reminders import on, working_days
from tests.scenarios.test_teams import NOT_OPEN, known, patches, revise, searchable
from tests.scenarios.test_teams_allowed import looked, share

# What others change at the same moment would be told in the same messages.
pytestmark = pytest.mark.alone

EDITOR, ADMIN = "cfd-editor", "cfd-org-admin"


@dataclass(frozen=True)
class Done:
    """What the test did to a record, and how the record stood then."""

    headline: str
    record: str
    field: str
    author: str
    state: str
    visibility: str
    public: bool
    other: bool
    """Whether it is the record with another licence, keyword, kind and format."""


Holds = Callable[[Done], bool]

FILTERS: dict[str, Holds] = {
    "": lambda done: True,
    "event:published": lambda done: done.headline == "Published",
    "event:approval-waiting,sent-back": lambda done: (
        done.headline in {"Waiting for approval", "Sent back"}
    ),
    "NOT event:metadata-changed": lambda done: done.headline != "Metadata changed",
    "field:purpose": lambda done: done.field == "purpose",
    "author:cfd-editor": lambda done: done.author == EDITOR,
    "NOT author:cfd*": lambda done: not done.author.startswith("cfd"),
    "state:PUBLISHED": lambda done: done.state == "PUBLISHED",
    "visibility:IDIR": lambda done: done.visibility == "IDIR",
    "event:file-replaced,resource-added,overdue": lambda done: (
        done.headline in {"File replaced", "Resource added", "Update overdue"}
    ),
    "licence:22 format:csv type:document tag:one": lambda done: not done.other,
    "licence:2 OR format:pdf OR type:application OR tag:three": lambda done: done.other,
    "(event:created OR field:purpose) AND NOT (state:DRAFT visibility:Public)": lambda done: (
        (done.headline == "Created" or done.field == "purpose")
        and not (done.state == "DRAFT" and done.visibility == "Public")
    ),
}
OPEN, ALLOWED, SHARED = "open", "allowed", "shared"
OTHER = {"format": "pdf", "bcdc_type": "application"}
"""What the resources of the other record are."""
PROMISED = "daily"
"""By what the first resource of each record falls overdue first."""


@pytest.fixture
def delivery() -> str:
    return "socket"


class Matrix:
    """Channels of each kind with each filter, and what was done so far."""

    def __init__(self, house: House, visit: Visit) -> None:
        self.house = house
        self.visit = visit
        self.done: list[Done] = []
        self.channels: dict[str, tuple[str, Holds]] = {}
        """By its id, the kind of a channel, and what it wants."""

    async def subscribe(self, one: Package) -> None:
        """Let channels of each kind hear of the branch, and others of one record in other ways."""
        alex, robin = self.house.guest("alex"), self.house.guest("robin")
        await alex.connects(ADMIN)
        await robin.connects(EDITOR)
        wanted: list[tuple[str, str, Holds]] = [
            (kind, f"org:{BRANCH} {words and f'({words})'}", holds)
            for words, holds in FILTERS.items()
            for kind in (OPEN, ALLOWED, SHARED)
        ]
        mark = one.name.rpartition("-")[2]
        wanted += [
            (OPEN, f"package:{one.name}", lambda done: done.record == one.title),
            (OPEN, f"search:{mark}", lambda done: done.record == one.title),
            (OPEN, f"org:{MINISTRY}", lambda done: True),
            (OPEN, f"org:{MINISTRY} branches:no", lambda done: False),
        ]
        await asyncio.gather(*(self._subscribe(*each, n) for n, each in enumerate(wanted)))
        await looked(self.house)

    async def _subscribe(self, kind: str, wanted: str, holds: Holds, number: int) -> None:
        directory = self.house.slack.workspace.directory
        channel = directory.add_channel(
            f"{kind}-{number}",
            {"U0ALEX", "U0ROBIN", directory.app.bot_user_id},
            kind="private" if number % 2 else "public",
        )
        who = self.house.guest("robin" if kind == OPEN else "alex")
        more = "" if kind == OPEN else "restricted:yes"
        typed = f"/bcdc subscribe {wanted} threads:no {more}"
        assert "now hears of" in await who.types(typed, channel.id)
        self.channels[channel.id] = kind, holds
        if kind == SHARED:
            share(self.house, channel.id)

    async def did(
        self,
        headline: str,
        package: Package,
        by: str,
        *,
        field: str = "",
        state: str,
        told: bool = False,
    ) -> None:
        """Note what was just done to a record; `told` when the bot knows by itself who did it."""
        restricted = package.text("metadata_visibility") == "IDIR"
        # The older catalogue keeps no history of private records.
        author = "" if restricted and self.visit.older and not told else by
        self.done.append(
            Done(
                headline=headline,
                record=package.title,
                field=field,
                author=author,
                state=state,
                visibility="IDIR" if restricted else "Public",
                public=not restricted and state in {"PUBLISHED", "PENDING ARCHIVE", "ARCHIVED"},
                other=package.text("license_id") == "2",
            )
        )
        await searchable(self.visit, package)

    async def is_told(self) -> None:
        """Each channel has heard what it should of what was done, and nothing else."""
        await looked(self.house)
        ours = {done.record for done in self.done}
        for channel, (kind, holds) in self.channels.items():
            expected = sorted(
                f"{done.headline}: {done.record}"
                for done in self.done
                if holds(done) and (done.public or kind == ALLOWED)
            )
            heard = [
                one["text"]
                for one in self.house.guest("alex").messages(channel)
                if not one["ephemeral"] and one["text"].partition(": ")[2] in ours
            ]
            assert sorted(heard) == expected, (kind, channel)


@dataclass(frozen=True)
class Records:
    """The records that things are done to: one for everyone, one restricted, one another draft."""

    public: Package
    hidden: Package
    draft: Package

    @property
    def published(self) -> tuple[tuple[Package, str], ...]:
        return (self.public, "PUBLISHED"), (self.hidden, "PUBLISHED")

    @property
    def every(self) -> tuple[tuple[Package, str], ...]:
        return (*self.published, (self.draft, "DRAFT"))


async def test_each_channel_hears_exactly_what_it_should(
    house: House, place: Place, visit: Visit
) -> None:
    resources = [resource("First", resource_update_cycle=PROMISED), resource("Second")]
    alike: dict[str, Any] = {"license_id": NOT_OPEN, "resources": resources}
    restricted: dict[str, Any] = {"metadata_visibility": "IDIR", "private": True}
    others = [row | OTHER for row in resources]
    records = Records(
        public=await visit.publish(await visit.make(**alike)),
        hidden=await visit.publish(await visit.make(**alike, **restricted)),
        draft=await visit.make(license_id="2", tag_string="three", resources=others),
    )
    for package, _state in records.every:
        await searchable(visit, package)
    await known(house)
    matrix = Matrix(house, visit)
    await matrix.subscribe(records.public)
    for step in (change, change_through_the_bot, let_time_pass, give_files, add, remove):
        await step(matrix, records)
        await matrix.is_told()
    await move(matrix, records, await visit.make(**alike))


async def change(matrix: Matrix, records: Records) -> None:
    for package, state in records.every:
        await revise(matrix.visit, package, EDITOR, purpose="Changed by an editor.")
        await matrix.did("Metadata changed", package, EDITOR, field="purpose", state=state)


async def change_through_the_bot(matrix: Matrix, records: Records) -> None:
    robin = matrix.house.guest("robin")
    for package, state in records.every:
        await patches(robin, package, purpose="Through the bot.")
        if robin.view:
            await robin.closes()
        await matrix.did(
            "Metadata changed", package, EDITOR, field="purpose", state=state, told=True
        )


async def let_time_pass(matrix: Matrix, records: Records) -> None:
    """Let the day go by on which the first resources were to be updated."""
    for day in working_days():
        await on(matrix.house, day).round()
    for package, state in records.published:
        await matrix.did("Update overdue", package, "", state=state)


async def give_files(matrix: Matrix, records: Records) -> None:
    editor = matrix.visit.as_user(EDITOR)
    for package, state in records.every:
        part = f"update__resources__{package.resources[1].id}__upload"
        body: dict[str, Json] = {"match": {"id": package.id}}
        await editor.write("package_revise", body, files={part: upload(b"a,b\n1,2\n")})
        await matrix.did("File replaced", package, EDITOR, state=state)


async def add(matrix: Matrix, records: Records) -> None:
    for package, state in records.every:
        more = OTHER if package is records.draft else {}
        new = resource("Third", package_id=package.id, **more)
        await matrix.visit.as_user(ADMIN).write("resource_create", new)
        await matrix.did("Resource added", package, ADMIN, state=state)


async def remove(matrix: Matrix, records: Records) -> None:
    for package, state in records.every:
        first = package.resources[0].id
        await matrix.visit.as_user(EDITOR).write("resource_delete", {"id": first})
        await matrix.did("Resource removed", package, EDITOR, state=state)


async def move(matrix: Matrix, records: Records, made: Package) -> None:
    """Go each way through the workflow, a state at a time."""
    await matrix.did("Created", made, EDITOR, state="DRAFT")
    await matrix.is_told()
    public, hidden, draft = records.public, records.hidden, records.draft
    ways = (
        ((public, "PENDING ARCHIVE"), (hidden, "PENDING ARCHIVE"), (draft, "PENDING PUBLISH")),
        ((public, "PUBLISHED"), (hidden, "PUBLISHED"), (draft, "DRAFT")),
        ((public, "PENDING ARCHIVE"), (hidden, "PENDING ARCHIVE"), (made, "PENDING PUBLISH")),
        ((public, "ARCHIVED"), (hidden, "ARCHIVED"), (made, "PUBLISHED")),
    )
    for number, moves in enumerate(ways):
        for package, state in moves:
            asks = number % 2 == 0
            by = EDITOR if asks else ADMIN
            await revise(matrix.visit, package, by, publish_state=state)
            headline = "Waiting for approval" if asks else "Sent back"
            if number == len(ways) - 1:
                headline = state.capitalize()
            await matrix.did(headline, package, by, state=state)
        await matrix.is_told()
