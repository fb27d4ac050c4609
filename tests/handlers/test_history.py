from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from tests.buttons import value_of
from tests.handlers.test_patch_resource import OPEN, editor, first
from tests.house import House


async def test_what_was_done_in_the_catalogue_itself_is_told_too(house: House) -> None:
    said = await house.guest("dana").types(f"/bcdc history {OPEN}")
    assert "Created in the catalogue" in said
    assert "Catalogue Services" in said


async def test_a_save_of_the_bots_own_is_told_once(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    before = (await robin.types(f"/bcdc history {OPEN}")).count("Changed in the catalogue")
    await robin.types(f"/bcdc patch-resource {first(catalogue)['id']} name=Changed")
    await robin.presses("bcdc:change:apply")
    said = await robin.types(f"/bcdc history {OPEN}")
    assert said.count("Changed in the catalogue") == before
    assert said.count("Applied") == 1


async def test_who_approved_a_change_is_told(house: House, catalogue: RunningCatalogue) -> None:
    robin, priya = await editor(house), house.guest("priya")
    await priya.connects("cfd-org-admin")
    await priya.types("/bcdc policy information-management-cfd when:always")
    await robin.types(f"/bcdc patch-resource {first(catalogue)['id']} name=Changed")
    await robin.presses("bcdc:change:apply")
    assert "Waits for approval" in await robin.types(f"/bcdc history {OPEN}")
    direct = house.direct_channel(priya.id)
    await priya.presses("bcdc:change:approve", channel=direct, message=priya.direct()[-1])
    said = await robin.types(f"/bcdc history {OPEN}")
    assert "Approved by: \nPriya Gill" in said


async def test_a_change_is_told_with_who_what_and_how_it_ended(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    resource = first(catalogue)
    await robin.types(f"/bcdc patch-resource {resource['id']} name=Changed")
    await robin.presses("bcdc:change:apply")
    for named in (OPEN, resource["id"], f"{catalogue.url}/dataset/{OPEN}"):
        said = await robin.types(f"/bcdc history {named}")
        assert "@U0ROBIN" in said
        assert "Applied" in said
        assert "Undo" in said.split("\n")
    others = await house.guest("priya").types(f"/bcdc history {OPEN}")
    assert "Applied" in others
    assert "Undo" not in others.split("\n")


async def test_a_change_is_found_by_its_id_but_only_by_those_who_may_see_its_record(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    draft = first(catalogue, "youth-transition-agreements")
    await robin.types(f"/bcdc patch-resource {draft['id']} name=Changed")
    change_id = value_of(robin.messages()[-1]["blocks"], "bcdc:change:apply")
    await robin.presses("bcdc:change:apply")
    assert change_id in await robin.types(f"/bcdc history {change_id}")
    hidden = await house.guest("sam").types(f"/bcdc history {change_id}")
    assert "that you may see" in hidden
    assert "Changed" not in hidden


async def test_what_could_not_be_applied_is_told_with_its_reason(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    await robin.types(f"/bcdc patch-resource {first(catalogue)['id']} name=Mine")
    first(catalogue)["name"] = "Somebody else's"
    await robin.presses("bcdc:change:apply")
    said = await robin.types(f"/bcdc history {OPEN}")
    assert "somebody else changed it first" in said
    assert first(catalogue)["name"] == "Somebody else's"


async def test_without_a_name_it_tells_ones_own_changes(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    assert "You have changed nothing yet." in await robin.types("/bcdc history")
    await robin.types(f"/bcdc patch-resource {first(catalogue)['id']} name=Changed")
    await robin.presses("bcdc:change:apply")
    said = await robin.types("/bcdc history")
    assert "What you changed last" in said
    assert "Applied" in said
    assert "Undo" in said.split("\n")
    assert "nothing yet" in await house.guest("priya").types("/bcdc history")


async def test_what_is_not_there_has_no_history(house: House) -> None:
    said = await house.guest("dana").types("/bcdc history no-such-thing-zzz")
    assert "no-such-thing-zzz" in said
