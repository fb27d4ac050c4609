from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.ckan.transport import Limits
from sandbox.catalogue import RunningCatalogue, start
from tests.house import House, open_house
from tests.proxy import FaultProxy, status

NOBODYS_KEY = "11111111-2222-4333-8444-555555555555"


async def test_a_person_connects_and_reads_who_they_are_and_where_they_edit(house: House) -> None:
    said = await house.guest("robin").connects("cfd-editor")
    assert "Connected as Robin Chen" in said
    assert "cfd-editor" in said
    assert "Editor of: Information Management - CFD".replace(": ", "") in said.replace(
        "\n", ""
    ).replace(": ", "")


async def test_an_administrators_key_is_taken_with_a_warning(house: House) -> None:
    said = await house.guest("robin").connects("bcdc-sysadmin")
    assert "administrator" in said


async def test_somebody_of_no_organization_is_told_so(house: House) -> None:
    assert "No organization to edit in" in await house.guest("casey").connects("no-org-user")


async def test_a_wrong_key_is_said_in_the_form_and_not_repeated_there(house: House) -> None:
    robin = house.guest("robin")
    await robin.types("/bcdc connect")
    assert await robin.fills(api_key=NOBODYS_KEY) == {}
    assert "does not know this key" in robin.reads()
    assert NOBODYS_KEY not in str(robin.view)
    await robin.fills(api_key=house.keys["cfd-editor"].get_secret_value())
    assert "Connected as Robin Chen" in robin.reads()


@pytest.mark.parametrize("typed", ["abc", "two words that are long enough"])
async def test_what_cannot_be_a_key_is_said_on_its_field(house: House, typed: str) -> None:
    robin = house.guest("robin")
    await robin.types("/bcdc connect")
    assert "not an API key" in (await robin.fills(api_key=typed))["api_key"]


async def test_a_key_in_the_command_is_refused(house: House) -> None:
    key = house.keys["cfd-editor"].get_secret_value()
    robin = house.guest("robin")
    said = await robin.types(f"/bcdc connect {key}")
    assert robin.view is None
    assert "replace it" in said
    assert key not in said


async def test_an_unknown_catalogue_is_told_with_those_there_are(house: House) -> None:
    said = await house.guest("robin").types("/bcdc connect nowhere")
    assert "nowhere" in said
    assert "test" in said


async def test_connecting_again_takes_the_place_of_the_first_key(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.connects("data-steward")
    assert "Mei Tanaka" in await robin.types("/bcdc whoami")
    owners = {token.user_id for token in catalogue.catalogue.tokens.values()}
    assert catalogue.catalogue.person("cfd-editor").id not in owners


async def test_a_token_that_cannot_be_tried_is_left_to_nobody(
    catalogue: RunningCatalogue, proxy: FaultProxy, tmp_path: Path
) -> None:
    async with open_house(tmp_path, proxy.url, catalogue.keys) as house:
        # The key is known, and then nothing for all the tries of one question.
        proxy.fault("whoami", status(503), nth=2, times=Limits().attempts)
        assert "so your key is kept" in await house.guest("robin").connects("cfd-editor")
        assert proxy.requests["api_token_create"] == 1
        assert not catalogue.catalogue.tokens


async def test_two_catalogues_give_a_choice_and_each_its_own_key(tmp_path: Path) -> None:
    one, other = await start(), await start(generation="2.12")
    keys = other.keys
    both = json.dumps({"test": one.url, "second": other.url})
    try:
        async with open_house(tmp_path, one.url, keys, CATALOGUES=both) as house:
            robin = house.guest("robin")
            await robin.types("/bcdc connect second")
            await robin.fills(api_key=keys["cfd-editor"].get_secret_value(), catalogue="second")
            assert "second" in robin.reads()
            await robin.closes()
            assert "no key for test" in await robin.types("/bcdc whoami")
            await robin.types("/bcdc find-org geobc")
            link = f"{other.url}/dataset/freshwater-network"
            assert "leads to the catalogue “second”" in await robin.types(
                f"/bcdc show-package {link}"
            )
    finally:
        await one.stop()
        await other.stop()
