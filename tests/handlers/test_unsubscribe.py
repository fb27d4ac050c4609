from __future__ import annotations

from tests.house import House

ORG = "information-management-cfd"


async def test_the_only_subscription_ends_without_its_name(house: House) -> None:
    dana = house.guest("dana")
    assert "subscribed to nothing" in await dana.types("/bcdc unsubscribe")
    await dana.types(f"/bcdc subscribe org:{ORG}")
    assert "no longer hears of" in await dana.types("/bcdc unsubscribe")
    assert "subscribed to nothing" in await dana.types("/bcdc subscriptions")


async def test_of_several_one_is_chosen(house: House) -> None:
    dana = house.guest("dana")
    await dana.types(f"/bcdc subscribe org:{ORG}")
    await dana.types("/bcdc subscribe search:health")
    assert "choose one" in await dana.types("/bcdc unsubscribe")


async def test_a_subscription_of_another_channel_is_none_here(house: House) -> None:
    dana = house.guest("dana")
    await dana.types(f"/bcdc subscribe org:{ORG}", "C0GENERAL")
    assert "no such subscription" in await dana.types("/bcdc unsubscribe 0123456789abcdef")
    (one,) = await house.bot.teams.subscribing._subscriptions.of_channel("T0BCDC", "C0GENERAL")  # noqa: SLF001  # its id is in a button only
    assert "no such subscription" in await dana.types(f"/bcdc unsubscribe {one.id}")
