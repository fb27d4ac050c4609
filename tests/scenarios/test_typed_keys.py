"""A key typed where it is kept or where others read it is refused there, and kept nowhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.ckan.models import Package
from bot.store.tables import api_key
from sandbox.catalogue import RunningCatalogue
from tests.house import CHANNEL, Guest, House, open_house
from tests.proxy import FaultProxy, page

RECORD = "children-in-care-by-community"
ORG = "information-management-cfd"
LOOKS = "my api key is 0d9f3a51-77c2-4be1-8a43-5f0c2b1e6d78"
SAID = "That looks like an API key"


@pytest.fixture
async def house(
    catalogue: RunningCatalogue, proxy: FaultProxy, tmp_path: Path
) -> AsyncIterator[House]:
    """A house over a catalogue that gives bots no tokens, so that people's own keys are kept."""
    async with open_house(tmp_path, proxy.url, catalogue.keys) as house:
        proxy.fault("api_token_create", page(500))
        yield house


@pytest.fixture
async def robin(house: House) -> Guest:
    robin = house.guest("robin")
    assert "your key is kept" in await robin.connects("cfd-editor")
    return robin


@pytest.fixture
def own(house: House) -> str:
    """Robin's key, which looks like any id."""
    return house.keys["cfd-editor"].get_secret_value()


def linked(catalogue: RunningCatalogue) -> str:
    """A resource that is a link."""
    return Package(catalogue.catalogue.package(RECORD)).resources[1].id


def kept(folder: Path) -> list[str]:
    """The files of the bot that hold a typed key."""
    return [file.name for file in folder.iterdir() if file.is_file() and _typed(file.read_bytes())]


def _typed(content: bytes) -> bool:
    return LOOKS.rpartition(" ")[2].encode() in content


@pytest.mark.parametrize("name", ["named", "filters", "at"])
async def test_a_key_in_a_form_of_a_subscription_is_refused_on_its_field(
    robin: Guest, own: str, catalogue: RunningCatalogue, name: str, tmp_path: Path
) -> None:
    form = {"scope": "search", "named": "health", "digest": "daily", "at": "8:30"}
    await robin.types("/bcdc subscribe")
    for key in (LOOKS, own, f"health {own.upper()}", own.replace("-", "–")):
        errors = await robin.fills(**{**form, name: key})
        assert SAID in errors.pop(name)
        assert errors == {}
    await robin.closes()
    assert "subscribed to nothing" in await robin.types("/bcdc subscriptions")
    assert kept(tmp_path) == []


async def test_an_id_is_no_key(robin: Guest, catalogue: RunningCatalogue) -> None:
    package = Package(catalogue.catalogue.package(RECORD))
    await robin.types("/bcdc subscribe")
    assert await robin.fills(scope="package", named=package.id, digest="instant") == {}
    assert "now hears of" in robin.reads()
    await robin.closes()
    await robin.types(f"/bcdc update-resource {linked(catalogue)}")
    words = f"See https://x.test/dataset/{package.id}\n\nKey words. The key of {package.id}."
    link = "https://x.test/sheet?id=1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
    assert await robin.fills(description=words, url=link) == {}
    assert "You are about to" in robin.reads()


async def test_what_the_catalogue_shows_already_stays(
    robin: Guest, catalogue: RunningCatalogue
) -> None:
    catalogue.catalogue.package(RECORD)["resources"][1]["description"] = LOOKS
    await robin.types(f"/bcdc patch-resource {linked(catalogue)}")
    assert await robin.fills(description=f"{LOOKS} since 2001") == {}
    assert "You are about to" in robin.reads()


@pytest.mark.parametrize("name", ["name", "description", "url"])
async def test_a_key_in_a_form_of_a_record_is_refused_on_its_field(
    robin: Guest, own: str, catalogue: RunningCatalogue, name: str, tmp_path: Path
) -> None:
    await robin.types(f"/bcdc update-resource {linked(catalogue)}")
    for key in (LOOKS, own):
        text = f"https://data.test/?key={key.split()[-1]}" if name == "url" else key
        errors = await robin.fills(**{name: text})
        assert SAID in errors.pop(name)
        assert errors == {}
    assert SAID not in str(await robin.fills(**{name: "https://data.test/all-years.csv"}))
    assert SAID not in robin.reads()
    assert kept(tmp_path) == []


async def test_a_key_does_not_get_by_a_button_or_a_choice(
    house: House, robin: Guest, tmp_path: Path
) -> None:
    await robin.types(f"/bcdc patch-package {RECORD}")
    await _presses(robin, "bcdc:form:preview", {"title": LOOKS})
    assert SAID in robin.reads()
    assert robin.view
    assert "title" in robin.view["state"]["values"]
    assert kept(tmp_path) == []
    # What was shown before is known no more to a process that has just begun.
    await house.restart()
    await robin.fills(title=LOOKS)
    assert SAID in robin.reads()
    await _presses(robin, "bcdc:form:save", {"title": "All children"})
    assert SAID not in robin.reads()
    assert kept(tmp_path) == []


async def _presses(guest: Guest, action_id: str, typed: Mapping[str, str]) -> None:
    """Press a button of the view in front, in which this was typed."""
    assert guest.view
    slack = guest.house.slack.workspace
    (block_id,) = (
        block["block_id"]
        for block in guest.view["blocks"]
        if any(one.get("action_id") == action_id for one in block.get("elements", ()))
    )
    await slack.click(
        guest.id,
        view_id=guest.view["id"],
        block_id=block_id,
        action_id=action_id,
        state={name: {"value": text} for name, text in typed.items()},
    )
    await guest.house.settled()


async def test_a_reason_with_ones_own_key_is_refused(house: House, robin: Guest) -> None:
    priya = house.guest("priya")
    await priya.connects("cfd-org-admin")
    await priya.types(f"/bcdc policy {ORG} when:always")
    await robin.types(f"/bcdc patch-package {RECORD} purpose=Planning")
    await robin.presses("bcdc:change:apply")
    card = priya.direct()[-1]
    await priya.presses("bcdc:change:reject", channel=house.direct_channel(priya.id), message=card)
    own = house.keys["cfd-org-admin"].get_secret_value()
    assert SAID in (await priya.fills(reason=f"Not so: {own}"))["reason"]
    assert own not in str(robin.messages(CHANNEL)) + str(robin.direct())


@pytest.mark.parametrize("line", ["find-package {}", "pause for {}", "patch-package x title={}"])
async def test_ones_own_key_in_a_command_is_refused(robin: Guest, own: str, line: str) -> None:
    said = await robin.types(f"/bcdc {line.format(own)}")
    assert "looks like an API key, so nothing was done" in said
    assert own not in said


async def test_a_key_that_can_no_longer_be_read_stands_in_nobodys_way(robin: Guest) -> None:
    async with robin.house.bot.db.write() as connection:
        await connection.execute(sa.update(api_key).values(secret=b"of another encryption key"))
    assert "can no longer be read: connect again" in await robin.types(f"/bcdc history {RECORD}")


async def test_a_key_that_the_bot_did_not_keep_is_known_again(
    catalogue: RunningCatalogue, tmp_path: Path
) -> None:
    keys = catalogue.keys
    own = keys["cfd-editor"].get_secret_value()
    async with open_house(tmp_path, catalogue.url, keys) as house:
        robin, priya = house.guest("robin"), house.guest("priya")
        assert "forgot your key" in await robin.connects("cfd-editor")
        await robin.types("/bcdc subscribe")
        errors = await robin.fills(scope="search", named=f"see {own}.", digest="instant")
        assert SAID in errors["named"]
        await robin.closes()
        assert SAID in await robin.types(f"/bcdc find-package {own}")
        # To others it is an id like any.
        assert SAID not in await priya.types(f"/bcdc find-package {own}")


async def test_a_key_in_a_link_of_a_message_is_refused(robin: Guest, own: str) -> None:
    slack = robin.house.slack.workspace
    message = await slack.post(robin.id, CHANNEL, f"Get it at https://data.test/?u={own}")
    await slack.message_shortcut(robin.id, "bcdc:link-resource", CHANNEL, message.ts)
    await robin.house.settled()
    assert SAID in robin.reads()
    assert robin.view is None
