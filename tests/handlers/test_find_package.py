from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from tests.house import House

DRAFT = "caseload-forecast-to-2030"


async def test_records_are_found_by_words(house: House) -> None:
    said = await house.guest("dana").types("/bcdc find-package foster homes")
    assert "1 record matches “foster homes”" in said
    assert "foster-homes-available-beds" in said


async def test_a_draft_is_found_by_its_editors_alone(house: House) -> None:
    robin, dana = house.guest("robin"), house.guest("dana")
    await robin.connects("cfd-editor")
    for text in (DRAFT, "caseload forecast"):
        assert DRAFT in await robin.types(f"/bcdc find-package {text}")
        assert "No record matches" in await dana.types(f"/bcdc find-package {text}")


async def test_an_exact_name_comes_first_and_once(house: House) -> None:
    said = await house.guest("dana").types("/bcdc find-package foster-homes-available-beds")
    assert said.count("foster-homes-available-beds") == 2  # in the headline, and as its name
    assert said.index("Foster Homes & Available Beds") < 200


async def test_pages_hold_every_record_once(house: House, catalogue: RunningCatalogue) -> None:
    dana = house.guest("dana")
    seen = await dana.types("/bcdc find-package british columbia")
    pages = [seen]
    while "Next" in pages[-1].splitlines():
        await dana.presses("bcdc:page:next")
        pages.append(dana.reads())
    public = list(catalogue.catalogue.packages.values())
    ids = [one["id"] for one in public if any(one["id"] in page for page in pages)]
    assert sum(page.count(one) for page in pages for one in ids) == len(ids)


async def test_a_button_leads_to_the_record(house: House) -> None:
    dana = house.guest("dana")
    await dana.types("/bcdc find-package foster homes")
    await dana.presses("bcdc:in:test:show-package")
    assert "Foster Homes & Available Beds" in dana.reads()
