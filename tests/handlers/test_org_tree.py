from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from tests.house import House

MINISTRY = "ministry-of-children-and-family-development"


async def test_a_ministry_stands_before_its_branches_with_their_records(house: House) -> None:
    said = await house.guest("dana").types(f"/bcdc org-tree {MINISTRY}")
    assert "4 organizations" in said
    assert said.index(MINISTRY) < said.index("early-years-services")
    assert said.index("early-years-services") < said.index("strategic-services-cfd")
    assert "strategic-services-for" not in said


async def test_a_long_tree_comes_page_by_page_and_back(house: House) -> None:
    dana = house.guest("dana")
    first = await dana.types("/bcdc org-tree")
    assert "1–12 of 26" in first
    assert "Previous" not in first
    seen = [first]
    for _page in range(2):
        await dana.presses("bcdc:page:next")
        seen.append(dana.reads())
    assert "25–26 of 26" in seen[2]
    assert "Next" not in seen[2]
    assert "ministry-of-forests" in seen[1]
    await dana.presses("bcdc:page:previous")
    assert dana.reads() == seen[1]


async def test_each_person_reads_the_number_of_records_they_find(house: House) -> None:
    dana, robin = house.guest("dana"), house.guest("robin")
    await robin.connects("cfd-editor")
    asked = "/bcdc org-tree information-management-cfd"
    assert await dana.types(asked) != await robin.types(asked)


async def test_the_tree_outlives_its_catalogue_and_says_how_old_it_is(
    house: House, catalogue: RunningCatalogue
) -> None:
    dana = house.guest("dana")
    await dana.types("/bcdc org-tree")
    house.bot._caches.organizations.forget("test")  # noqa: SLF001  # as after a quarter of an hour
    await catalogue.stop()
    said = await dana.types("/bcdc org-tree ministry-of-forests")
    assert "bc-wildfire-service" in said
    assert "This is as it was 1 minute ago." in said
    assert "How many records each has is not known just now" in said


async def test_the_whole_tree_comes_as_a_file(house: House) -> None:
    dana = house.guest("dana")
    await dana.types("/bcdc org-tree")
    await dana.presses("bcdc:csv")
    (file,) = dana.direct()[-1]["files"]
    assert file["name"] == "org-tree.csv"
