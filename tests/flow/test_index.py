"""The poller and people's own parts, over the sandbox's catalogue behind a proxy."""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.context import Person
from bot.flow.index.everyone import GLANCE, Pace, next_try
from bot.flow.index.own_part import Seen
from bot.store.events import Events
from bot.store.names import Kind
from bot.store.notice_tables import snapshot
from sandbox.catalogue import RunningCatalogue
from tests.house import House, open_house
from tests.proxy import ANY, FaultProxy, abort, refusal

BRANCH = "information-management-cfd"
ROBIN = Person("T0BCDC", "U0ROBIN")


@pytest.fixture
async def house(
    catalogue: RunningCatalogue, proxy: FaultProxy, tmp_path: Path
) -> AsyncIterator[House]:
    async with open_house(tmp_path, proxy.url, catalogue.keys, delivery="http") as house:
        await house.indexed()
        yield house


async def drafts(house: House, seen: Seen) -> set[str]:
    found = await house.bot.index.find("test", Kind.PACKAGE, sight=seen.sight)
    return {one.id for one in found if not one.published}


async def test_a_failing_catalogue_is_asked_less_and_less_often_and_that_is_remembered(
    house: House, proxy: FaultProxy
) -> None:
    index, poller = house.bot.index, house.bot.poller
    before = await index.part("test")
    assert before
    proxy.fault(ANY, abort())
    for failures in (1, 2):
        await poller.poll("test")
        part = await index.part("test")
        assert part
        assert (part.failures, part.complete, part.synced_at) == (failures, True, before.synced_at)
        assert part.fault
    waits = [next_try(before.due_at, number, Pace()) - before.due_at for number in (1, 2, 3, 20)]
    assert waits == [timedelta(minutes=number) for number in (1, 2, 4, 15)]
    proxy.heal()
    await poller.poll("test")
    part = await index.part("test")
    assert part
    assert (part.failures, part.fault) == (0, "")


async def test_what_is_known_already_is_not_written_again_and_what_vanished_is_confirmed(
    house: House, catalogue: RunningCatalogue, proxy: FaultProxy
) -> None:
    index = house.bot.index
    known = await index.known("test", "")
    assert known
    gone = next(iter(known))
    del catalogue.catalogue.packages[gone]
    await house.bot.poller.poll("test")
    assert set(await index.known("test", "")) == set(known) - {gone}
    assert proxy.requests["package_show"] == 1


async def test_a_record_that_the_catalogue_stumbles_over_holds_up_no_other(
    house: House, catalogue: RunningCatalogue, proxy: FaultProxy
) -> None:
    index = house.bot.index
    known = await index.known("test", "")
    one, other = sorted(known)[:2]
    for gone in (one, other):
        del catalogue.catalogue.packages[gone]
    proxy.fault("package_show", refusal(500, "Internal Server Error"), times=1)
    await house.bot.poller.poll("test")
    part = await index.part("test")
    assert part
    assert (part.fault, part.failures) == ("", 0)
    assert set(await index.known("test", "")) == set(known) - {other}


async def test_a_record_that_cannot_be_taken_holds_up_no_other_and_is_tried_again(
    house: House, catalogue: RunningCatalogue
) -> None:
    index, poller = house.bot.index, house.bot.poller
    packages = catalogue.catalogue.packages
    odd, other = sorted(await index.known("test", ""))[:2]
    async with house.bot.db.write() as connection:
        its = snapshot.c.package_id == odd
        await connection.execute(sa.update(snapshot).where(its).values(record=b"no record"))
    for package_id in (odd, other):
        packages[package_id]["title"] = "Another Title"
        packages[package_id]["metadata_modified"] = "2037-01-01T00:00:00.000000"
    await poller.poll("test")
    part = await index.part("test")
    assert part
    assert (part.fault, part.synced_at) == ("", part.due_at - poller.pace.cycle)
    assert await happened(house) == [other]

    async with house.bot.db.write() as connection:
        its = snapshot.c.package_id == odd
        record = zlib.compress(json.dumps({"id": odd, "title": "Before"}).encode())
        await connection.execute(sa.update(snapshot).where(its).values(record=record))
    await poller.poll("test")
    assert set(await happened(house)) == {odd, other}


async def test_a_record_from_the_future_hides_no_change_of_others(
    house: House, catalogue: RunningCatalogue
) -> None:
    index, poller = house.bot.index, house.bot.poller
    packages = catalogue.catalogue.packages
    ahead, *others = sorted(await index.known("test", ""))
    assert len(others) > GLANCE[0]
    packages[ahead]["metadata_modified"] = "2037-01-01T00:00:00.000000"
    await poller.poll("test")
    for package_id in others:
        packages[package_id]["title"] = "Another Title"
        packages[package_id]["metadata_modified"] = (
            datetime.now(UTC).replace(tzinfo=None).isoformat()
        )
    await poller.poll("test")
    found = await index.find("test", Kind.PACKAGE, "another title", limit=1000)
    assert {one.id for one in found} == set(others)


async def happened(house: House) -> list[str]:
    """The records of which something is known to have happened."""
    told = await Events(house.bot.db).since("test", datetime.min.replace(tzinfo=UTC))
    return [event.subject.package_id for event in told]


async def test_organizations_are_read_again_with_the_comparison(
    house: House, catalogue: RunningCatalogue
) -> None:
    index = house.bot.index
    [branch] = [one for one in catalogue.catalogue.organizations.values() if one.name == BRANCH]
    branch.title = "Branch of Other Names"
    house.bot._caches.organizations.forget("test")  # noqa: SLF001  # a quarter of an hour has gone
    part = await index.part("test")
    assert part
    assert part.compared_at
    await index.keep(replace(part, compared_at=part.compared_at - timedelta(hours=2)))
    await house.bot.poller.poll("test")
    found = await index.find("test", Kind.ORGANIZATION, "branch of other names")
    assert [one.id for one in found] == [branch.id]


async def test_an_organization_that_is_lost_takes_its_drafts_along(
    house: House, catalogue: RunningCatalogue
) -> None:
    await house.guest("robin").connects("cfd-editor")
    seen = await house.bot.own_parts.of(ROBIN, "test")
    assert seen.complete
    assert await drafts(house, seen)
    [branch] = [one for one in catalogue.catalogue.organizations.values() if one.name == BRANCH]
    del branch.members[catalogue.catalogue.person("cfd-editor").id]
    part = await house.bot.index.part("test", seen.sight.viewer)
    assert part
    await house.bot.index.keep(replace(part, due_at=part.due_at - timedelta(minutes=2)))
    assert await drafts(house, await house.bot.own_parts.of(ROBIN, "test")) == set()


async def test_records_in_states_of_old_or_in_none_are_in_the_part_of_who_may_see_them(
    house: House, catalogue: RunningCatalogue
) -> None:
    odd: dict[str, dict[str, Any]] = {
        "of-a-state-of-old": {"publish_state": "REJECTED"},
        "of-no-state": {"publish_state": None},
        "for-some": {"publish_state": "PUBLISHED", "metadata_visibility": "Named users"},
    }
    made = {
        catalogue.catalogue.add_package(name, name.title(), BRANCH, **more)["id"]
        for name, more in odd.items()
    }
    for user_name in ("cfd-editor", "bcdc-sysadmin"):
        await house.guest("robin").connects(user_name)
        seen = await house.bot.own_parts.of(ROBIN, "test")
        part = await house.bot.index.known("test", seen.sight.viewer)
        assert made <= set(part), user_name
        found = await house.bot.index.find("test", Kind.PACKAGE, sight=seen.sight)
        assert made <= {one.id for one in found}
    await house.bot.poller.poll("test")
    everyone = await house.bot.index.find("test", Kind.PACKAGE, limit=1000)
    assert made.isdisjoint(one.id for one in everyone)


async def test_a_dead_key_is_told_and_shows_what_everyone_sees(
    house: House, catalogue: RunningCatalogue
) -> None:
    await house.guest("robin").connects("cfd-editor")
    seen = await house.bot.own_parts.of(ROBIN, "test")
    binding = await house.bot.keys.get(ROBIN, "test")
    assert binding
    await house.bot.keys.mark_dead(ROBIN, "test", binding.bound_at)
    dead = await house.bot.own_parts.of(ROBIN, "test")
    assert "/bcdc connect" in dead.note
    assert await drafts(house, dead) == set()
    assert await house.bot.index.part("test", seen.sight.viewer) is None
