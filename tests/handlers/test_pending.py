from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from tests.buttons import value_of
from tests.handlers.test_patch_resource import editor, first
from tests.house import House

VIEW = "bcdc:change:view"


async def test_nothing_waits_at_first(house: House) -> None:
    said = await house.guest("dana").types("/bcdc pending")
    assert "Nothing is waiting" in said
    assert "Type /bcdc connect, so that the bot knows whose requests wait for you." in said


async def test_a_preview_waits_for_its_person_alone_and_can_be_dropped(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    resource = first(catalogue)
    await robin.types(f"/bcdc patch-resource {resource['id']} name=Waits")
    said = await robin.types("/bcdc pending")
    assert resource["name"] in said
    assert "Nothing is waiting" in await house.guest("priya").types("/bcdc pending")
    await robin.presses("bcdc:change:cancel")
    assert "Nothing is waiting" in await robin.types("/bcdc pending")
    assert first(catalogue)["name"] == resource["name"]


async def test_a_waiting_preview_is_looked_at_again_and_applied(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    await robin.types(f"/bcdc patch-resource {first(catalogue)['id']} name=Waits")
    await robin.types("/bcdc pending")
    await robin.presses("bcdc:change:preview")
    assert "Waits" in robin.reads()
    await robin.presses("bcdc:change:apply")
    assert first(catalogue)["name"] == "Waits"


async def test_a_form_in_which_something_was_kept_can_be_continued(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    await robin.types(f"/bcdc patch-resource {first(catalogue)['id']}")
    await robin.chooses("bcdc_type", "geographic")
    await robin.closes()
    said = await robin.types("/bcdc pending")
    assert first(catalogue)["name"] in said
    await robin.presses("bcdc:change:edit")
    assert robin.view
    assert robin.view["callback_id"] == "bcdc:patch-resource"


async def test_a_form_closed_untouched_waits_for_nobody(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    await robin.types(f"/bcdc patch-resource {first(catalogue)['id']}")
    await robin.closes()
    assert "Nothing is waiting" in await robin.types("/bcdc pending")


async def test_what_was_asked_in_a_channel_is_listed_there_for_those_who_may_see_it(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin, priya, dana = await editor(house), house.guest("priya"), house.guest("dana")
    await priya.connects("cfd-org-admin")
    await priya.types("/bcdc policy information-management-cfd when:always")
    draft = first(catalogue, "youth-transition-agreements")
    for resource in (first(catalogue), draft):
        await robin.types(f"/bcdc patch-resource {resource['id']} description=Waits")
        await robin.presses("bcdc:change:apply")
    own = await robin.types("/bcdc pending")
    assert "Fields: \nResource Description\n · \nWaits for: \nPriya Gill" in own
    said = await priya.types("/bcdc pending here")
    assert "2 changes that were asked here wait" in said
    assert "Waits for: \nPriya Gill" in said
    seen = await dana.types("/bcdc pending here")
    assert "1 change that was asked here waits" in seen
    await dana.presses(VIEW)
    assert "To decide here the bot needs your own key for test: type" in dana.reads()
    await dana.closes()
    assert "Nothing that was asked here waits" in await priya.types(
        "/bcdc pending here", "C0PUBLISHING"
    )


async def test_a_card_is_shown_to_those_who_may_decide_and_to_nobody_else(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin, priya, jordan = await editor(house), house.guest("priya"), house.guest("jordan")
    await priya.connects("cfd-org-admin")
    await jordan.connects("forests-editor")
    await priya.types("/bcdc policy information-management-cfd when:always")
    await robin.types(f"/bcdc patch-resource {first(catalogue)['id']} description=Waits")
    await robin.presses("bcdc:change:apply")
    await priya.types("/bcdc pending")
    change_id = value_of(priya.messages()[-1]["blocks"], VIEW)
    assert "Nothing is waiting" in await jordan.types("/bcdc pending")
    for guest in (jordan, house.guest("dana")):
        told = await guest.forges(VIEW, change_id)
        assert "After: Waits" not in told
        await guest.closes()
    await priya.presses(VIEW)
    assert "After: Waits" in priya.reads()
    await priya.presses("bcdc:change:approve")
    assert "You approved this" in priya.reads()
    assert first(catalogue)["description"] == "Waits"
