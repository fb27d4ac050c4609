"""What operators stop reaches no catalogue, in no process, and goes on when they let it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ckan import actions
from tests.buttons import action_ids, value_of
from tests.ckan.places import BRANCH, Place, Visit
from tests.databases import driver_url
from tests.house import House, open_house, text_of
from tests.outside import open_outside, until
from tests.proxy import running_proxy

APPLY = "bcdc:change:apply"
APPROVE = "bcdc:change:approve"
NOT_SERVED = "no longer works with that catalogue"
LOOKS = 1.5
"""Seconds in which every process looks more than once whether work is held."""
OPERATOR = {"BOT_ADMINS": "U0ALEX"}


@pytest.fixture
async def house(place: Place, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, place.url, place.keys, **OPERATOR) as house:
        yield house


async def test_what_is_held_reaches_the_catalogue_once_and_only_after_it_is_let_go(
    house: House, visit: Visit
) -> None:
    package = await visit.publish(await visit.make())
    robin, alex = house.guest("robin"), house.guest("alex")
    await robin.connects("cfd-editor")
    saves = await visit.saves(package.id)
    await alex.types("/bcdc pause")
    await robin.types(f'/bcdc patch-package {package.id} purpose="Held for a while"')
    await robin.presses(APPLY)
    await house.restart()
    assert await visit.saves(package.id) == saves
    await alex.types("/bcdc resume")
    assert await visit.saves(package.id) == saves + 1
    after = await actions.package_show(visit.as_user("cfd-editor"), package.id)
    assert after.raw["purpose"] == "Held for a while"


async def test_records_of_a_suspended_organization_stay_as_they_are(
    house: House, visit: Visit
) -> None:
    package = await visit.publish(await visit.make())
    robin, alex = house.guest("robin"), house.guest("alex")
    await robin.connects("cfd-editor")
    saves = await visit.saves(package.id)
    await alex.types("/bcdc pause")
    await robin.types(f'/bcdc patch-package {package.id} purpose="From before"')
    await robin.presses(APPLY)
    await alex.types("/bcdc suspend information-management-cfd it is being merged")
    await alex.types("/bcdc resume")
    assert "it is being merged" in text_of(robin.direct()[-1]["blocks"])
    assert "it is being merged" in await robin.types(f"/bcdc patch-package {package.id}")
    await robin.closes()
    assert await visit.saves(package.id) == saves
    assert package.title in await robin.types(f"/bcdc show-package {package.id}")


async def test_an_approval_of_somebody_suspended_meanwhile_holds_no_more(
    house: House, visit: Visit
) -> None:
    package = await visit.make()
    robin, priya, alex = (house.guest(name) for name in ("robin", "priya", "alex"))
    await robin.connects("cfd-editor")
    await priya.connects("cfd-org-admin")
    await robin.types(f"/bcdc set-state {package.name} published")
    await robin.ticks()
    await robin.presses(APPLY)
    if robin.view:
        await robin.closes()
    await alex.types("/bcdc pause")
    card = next(one for one in reversed(priya.direct()) if "asks to" in text_of(one["blocks"]))
    place = house.direct_channel(priya.id)
    await priya.presses(APPROVE, channel=place, message=card)
    await alex.types("/bcdc suspend @priya left the ministry")
    await alex.types("/bcdc resume")
    told = text_of(robin.direct()[-1]["blocks"])
    assert "no longer holds" in told
    assert "left the ministry" not in told
    after = await actions.package_show(visit.as_user("bcdc-sysadmin"), package.id)
    assert after.publish_state == "PENDING PUBLISH"


@pytest.mark.parametrize("place", ["sandbox as 2.9"], indirect=True)
async def test_what_was_begun_in_a_catalogue_that_is_no_longer_served_ends_in_words(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin, priya, alex = (house.guest(name) for name in ("robin", "priya", "alex"))
    await robin.connects("cfd-editor")
    await priya.connects("cfd-org-admin")
    await alex.types("/bcdc pause")
    await robin.types(f'/bcdc patch-package {package.id} notes="Applied already"')
    await robin.presses(APPLY)
    await priya.types(f"/bcdc policy {BRANCH} when:always")
    await robin.types(f'/bcdc patch-package {package.id} notes="Asked for"')
    await robin.presses(APPLY)
    approve = {"channel": house.direct_channel(priya.id), "message": priya.direct()[-1]}
    request = value_of(approve["message"]["blocks"], APPROVE)
    served = {"catalogues": {"other": place.url}, "default_catalogue": "other"}
    house.settings = house.settings.model_copy(update=served)
    await house.restart()

    await priya.presses(APPROVE, **approve)
    assert NOT_SERVED in priya.reads(approve["channel"])
    await robin.forges("bcdc:change:cancel", request)
    card = next(one for one in priya.direct() if one["ts"] == approve["message"]["ts"])
    assert "Withdrawn" in text_of(card["blocks"])
    assert not action_ids(card["blocks"])
    await alex.types("/bcdc resume")
    assert NOT_SERVED in text_of(robin.direct()[-1]["blocks"])
    assert await visit.saves(package.id) == 0


@pytest.mark.parametrize("place", ["sandbox as 2.9"], indirect=True)
async def test_a_change_of_two_steps_stops_between_them_and_goes_on_from_there(
    place: Place, visit: Visit, tmp_path: Path
) -> None:
    package = await visit.make()
    async with (
        running_proxy(place.url) as proxy,
        open_house(tmp_path, proxy.url, place.keys, **OPERATOR) as house,
    ):
        priya, alex = house.guest("priya"), house.guest("alex")
        await priya.connects("cfd-org-admin")
        await priya.types(f"/bcdc set-state {package.id} published")
        await priya.ticks()
        saves = await visit.saves(package.id)
        first = proxy.hold("package_revise", "after")
        pressing = asyncio.create_task(priya.presses(APPLY))
        await first.reached.wait()
        await house.slack.workspace.command(alex.id, "C0CFD", "/bcdc pause between the steps")
        await until(lambda: "Changes are held now" in str(alex.messages()), "the pause")
        first.release()
        await pressing
        assert await visit.saves(package.id) == saves + 1
        await alex.types("/bcdc resume")
        assert await visit.saves(package.id) == saves + 2
    after = await actions.package_show(visit.as_user("bcdc-sysadmin"), package.id)
    assert after.publish_state == "PUBLISHED"


@pytest.mark.parametrize("place", ["sandbox as 2.9"], indirect=True)
async def test_every_process_obeys_and_what_is_held_outlives_the_one_that_held_it(
    place: Place, visit: Visit, tmp_path: Path, postgres_url: str
) -> None:
    package = await visit.publish(await visit.make())
    async with open_outside(
        tmp_path,
        place.url,
        place.keys,
        roles=("web", "worker", "worker"),
        DATABASE_URL=driver_url(postgres_url),
        **OPERATOR,
    ) as house:
        robin, alex = await house.connects("robin", "cfd-editor"), house.guest("alex")
        saves = await visit.saves(package.id)
        await alex.types("/bcdc pause")
        await until(lambda: "Changes are held now" in alex.reads(), "the pause")
        await robin.types(f'/bcdc patch-package {package.id} purpose="Held by many"')
        await until(lambda: "Changes are held since" in robin.reads(), "the preview")
        await robin.presses(APPLY)
        await asyncio.sleep(LOOKS)
        assert await visit.saves(package.id) == saves
        for bot in house.bots:
            if bot.role == "worker":
                await bot.kill()
        await house.start_bot("worker")
        await asyncio.sleep(LOOKS)
        assert await visit.saves(package.id) == saves
        await alex.types("/bcdc resume")
        told = house.guest("priya")
        await until(lambda: "Held by many" in str(told.messages()), "that it is told")
        assert await visit.saves(package.id) == saves + 1
