"""A record through the publication workflow, and deleted."""

from __future__ import annotations

from bot.ckan import actions
from bot.ckan.models import Package
from tests.ckan.places import Place, Visit, stored
from tests.house import Guest, House


async def record(visit: Visit, package_id: str) -> Package:
    return await actions.package_show(visit.as_user("bcdc-sysadmin"), package_id)


async def undo(house: House, guest: Guest) -> None:
    told = guest.direct()[-1]
    await guest.presses("bcdc:change:undo", channel=house.direct_channel(guest.id), message=told)
    await guest.presses("bcdc:change:apply")


async def test_an_editor_asks_to_publish_and_an_admin_publishes(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin, alex = house.guest("robin"), house.guest("alex")
    await robin.connects("cfd-editor")

    shown = await robin.types(f"/bcdc show-package {package.name}")
    assert "Ask to publish" in shown
    await robin.presses("bcdc:in:test:set-state:PENDING PUBLISH")
    preview = robin.reads()
    assert "Deputy Minister" in preview
    await robin.ticks()
    await robin.presses("bcdc:change:apply")
    assert (await record(visit, package.id)).publish_state == "PENDING PUBLISH"
    await robin.closes()

    again = await robin.types(f"/bcdc set-state {package.name} published")
    assert "This is asked for already" in again
    before = (await record(visit, package.id)).metadata_modified

    await undo(house, robin)
    await robin.closes()
    draft = await record(visit, package.id)
    assert draft.publish_state == "DRAFT"
    assert draft.metadata_modified != before
    await robin.types(f"/bcdc set-state {package.name}")
    await robin.fills(publish_state="PENDING PUBLISH")
    await robin.ticks()
    await robin.presses("bcdc:change:apply")
    await robin.closes()

    await alex.connects("cfd-org-admin")
    await alex.types(f"/bcdc set-state {package.name} published")
    await alex.presses("bcdc:change:apply")
    now = stored(await record(visit, package.id))
    assert now["publish_state"] == "PUBLISHED"
    assert now["contacts"] == stored(package)["contacts"]
    assert now["tags"] == stored(package)["tags"]


async def test_a_move_that_there_is_not_names_those_there_are(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    for words, said in (
        ("archived", "From Draft a record can only move to: Pending Publish."),
        ("pending archive", "can only move to: Pending Publish"),
        ("elsewhere", "There is no state “elsewhere”. States: Draft, "),
        ("draft", "This record is Draft already."),
    ):
        assert said in await robin.types(f"/bcdc set-state {package.name} {words}"), words
        if robin.view:
            await robin.closes()


async def test_all_that_a_record_lacks_is_told_before_anything_is_sent(
    house: House, place: Place, visit: Visit
) -> None:
    first = (await visit.make()).resources[0].raw
    incomplete = {key: value for key, value in first.items() if key in _KEPT} | {
        "name": "Areas",
        "bcdc_type": "geographic",
    }
    package = await visit.make(
        resources=[incomplete], tag_string="", contacts=[], metadata_visibility="IDIR", private=True
    )
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    report = await robin.types(f"/bcdc set-state {package.name} pending publish")
    for said in (
        "so nothing was sent",
        "mark one as displayed",
        "“Keywords” is mandatory",
        "Resource “Areas”: “Spatial Datatype” is mandatory",
        "Resource “Areas”: “ISO Topic Category” is mandatory",
    ):
        assert said in report, report
    assert (await record(visit, package.id)).publish_state == "DRAFT"


_KEPT = {
    "url",
    "format",
    "resource_update_cycle",
    "resource_storage_location",
    "resource_type",
    "resource_access_method",
}


async def test_a_draft_is_deleted_by_its_name_and_brought_back(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc delete-package {package.name}")
    await robin.fills(confirm="something else")
    assert "To delete the record, type its name" in robin.reads()
    await robin.fills(confirm=package.name)
    assert "With it go 3 resources" in robin.reads()
    await robin.presses("bcdc:change:apply")
    assert (await record(visit, package.id)).deleted
    await robin.closes()

    await undo(house, robin)
    assert stored(await record(visit, package.id)) == stored(package)


async def test_editors_delete_drafts_only(house: House, place: Place, visit: Visit) -> None:
    package = await visit.publish(await visit.make())
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    assert "Editors delete drafts only" in await robin.types(f"/bcdc delete-package {package.name}")
    await robin.closes()
    alex = house.guest("alex")
    await alex.connects("cfd-org-admin")
    said = await alex.types(f"/bcdc delete-package {package.name} confirm={package.name}")
    assert "You are about to delete this record" in said
