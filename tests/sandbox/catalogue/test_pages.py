"""The web pages: whom they show what, and that nothing in them is taken for HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from sandbox.catalogue.html import el, link

if TYPE_CHECKING:
    from tests.sandbox.catalogue.conftest import Caller


async def as_person(call: Caller, who: str, path: str) -> tuple[int, str]:
    return await call.get(path, cookies={"catalogue_person": who})


async def test_the_account_page_shows_ones_own_key(call: Caller) -> None:
    status, text = await as_person(call, "cfd-editor", "/account")
    assert status == 200
    assert call.running.catalogue.person("cfd-editor").api_key in text
    assert call.running.catalogue.person("forests-editor").api_key not in text


async def test_choosing_a_person_leads_to_the_key(call: Caller) -> None:
    url = f"{call.running.url}/login"
    chosen = {"person": "data-steward"}
    async with call.session.post(url, data=chosen, allow_redirects=False) as response:
        assert response.headers["Location"] == "/account"
        cookie = response.cookies["catalogue_person"]
    assert cookie.value == "data-steward"
    assert cookie["httponly"]


async def test_without_a_choice_there_is_no_account(call: Caller) -> None:
    async with call.session.get(f"{call.running.url}/account") as response:
        assert response.url.path == "/"


async def test_records_are_found_by_name_id_and_both_kinds_of_address(call: Caller) -> None:
    package = call.running.catalogue.package("campground-nights")
    for path in (
        "/dataset/campground-nights",
        f"/dataset/{package['id']}",
        f"/bcdc_dataset/{package['id']}",
        f"/dataset/{package['id']}/resource/{package['resources'][0]['id']}",
    ):
        status, text = await call.get(path)
        assert (status, "Campground Nights" in text) == (200, True)


async def test_a_draft_is_shown_to_those_who_may_edit_it_alone(call: Caller) -> None:
    path = "/dataset/youth-transition-agreements"
    assert (await call.get(path))[0] == 404
    assert (await as_person(call, "cfd-member", path))[0] == 404
    assert (await as_person(call, "cfd-editor", path))[0] == 200


async def test_contacts_that_are_not_displayed_are_for_editors(call: Caller) -> None:
    path = "/dataset/children-in-care-by-community"
    assert "Noor Haddad" not in (await call.get(path))[1]
    assert "Noor Haddad" in (await as_person(call, "cfd-editor", path))[1]


async def test_an_organization_lists_its_branches_and_records(call: Caller) -> None:
    _, text = await call.get("/organization/ministry-of-forests")
    assert "BC Wildfire Service" in text
    _, text = await call.get("/organization/bc-parks")
    assert "Parks and Protected Areas" in text
    assert (await call.get("/organization/nope"))[0] == 404


async def test_titles_are_shown_as_they_are_written(call: Caller) -> None:
    _, text = await call.get("/dataset/geographical-names-of-b-c-official")
    assert "B.C. &lt;official&gt;" in text
    assert "<official>" not in text


async def test_a_search_that_is_no_query_is_no_error(call: Caller) -> None:
    status, text = await call.get("/", params={"q": '"><script>alert(1)</script> AND ('})
    assert status == 200
    assert "<script" not in text


async def test_the_pages_run_no_scripts(call: Caller) -> None:
    async with call.session.get(f"{call.running.url}/") as response:
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


@given(st.text(), st.text())
def test_text_never_becomes_html(text: str, value: str) -> None:
    built = el("p", text, title=value)
    inside = built.removeprefix("<p").removesuffix("</p>")
    assert inside.count("<") == 0
    assert inside.count(">") == 1


@given(st.text())
def test_only_web_addresses_become_links(text: str) -> None:
    if "<a " in link("here", text):
        assert text.startswith(("http://", "https://", "/"))
