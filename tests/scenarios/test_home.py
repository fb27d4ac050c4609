"""The Home tab: what waits for its person, and nobody else's business."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ckan.models import Package
from bot.context import Person
from bot.flow.home import PATIENCE
from bot.flow.index.own_part import TRUSTED
from sandbox.catalogue import RunningCatalogue
from tests.ckan.places import BRANCH, Visit
from tests.house import Guest, House, open_house
from tests.outside import until
from tests.proxy import ANY, FaultProxy, abort, slow


@pytest.fixture
async def record(visit: Visit) -> Package:
    return await visit.publish(await visit.make(license_id="22"))


@pytest.fixture
async def robin(house: House) -> Guest:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    return robin


async def test_somebody_new_is_led_to_the_key(house: House) -> None:
    told = await house.guest("robin").looks_home()
    assert "First give the bot your API key" in told
    assert told.index("Connect") < told.index("Find a record") < told.index("All commands")


async def test_it_is_filled_right_after_the_key_is_bound(house: House) -> None:
    robin = house.guest("robin")
    await robin.looks_home()
    await robin.presses_at_home("bcdc:go:connect")
    await robin.fills(api_key=house.keys["cfd-editor"].get_secret_value())
    told = robin.reads_home()
    assert "Connected as: \ncfd-editor" in told
    assert "New record" in told
    await robin.closes()
    await robin.types("/bcdc disconnect")
    assert "First give the bot your API key" in robin.reads_home()


async def test_every_job_begins_with_one_press(robin: Guest) -> None:
    await robin.looks_home()
    for verb in ("create-package", "patch-package", "create-resource", "update-resource"):
        await robin.presses_at_home(f"bcdc:go:{verb}")
        assert robin.view
        assert robin.view["callback_id"] == f"bcdc:{verb}"
        assert robin.view["submit"]
        await robin.closes()
    await robin.presses_at_home("bcdc:go:list-packages")
    assert "where you may edit" in robin.reads()


async def test_forms_and_draft_records_say_what_they_still_need(
    robin: Guest, record: Package, visit: Visit
) -> None:
    draft = await visit.make(license_id="22")
    await robin.types(f"/bcdc create-resource {record.name}")
    await robin.fills(name="Something", resource_update_cycle="annually", format="csv")
    assert "Give a file, or the link" in robin.reads()
    await robin.closes()
    await reads_drafts(robin, draft)
    told = await robin.looks_home()
    assert "A form you have not finished" in told
    assert "Still needs: \n" in told
    assert draft.title in told
    assert "A draft record of Information Management" in told
    await robin.presses_at_home("bcdc:change:edit")
    assert robin.holds("name") == "Something"
    await robin.closes()
    await robin.presses_at_home("bcdc:change:cancel")
    assert "A form you have not finished" not in robin.reads_home()


async def reads_drafts(guest: Guest, draft: Package) -> None:
    """Wait until the bot knows of the draft what only this person may see."""
    person, catalogue = _in_test(guest)
    own_parts, index = guest.house.bot.own_parts, guest.house.bot.index
    async with asyncio.timeout(60):
        while True:
            viewer = (await own_parts.of(person, catalogue)).sight.viewer
            if draft.id in await index.known(catalogue, viewer):
                return
            # Nobody's while the first reading takes longer than the bot waits for it.
            if viewer:
                await own_parts.forget(catalogue, viewer)
            await asyncio.sleep(0.1)


def _in_test(guest: Guest) -> tuple[Person, str]:
    return Person(guest.house.slack.workspace.directory.team_id, guest.id), "test"


async def test_what_was_changed_last_can_be_taken_back(robin: Guest, record: Package) -> None:
    await robin.looks_home()
    await robin.types(f"/bcdc patch-package {record.name} purpose=Planning")
    assert "Your requests" in robin.reads_home()
    assert "Waits for you to apply it" in robin.reads_home()
    await robin.presses("bcdc:change:apply")
    told = robin.reads_home()
    assert "What you changed last" in told
    assert "Your requests" not in told
    await robin.presses_at_home("bcdc:change:undo")
    await robin.presses("bcdc:change:apply")
    assert "Undo" not in robin.reads_home()


async def test_what_is_gone_for_good_is_not_offered_to_be_taken_back(
    robin: Guest, record: Package
) -> None:
    await robin.types(f"/bcdc delete-resource {record.resources[0].id}")
    await robin.presses("bcdc:change:apply")
    told = await robin.looks_home()
    assert "What you changed last" in told
    assert "Undo" not in told


async def test_nothing_on_it_is_anybody_elses(robin: Guest, house: House, record: Package) -> None:
    await robin.types(f"/bcdc patch-package {record.name} purpose=Planning")
    dana = house.guest("dana")
    await dana.connects("forests-editor", "C0GENERAL")
    told = await dana.looks_home()
    assert record.title not in told
    assert "Information Management" not in told
    assert "cfd-editor" not in told


@pytest.fixture
async def far(
    catalogue: RunningCatalogue, proxy: FaultProxy, tmp_path: Path
) -> AsyncIterator[Guest]:
    """An editor who has just connected, and whose bot may lose its catalogue."""
    async with open_house(tmp_path, proxy.url, catalogue.keys) as house:
        await house.indexed()
        robin = house.guest("robin")
        await robin.connects("cfd-editor")
        yield robin


async def test_draft_and_restricted_records_count_at_the_first_look(far: Guest) -> None:
    told = await far.looks_home()
    assert "A draft record of Information Management" in told
    assert "6 never updated" in told  # everybody sees five of them


async def test_it_is_there_at_once_while_the_catalogue_hangs(far: Guest, proxy: FaultProxy) -> None:
    await far.types("/bcdc freshness mine")
    await far.house.restart()  # what the process remembered of the catalogue is gone
    proxy.fault(ANY, slow(30))
    before_it_is_given_up = PATIENCE / 2
    await far.house.slack.workspace.open_home(far.id)
    await until(far.reads_home, "Home", before_it_is_given_up)
    told = far.reads_home()
    assert "A draft record of Information Management" in told
    assert "Freshness of your data" in told
    assert "Still needs" not in told
    proxy.heal()


async def test_rights_that_nobody_could_ask_for_a_while_show_nothing(
    far: Guest, proxy: FaultProxy
) -> None:
    seen = await far.house.bot.own_parts.of(*_in_test(far))
    assert "A draft record of Information Management" in await far.looks_home()
    part = await far.house.bot.index.part("test", seen.sight.viewer)
    assert part
    assert part.synced_at
    await far.house.bot.index.keep(replace(part, synced_at=part.synced_at - TRUSTED))
    await far.house.restart()
    proxy.fault(ANY, abort())
    told = await far.looks_home()
    assert "Connected as" in told
    assert "A draft record" not in told
    await far.types("/bcdc patch-package")
    assert "to 2030" not in str(await far.looks_up("package_id", "caseload forecast"))
    proxy.heal()
    assert "A draft record" in await far.looks_home()


async def test_a_key_that_died_shows_no_drafts(far: Guest, catalogue: RunningCatalogue) -> None:
    assert "A draft record" in await far.looks_home()
    person = catalogue.catalogue.person("cfd-editor")
    catalogue.catalogue.people[person.id] = replace(person, api_key="replaced")
    catalogue.catalogue.tokens.clear()
    await far.house.restart()
    assert "A draft record" not in await far.looks_home()


async def test_what_waits_for_a_decision_comes_and_goes_by_itself(
    robin: Guest, house: House, record: Package
) -> None:
    steward = house.guest("priya")
    await steward.connects("cfd-org-admin", "C0GENERAL")
    await steward.looks_home()
    await steward.types(f"/bcdc policy {BRANCH} when:always", "C0GENERAL")
    assert "Waiting for you" not in steward.reads_home()
    await robin.types(f"/bcdc patch-package {record.name} purpose=Planning")
    await robin.presses("bcdc:change:apply")
    assert "Waiting for you to decide" in steward.reads_home()
    assert "@U0ROBIN" in steward.reads_home()
    assert "Waits for others to approve it" in await robin.looks_home()
    await robin.presses_at_home("bcdc:change:cancel")
    assert "Waiting for you" not in steward.reads_home()
