"""The fault proxy itself: a test that relies on it must be able to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.ckan.echo import Echo
from tests.proxy import ANY, FaultProxy, abort, page, running_proxy, slow, status, truncated

URL = "/api/action/whoami"


@pytest.fixture
async def proxy(echo: Echo) -> AsyncIterator[FaultProxy]:
    async with running_proxy(echo.url) as running:
        yield running


async def ask(proxy: FaultProxy, path: str = URL, body: bytes = b"x") -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(proxy.url + path, data=body, allow_redirects=False) as answer,
    ):
        return answer.status, await answer.text()


async def test_everything_passes_unchanged(proxy: FaultProxy, echo: Echo) -> None:
    body = bytes(range(256)) * 3_000
    code, text = await ask(proxy, f"{URL}?a=%20b", body)
    assert (code, '"success": true' in text) == (200, True)
    assert (echo.heard[0].path, echo.heard[0].body) == (URL, body)
    assert proxy.requests == proxy.forwarded == {"whoami": 1}


async def test_a_fault_befalls_the_nth_call_only(proxy: FaultProxy) -> None:
    proxy.fault("whoami", status(503), nth=2, times=1)
    assert [(await ask(proxy))[0] for _n in range(3)] == [200, 503, 200]
    assert (await ask(proxy, "/api/action/other"))[0] == 200
    assert proxy.faults == {"503": 1}
    assert proxy.forwarded["whoami"] == 2


async def test_a_fault_after_lets_the_catalogue_do_its_work(proxy: FaultProxy) -> None:
    for fault in (abort(after=True), status(502, after=True), page(200, after=True), truncated()):
        proxy.heal()
        proxy.fault(ANY, fault)
        before = proxy.forwarded["whoami"]
        try:
            code, text = await ask(proxy)
        except aiohttp.ClientError:
            pass
        else:
            assert (code, text[:9]) in {(502, "<!DOCTYPE"), (200, "<!DOCTYPE")}
        assert proxy.forwarded["whoami"] == before + 1


async def test_a_held_call_waits_on_the_side_it_is_held(proxy: FaultProxy) -> None:
    for when, forwarded in (("before", 0), ("after", 1)):
        before = proxy.forwarded["whoami"]
        gate = proxy.hold("whoami", when)
        call = asyncio.create_task(ask(proxy))
        await gate.reached.wait()
        assert not call.done()
        assert proxy.forwarded["whoami"] - before == forwarded
        gate.release()
        assert (await call)[0] == 200
        assert proxy.forwarded["whoami"] - before == 1


async def test_a_proxy_that_is_down_refuses_and_comes_back(proxy: FaultProxy) -> None:
    await proxy.down()
    with pytest.raises(aiohttp.ClientConnectorError):
        await ask(proxy)
    await proxy.up()
    assert (await ask(proxy))[0] == 200


async def test_a_slow_answer_is_a_whole_answer(proxy: FaultProxy) -> None:
    proxy.fault("whoami", slow(0.05))
    assert (await ask(proxy))[0] == 200
