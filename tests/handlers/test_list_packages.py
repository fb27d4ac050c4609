from __future__ import annotations

import pytest

from sandbox.catalogue import RunningCatalogue
from tests.buttons import value_of
from tests.house import House

BRANCH = "information-management-cfd"
DRAFT = "caseload-forecast-to-2030"
RESTRICTED = "workforce-counts-for-front-line-teams"


async def test_an_editor_lists_drafts_and_nobody_else_does(house: House) -> None:
    robin, dana = house.guest("robin"), house.guest("dana")
    await robin.connects("cfd-editor")
    for guest, there in ((robin, True), (dana, False)):
        said = await guest.types(f"/bcdc list-packages {BRANCH}")
        assert (DRAFT in said) == there
        assert (RESTRICTED in said) == there


async def test_mine_is_where_the_person_may_edit_and_a_state_narrows_it(house: House) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    said = await robin.types("/bcdc list-packages mine state:draft")
    assert said.startswith("3 records where you may edit")
    assert "Show" in said.split("\n")
    assert DRAFT in said
    assert "Published" not in said
    assert "1 record" in await robin.types("/bcdc list-packages mine state:pending-publish")
    assert "1 record" in await robin.types('/bcdc list-packages mine forecast state:"DRAFT"')


async def test_mine_needs_a_key(house: House) -> None:
    assert "/bcdc connect" in await house.guest("dana").types("/bcdc list-packages mine")


async def test_an_unknown_state_is_refused_with_those_there_are(house: House) -> None:
    said = await house.guest("dana").types(f"/bcdc list-packages {BRANCH} state:finished")
    assert "There is no state “finished”" in said
    assert "pending-archive" in said


@pytest.mark.parametrize(
    "typed", ["BC Wildfire Service", "“BC Wildfire Service”", "bc-wildfire-service"]
)
async def test_an_organization_is_named_in_many_ways(house: House, typed: str) -> None:
    assert "BC Wildfire Service" in await house.guest("dana").types(f"/bcdc list-packages {typed}")


async def test_words_after_an_organization_are_searched_for(house: House) -> None:
    dana = house.guest("dana")
    every = await dana.types("/bcdc list-packages BC Wildfire Service")
    some = await dana.types("/bcdc list-packages BC Wildfire Service perimeters")
    assert every != some


async def test_a_ministry_lists_its_branches_too_and_says_so(house: House) -> None:
    said = await house.guest("dana").types("/bcdc list-packages ministry-of-forests")
    assert "With its 4 branches." in said


async def test_a_title_that_several_have_is_chosen_by_button(house: House) -> None:
    dana = house.guest("dana")
    said = await dana.types("/bcdc list-packages strategic services")
    assert "Which organization do you mean by “strategic services”?" in said
    assert "Ministry of Forests" in said
    await dana.presses("bcdc:choose")
    assert "Indicators of Children's Well-being" in dana.reads()


async def test_what_is_like_no_organization_is_told_with_what_is_near(house: House) -> None:
    said = await house.guest("dana").types("/bcdc list-packages wildfyre servise")
    assert "There is no organization “wildfyre servise”. Did you mean one of these?" in said
    assert "BC Wildfire Service" in said


async def test_a_shared_list_holds_what_everyone_may_see_and_says_who_shared_it(
    house: House,
) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc list-packages {BRANCH}")
    answer = robin.messages()[-1]
    await robin.presses("bcdc:share", message=answer)
    shared = str(house.guest("sam").messages()[-1]["blocks"])
    assert robin.id in shared
    assert "foster-homes-available-beds" in shared
    assert DRAFT not in shared
    assert RESTRICTED not in shared
    assert "bcdc:" not in shared


async def test_where_nothing_is_for_everyone_that_is_said_to_the_one_alone(house: House) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc list-packages {BRANCH} state:draft")
    before = house.guest("sam").messages()
    await robin.presses("bcdc:share")
    assert "it was not shared" in robin.reads()
    assert house.guest("sam").messages() == before


async def test_a_button_in_another_hand_does_nothing(house: House) -> None:
    robin, sam = house.guest("robin"), house.guest("sam")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc list-packages {BRANCH}")
    asked_id = value_of(robin.messages()[-1]["blocks"], "bcdc:share")
    for action_id in ("bcdc:share", "bcdc:page:next", "bcdc:csv", "bcdc:more", "bcdc:choose"):
        assert "belongs to somebody else" in await sam.forges(action_id, asked_id)
        assert "more than a day old" in await sam.forges(action_id, "f" * 32)


async def test_a_page_that_is_gone_leads_to_the_last_one(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc list-packages {BRANCH}")
    packages = catalogue.catalogue.packages
    owner = catalogue.catalogue.organization(BRANCH).id
    for one in [one for one in packages.values() if one["owner_org"] == owner][:8]:
        one["state"] = "deleted"
    await robin.presses("bcdc:page:next")
    assert "5 records" in robin.reads()


async def test_the_list_comes_as_a_file_that_no_spreadsheet_computes(
    house: House, catalogue: RunningCatalogue
) -> None:
    owner = catalogue.catalogue.organization("geobc").id
    one = next(one for one in catalogue.catalogue.packages.values() if one["owner_org"] == owner)
    one["title"] = '=HYPERLINK("http://evil.test","x")'
    dana = house.guest("dana")
    await dana.types("/bcdc list-packages geobc")
    await dana.presses("bcdc:csv")
    assert "direct messages" in dana.reads()
    (shown,) = dana.direct()[-1]["files"]
    content = house.slack.workspace.files.of(shown["id"]).content.decode("utf-8-sig")
    assert content.startswith("Title,Name,Id,State,Organization,Changed,Page\r\n")
    assert "\"'=HYPERLINK(" in content


@pytest.mark.parametrize("typed", ["list-packages mine", "freshness", "create-package"])
async def test_who_is_no_editor_yet_is_told_whom_to_ask(house: House, typed: str) -> None:
    casey = house.guest("casey")
    await casey.connects("no-org-user")
    told = await casey.types(f"/bcdc {typed}")
    assert told.startswith("You are not an editor of any organization yet.")
    assert "/bcdc who" in told
