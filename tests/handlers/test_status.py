from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from tests.house import House


async def test_a_working_catalogue_is_told_with_what_it_can_do(
    house: House, catalogue: RunningCatalogue
) -> None:
    said = await house.guest("dana").types("/bcdc status")
    assert "test, which you work in" in said
    assert "2.9" in said
    assert "Supported" in said
    assert "None waits to be sent" in said


async def test_a_catalogue_that_is_gone_is_told_with_why_and_the_bot_still_answers(
    house: House, catalogue: RunningCatalogue
) -> None:
    await catalogue.stop()
    said = await house.guest("dana").types("/bcdc status")
    assert "No. The catalogue cannot be reached right now" in said
    assert "Database" in said
