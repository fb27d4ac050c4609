"""Every event, filter, visibility and kind of channel: nothing leaks, and nothing is missed.

What each channel should hear is said here once more, in plain Python over what the test itself did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.ckan.models import Package
from tests.ckan.places import BRANCH, Place, Visit, resource
from tests.house import House
from tests.scenarios.test_teams import NOT_OPEN, known, revise, searchable
from tests.scenarios.test_teams_allowed import looked, share

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
    "licence:22 format:csv type:document tag:one": lambda done: True,
    "licence:2 OR format:shp OR type:webservice OR tag:three": lambda done: False,
    "(event:created OR field:purpose) AND NOT (state:DRAFT visibility:Public)": lambda done: (
        (done.headline == "Created" or done.field == "purpose")
        and not (done.state == "DRAFT" and done.visibility == "Public")
    ),
}
OPEN, ALLOWED, SHARED = "open", "allowed", "shared"


@pytest.fixture
def delivery() -> str:
    return "socket"


class Matrix:
    """Channels of each kind with each filter, and what was done so far."""

    def __init__(self, house: House, visit: Visit) -> None:
        self.house = house
        self.visit = visit
        self.done: list[Done] = []
        self.channels: dict[tuple[str, str], str] = {}

    async def subscribe(self) -> None:
        alex, robin = self.house.guest("alex"), self.house.guest("robin")
        await alex.connects(ADMIN)
        directory = self.house.slack.workspace.directory
        members = {alex.id, robin.id, directory.app.bot_user_id}
        for number, words in enumerate(FILTERS):
            for kind in (OPEN, ALLOWED, SHARED):
                channel = directory.add_channel(
                    f"{kind}-{number}", set(members), kind="private" if number % 2 else "public"
                )
                self.channels[kind, words] = channel.id
                who = robin if kind == OPEN else alex
                more = "" if kind == OPEN else "restricted:yes"
                typed = f"/bcdc subscribe org:{BRANCH} {words and f'({words})'} threads:no {more}"
                assert "now hears of" in await who.types(typed, channel.id)
                if kind == SHARED:
                    share(self.house, channel.id)
        await looked(self.house)

    async def did(
        self, headline: str, package: Package, by: str, *, field: str = "", state: str
    ) -> None:
        """Note what was just done to a record."""
        restricted = package.text("metadata_visibility") == "IDIR"
        # The older catalogue keeps no history of private records.
        author = "" if restricted and self.visit.older else by
        self.done.append(
            Done(
                headline=headline,
                record=package.title,
                field=field,
                author=author,
                state=state,
                visibility="IDIR" if restricted else "Public",
                public=not restricted and state in {"PUBLISHED", "PENDING ARCHIVE", "ARCHIVED"},
            )
        )
        await searchable(self.visit, package)

    async def is_told(self) -> None:
        """Each channel has heard what it should of what was done, and nothing else."""
        await looked(self.house)
        ours = {done.record for done in self.done}
        for (kind, words), channel in self.channels.items():
            expected = sorted(
                f"{done.headline}: {done.record}"
                for done in self.done
                if FILTERS[words](done) and (done.public or kind == ALLOWED)
            )
            heard = [
                one["text"]
                for one in self.house.guest("alex").messages(channel)
                if not one["ephemeral"] and one["text"].partition(": ")[2] in ours
            ]
            assert sorted(heard) == expected, (kind, words)


async def test_each_channel_hears_exactly_what_it_should(
    house: House, place: Place, visit: Visit
) -> None:
    public = await visit.publish(await visit.make(license_id=NOT_OPEN))
    hidden = await visit.publish(
        await visit.make(license_id=NOT_OPEN, metadata_visibility="IDIR", private=True)
    )
    draft = await visit.make(license_id=NOT_OPEN)
    published = ((public, "PUBLISHED"), (hidden, "PUBLISHED"))
    every = (*published, (draft, "DRAFT"))
    for package, _state in every:
        await searchable(visit, package)
    await known(house)
    matrix = Matrix(house, visit)
    await matrix.subscribe()

    for package, state in every:
        await revise(visit, package, EDITOR, purpose="Changed by an editor.")
        await matrix.did("Metadata changed", package, EDITOR, field="purpose", state=state)
    await matrix.is_told()

    for package, state in every:
        new = resource("Fourth", package_id=package.id)
        await visit.as_user(ADMIN).write("resource_create", new)
        await matrix.did("Resource added", package, ADMIN, state=state)
    await matrix.is_told()

    for package, state in every:
        first = package.resources[0].id
        await visit.as_user(EDITOR).write("resource_delete", {"id": first})
        await matrix.did("Resource removed", package, EDITOR, state=state)
    await matrix.is_told()

    for package, asked, back in (
        (public, "PENDING ARCHIVE", "PUBLISHED"),
        (hidden, "PENDING ARCHIVE", "PUBLISHED"),
        (draft, "PENDING PUBLISH", "DRAFT"),
    ):
        await revise(visit, package, EDITOR, publish_state=asked)
        await matrix.did("Waiting for approval", package, EDITOR, field="x", state=asked)
        await matrix.is_told()
        await revise(visit, package, ADMIN, publish_state=back)
        await matrix.did("Sent back", package, ADMIN, field="x", state=back)
        await matrix.is_told()

    made = await visit.make(license_id=NOT_OPEN)
    await matrix.did("Created", made, EDITOR, state="DRAFT")
    await matrix.is_told()

    for package in (public, hidden):
        await revise(visit, package, EDITOR, publish_state="PENDING ARCHIVE")
        await matrix.did("Waiting for approval", package, EDITOR, state="PENDING ARCHIVE")
        await matrix.is_told()
        await revise(visit, package, ADMIN, publish_state="ARCHIVED")
        await matrix.did("Archived", package, ADMIN, state="ARCHIVED")
        await matrix.is_told()

    await revise(visit, made, EDITOR, publish_state="PENDING PUBLISH")
    await matrix.did("Waiting for approval", made, EDITOR, state="PENDING PUBLISH")
    await matrix.is_told()
    await revise(visit, made, ADMIN, publish_state="PUBLISHED")
    await matrix.did("Published", made, ADMIN, state="PUBLISHED")
    await matrix.is_told()
