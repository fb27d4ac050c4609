"""Shortcuts: those that stand everywhere, and those in the menu of a message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.catalogue import RunningCatalogue
from tests.house import CHANNEL, Guest, House, open_house

RECORD = "children-in-care-by-community"
LINK = "https://example.test/data/All_years.csv?from=2001&to=2024"


@pytest.fixture
async def house(catalogue: RunningCatalogue, tmp_path: Path) -> AsyncIterator[House]:
    """A house over a catalogue whose records are known."""
    async with open_house(tmp_path, catalogue.url, catalogue.keys) as house:
        yield house


@pytest.fixture
async def robin(house: House) -> Guest:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    return robin


async def choose(guest: Guest, callback_id: str) -> str:
    """Choose a shortcut that stands everywhere, and read what opens."""
    await guest.house.slack.workspace.shortcut(guest.id, callback_id)
    await guest.house.settled()
    assert guest.view
    return guest.reads()


async def choose_on(guest: Guest, callback_id: str, text: str) -> str:
    """Write a message, choose a shortcut in its menu, and read what opens."""
    workspace = guest.house.slack.workspace
    message = await workspace.post(guest.id, CHANNEL, text)
    await workspace.message_shortcut(guest.id, callback_id, CHANNEL, message.ts)
    await guest.house.settled()
    return guest.reads()


async def test_a_record_is_found_from_anywhere(robin: Guest, house: House) -> None:
    await house.indexed()
    await choose(robin, "bcdc:find")
    offer = await robin.looks_up("package_id", "children in care by comm")
    await robin.fills(package_id=next(iter(offer.options)))
    assert "Children in Care by Community" in robin.reads()


async def test_a_record_is_begun_from_anywhere(robin: Guest) -> None:
    await choose(robin, "bcdc:create-package")
    assert robin.view
    assert robin.view["callback_id"] == "bcdc:create-package"
    assert robin.view["submit"]


async def test_what_waits_is_seen_from_anywhere(robin: Guest) -> None:
    assert "Nothing is waiting for you" in await choose(robin, "bcdc:drafts")
    assert robin.view
    assert robin.view["title"]["text"] == "What is waiting"
    await robin.closes()
    await robin.types(f"/bcdc patch-package {RECORD} purpose=Planning")
    assert "Waits for you to apply it" in await choose(robin, "bcdc:drafts")
    await robin.presses("bcdc:change:preview")
    assert "Planning" in robin.reads()


async def test_somebody_without_a_key_is_asked_for_it(house: House) -> None:
    assert "needs your API key" in await choose(house.guest("robin"), "bcdc:create-package")


async def test_a_link_in_a_message_becomes_a_resource(robin: Guest, house: House) -> None:
    await house.indexed()
    assert LINK in await choose_on(robin, "bcdc:link-resource", f"All years are at {LINK}")
    assert robin.view
    assert "example.test" not in robin.view["private_metadata"]
    offer = await robin.looks_up("package_id", "children in care by comm")
    await robin.fills(package_id=next(iter(offer.options)))
    assert robin.holds("url") == LINK
    assert robin.holds("name") == "All years"
    await robin.fills(resource_update_cycle="annually")
    preview = robin.reads()
    assert LINK in preview
    assert "Storage Format: \ncsv" in preview


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nothing to see", "no link"),
        ("half of one: http://[2001:", "no link"),
        ("https://a.test/ https://b.test/", "several links"),
    ],
)
async def test_a_message_without_the_one_link_says_so(robin: Guest, text: str, why: str) -> None:
    assert why in await choose_on(robin, "bcdc:link-resource", text)
    assert robin.view is None


async def test_a_kept_link_is_its_persons_alone(robin: Guest, house: House) -> None:
    await house.indexed()
    await choose_on(robin, "bcdc:link-resource", LINK)
    assert robin.view
    token = robin.view["private_metadata"]
    dana = house.guest("dana")
    await dana.connects("forests-editor", "C0GENERAL")
    await dana.types("/bcdc create-resource", "C0GENERAL")
    assert dana.view
    view = house.slack.workspace.views.stack(dana.id)[-1]
    view.definition["private_metadata"] = token
    offer = await dana.looks_up("package_id", "")
    await dana.fills(package_id=next(iter(offer.options)))
    assert "belongs to somebody else" in dana.reads()
    assert LINK not in dana.reads()


async def test_a_record_is_found_from_home(robin: Guest, house: House) -> None:
    await house.indexed()
    await robin.looks_home()
    await robin.presses_at_home("bcdc:go:show-package")
    offer = await robin.looks_up("package_id", "children in care by comm")
    await robin.fills(package_id=next(iter(offer.options)))
    assert "Children in Care by Community" in robin.reads()
    assert robin.view
    assert not robin.view["submit"]
