"""Who works in two catalogues: a button means the catalogue of what it stands on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.context import Person
from sandbox.catalogue import RunningCatalogue, start
from tests.buttons import value_of
from tests.house import Guest, House, open_house

OPEN = "children-in-care-by-community"
HERE = "Named Here"
THERE = "Named There"


@pytest.fixture
async def catalogues() -> AsyncIterator[tuple[RunningCatalogue, RunningCatalogue]]:
    """Two with records of the same ids, as a copy for trying has."""
    here, there = await start(), await start()
    there.catalogue.packages.update(json.loads(json.dumps(dict(here.catalogue.packages))))
    here.catalogue.package(OPEN)["title"], there.catalogue.package(OPEN)["title"] = HERE, THERE
    yield here, there
    await here.stop()
    await there.stop()


@pytest.fixture
async def house(
    catalogues: tuple[RunningCatalogue, RunningCatalogue], tmp_path: Path
) -> AsyncIterator[House]:
    here, there = catalogues
    both = json.dumps({"test": here.url, "other": there.url})
    async with open_house(tmp_path, here.url, here.keys, CATALOGUES=both) as house:
        yield house


@pytest.fixture
async def robin(house: House) -> Guest:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    return robin


async def test_a_button_of_before_means_what_it_stood_on(robin: Guest) -> None:
    await robin.types(f"/bcdc find-package {HERE}")
    found = robin.messages()[-1]
    assert "“other”" in await robin.types("/bcdc use other")
    await robin.presses("bcdc:in:test:show-package", message=found)
    assert HERE in robin.reads()
    await robin.presses("bcdc:in:test:patch-package")
    assert "Catalogue: test" in robin.reads()
    assert robin.holds("title") == HERE


async def test_a_button_of_an_older_bot_names_no_catalogue_and_means_the_one_in_use(
    robin: Guest,
) -> None:
    await robin.types(f"/bcdc find-package {HERE}")
    package_id = value_of(robin.messages()[-1]["blocks"], "bcdc:in:test:show-package")
    assert HERE in await robin.forges("bcdc:go:show-package", package_id)
    await robin.types("/bcdc use other")
    assert THERE in await robin.forges("bcdc:go:show-package", package_id)


async def test_a_button_on_a_catalogue_that_is_served_no_more_says_so(robin: Guest) -> None:
    said = await robin.forges("bcdc:in:elsewhere:show-package", OPEN)
    assert "no longer works with that catalogue" in said


async def test_at_home_a_draft_is_of_the_catalogue_that_home_told(
    house: House, robin: Guest
) -> None:
    assert (await house.bot.own_parts.of(Person("T0BCDC", robin.id), "test")).complete
    assert "A draft record of" in await robin.looks_home()
    shown = json.dumps(house.slack.workspace.home(robin.id))
    for verb in ("patch-package", "show-package", "freshness"):
        assert f"bcdc:in:test:{verb}" in shown


async def test_who_lacks_a_key_is_led_to_the_catalogue_that_wants_it(robin: Guest) -> None:
    await robin.types(f"/bcdc show-package {OPEN}")
    shown = robin.messages()[-1]
    await robin.types("/bcdc disconnect")
    await robin.types("/bcdc use other")
    await robin.presses("bcdc:in:test:patch-package", message=shown)
    assert "your API key for test" in robin.reads()
    await robin.presses("bcdc:go:connect")
    assert "Open the catalogue (test)" in robin.reads()


async def test_use_without_a_name_tells_which_and_offers_the_others(robin: Guest) -> None:
    told = await robin.types("/bcdc use")
    assert told.startswith("You work in the catalogue “test”\nother\nWork here")
    await robin.presses("bcdc:go:use")
    assert "You now work in the catalogue “other”" in robin.reads()
    assert (await robin.types("/bcdc use")).startswith("You work in the catalogue “other”\ntest\n")
