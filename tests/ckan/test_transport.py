"""The transport, against a server that notes what it hears."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import time
import traceback
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.ckan.faults import (
    ActionFailed,
    CatalogueUnavailable,
    CKANAPIError,
    NotAuthorized,
    NotFound,
    Reason,
    Refused,
    SearchError,
    _seconds,
)
from bot.ckan.transport import Limits, Site, Transport
from bot.ckan.upload import Upload, _SizedStream
from bot.errors import NotConnectedError
from tests.ckan.echo import Echo, error, result, running_echo
from tests.proxy import Fault, FaultProxy, abort, page, redirect, running_proxy, status, truncated

KEY = "0000canary-key-0000"
QUICK = Limits(connect=1, read=5, write_silence=1, patience=1, pause=0.01)


DRIP = 0.05
"""Seconds between two bytes of an answer that never ends."""


@pytest.fixture
async def proxy(echo: Echo) -> AsyncIterator[FaultProxy]:
    async with running_proxy(echo.url) as running:
        yield running


@pytest.fixture
def seen() -> list[tuple[str, str, str]]:
    return []


@pytest.fixture
async def site(proxy: FaultProxy, seen: list[tuple[str, str, str]]) -> AsyncIterator[Site]:
    def observe(catalogue: str, ckan_action: str, outcome: str, seconds: float) -> None:
        assert seconds >= 0
        seen.append((catalogue, ckan_action, outcome))

    async with Transport({"test": proxy.url}, limits=QUICK, observe=observe) as transport:
        yield transport.site("test", SecretStr(KEY))


async def test_a_key_travels_raw_in_one_header(site: Site, echo: Echo) -> None:
    await site.read("whoami")
    headers = echo.heard[0].headers
    assert headers["Authorization"] == KEY
    assert [name for name, value in headers.items() if KEY in value] == ["Authorization"]
    assert headers["User-Agent"].startswith("bcdc-slack-bot/")


async def test_without_a_key_no_header_is_sent(site: Site, echo: Echo) -> None:
    await site.transport.site("test").read("whoami")
    assert "Authorization" not in echo.heard[0].headers


async def test_arguments_travel_as_json_and_the_result_comes_back(site: Site, echo: Echo) -> None:
    echo.will_answer(lambda _request: result({"a": ["é"]}))
    assert await site.read("package_show", id="x", flag=True) == {"a": ["é"]}
    assert echo.heard[0].path == "/api/action/package_show"
    assert json.loads(echo.heard[0].body) == {"id": "x", "flag": True}


async def test_a_catalogue_that_the_settings_do_not_name_is_never_asked(
    site: Site, echo: Echo
) -> None:
    elsewhere = site.transport.site("elsewhere", SecretStr(KEY))
    for ask in (elsewhere.read("whoami"), elsewhere.write("package_revise", {})):
        with pytest.raises(CatalogueUnavailable) as told:
            await ask
        assert (told.value.reason, told.value.sent) == (Reason.NOT_SERVED, False)
    with pytest.raises(CatalogueUnavailable):
        async with elsewhere.opened("/a-file"):
            pass
    assert echo.heard == []


@pytest.mark.parametrize("text", ["", "two words", "line\r\nX-Other: 1", "clé", "x" * 5000])
async def test_what_cannot_be_a_key_is_refused_before_it_is_sent(site: Site, text: str) -> None:
    with pytest.raises(NotConnectedError):
        site.transport.site("test", SecretStr(text))


async def test_a_redirect_is_not_followed(site: Site, proxy: FaultProxy) -> None:
    async with running_echo() as elsewhere:
        proxy.fault("whoami", redirect(f"{elsewhere.url}/api/action/whoami"))
        with pytest.raises(CatalogueUnavailable) as told:
            await site.read("whoami")
        assert told.value.reason is Reason.REDIRECT
        assert elsewhere.heard == []
    assert proxy.requests["whoami"] == 1


@pytest.mark.parametrize("fault", [status(502), status(503), status(504), abort(), truncated()])
async def test_a_read_is_repeated_after_a_passing_fault(
    site: Site, proxy: FaultProxy, seen: list[tuple[str, str, str]], fault: Fault
) -> None:
    proxy.fault("whoami", fault, times=2)
    assert await site.read("whoami") is None
    assert proxy.requests["whoami"] == 3
    assert [outcome for *_, outcome in seen][-1] == "ok"
    assert len(seen) == 3


async def test_a_read_waits_as_long_as_a_busy_catalogue_asks(site: Site, proxy: FaultProxy) -> None:
    proxy.fault("whoami", status(429, retry_after="1"), times=1)
    started = time.monotonic()
    await site.read("whoami")
    assert time.monotonic() - started >= 1


async def test_a_read_does_not_wait_long_for_a_busy_catalogue(
    site: Site, proxy: FaultProxy
) -> None:
    proxy.fault("whoami", status(429, retry_after="120"))
    with pytest.raises(CatalogueUnavailable) as told:
        await site.read("whoami")
    assert (told.value.reason, told.value.retry_after) == (Reason.BUSY, 120)
    assert proxy.requests["whoami"] == 1


@pytest.mark.parametrize(
    "wish",
    ["soon", "Mon, 01 Jan 99999999999 00:00:00 GMT", "Mon, 01 Jan 2029 00:00:00 +" + "9" * 20],
)
async def test_a_wish_to_wait_that_is_no_time_is_none(
    site: Site, proxy: FaultProxy, wish: str
) -> None:
    proxy.fault("whoami", status(429, retry_after=wish))
    with pytest.raises(CatalogueUnavailable) as told:
        await site.write("whoami", {})
    assert (told.value.reason, told.value.retry_after) == (Reason.BUSY, None)


async def test_a_lasting_fault_is_told_after_a_few_tries(site: Site, proxy: FaultProxy) -> None:
    proxy.fault("whoami", status(502))
    with pytest.raises(CatalogueUnavailable) as told:
        await site.read("whoami")
    assert (told.value.reason, told.value.status) == (Reason.GATEWAY, 502)
    assert proxy.requests["whoami"] == QUICK.attempts


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (abort(), Reason.CONNECTION),
        (abort(after=True), Reason.CONNECTION),
        (truncated(), Reason.CONNECTION),
        (status(429), Reason.BUSY),
        (status(502), Reason.GATEWAY),
        (status(504, after=True), Reason.GATEWAY),
        (page(200), Reason.NOT_JSON),
        (page(500), Reason.NOT_JSON),
        (page(413), Reason.UPLOAD_TOO_LARGE),
        (redirect("http://127.0.0.1:9/"), Reason.REDIRECT),
    ],
)
async def test_a_write_is_sent_once_and_its_doubt_told(
    site: Site, proxy: FaultProxy, fault: Fault, reason: Reason
) -> None:
    proxy.fault("package_revise", fault)
    with pytest.raises(CatalogueUnavailable) as told:
        await site.write("package_revise", {})
    assert (told.value.reason, told.value.sent) == (reason, True)
    assert proxy.requests["package_revise"] == 1


async def test_a_catalogue_that_refuses_connections_was_not_reached(
    site: Site, proxy: FaultProxy
) -> None:
    await proxy.down()
    with pytest.raises(CatalogueUnavailable) as told:
        await site.write("package_revise", {})
    assert (told.value.reason, told.value.sent) == (Reason.CONNECTION, False)
    await proxy.up()
    assert await site.write("package_revise", {}) is None


async def test_a_hanging_read_is_told_within_its_deadline(
    proxy: FaultProxy, seen: list[tuple[str, str, str]]
) -> None:
    gate = proxy.hold("whoami", "before")
    async with Transport({"test": proxy.url}, limits=Limits(read=0.2)) as transport:
        with pytest.raises(CatalogueUnavailable) as told:
            await transport.site("test").read("whoami")
        assert told.value.reason is Reason.TIMEOUT
        assert gate.reached.is_set()


def test_people_hear_of_a_hanging_catalogue_within_20_seconds() -> None:
    assert Limits().read < 20


async def test_a_write_is_not_lost_on_a_connection_that_the_catalogue_no_longer_hears() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(re.findall(rb"(?i)content-length: (\d+)", head)[0]))
        answer = b'{"success": true, "result": 1}'
        told = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        writer.write(told % (len(answer), answer))
        # It hangs up on the next request that comes here.
        await reader.read(1)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server, Transport({"test": f"http://{host}:{port}"}) as transport:
        site = transport.site("test")
        for _ in range(2):
            assert await site.read("package_show") == 1
            assert await site.write("package_patch", {}) == 1


async def test_a_write_is_in_doubt_after_a_long_silence(proxy: FaultProxy) -> None:
    proxy.hold("package_revise", "after")
    limits = Limits(write_silence=0.2)
    async with Transport({"test": proxy.url}, limits=limits) as transport:
        with pytest.raises(CatalogueUnavailable) as told:
            await transport.site("test").write("package_revise", {})
    assert (told.value.reason, told.value.sent) == (Reason.TIMEOUT, True)


async def test_a_write_whose_answer_drips_without_end_is_in_doubt() -> None:
    gone = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        ended = asyncio.ensure_future(reader.read())
        while not ended.done():
            writer.write(b" ")
            await asyncio.wait({ended}, timeout=DRIP)
        writer.close()
        gone.set()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    limits = Limits(write=10 * DRIP, write_silence=10)
    async with asyncio.timeout(60), Transport({"test": url}, limits=limits) as transport:
        with pytest.raises(CatalogueUnavailable) as told:
            await transport.site("test").write("package_revise", {})
    await gone.wait()
    server.close()
    assert (told.value.reason, told.value.sent) == (Reason.TIMEOUT, True)


async def test_an_answer_nested_without_end_is_no_data(site: Site, echo: Echo) -> None:
    deep = "[" * 100_000
    echo.will_answer(lambda _request: web.Response(text=deep, content_type="application/json"))
    with pytest.raises(CatalogueUnavailable) as told:
        await site.read("whoami")
    assert told.value.reason is Reason.NOT_JSON


async def test_an_answer_without_end_is_cut_off(proxy: FaultProxy, echo: Echo) -> None:
    echo.will_answer(lambda _request: result("x" * 100_000))
    async with Transport({"test": proxy.url}, limits=Limits(answer_bytes=10_000)) as transport:
        with pytest.raises(CatalogueUnavailable) as told:
            await transport.site("test").read("whoami")
    assert told.value.reason is Reason.ANSWER_TOO_LARGE


async def test_no_more_requests_than_agreed_run_at_once(proxy: FaultProxy) -> None:
    gates = [proxy.hold("whoami", "before") for _n in range(3)]
    async with Transport({"test": proxy.url}, limits=Limits(reads_at_once=2)) as transport:
        site = transport.site("test")
        reads = [asyncio.create_task(site.read("whoami")) for _n in range(3)]
        await asyncio.gather(gates[0].reached.wait(), gates[1].reached.wait())
        assert await site.write("package_revise", {}) is None
        assert not gates[2].reached.is_set()
        for gate in gates:
            gate.release()
        await asyncio.gather(*reads)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(404, __type="Not Found Error", message="Not found"), NotFound),
        (error(403, __type="Authorization Error", message="no"), NotAuthorized),
        (error(409, __type="Validation Error", title=["Missing value"]), Refused),
        (error(409, __type="Search Error", message="bad"), SearchError),
        (error(400, __type="Integrity Error", data={"a": 1}), ActionFailed),
        (error(500, __type="Internal Server Error", message="no"), ActionFailed),
        (web.json_response("Bad request - Action name not known: x", status=400), ActionFailed),
        (web.json_response({"success": False}, status=418), ActionFailed),
        (web.json_response({"error": "text"}, status=400), ActionFailed),
    ],
)
async def test_refusals_come_as_the_errors_of_ckanapi(
    site: Site, echo: Echo, answer: web.Response, kind: type[Exception]
) -> None:
    echo.will_answer(lambda _request: answer)
    with pytest.raises(kind) as told:
        await site.write("x", {})
    assert isinstance(told.value, CKANAPIError)
    assert type(told.value) is kind


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", '"x"', '{"success": true}', "{"])
async def test_a_good_status_with_other_than_an_envelope_is_no_answer(
    site: Site, echo: Echo, body: str
) -> None:
    echo.will_answer(lambda _request: web.Response(text=body))
    with pytest.raises(CatalogueUnavailable) as told:
        await site.read("x")
    assert told.value.reason is Reason.NOT_JSON


@pytest.mark.parametrize("number", [400, 403, 404, 409, 500, 502, 200])
async def test_errors_hold_neither_the_key_nor_what_the_catalogue_said(
    site: Site, echo: Echo, number: int
) -> None:
    said = "a private canary of the catalogue"
    for kind in ("Validation Error", "Authorization Error", "Not Found Error", "", "Search Error"):
        body = error(number, __type=kind, message=said, title=[said], data={"k": said})
        plain = web.Response(status=number, text=said)
        for answer in (body, plain):
            echo.will_answer(lambda _request, answer=answer: answer)
            with pytest.raises(CKANAPIError) as told:
                await site.write("x", {"secret": said})
            text = "".join(traceback.format_exception(told.value))
            everything = text + str(told.value) + repr(told.value) + repr(told.value.args)
            assert said not in everything
            assert KEY not in everything


async def test_no_text_of_a_site_or_transport_holds_the_key(site: Site) -> None:
    other = site.transport.site("test", SecretStr("another"))
    assert KEY not in repr(site) + str(site) + site.fingerprint + repr(vars(site.transport))
    assert site.fingerprint != other.fingerprint
    assert site.fingerprint == site.transport.site("test", SecretStr(KEY)).fingerprint


async def _chunks(rows: Iterable[bytes]) -> AsyncIterator[bytes]:
    for row in rows:
        await asyncio.sleep(0)
        yield row


def _upload(rows: list[bytes], *, size: int, filename: str = "lakes.csv") -> Upload:
    return Upload(filename, size, "text/csv", lambda: _chunks(rows))


async def test_a_file_is_streamed_beside_its_fields(site: Site, echo: Echo) -> None:
    rows = [bytes([n % 256]) * 10_000 for n in range(50)]
    upload = _upload(rows, size=500_000, filename='Lacs "été" 湖.csv')
    arguments = {"match": {"id": "x"}, "update__a": "text", "flag": True}
    await site.write("package_revise", arguments, files={"update__upload": upload})
    heard = echo.heard[0]
    assert heard.fields["update__upload"] == ("Lacs été 湖.csv", b"".join(rows))
    assert json.loads(heard.fields["match"][1]) == {"id": "x"}
    assert heard.fields["update__a"][1] == b"text"
    assert heard.fields["flag"][1] == b"true"
    assert int(heard.headers["Content-Length"]) > 500_000


@pytest.mark.parametrize("size", [4, 6, 50_000_000])
async def test_a_source_of_another_length_breaks_the_upload_at_once(
    site: Site, echo: Echo, size: int
) -> None:
    upload = _upload([b"12345"], size=size)
    with pytest.raises(CatalogueUnavailable) as told:
        await site.write("package_revise", {}, files={"upload": upload})
    assert told.value.reason is Reason.UPLOAD_BROKEN
    assert echo.heard == []


def test_a_file_on_its_way_is_never_taken_for_text() -> None:
    with pytest.raises(TypeError):
        _SizedStream(_upload([b"1"], size=1)).decode()


async def test_a_source_that_fails_is_told_from_a_catalogue_that_fails(site: Site) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"1"
        raise ConnectionResetError

    with pytest.raises(CatalogueUnavailable) as told:
        await site.write("x", {}, files={"upload": Upload("a", 5, "", failing)})
    assert told.value.reason is Reason.UPLOAD_BROKEN


async def test_a_closed_transport_sends_nothing(site: Site, echo: Echo) -> None:
    await site.transport.close()
    with pytest.raises(CatalogueUnavailable) as told:
        await site.write("package_revise", {})
    assert not told.value.sent
    assert echo.heard == []


async def test_a_server_that_is_not_there_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with Transport({"test": url}, limits=QUICK) as transport:
        with pytest.raises(CatalogueUnavailable) as told:
            await transport.site("test").read("whoami")
    assert (told.value.reason, told.value.sent) == (Reason.CONNECTION, False)


def test_a_date_to_wait_for_becomes_seconds() -> None:
    soon = datetime.now(UTC) + timedelta(seconds=30)
    assert 25 < (_seconds(format_datetime(soon, usegmt=True)) or 0) <= 30
    assert _seconds(format_datetime(soon - timedelta(days=1), usegmt=True)) == 0


@given(st.text())
def test_any_header_for_waiting_is_a_number_or_nothing(header: str) -> None:
    seconds = _seconds(header)
    assert seconds is None or seconds >= 0
