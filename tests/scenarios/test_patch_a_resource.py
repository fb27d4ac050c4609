"""The first walk: connect, find, look, patch, read the confirmation, undo."""

from __future__ import annotations

import pytest

from bot.ckan import actions
from tests.ckan.places import Place, Visit, stored
from tests.house import House

pytestmark = pytest.mark.parametrize("delivery", ["socket", "http"], indirect=True)


async def test_an_editor_patches_a_resource_and_takes_it_back(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    resource = package.resources[1]
    robin = house.guest("robin")

    assert "Connected as Robin Chen" in await robin.connects("cfd-editor")
    assert resource.id in await robin.types(f"/bcdc show-package {package.name}")
    preview = await robin.types(
        f"/bcdc patch-resource {resource.id} description=“All years in one table” format=XLSX"
    )
    assert "All years in one table" in preview
    assert "xlsx" in preview
    assert stored(await actions.package_show(visit.as_user("cfd-editor"), package.id)) == stored(
        package
    )

    await robin.presses("bcdc:change:apply")

    after = stored(await actions.package_show(visit.as_user("cfd-editor"), package.id))
    expected = stored(package)
    expected["resources"][1] |= {"description": "All years in one table", "format": "xlsx"}
    assert after == expected

    told = robin.direct()[-1]
    await robin.presses("bcdc:change:undo", channel=house.direct_channel(robin.id), message=told)
    await robin.presses("bcdc:change:apply")

    back = stored(await actions.package_show(visit.as_user("cfd-editor"), package.id))
    assert back == stored(package)
