"""What a channel hears of records: from the bot, from others, and only what it may."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.ckan import actions
from bot.ckan.models import Package
from bot.flow.index.everyone import Pace
from bot.flow.teams.telling import SHOWN
from bot.store.notice_tables import subscription
from tests.ckan.places import BRANCH, Place, Visit
from tests.house import CHANNEL, Guest, House, text_of, untold

# What others change at the same moment would be told in the same messages.
pytestmark = pytest.mark.alone

ELSEWHERE = "C0PUBLISHING"
NOT_OPEN = "22"
"""A licence that asks for no confirmations."""


def posts(guest: Guest, package: Package, channel: str = CHANNEL) -> list[dict[str, Any]]:
    """What the bot says of a record to everyone in a channel, threads too.

    Others may work in the same catalogue meanwhile.
    """
    mark = package.name.rpartition("-")[2]
    return [
        one
        for one in guest.messages(channel)
        if one["user"] == "U0BCDCBOT" and not one["ephemeral"] and mark in one["text"]
    ]


def said(guest: Guest, package: Package, channel: str = CHANNEL) -> list[str]:
    return [text_of(one["blocks"]) for one in posts(guest, package, channel)]


async def waiting(visit: Visit, **more: Any) -> Package:
    """A new record that waits to be published."""
    package = await visit.make(license_id=NOT_OPEN, **more)
    moved = {"match": {"id": package.id}, "update__publish_state": "PENDING PUBLISH"}
    await visit.as_user("cfd-editor").write("package_revise", moved)
    return package


async def publishes(guest: Guest, package: Package) -> None:
    """Let an admin publish it, from another channel."""
    await guest.types(f"/bcdc set-state {package.name} published", ELSEWHERE)
    await guest.presses("bcdc:change:apply")
    await guest.closes()
    await guest.house.settled()


async def test_a_channel_hears_what_the_bot_publishes(
    house: House, place: Place, visit: Visit
) -> None:
    package = await waiting(visit)
    robin, alex = house.guest("robin"), house.guest("alex")
    told = await robin.types(f"/bcdc subscribe org:{BRANCH} event:published")
    assert "This channel now hears of" in told
    await alex.connects("cfd-org-admin")
    await publishes(alex, package)
    (notice,) = said(robin, package)
    assert f"Published: \n{package.title}" in notice
    assert "by cfd-org-admin" in notice


@pytest.mark.parametrize("place", ["sandbox as 2.12"], indirect=True)
async def test_what_an_admin_approved_is_by_the_admin_whose_key_wrote_it(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make(license_id=NOT_OPEN)
    robin, alex = house.guest("robin"), house.guest("alex")
    await robin.types(f"/bcdc subscribe org:{BRANCH} event:published author:cfd-org-admin")
    await robin.connects("cfd-editor")
    await alex.connects("cfd-org-admin")
    await publishes(robin, package)
    direct = house.direct_channel(alex.id)
    await alex.presses("bcdc:change:approve", channel=direct, message=alex.direct()[-1])
    (notice,) = said(robin, package)
    assert "by cfd-org-admin" in notice


async def known(house: House) -> None:
    """Wait until the bot knows the catalogue; from then on it looks only when it is told to.

    What one look finds goes together anyway, so nothing waits for what else may happen.
    """
    house.bot.teams.telling.settle = timedelta(0)
    house.bot.poller.pace = Pace(cycle=timedelta(days=1))
    await house.indexed()
    while house.bot.poller._under_way:  # noqa: SLF001  # a cycle that began before
        await asyncio.sleep(0.02)
    await house.bot.poller.poll("test")


async def polled(house: House) -> None:
    """Let the bot look at what changed in the catalogue now, and tell it."""
    await house.bot.poller.poll("test")
    await house.settled()


async def searchable(visit: Visit, package: Package) -> Package:
    """The record once the catalogue's search, which may be a little behind, knows it as it is."""
    site = visit.as_user("bcdc-sysadmin")
    async with asyncio.timeout(60):
        while True:
            now = await actions.package_show(site, package.id)
            found = await actions.package_search(
                site, fq=f'+id:"{package.id}"', include_private=True
            )
            if [one.metadata_modified for one in found.packages] == [now.metadata_modified]:
                return now
            await asyncio.sleep(0.1)


async def published(house: House, visit: Visit) -> Package:
    """A record for everyone, which the bot knows."""
    package = await searchable(visit, await visit.publish(await visit.make(license_id=NOT_OPEN)))
    await known(house)
    return package


async def patches(guest: Guest, package: Package, **values: str) -> None:
    """Change a record through the bot."""
    edits = " ".join(f'{name}="{value}"' for name, value in values.items())
    await guest.types(f"/bcdc patch-package {package.name} {edits}")
    await guest.presses("bcdc:change:apply")


async def revise(visit: Visit, package: Package, by: str = "cfd-editor", **values: Any) -> None:
    updates = {f"update__{name}": value for name, value in values.items()}
    await visit.as_user(by).write("package_revise", {"match": {"id": package.id}, **updates})
    await searchable(visit, package)


async def test_a_channel_hears_what_others_do_and_who_did_it(
    house: House, place: Place, visit: Visit
) -> None:
    package = await published(house, visit)
    robin = house.guest("robin")
    await robin.types(f"/bcdc subscribe org:{BRANCH}")
    await polled(house)
    assert said(robin, package) == []

    await revise(visit, package, title=f"{package.title} (new)", notes="Another text.")
    await polled(house)
    (card,) = said(robin, package)
    assert "Metadata changed" in card
    assert f"{package.title} (new)" in card
    assert "Title" in card
    assert "Description" in card
    assert "by cfd-editor" in card
    await robin.presses("bcdc:details", message=posts(robin, package)[0])
    assert f"Before: \n{package.title}" in robin.reads()
    assert "Another text." in robin.reads()

    resource = package.resources[0]
    await visit.as_user("cfd-editor").write("resource_delete", {"id": resource.id})
    await searchable(visit, package)
    await polled(house)
    assert len(said(robin, package)) == 2
    assert "Resource removed: First" in said(robin, package)[-1]
    assert posts(robin, package)[-1]["thread_ts"] == posts(robin, package)[0]["ts"]
    assert "Resource removed" in said(robin, package)[0]

    await revise(visit, package, "cfd-org-admin", publish_state="PENDING ARCHIVE")
    await polled(house)
    assert "Waiting for approval" in said(robin, package)[-1]
    await revise(visit, package, "cfd-org-admin", publish_state="ARCHIVED")
    await polled(house)
    assert "Archived" in said(robin, package)[-1]
    before = len(said(robin, package))
    await revise(visit, package, "cfd-org-admin", title=f"{package.title} (newest)")
    await polled(house)
    assert len(said(robin, package)) == before


async def test_nothing_of_the_bots_own_is_told_twice(
    house: House, place: Place, visit: Visit
) -> None:
    package = await published(house, visit)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc subscribe package:{package.name}", ELSEWHERE)
    await patches(robin, package, purpose="To be told once.")
    assert len(said(robin, package, ELSEWHERE)) == 1
    await polled(house)
    await polled(house)
    assert len(said(robin, package, ELSEWHERE)) == 1
    assert "Metadata changed: Purpose" in said(robin, package, ELSEWHERE)[0]


async def test_where_a_change_was_asked_it_is_told_once_and_the_card_is_kept(
    house: House, place: Place, visit: Visit
) -> None:
    package = await published(house, visit)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    for channel in (CHANNEL, ELSEWHERE):
        await robin.types(f"/bcdc subscribe package:{package.name}", channel)
    await patches(robin, package, purpose="Told with Undo.")
    (told,) = said(robin, package)
    assert "Undo" in told
    assert "Metadata changed: Purpose" in said(robin, package, ELSEWHERE)[0]

    await revise(visit, package, notes="By another one.")
    await polled(house)
    assert "Metadata changed: Description" in said(robin, package)[1]
    await patches(robin, package, purpose="Told with Undo again.")
    _first, card, second = said(robin, package)
    assert "Metadata changed: Purpose" in card
    assert "Undo" in second
    assert len(said(robin, package, ELSEWHERE)) == 3


@pytest.mark.parametrize("place", ["sandbox as 2.12"], indirect=True)
async def test_of_many_records_the_only_one_that_may_be_seen_is_told_by_its_card(
    house: House, place: Place, visit: Visit
) -> None:
    others = [await visit.publish(await visit.make(license_id=NOT_OPEN)) for _ in range(SHOWN)]
    package = await published(house, visit)
    robin = house.guest("robin")
    await robin.types(f"/bcdc subscribe org:{BRANCH}")
    telling = house.bot.teams.telling
    telling.settle = timedelta(hours=1)
    for one in (package, *others):
        await revise(visit, one, notes="Seen by everyone for a moment.")
    await house.bot.poller.poll("test")
    for one in others:
        await revise(visit, one, "bcdc-sysadmin", metadata_visibility="IDIR")
    telling.settle = timedelta(0)
    await polled(house)
    told = [one for one in robin.messages() if not one["ephemeral"]]
    assert told == posts(robin, package)
    assert "Metadata changed: Description" in said(robin, package)[0]
    assert "1 record" not in str(told)
    await revise(visit, package, notes="Seen once more.")
    await polled(house)
    assert posts(robin, package)[1]["thread_ts"] == told[0]["ts"]


async def test_what_becomes_restricted_is_told_no_more(
    house: House, place: Place, visit: Visit
) -> None:
    other = await searchable(visit, await visit.publish(await visit.make(license_id=NOT_OPEN)))
    package = await published(house, visit)
    robin = house.guest("robin")
    await robin.types(f"/bcdc subscribe org:{BRANCH}")
    await robin.types(f"/bcdc subscribe org:{BRANCH} digest:daily", ELSEWHERE)
    telling = house.bot.teams.telling
    telling.settle = timedelta(hours=1)
    for one in (other, package):
        await revise(visit, one, notes="Seen by everyone for a moment.")
    await house.bot.poller.poll("test")
    assert await untold(house.bot.db)
    await revise(visit, package, "bcdc-sysadmin", metadata_visibility="IDIR")
    telling.settle = timedelta(0)
    await polled(house)
    assert said(robin, package) == []
    assert len(said(robin, other)) == 1

    async with house.bot.db.write() as connection:
        digests = sa.update(subscription).where(subscription.c.due_at.is_not(None))
        await connection.execute(digests.values(due_at=datetime.now(UTC)))
    await telling.round()
    await house.settled()
    digest = robin.reads(ELSEWHERE)
    assert "the digest" in digest
    assert other.title in digest
    assert package.title not in digest


async def test_what_others_did_just_before_is_told_apart_from_it(
    house: House, place: Place, visit: Visit
) -> None:
    package = await published(house, visit)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc subscribe package:{package.name} threads:no", ELSEWHERE)
    await revise(visit, package, "cfd-org-admin", notes="By another one.")
    await patches(robin, package, purpose="By this one.")
    await polled(house)
    (told,) = said(robin, package, ELSEWHERE)
    assert "Metadata changed: Description" in told
    assert "Metadata changed: Purpose · by cfd-editor" in told


async def test_a_subscription_hears_nothing_from_before_it(
    house: House, place: Place, visit: Visit
) -> None:
    package = await published(house, visit)
    robin = house.guest("robin")
    await revise(visit, package, purpose="Too early.")
    await house.bot.poller.poll("test")
    await robin.types(f"/bcdc subscribe package:{package.name}", ELSEWHERE)
    await polled(house)
    assert said(robin, package, ELSEWHERE) == []
    # That it was published is known too where the bot had read the catalogue before.
    words = f"package:{package.name} event:metadata-changed dry-run:yes"
    said_then = await robin.types(f"/bcdc subscribe {words}", ELSEWHERE)
    assert "would have told 1 event" in said_then
    assert f"Metadata changed: {package.title}" in said_then
