from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from sandbox.catalogue.errors import Record
from tests.house import Guest, House

OPEN = "children-in-care-by-community"


def resources(catalogue: RunningCatalogue) -> list[Record]:
    found: list[Record] = catalogue.catalogue.package(OPEN)["resources"]
    return found


async def editor(house: House, key: str = "cfd-editor") -> Guest:
    guest = house.guest("robin")
    await guest.connects(key)
    return guest


async def test_a_form_without_file_and_link_comes_back_with_what_was_typed(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    before = len(resources(catalogue))
    await robin.types(f"/bcdc create-resource {OPEN}")
    await robin.fills(name="Nothing", resource_update_cycle="monthly")
    assert "Give a file, or the link" in robin.reads()
    assert robin.holds("name") == "Nothing"
    assert len(resources(catalogue)) == before


async def test_a_link_gets_what_it_tells_of_itself(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    await robin.types(
        f"/bcdc create-resource {OPEN} name=All url=https://pub.data.gov.bc.ca/all.XLSX "
        "resource_update_cycle=annually"
    )
    await robin.presses("bcdc:change:apply")
    new = resources(catalogue)[-1]
    assert new["format"] == "xlsx"
    assert new["resource_storage_location"] == "pub.data.gov.bc.ca"


async def test_a_resource_of_the_warehouse_gets_what_such_have(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    await robin.types(
        f"/bcdc create-resource {OPEN} name=Lakes url=https://maps.example.test/lakes "
        "resource_update_cycle=asNeeded format=oracle_sde iso_topic_category=inlandWaters "
        'resource_storage_location="bc geographic warehouse" bcdc_type=geographic'
    )
    await robin.presses("bcdc:change:apply")
    new = resources(catalogue)[-1]
    assert new["spatial_datatype"] == "SDO_GEOMETRY"
    assert new["projection_name"] == "epsg3005"
    assert new["resource_access_method"] == "indirect access"


async def test_what_the_server_would_let_pass_is_asked_for(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    before = len(resources(catalogue))
    said = await robin.types(
        f"/bcdc create-resource {OPEN} name=Lakes url=https://maps.example.test/lakes.csv "
        "bcdc_type=geographic resource_update_cycle=asNeeded"
    )
    assert "“Spatial Datatype” is mandatory" in said
    assert len(resources(catalogue)) == before


async def test_a_file_cannot_be_typed(house: House) -> None:
    robin = await editor(house)
    said = await robin.types(f"/bcdc create-resource {OPEN} name=All upload=all.csv")
    assert "A file is given in the form" in said


async def test_who_may_not_edit_is_told_before_a_form_opens(house: House) -> None:
    robin = await editor(house, "forests-editor")
    assert "You may not change this record" in await robin.types(f"/bcdc create-resource {OPEN}")


async def test_a_link_without_encryption_is_pointed_out(house: House) -> None:
    robin = await editor(house)
    said = await robin.types(
        f"/bcdc create-resource {OPEN} name=All url=http://data.example.test/a.csv "
        "resource_update_cycle=annually"
    )
    assert "starts with http://" in said
