"""Answers with text that no database keeps: no CKAN has it, but what is in between may make it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.ckan.faults import Refused
from bot.ckan.transport import Site, Transport
from tests.ckan.echo import Echo, error, result


@pytest.fixture
async def site(echo: Echo) -> AsyncIterator[Site]:
    async with Transport({"test": echo.url}) as transport:
        yield transport.site("test")


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        ("whole \U0001f600\U0001f601", "whole \U0001f600\U0001f601"),
        ("first \ud83d half", "first ? half"),
        ("second \ude00 half", "second ? half"),
        ("\ud83d\ud83d\ude00\ude00", "?\U0001f600?"),
        ("NUL \0.", "NUL ."),
        ("written as \\u0000 and \\ud83d", "written as \\u0000 and \\ud83d"),
    ],
)
async def test_what_is_no_text_is_left_out(site: Site, echo: Echo, sent: str, heard: str) -> None:
    echo.will_answer(lambda _request: result({sent: [{"title": sent}], "count": 2}))
    assert await site.read("package_show") == {heard: [{"title": heard}], "count": 2}
    echo.will_answer(lambda _request: error(409, __type="Validation Error", title=[sent]))
    with pytest.raises(Refused) as refused:
        await site.read("package_show")
    assert refused.value.fields == {"title": [heard]}


async def test_bytes_that_are_no_letters_are_no_half_of_one(site: Site, echo: Echo) -> None:
    body = (
        json.dumps({"success": True, "result": "HERE"}).encode().replace(b"HERE", b"\xed\xa0\xbd")
    )
    echo.will_answer(lambda _request: web.Response(body=body, content_type="application/json"))
    answer = await site.read("package_show")
    assert answer.encode().decode() == answer
