"""A record made or deleted while the catalogue's answer is lost: once or not at all, and told."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ckan import actions
from tests.ckan.places import Place, Visit
from tests.house import House, open_house, text_of
from tests.proxy import Fault, FaultProxy, abort, running_proxy, status

LOST = [
    pytest.param(abort(after=True), id="done, the answer lost"),
    pytest.param(status(502, after=True), id="done, a 502"),
    pytest.param(abort(), id="not done, no answer"),
    pytest.param(status(503), id="not done, a 503"),
]


@pytest.fixture
async def proxy(place: Place) -> AsyncIterator[FaultProxy]:
    async with running_proxy(place.url) as proxy:
        yield proxy


@pytest.fixture
async def house(place: Place, proxy: FaultProxy, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, proxy.url, place.keys) as house:
        yield house


@pytest.mark.parametrize("fault", LOST)
async def test_a_record_is_made_once(
    house: House, visit: Visit, proxy: FaultProxy, fault: Fault
) -> None:
    package = await visit.make()
    title = f"In doubt {secrets.token_hex(4)}"
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc create-package from:{package.name} title=“{title}”")
    proxy.fault("package_create", fault, times=1)
    await robin.presses("bcdc:change:apply")

    sysadmin = visit.as_user("bcdc-sysadmin")
    made = await actions.package_show(sysadmin, title.lower().replace(" ", "-"))
    visit.made.append(made.id)
    assert made.title == title
    assert "Record created" in text_of(robin.direct()[-1]["blocks"])
    assert f"/dataset/{made.id}" in str(robin.direct()[-1])
    assert sum(title in text_of(told["blocks"]) for told in robin.direct()) == 1


@pytest.mark.parametrize("fault", LOST)
async def test_a_record_is_deleted_once(
    house: House, visit: Visit, proxy: FaultProxy, fault: Fault
) -> None:
    package = await visit.make()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc delete-package {package.name} confirm={package.name}")
    proxy.fault("package_delete", fault, times=1)
    await robin.presses("bcdc:change:apply")

    now = await actions.package_show(visit.as_user("bcdc-sysadmin"), package.id)
    assert now.deleted
    assert "Record deleted" in text_of(robin.direct()[-1]["blocks"])
