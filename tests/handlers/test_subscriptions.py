from __future__ import annotations

from tests.house import House

ORG = "information-management-cfd"


async def test_a_channel_sees_what_it_hears_and_who_set_it(house: House) -> None:
    dana, robin = house.guest("dana"), house.guest("robin")
    await dana.types(f"/bcdc subscribe org:{ORG} event:published automated:no branches:no")
    said = await robin.types("/bcdc subscriptions")
    assert "Information Management - CFD" in said
    assert "@U0DANA" in said
    assert "event:published" in said
    assert "branches:no automated:no" in said


async def test_a_subscription_is_removed_by_its_button(house: House) -> None:
    dana = house.guest("dana")
    await dana.types(f"/bcdc subscribe org:{ORG}")
    await dana.types("/bcdc subscribe search:health")
    await dana.types("/bcdc subscriptions")
    await dana.presses("bcdc:go:unsubscribe")
    assert "no longer hears of" in dana.reads()
    assert "hears of 1 thing" in await dana.types("/bcdc subscriptions")
