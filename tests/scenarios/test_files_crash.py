"""`kill -9` while a file is on its way: the catalogue has it once and whole, or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.ckan import actions
from tests.ckan.places import Place, Visit
from tests.house import text_of
from tests.outside import OutsideHouse, open_outside, until
from tests.proxy import When, abort

CONTENT = bytes(range(256)) * 20_000


@pytest.fixture
async def house(place: Place, tmp_path: Path) -> AsyncIterator[OutsideHouse]:
    async with open_outside(tmp_path, place.url, place.keys) as house:
        yield house


@pytest.mark.parametrize("place", ["sandbox as 2.9", "sandbox as 2.12"], indirect=True)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_file_is_there_once_after_a_crash(
    house: OutsideHouse, visit: Visit, place: Place, when: When
) -> None:
    package = await visit.make()
    robin = await house.connects("robin", "cfd-editor")
    await robin.types(f"/bcdc create-resource {package.name}")
    await until(lambda: "Frequency" in robin.reads(), "the form")
    file_id = house.slack.workspace.files.add(robin.id, "all.csv", CONTENT).id
    await robin.fills(name="Uploaded", resource_update_cycle="monthly", upload=[file_id])
    await until(lambda: "all.csv, 4.9 MB" in robin.reads(), "the preview")
    gate = house.at_catalogue.hold("package_revise", when)
    await robin.presses("bcdc:change:apply")
    await until(gate.reached.is_set, "that the file is on its way")

    await house.bot.kill()
    await house.start_bot()
    await until(robin.direct, "that the person is told")
    gate.release()

    assert "Resource added" in text_of(robin.direct()[-1]["blocks"])
    now = await actions.package_show(visit.as_user("cfd-editor"), package.id)
    assert [row.title for row in now.resources] == ["First", "Second", "Third", "Uploaded"]
    key = place.keys["cfd-editor"].get_secret_value()
    async with (
        aiohttp.ClientSession() as session,
        session.get(now.resources[3].text("url"), headers={"Authorization": key}) as answer,
    ):
        assert await answer.read() == CONTENT


@pytest.mark.parametrize("place", ["sandbox as 2.12"], indirect=True)
async def test_a_file_whose_way_breaks_is_sent_again(house: OutsideHouse, visit: Visit) -> None:
    package = await visit.make()
    robin = await house.connects("robin", "cfd-editor")
    await robin.types(f"/bcdc create-resource {package.name}")
    await until(lambda: "Frequency" in robin.reads(), "the form")
    file_id = house.slack.workspace.files.add(robin.id, "all.csv", CONTENT).id
    await robin.fills(name="Uploaded", resource_update_cycle="monthly", upload=[file_id])
    await until(lambda: "all.csv, 4.9 MB" in robin.reads(), "the preview")
    house.at_catalogue.fault("package_revise", abort(), times=2)
    await robin.presses("bcdc:change:apply")
    await until(robin.direct, "that the person is told")
    now = await actions.package_show(visit.as_user("cfd-editor"), package.id)
    assert [row.title for row in now.resources] == ["First", "Second", "Third", "Uploaded"]
    assert now.resources[3].raw["size"] == len(CONTENT)
