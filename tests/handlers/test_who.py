from __future__ import annotations

from tests.house import House

BRANCH = "information-management-cfd"


async def test_editors_and_admins_are_named_and_who_is_so_by_the_ministry(house: House) -> None:
    jordan = house.guest("jordan")
    await jordan.connects("forests-editor")
    said = await jordan.types(f"/bcdc who {BRANCH}")
    assert "Robin Chen (cfd-editor)" in said
    assert "(cfd-org-admin)" in said
    assert "Also by way of Ministry of Children and Family Development" in said
    assert "(cfd-ministry-admin)" in said
    assert "cfd-member" not in said
    assert "Share" not in said.splitlines()
    assert "Look for it with /bcdc find-org" in await jordan.types("/bcdc who no-such-branch-zzz")


async def test_without_a_key_the_catalogue_does_not_say(house: House) -> None:
    assert "/bcdc connect" in await house.guest("dana").types(f"/bcdc who {BRANCH}")
