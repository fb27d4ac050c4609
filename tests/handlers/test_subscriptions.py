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
    await dana.presses("bcdc:in:test:unsubscribe")
    assert "no longer hears of" in dana.reads()
    assert "hears of 1 thing" in await dana.types("/bcdc subscriptions")


async def test_a_subscription_is_edited_in_a_form_that_shows_it(house: House) -> None:
    dana = house.guest("dana")
    await house.indexed()
    words = "event:published NOT format:pdf digest:weekly on:fri at:8:30 branches:no threads:no"
    await dana.types(f"/bcdc subscribe org:{ORG} {words}")
    before = words_of(await dana.types("/bcdc subscriptions"))
    await dana.presses("bcdc:in:test:subscribe")
    assert dana.holds("named") == ORG
    assert dana.holds("filters") == "NOT format:pdf"
    await dana.fills()
    assert "now hears of" in dana.reads()
    await dana.closes()
    assert words_of(await dana.types("/bcdc subscriptions")) == before

    await dana.presses("bcdc:in:test:subscribe")
    await dana.fills(event=["archived"], filters="", on="wednesday")
    await dana.closes()
    after = words_of(await dana.types("/bcdc subscriptions"))
    assert after == before.replace("event:published AND NOT format:pdf", "event:archived").replace(
        "friday", "wednesday"
    )


async def test_two_who_edit_the_same_one_both_count(house: House) -> None:
    dana, robin = house.guest("dana"), house.guest("robin")
    await dana.types(f"/bcdc subscribe org:{ORG} event:published")
    for one in (dana, robin):
        await one.types("/bcdc subscriptions")
        await one.presses("bcdc:in:test:subscribe")
    await robin.fills(event=["archived"])
    await dana.fills(filters="NOT format:pdf")
    await dana.closes()
    after = words_of(await dana.types("/bcdc subscriptions"))
    assert "event:archived AND NOT format:pdf" in after


async def test_what_is_edited_into_another_one_takes_its_place(house: House) -> None:
    dana = house.guest("dana")
    await dana.types(f"/bcdc subscribe org:{ORG} event:published")
    await dana.types(f"/bcdc subscribe org:{ORG}")
    await dana.types("/bcdc subscriptions")
    await dana.presses("bcdc:in:test:subscribe")
    await dana.fills(event=[])
    await dana.closes()
    assert "hears of 1 thing" in await dana.types("/bcdc subscriptions")


def words_of(told: str) -> str:
    """The words of the one subscription that is shown."""
    return next(line for line in told.splitlines() if line.startswith("/bcdc subscribe org:"))
