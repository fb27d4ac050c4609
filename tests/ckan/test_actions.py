"""Answers that CKAN gives elsewhere, or should never give."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.ckan import actions
from bot.ckan.caches import Caches
from bot.ckan.faults import ActionFailed, CatalogueUnavailable, Reason, Refused
from bot.ckan.models import Capabilities, Package
from bot.ckan.reader import CatalogueReader
from bot.ckan.standing import fresh_whoami
from bot.ckan.transport import Limits, Site, Transport
from bot.errors import CatalogueError, NotConnectedError, NotFoundError
from tests.ckan.echo import Echo, error, result

UNKNOWN_ACTION = web.json_response("Bad request - Action name not known: whoami", status=400)
USER = {"id": "u", "name": "robin", "display_name": "Robin", "apikey": "canary", "email": "canary"}


@pytest.fixture
async def site(echo: Echo) -> AsyncIterator[Site]:
    async with Transport({"here": f"{echo.url}/"}, limits=Limits(pause=0.01)) as transport:
        yield transport.site("here", SecretStr("key"))


def answer_by_action(echo: Echo, **answers: web.Response | list[web.Response]) -> None:
    """Answer each action with its own, a list in turn; what is not named is not found."""
    not_found = error(404, __type="Not Found Error", message="Not found")

    def choose(request: web.Request) -> web.Response:
        answer = answers.get(request.path.rpartition("/")[2], not_found)
        chosen = answer.pop(0) if isinstance(answer, list) else answer
        return web.Response(status=chosen.status, body=chosen.body, headers=chosen.headers)

    echo.will_answer(choose)


async def test_the_address_has_no_slash_at_its_end(site: Site, echo: Echo) -> None:
    assert site.url == CatalogueReader(site, Caches()).url == echo.url


async def test_a_user_comes_without_key_and_e_mail(site: Site, echo: Echo) -> None:
    echo.will_answer(lambda _request: result(USER))
    user = await actions.user_show(site, "robin")
    assert user.fullname == "Robin"
    assert "canary" not in repr(user)


async def test_where_whoami_is_unknown_the_user_is_asked_for(site: Site, echo: Echo) -> None:
    answer_by_action(echo, whoami=UNKNOWN_ACTION, user_show=result(USER))
    assert await fresh_whoami(site) == "robin"


@pytest.mark.parametrize(
    "refusal", [error(404, __type="Not Found Error"), error(403, __type="Authorization Error")]
)
async def test_a_wrong_key_is_nobodys_there_too(
    site: Site, echo: Echo, refusal: web.Response
) -> None:
    answer_by_action(echo, whoami=UNKNOWN_ACTION, user_show=refusal)
    assert await fresh_whoami(site) == ""


async def test_a_failing_whoami_says_nothing_about_the_key(site: Site, echo: Echo) -> None:
    answer_by_action(echo, whoami=error(500, __type="Internal Server Error"))
    with pytest.raises(ActionFailed):
        await fresh_whoami(site)


@pytest.mark.parametrize("value", [None, "text", 3])
async def test_a_result_of_another_shape_is_no_answer(site: Site, echo: Echo, value: Any) -> None:
    echo.will_answer(lambda _request: result(value))
    calls = [
        actions.package_show(site, "x"),
        actions.license_list(site),
        actions.package_revise(site, {}),
        actions.organization_list_for_user(site, "admin"),
    ]
    for call in calls:
        with pytest.raises(CatalogueUnavailable) as told:
            await call
        assert told.value.reason is Reason.NOT_JSON


async def test_an_answer_about_something_else_is_no_answer(site: Site, echo: Echo) -> None:
    other = {"id": "other", "name": "other-record", "package_id": "p"}
    answer_by_action(echo, package_show=result(other), resource_show=result(other))
    assert (await actions.package_show(site, "other-record")).id == "other"
    assert (await actions.resource_show(site, "other")).id == "other"
    for ask in (actions.package_show, actions.resource_show):
        with pytest.raises(CatalogueUnavailable) as unavailable:
            await ask(site, "mine")
        assert unavailable.value.reason is Reason.ANOTHER


async def test_a_token_that_was_not_given_is_no_answer(site: Site, echo: Echo) -> None:
    echo.will_answer(lambda _request: result({}))
    with pytest.raises(CatalogueUnavailable):
        await actions.api_token_create(site, "robin", "x")


async def test_pages_that_never_end_are_left(site: Site, echo: Echo) -> None:
    echo.will_answer(lambda _request: result([{"id": "o", "name": "o"}]))
    rows = [row async for row in actions.organization_list(site, most=3)]
    assert [row.title for row in rows] == ["o", "o", "o"]


async def test_an_answer_that_is_not_http_is_no_answer() -> None:
    async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-nothing\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Transport({"here": f"http://127.0.0.1:{port}"}) as transport:
        with pytest.raises(CatalogueUnavailable) as told:
            await transport.site("here").write("whoami", {})
    assert told.value.reason is Reason.NOT_JSON


async def test_one_failing_probe_fails_them_all(site: Site, echo: Echo) -> None:
    answer_by_action(
        echo, status_show=result({}), help_show=error(500, __type="Internal Server Error")
    )
    with pytest.raises(CatalogueError):
        await CatalogueReader(site, Caches()).capabilities()


async def test_search_shows_nothing_that_is_not_for_the_person(site: Site, echo: Echo) -> None:
    draft = {"id": "d", "title": "Lakes", "publish_state": "DRAFT", "owner_org": "o"}
    lakes = {"id": "l", "title": "All lakes", "publish_state": "PUBLISHED"}
    exact = {"id": "e", "title": "Lakes", "publish_state": "PUBLISHED"}
    answer_by_action(
        echo,
        whoami=result("robin"),
        user_show=result(USER),
        organization_list_for_user=result([]),
        package_search=result({"results": [lakes, draft, exact]}),
    )
    found = await CatalogueReader(site, Caches()).find_packages("LAKES")
    assert [row.id for row in found.packages] == ["l", "e"]


async def test_a_refused_resource_makes_the_key_be_checked(site: Site, echo: Echo) -> None:
    answer_by_action(
        echo,
        whoami=[result("robin"), result("robin"), result("")],
        user_show=result(USER),
        organization_list_for_user=result([]),
        resource_show=error(403, __type="Authorization Error"),
    )
    reader = CatalogueReader(site, Caches())
    with pytest.raises(NotFoundError):
        await reader.resource("r")
    with pytest.raises(NotConnectedError):
        await reader.resource("r")


async def test_an_empty_name_asks_nothing(site: Site, echo: Echo) -> None:
    anyone = CatalogueReader(site.transport.site("here"), Caches())
    for text in ("", " ", "…"):
        with pytest.raises(NotFoundError):
            await anyone.resource(text)
        with pytest.raises(NotFoundError):
            await anyone.package(text)
    assert echo.heard == []


def test_a_refusal_without_a_list_of_matches_is_no_failed_match() -> None:
    refusals: list[dict[str, Any]] = [{"match": "x"}, {"message": []}, {"message": ["x"]}, {}]
    for said in refusals:
        assert Refused(said).unmatched == ()


@pytest.mark.parametrize(
    ("version", "revalidates"),
    [("2.9.11", True), ("2.11.0", True), ("2.12.0", False), ("3.0", False), ("", True)],
)
def test_older_catalogues_check_every_resource(version: str, *, revalidates: bool) -> None:
    assert Capabilities(version, frozenset()).revalidates_siblings is revalidates


def test_a_record_without_a_title_is_called_by_its_name() -> None:
    package = Package({"name": "lakes", "notes": 3, "state": "deleted"})
    assert (package.title, package.text("notes"), package.deleted) == ("lakes", "", True)


async def test_a_resource_that_is_not_there_is_not_found(site: Site, echo: Echo) -> None:
    answer_by_action(echo, package_search=result({"results": []}))
    with pytest.raises(NotFoundError, match="“nope”"):
        await CatalogueReader(site.transport.site("here"), Caches()).resource("nope")
