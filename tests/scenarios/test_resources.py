"""Resources of a record from beginning to end: added, changed, moved, deleted, and taken back."""

from __future__ import annotations

import pytest

from bot.ckan import actions
from bot.ckan.models import Package, Resource
from tests.ckan.places import Place, Visit, stored
from tests.house import Guest, House

APPLY = "bcdc:change:apply"
LINK = "https://data.example.test/all-years.csv"


@pytest.fixture
def delivery() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "socket"


@pytest.fixture
async def robin(house: House) -> Guest:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    return robin


async def now(visit: Visit, package: Package) -> Package:
    return await actions.package_show(visit.as_user("cfd-editor"), package.id)


def told(guest: Guest) -> dict[str, object]:
    return guest.direct()[-1]


async def takes_back(guest: Guest) -> None:
    """Press Undo in the newest direct message, then Apply."""
    channel = guest.house.direct_channel(guest.id)
    await guest.presses("bcdc:change:undo", channel=channel, message=told(guest))
    await guest.presses(APPLY)
    if guest.view:
        await guest.closes()


async def test_a_link_is_added_by_words_and_taken_back(robin: Guest, visit: Visit) -> None:
    package = await visit.make()
    preview = await robin.types(
        f'/bcdc create-resource {package.name} name="All years" url={LINK} '
        "resource_update_cycle=annually"
    )
    assert "You are about to add this resource" in preview
    assert stored(await now(visit, package)) == stored(package)

    await robin.presses(APPLY)

    after = await now(visit, package)
    assert [row.title for row in after.resources] == ["First", "Second", "Third", "All years"]
    new = after.resources[3]
    assert {key: new.value(key) for key in (
        "url", "format", "bcdc_type", "resource_storage_location", "resource_type",
        "resource_access_method", "resource_update_cycle",
    )} == {
        "url": LINK, "format": "csv", "bcdc_type": "document",
        "resource_storage_location": "external", "resource_type": "data",
        "resource_access_method": "direct access", "resource_update_cycle": "annually",
    }  # fmt: skip

    await takes_back(robin)
    assert stored(await now(visit, package)) == stored(package)


async def test_a_link_is_added_by_a_form(robin: Guest, visit: Visit) -> None:
    package = await visit.make()
    await robin.types(f"/bcdc create-resource {package.name}")
    await robin.fills(name="Zipped", url="https://data.example.test/a.zip",
                      resource_update_cycle="monthly", description="Two\nlines")  # fmt: skip
    assert "Zipped" in robin.reads()
    await robin.presses(APPLY)
    new = (await now(visit, package)).resources[3]
    assert (new.text("format"), new.text("description")) == ("zip", "Two\nlines")


async def test_a_form_without_a_link_comes_back_and_says_so(robin: Guest, visit: Visit) -> None:
    package = await visit.make()
    await robin.types(f"/bcdc create-resource {package.name}")
    await robin.fills(name="Nothing", resource_update_cycle="monthly")
    assert "Give the link" in robin.reads()
    assert robin.holds("name") == "Nothing"
    assert len((await now(visit, package)).resources) == 3


async def test_a_resource_of_the_warehouse_gets_what_such_have(robin: Guest, visit: Visit) -> None:
    package = await visit.make()
    await robin.types(
        f"/bcdc create-resource {package.name} name=Lakes url=https://maps.example.test/lakes "
        "resource_update_cycle=asNeeded format=oracle_sde iso_topic_category=inlandWaters "
        'resource_storage_location="bc geographic warehouse" bcdc_type=geographic'
    )
    await robin.presses(APPLY)
    new = (await now(visit, package)).resources[3]
    assert new.text("spatial_datatype") == "SDO_GEOMETRY"
    assert new.text("projection_name") == "epsg3005"
    assert new.text("resource_access_method") == "indirect access"


async def test_what_the_server_would_let_pass_is_asked_for(robin: Guest, visit: Visit) -> None:
    package = await visit.make()
    said = await robin.types(
        f"/bcdc create-resource {package.name} name=Lakes url={LINK} bcdc_type=geographic "
        "resource_update_cycle=asNeeded"
    )
    assert "“Spatial Datatype” is mandatory" in said
    assert len((await now(visit, package)).resources) == 3


async def test_a_resource_is_deleted_and_said_to_be_gone(robin: Guest, visit: Visit) -> None:
    package = await visit.make()
    preview = await robin.types(f"/bcdc delete-resource {package.resources[1].id}")
    assert "gone for good" in preview
    assert package.resources[1].text("url") in preview or "second.csv" in preview
    await robin.presses(APPLY)
    after = await now(visit, package)
    assert [row.title for row in after.resources] == ["First", "Third"]
    message = told(robin)
    assert "Resource deleted" in str(message)
    assert "bcdc:change:undo" not in str(message)
    said = await robin.types("/bcdc history " + package.resources[1].id)
    assert "bcdc:change:undo" not in said


@pytest.mark.parametrize("by", ["words", "form"])
async def test_resources_are_put_in_order_and_back(robin: Guest, visit: Visit, by: str) -> None:
    package = await visit.make()
    first, second, third = package.resources
    if by == "words":
        await robin.types(f"/bcdc reorder-resources {package.name} {third.id}")
    else:
        await robin.types(f"/bcdc reorder-resources {package.name}")
        await robin.fills(**{third.id: "1"})
    assert "1. Third\n2. First\n3. Second" in robin.reads()
    await robin.presses(APPLY)
    if robin.view:
        await robin.closes()
    assert [row.id for row in (await now(visit, package)).resources] == [
        third.id, first.id, second.id,
    ]  # fmt: skip
    await takes_back(robin)
    assert stored(await now(visit, package)) == stored(package)


async def test_two_resources_cannot_have_one_place(robin: Guest, visit: Visit) -> None:
    package = await visit.make()
    await robin.types(f"/bcdc reorder-resources {package.name}")
    await robin.fills(**{package.resources[1].id: "1", package.resources[2].id: "1"})
    assert "cannot both be number 1" in robin.reads()


async def test_update_loses_nothing_that_nobody_mentions(robin: Guest, visit: Visit) -> None:
    package = await visit.make()
    await robin.types(f"/bcdc update-resource {package.resources[1].id}")
    await robin.fills(description="It had none.", url=LINK)
    await robin.presses(APPLY)
    expected = stored(package)
    expected["resources"][1] |= {"description": "It had none.", "url": LINK}
    assert stored(await now(visit, package)) == expected


async def test_a_resource_that_changed_meanwhile_is_not_deleted(robin: Guest, visit: Visit) -> None:
    package = await visit.make()
    await robin.types(f"/bcdc delete-resource {package.resources[1].id}")
    changed = {"match": {"id": package.id},
               f"update__resources__{package.resources[1].id}__description": "New."}  # fmt: skip
    await actions.package_revise(visit.as_user("cfd-editor"), changed)
    await robin.presses(APPLY)
    assert len((await now(visit, package)).resources) == 3
    assert "Somebody changed this since you looked" in str(told(robin))


def titles(package: Package) -> list[str]:
    return [row.title for row in package.resources]


def of(package: Package, title: str) -> Resource:
    return next(row for row in package.resources if row.title == title)


async def test_who_may_not_edit_is_told_before_a_form_opens(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.publish(await visit.make())
    kim = house.guest("robin")
    await kim.connects("forests-editor")
    for line in ("create-resource " + package.name, "delete-resource " + package.resources[0].id,
                 "reorder-resources " + package.name):  # fmt: skip
        assert "You may not change this record" in await kim.types(f"/bcdc {line}")
        if kim.view:
            await kim.closes()
    assert titles(await now(visit, package)) == titles(package)
