from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from tests.house import House


async def test_a_forgotten_key_is_gone_and_the_bots_own_token_revoked(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    said = await robin.types("/bcdc disconnect")
    assert "Your key for test is forgotten" in said
    assert not catalogue.catalogue.tokens
    assert "no key for test" in await robin.types("/bcdc whoami")


async def test_a_token_that_cannot_be_revoked_is_named_for_the_person(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    catalogue.catalogue.tokens.clear()
    said = await robin.types("/bcdc disconnect")
    assert "could not be revoked" in said
    assert "BC Data Catalogue bot for Slack" in said


async def test_without_a_key_there_is_nothing_to_forget(house: House) -> None:
    assert "There was no key of yours" in await house.guest("dana").types("/bcdc disconnect")


async def test_the_catalogue_being_away_does_not_keep_a_key(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await catalogue.stop()
    assert "is forgotten" in await robin.types("/bcdc disconnect")
