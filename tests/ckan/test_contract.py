"""What the bot takes for granted of CKAN's reading actions, the same for every catalogue."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.ckan import actions
from bot.ckan.faults import ActionFailed, NotAuthorized, NotFound, Refused, SearchError
from bot.ckan.standing import fresh_whoami
from tests.ckan.places import BRANCH, MINISTRY, ROLES, Visit, contact

NO_ID = "00000000-0000-4000-8000-000000000000"


async def test_the_version_is_told(visit: Visit) -> None:
    version = await actions.status_show(visit.as_user())
    assert version.startswith(f"{visit.place.generation}.")


async def test_actions_can_be_probed(visit: Visit) -> None:
    anyone = visit.as_user()
    for name in ("package_revise", "whoami", "scheming_dataset_schema_show", "api_token_create"):
        assert await actions.help_show(anyone, name), name
    assert not await actions.help_show(anyone, "no_such_action")
    related = await actions.help_show(anyone, "organization_or_group_list_related")
    assert related == visit.older


async def test_an_unknown_action_is_a_failure_without_a_kind(visit: Visit) -> None:
    with pytest.raises(ActionFailed) as told:
        await visit.as_user("cfd-editor").read("no_such_action")
    assert (told.value.status, told.value.kind) == (400, "")


@pytest.mark.parametrize("name", ROLES.values())
async def test_a_key_tells_whose_it_is(visit: Visit, name: str) -> None:
    site = visit.as_user(name)
    assert await fresh_whoami(site) == await actions.whoami(site) == name
    user = await actions.user_show(site, name)
    assert (user.name, user.sysadmin) == (name, name == "bcdc-sysadmin")
    assert user.id
    assert user.fullname


async def test_a_wrong_key_makes_its_owner_anonymous(visit: Visit) -> None:
    wrong = visit.transport.site("here", SecretStr("no-such-key"))
    for site in (wrong, visit.as_user()):
        assert await fresh_whoami(site) == ""
        assert await actions.organization_list_for_user(site, "create_dataset") == ()


async def test_a_user_who_is_not_there_is_not_found(visit: Visit) -> None:
    with pytest.raises(NotFound):
        await actions.user_show(visit.as_user("cfd-editor"), "no-such-user")


async def test_a_minted_token_works_until_it_is_revoked(visit: Visit) -> None:
    token = await actions.api_token_create(visit.as_user("cfd-editor"), "cfd-editor", "for a test")
    minted = visit.transport.site("here", token)
    assert await actions.whoami(minted) == "cfd-editor"
    await actions.api_token_revoke(minted, token)
    assert await actions.whoami(minted) == ""


async def test_nobody_mints_a_token_for_somebody_else(visit: Visit) -> None:
    with pytest.raises(NotAuthorized):
        await actions.api_token_create(visit.as_user("cfd-editor"), "cfd-org-admin", "for a test")


@pytest.mark.parametrize(
    ("name", "edits", "approves"),
    [
        ("cfd-editor", True, False),
        ("cfd-org-admin", True, True),
        ("cfd-ministry-admin", True, True),
        ("cfd-member", False, False),
        ("forests-editor", False, False),
        ("no-org-user", False, False),
        ("bcdc-sysadmin", True, True),
    ],
)
async def test_rights_follow_the_permission_that_is_asked_for(
    visit: Visit, name: str, *, edits: bool, approves: bool
) -> None:
    site = visit.as_user(name)
    branch = await visit.organization_id()
    editor = await actions.organization_list_for_user(site, "create_dataset")
    admin = await actions.organization_list_for_user(site, "admin")
    assert (branch in {row.id for row in editor}) == edits
    assert (branch in {row.id for row in admin}) == approves


async def test_an_organization_is_shown_with_its_parent(visit: Visit) -> None:
    by_name = await actions.organization_show(visit.as_user(), BRANCH)
    assert await actions.organization_show(visit.as_user(), by_name.id) == by_name
    assert (by_name.name, by_name.parent_name) == (BRANCH, MINISTRY)
    assert by_name.title == "Information Management - CFD"
    assert by_name.package_count
    assert (await actions.organization_show(visit.as_user(), MINISTRY)).parent_name == ""


async def test_an_organization_that_is_not_there_is_not_found(visit: Visit) -> None:
    for name_or_id in ("no-such-organization", NO_ID):
        with pytest.raises(NotFound):
            await actions.organization_show(visit.as_user(), name_or_id)


async def test_organizations_are_listed_past_a_page(visit: Visit) -> None:
    rows = [row async for row in actions.organization_list(visit.as_user())]
    assert len({row.id for row in rows}) == len(rows) > 25
    assert BRANCH in {row.name for row in rows if row.parent_name == MINISTRY}
    pages_of_seven = [row async for row in actions.organization_list(visit.as_user(), page=7)]
    assert pages_of_seven == rows


async def test_the_tree_in_one_call_is_that_of_the_pages(visit: Visit) -> None:
    if not visit.older:
        with pytest.raises(ActionFailed):
            await actions.organization_or_group_list_related(visit.as_user())
        return
    tree = await actions.organization_or_group_list_related(visit.as_user())
    rows = [row async for row in actions.organization_list(visit.as_user())]
    assert {(row.id, row.name, row.title, row.parent_name) for row in tree} == {
        (row.id, row.name, row.title, row.parent_name) for row in rows
    }
    titles = {row.name: row.title for row in tree}
    assert all(row.parent_title == titles.get(row.parent_name, "") for row in tree)


@pytest.mark.parametrize("q", ["Information Management", "information-man", "CFD"])
async def test_organizations_complete_by_a_part_of_name_or_title(visit: Visit, q: str) -> None:
    found = await actions.organization_autocomplete(visit.as_user(), q)
    assert BRANCH in {row.name for row in found}
    assert await actions.organization_autocomplete(visit.as_user(), "zzzz") == ()


async def test_a_record_is_shown_by_id_and_by_name(visit: Visit) -> None:
    made = await visit.make()
    anyone = visit.as_user()
    by_id = await actions.package_show(anyone, made.id)
    assert (await actions.package_show(anyone, made.name)).raw == by_id.raw
    assert by_id.owner_org == await visit.organization_id()
    assert by_id.organization_title == "Information Management - CFD"
    assert by_id.publish_state == "DRAFT"
    assert not by_id.is_public
    assert [row.title for row in by_id.resources] == ["First", "Second", "Third"]
    resource = await actions.resource_show(anyone, made.resources[1].id)
    assert resource.package_id == made.id
    assert resource.value("iso_topic_category") == ["biota"]


async def test_what_is_not_there_is_not_found(visit: Visit) -> None:
    for name_or_id in ("no-such-record", NO_ID):
        with pytest.raises(NotFound):
            await actions.package_show(visit.as_user("cfd-editor"), name_or_id)
        with pytest.raises(NotFound):
            await actions.resource_show(visit.as_user("cfd-editor"), name_or_id)


@pytest.mark.parametrize("limit", [-1, "few"])
async def test_a_history_is_asked_for_by_a_natural_number(visit: Visit, limit: object) -> None:
    # Numbers are looked at before the record is.
    with pytest.raises(Refused) as told:
        await visit.as_user().read("package_activity_list", id=NO_ID, limit=limit)
    assert list(told.value.fields) == ["limit"]


async def test_a_history_of_no_entries_is_all_of_it(visit: Visit) -> None:
    made = await visit.make()
    site = visit.as_user("cfd-editor")
    asked = [await actions.package_activity_list(site, made.id, limit=n) for n in (0, 1, 100)]
    assert asked[0] == asked[2]
    assert len(asked[1]) == 1


async def test_a_private_record_is_for_the_members_of_its_organization(visit: Visit) -> None:
    made = await visit.make(metadata_visibility="IDIR", private=True)
    for name in ("cfd-editor", "cfd-member", "cfd-ministry-admin", "bcdc-sysadmin"):
        assert (await actions.package_show(visit.as_user(name), made.id)).private
    for other in (None, "forests-editor", "no-org-user"):
        with pytest.raises(NotAuthorized):
            await actions.package_show(visit.as_user(other), made.id)
        with pytest.raises(NotAuthorized):
            await actions.resource_show(visit.as_user(other), made.resources[0].id)


async def test_hidden_contacts_are_handed_to_anybody(visit: Visit) -> None:
    hidden = contact(await visit.organization_id(), name="Hidden", displayed=[])
    made = await visit.make(contacts=[hidden])
    (shown,) = (await actions.package_show(visit.as_user(), made.id)).contacts
    assert (shown["name"], shown["displayed"]) == ("Hidden", [])


async def test_search_finds_drafts_for_those_who_may_edit_them(visit: Visit) -> None:
    made = await visit.make()
    fq = f'name:"{made.name}"'
    for name, count in (("cfd-editor", 1), ("bcdc-sysadmin", 1), ("forests-editor", 0), (None, 0)):
        found = await actions.package_search(visit.as_user(name), fq=fq)
        assert (name, found.count, len(found.packages)) == (name, count, count)


async def test_search_leaves_private_records_out_unless_asked(visit: Visit) -> None:
    made = await visit.make(metadata_visibility="IDIR", private=True)
    fq = f'name:"{made.name}"'
    editor = visit.as_user("cfd-editor")
    assert (await actions.package_search(editor, fq=fq)).count == 0
    assert (await actions.package_search(editor, fq=fq, include_private=True)).count == 1


async def test_search_gives_pages(visit: Visit) -> None:
    anyone = visit.as_user()
    whole = await actions.package_search(anyone, sort="name asc", rows=6)
    pages = [await actions.package_search(anyone, sort="name asc", rows=3, start=n) for n in (0, 3)]
    assert whole.count == pages[0].count >= 6
    assert [row.id for row in whole.packages] == [row.id for page in pages for row in page.packages]


async def test_a_broken_query_is_a_search_error(visit: Visit) -> None:
    with pytest.raises(SearchError):
        await actions.package_search(visit.as_user(), fq="title:(")


async def test_the_schema_is_live(visit: Visit) -> None:
    schema = await actions.scheming_dataset_schema_show(visit.as_user())
    assert schema.dataset_type == "bcdc_dataset"
    dataset = {field.name: field for field in schema.dataset_fields}
    assert {part.name for part in dataset["contacts"].subfields} >= {"name", "email", "org"}
    assert dataset["publish_state"].choice("PENDING PUBLISH")
    assert dataset["replacement_record"].condition
    resource = {field.name: field for field in schema.resource_fields}
    assert resource["format"].choice("csv")
    assert resource["temporal_extent"].composite


async def test_licences_are_listed(visit: Visit) -> None:
    titles = {row.id: row.title for row in await actions.license_list(visit.as_user())}
    assert titles["2"] == "Open Government Licence - British Columbia"
