"""What one person may read, on every catalogue, and when the catalogue fails."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.ckan import actions
from bot.ckan.caches import Caches
from bot.ckan.reader import CatalogueReader
from bot.ckan.transport import Limits, Transport
from bot.context import Reader
from bot.errors import CatalogueError, NotConnectedError, NotFoundError
from sandbox.catalogue import RunningCatalogue
from tests.ckan.places import BRANCH, MINISTRY, Visit, contact
from tests.proxy import ANY, Fault, FaultProxy, abort, page, redirect, status


def reader_of(visit: Visit, name: str | None, caches: Caches | None = None) -> Reader:
    return CatalogueReader(visit.as_user(name), caches or Caches())


async def test_every_organization_is_found_by_id_name_title_and_a_part_of_it(visit: Visit) -> None:
    reader = reader_of(visit, "cfd-editor")
    organizations = await reader.organizations()
    assert len(organizations) > 25
    known = {row.id: row for row in organizations}
    for row in organizations:
        assert row.parent_title == (
            next((up.title for up in organizations if up.name == row.parent_name), "")
        )
        for text in (row.id, row.name, row.title, row.title.upper(), row.title[:-2]):
            found = await reader.find_organizations(text, limit=3)
            assert row.id in [one.organization.id for one in found], text
            if text in {row.id, row.name}:
                assert found[0].organization.id == row.id
            for one in found:
                assert one.organization.title == known[one.organization.id].title
                assert one.organization.parent_title == known[one.organization.id].parent_title
                assert one.organization.package_count is not None


@pytest.mark.parametrize(
    ("name", "role", "role_above"),
    [
        ("cfd-editor", "editor", ""),
        ("cfd-org-admin", "admin", ""),
        ("cfd-ministry-admin", "admin", "admin"),
        ("cfd-member", "", ""),
        ("bcdc-sysadmin", "admin", "admin"),
        (None, "", ""),
    ],
)
async def test_an_organization_is_told_with_ones_role(
    visit: Visit, name: str | None, role: str, role_above: str
) -> None:
    reader = reader_of(visit, name)
    assert (await reader.find_organizations(BRANCH))[0].role == role
    assert (await reader.find_organizations(MINISTRY))[0].role == role_above


async def test_nothing_is_found_where_nothing_fits(visit: Visit) -> None:
    reader = reader_of(visit, "cfd-editor")
    assert await reader.find_organizations("zzzz no such thing") == []
    assert await reader.find_organizations("no-such-organization") == []
    assert (await reader.find_packages("zzzzqqqq")).total == 0
    assert (await reader.find_packages('": *')).packages == ()


async def test_a_draft_is_for_those_who_may_edit_it(visit: Visit) -> None:
    # One word that nothing else has: a shared server keeps what other tests made and purged.
    made = await visit.make(name=f"draft{secrets.token_hex(8)}")
    link = f"{visit.place.url}/dataset/{made.name}/resource/{made.resources[0].id}"
    for name in ("cfd-editor", "cfd-org-admin", "bcdc-sysadmin"):
        reader = reader_of(visit, name)
        for text in (made.id, made.name, link):
            assert (await reader.package(text)).id == made.id
            assert [row.id for row in (await reader.find_packages(text)).packages] == [made.id]
        for text in (made.resources[0].id, link):
            package, resource = await reader.resource(text)
            assert (package.id, resource.id) == (made.id, made.resources[0].id)
    for other in ("forests-editor", "cfd-member", "no-org-user", None):
        reader = reader_of(visit, other)
        with pytest.raises(NotFoundError):
            await reader.package(made.id)
        with pytest.raises(NotFoundError):
            await reader.resource(made.resources[0].id)
        assert (await reader.find_packages(made.name)).total == 0


async def test_what_is_hidden_is_told_like_what_is_not_there(visit: Visit) -> None:
    # Single words, so that nothing others made is like one of them, and guessed to be meant.
    hidden, restricted, missing = (secrets.token_hex(12) for _ in range(3))
    await visit.make(name=hidden)
    await visit.make(name=restricted, metadata_visibility="IDIR", private=True)
    reader = reader_of(visit, "forests-editor")
    said = set()
    for name in (hidden, restricted, missing):
        with pytest.raises(NotFoundError) as told:
            await reader.package(name)
        said.add(str(told.value).replace(name, "…"))
    assert len(said) == 1


async def test_hidden_contacts_are_for_those_who_may_edit(visit: Visit) -> None:
    caches = Caches()
    own = await visit.organization_id()
    contacts = [contact(own), contact(own, name="Hidden", displayed=[])]
    made = await visit.make(contacts=contacts, metadata_visibility="IDIR", private=True)
    shown = {
        name: [
            row["name"] for row in (await reader_of(visit, name, caches).package(made.id)).contacts
        ]
        for name in ("cfd-editor", "bcdc-sysadmin")
    }
    assert set(map(tuple, shown.values())) == {("Data desk", "Hidden")}


async def test_a_dead_key_is_said_and_never_read_as_nothing_found(visit: Visit) -> None:
    dead = visit.transport.site("here", SecretStr("no-such-key"))
    reader: Reader = CatalogueReader(dead, Caches())
    for ask in (
        reader.user,
        reader.rights,
        lambda: reader.package("x"),
        lambda: reader.resource("x"),
        lambda: reader.find_packages("x"),
        lambda: reader.find_organizations("x"),
    ):
        with pytest.raises(NotConnectedError):
            await ask()


async def test_a_key_that_died_meanwhile_is_noticed_at_the_first_refusal(visit: Visit) -> None:
    made = await visit.make(metadata_visibility="IDIR", private=True)
    editor = visit.as_user("cfd-editor")
    token = await actions.api_token_create(editor, "cfd-editor", "for a test")
    reader: Reader = CatalogueReader(visit.transport.site("here", token), Caches())
    assert (await reader.package(made.id)).id == made.id
    await actions.api_token_revoke(editor, token)
    with pytest.raises(NotConnectedError):
        await reader.package(made.id)


async def test_the_schema_is_known_once_it_was_asked_for(visit: Visit) -> None:
    caches = Caches()
    reader = reader_of(visit, None, caches)
    assert reader.known_schema() is None
    schema = await reader.schema()
    assert reader_of(visit, "cfd-editor", caches).known_schema() is schema


@pytest.fixture
async def transport(proxy: FaultProxy, request: pytest.FixtureRequest) -> AsyncIterator[Transport]:
    urls = {"here": proxy.url, "there": "http://127.0.0.1:1"}
    seconds = getattr(request, "param", Limits().read)
    async with Transport(urls, limits=Limits(read=seconds, pause=0.01)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (abort(), "cannot be reached"),
        (status(502), "is not available right now"),
        (status(429, retry_after="60"), "in 60 seconds"),
        (page(200), "web page"),
        (page(500), "web page"),
        (redirect("http://127.0.0.1:1/"), "another address"),
    ],
)
async def test_a_failing_catalogue_is_told_in_one_sentence(
    proxy: FaultProxy, transport: Transport, fault: Fault, words: str
) -> None:
    proxy.fault(ANY, fault)
    reader: Reader = CatalogueReader(transport.site("here"), Caches())
    for ask in (
        reader.capabilities,
        reader.schema,
        reader.organizations,
        lambda: reader.package("x"),
        lambda: reader.resource("x"),
        lambda: reader.find_packages("x"),
        lambda: reader.find_organizations("x"),
    ):
        with pytest.raises(CatalogueError, match=words):
            await ask()


@pytest.mark.parametrize("transport", [0.5], indirect=True)
async def test_a_hanging_catalogue_is_told(proxy: FaultProxy, transport: Transport) -> None:
    proxy.hold("package_show", "before")
    reader: Reader = CatalogueReader(transport.site("here"), Caches())
    with pytest.raises(CatalogueError, match="too slow"):
        await reader.package("x")


async def test_what_is_the_same_for_all_is_asked_for_once(
    proxy: FaultProxy, transport: Transport, catalogue: RunningCatalogue
) -> None:
    now = [0.0]
    caches = Caches(lambda: now[0])
    keys = [SecretStr(person.api_key) for person in catalogue.people[:3]]
    for key in [*keys, *keys, None]:
        reader: Reader = CatalogueReader(transport.site("here", key), caches)
        await reader.find_organizations("parks")
        await reader.schema()
    assert proxy.requests["organization_or_group_list_related"] == 1
    assert proxy.requests["scheming_dataset_schema_show"] == 1
    assert proxy.requests["status_show"] == 1
    assert proxy.requests["whoami"] == 3
    assert proxy.requests["organization_list_for_user"] == 6
    now[0] += 200
    await CatalogueReader(transport.site("here", keys[0]), caches).rights()
    assert proxy.requests["whoami"] == 4


async def test_a_brand_new_organization_is_found(
    transport: Transport, catalogue: RunningCatalogue
) -> None:
    reader: Reader = CatalogueReader(transport.site("here"), Caches())
    await reader.organizations()
    catalogue.catalogue.add_organization("new-branch", "Brand New Branch", parent=MINISTRY)
    for text in ("new branch", "new-branch"):
        (found,) = await reader.find_organizations(text)
        assert found.organization.title == "Brand New Branch"
        assert found.organization.parent_title == "Ministry of Children and Family Development"
    (found,) = await reader.find_organizations(found.organization.id)
    assert found.organization.name == "new-branch"


async def test_a_link_to_another_catalogue_says_where_it_leads(transport: Transport) -> None:
    reader: Reader = CatalogueReader(transport.site("here"), Caches())
    with pytest.raises(NotFoundError, match="/bcdc use there"):
        await reader.package("http://127.0.0.1:1/dataset/lakes")
