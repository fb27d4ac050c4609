"""Which schema a catalogue's records follow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bot.ckan.faults import ActionFailed, CatalogueUnavailable
from bot.ckan.live import live_schema
from bot.ckan.plain import plain_schema
from bot.ckan.transport import Limits, Site, Transport
from sandbox.catalogue import BCDC, PLAIN, Kind, start
from tests.ckan.echo import Answer, Echo, error, result
from tests.scenarios.test_another_schema import CAMELS


@pytest.fixture
async def site(echo: Echo) -> AsyncIterator[Site]:
    async with Transport({"here": f"{echo.url}/"}, limits=Limits(pause=0.01)) as transport:
        yield transport.site("here", None)


def schema(dataset_type: str, *names: str) -> Answer:
    fields: list[dict[str, Any]] = [{"field_name": name} for name in names]
    return lambda _request: result({"dataset_type": dataset_type, "dataset_fields": fields})


def not_found(_request: web.Request) -> web.Response:
    return error(404, __type="Not Found Error", message="Not found")


def unknown(_request: web.Request) -> web.Response:
    return web.json_response("Bad request: Action name not known", status=400)


@pytest.mark.parametrize(
    ("kind", "dataset_type", "asks_who_sees"),
    [(BCDC, "bcdc_dataset", False), (PLAIN, "dataset", True), (CAMELS, "camel-photos", True)],
)
async def test_each_kind_of_catalogue_is_known_by_its_schema(
    kind: Kind, dataset_type: str, asks_who_sees: bool
) -> None:
    running = await start(generation="2.12", kind=kind)
    async with Transport({"here": running.url}) as transport:
        found = await live_schema(transport.site("here", None))
    await running.stop()
    assert found.dataset_type == dataset_type
    assert found.has("private") == asks_who_sees
    told = {field["field_name"] for field in kind.expanded["dataset_fields"]}
    assert told <= {field.name for field in found.dataset_fields}


async def test_of_several_types_it_is_ckans_own(echo: Echo, site: Site) -> None:
    echo.will_answer(
        not_found,
        lambda _request: result(["camel-photos", "dataset"]),
        schema("dataset", "name", "private", "owner_org"),
    )
    found = await live_schema(site)
    assert [field.name for field in found.dataset_fields] == ["name", "private", "owner_org"]
    assert b'"dataset"' in echo.heard[-1].body


async def test_who_sees_a_record_is_asked_beside_its_organization_else_last(
    echo: Echo, site: Site
) -> None:
    echo.will_answer(schema("bcdc_dataset", "owner_org", "title"))
    names = [field.name for field in (await live_schema(site)).dataset_fields]
    assert names == ["owner_org", "private", "title"]
    echo.will_answer(schema("bcdc_dataset", "title"))
    names = [field.name for field in (await live_schema(site)).dataset_fields]
    assert names == ["title", "private"]


async def test_scheming_without_any_type_leaves_ckans_own_fields(echo: Echo, site: Site) -> None:
    echo.will_answer(not_found, lambda _request: result([]))
    assert await live_schema(site) == plain_schema()


async def test_a_list_that_is_none_is_no_answer(echo: Echo, site: Site) -> None:
    echo.will_answer(not_found, lambda _request: result("dataset"))
    with pytest.raises(CatalogueUnavailable):
        await live_schema(site)


@pytest.mark.parametrize(
    "answers",
    [
        (unknown, lambda _request: result("help")),
        (lambda _request: error(500, __type="Internal Server Error"),),
    ],
    ids=["refused for another reason", "broken down"],
)
async def test_a_catalogue_that_fails_is_not_taken_for_a_plain_one(
    echo: Echo, site: Site, answers: tuple[Answer, ...]
) -> None:
    echo.will_answer(*answers)
    with pytest.raises(ActionFailed):
        await live_schema(site)
