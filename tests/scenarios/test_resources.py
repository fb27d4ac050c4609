"""Resources of a record from beginning to end: added, changed, moved, deleted, and taken back."""

from __future__ import annotations

import pytest

from bot.ckan import actions
from bot.ckan.models import Package
from tests.ckan.places import Visit, stored
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
    said = await robin.types(f"/bcdc history {package.name}")
    assert "Applied" in said
    assert "bcdc:change:undo" not in str(robin.messages()[-1])


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
    assert "Somebody changed this meanwhile" in str(told(robin))
