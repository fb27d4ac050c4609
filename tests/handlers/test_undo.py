from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from tests.buttons import value_of
from tests.handlers.test_patch_resource import editor, first
from tests.house import Guest, House


async def change_by(robin: Guest, catalogue: RunningCatalogue, name: str = "Changed") -> str:
    """Rename the first resource, and answer the id of the change."""
    await robin.types(f"/bcdc patch-resource {first(catalogue)['id']} name={name}")
    change_id = value_of(robin.messages()[-1]["blocks"], "bcdc:change:apply")
    await robin.presses("bcdc:change:apply")
    assert first(catalogue)["name"] == name
    return change_id


async def test_an_undo_shows_what_it_puts_back_and_does_so_on_apply(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    before = first(catalogue)["name"]
    change_id = await change_by(robin, catalogue)
    said = await robin.types(f"/bcdc undo {change_id}")
    assert before in said
    assert first(catalogue)["name"] == "Changed"
    await robin.presses("bcdc:change:apply")
    assert first(catalogue)["name"] == before
    assert "already" in await robin.types(f"/bcdc undo {change_id}")


async def test_taking_back_that_a_resource_was_added_says_that_it_deletes_it_for_good(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    package, _resource = catalogue.catalogue.package_of(first(catalogue)["id"])
    line = "name=Extra url=https://example.test/a.csv resource_update_cycle=annually"
    await robin.types(f"/bcdc create-resource {package['name']} {line}")
    await robin.presses("bcdc:change:apply")
    said = await robin.types("/bcdc undo")
    assert "You are about to delete this resource" in said
    assert "gone for good" in said
    await robin.presses("bcdc:change:apply")
    assert "Resource deleted" in robin.reads()


async def test_somebody_elses_change_is_not_for_undoing(
    house: House, catalogue: RunningCatalogue
) -> None:
    change_id = await change_by(await editor(house), catalogue)
    priya = await editor(house, "priya", "cfd-org-admin")
    assert "Only the person" in await priya.types(f"/bcdc undo {change_id}")


async def test_a_later_change_of_somebody_else_stands(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    change_id = await change_by(robin, catalogue)
    first(catalogue)["name"] = "Later"
    assert "Somebody changed" in await robin.types(f"/bcdc undo {change_id}")
    catalogue.catalogue.package_of(first(catalogue)["id"])[0]["resources"].pop(0)
    assert "deleted" in await robin.types(f"/bcdc undo {change_id}")


async def test_what_was_never_applied_has_nothing_to_undo(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    await robin.types(f"/bcdc patch-resource {first(catalogue)['id']} name=Never")
    change_id = value_of(robin.messages()[-1]["blocks"], "bcdc:change:cancel")
    assert "was not applied" in await robin.types(f"/bcdc undo {change_id}")


async def test_an_id_of_nothing_is_told_so(house: House) -> None:
    robin = await editor(house)
    said = await robin.types("/bcdc undo 5f0c1b7e9a6d4c33b1a2d3e4f5a6b7c8")
    assert "no change with that id" in said


async def test_without_an_id_the_last_change_that_stands_is_undone(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    before = first(catalogue)["name"]
    assert await robin.types("/bcdc undo") == "There is no change of yours to undo."
    await change_by(robin, catalogue, "Once")
    await change_by(robin, catalogue, "Twice")
    for name in ("Once", before):
        assert name in await robin.types("/bcdc undo")
        await robin.presses("bcdc:change:apply")
        assert first(catalogue)["name"] == name
    assert await robin.types("/bcdc undo") == "There is no change of yours to undo."
