from __future__ import annotations

from tests.house import House


async def test_the_chosen_catalogue_is_told_with_what_is_missing_there(house: House) -> None:
    said = await house.guest("dana").types("/bcdc use TEST")
    assert "You now work in the catalogue “test”" in said
    assert "/bcdc connect" in said


async def test_who_has_a_key_there_is_not_told_to_connect(house: House) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    assert "/bcdc connect" not in await robin.types("/bcdc use test")


async def test_an_unknown_catalogue_is_refused_with_those_there_are(house: House) -> None:
    said = await house.guest("dana").types("/bcdc use moon")
    assert "There is no catalogue “moon”. Choose one of: test." in said


async def test_every_answer_of_a_catalogue_that_is_not_production_says_so(house: House) -> None:
    assert "Catalogue: test" in await house.guest("dana").types("/bcdc find-org geobc")
