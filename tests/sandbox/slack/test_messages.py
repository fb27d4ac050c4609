from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from sandbox.slack.records import ImpossibleError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import Workspace

ROBIN = "U0ROBIN"
DIVIDER = [{"type": "divider"}]


async def answer(url: str, **body: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.text()


def texts(ws: Workspace, user_id: str, channel_id: str) -> list[str]:
    return [message["text"] for message in ws.timeline(user_id, channel_id)]


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("C0RANDOM", "not_in_channel"),
        ("C0NOWHERE", "channel_not_found"),
        ("C0STEWARDS", "channel_not_found"),
        ("C0OLD", "is_archived"),
        ("#general", "channel_not_found"),
    ],
)
async def test_the_app_posts_only_where_it_is_a_member(
    client: AsyncWebClient,
    refused: Any,
    channel: str,
    code: str,
) -> None:
    assert await refused(client.chat_postMessage(channel=channel, text="hello")) == code


async def test_an_invited_app_may_post(ws: Workspace, client: AsyncWebClient) -> None:
    await ws.invite(ROBIN, "C0RANDOM")
    await client.chat_postMessage(channel="C0RANDOM", text="hello")
    assert texts(ws, "U0DANA", "C0RANDOM") == ["hello"]


async def test_a_person_is_reached_by_their_id(ws: Workspace, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=ROBIN, text="hello")
    assert posted["channel"] == "D0ROBIN"
    opened = await client.conversations_open(users=ROBIN)
    assert opened["channel"]["id"] == "D0ROBIN"
    with pytest.raises(ImpossibleError):
        ws.timeline("U0PRIYA", "D0ROBIN")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({}, "no_text"),
        ({"blocks": DIVIDER}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "blocks": [{"type": "nothing"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"text": "x", "thread_ts": "1.1"}, "message_not_found"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
    ],
)
async def test_a_message_without_fallback_or_beyond_a_limit_is_refused(
    client: AsyncWebClient,
    refused: Any,
    content: dict[str, Any],
    code: str,
) -> None:
    call = client.api_call("chat.postMessage", json={"channel": "C0CFD", **content})
    assert await refused(call) == code


async def test_only_own_lasting_messages_are_edited_and_deleted(
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    theirs = await ws.post(ROBIN, "C0CFD", "from a person")
    posted = await client.chat_postMessage(channel="C0CFD", text="before")
    unseen = await client.chat_postEphemeral(channel="C0CFD", user=ROBIN, text="unseen")
    await client.chat_update(channel="C0CFD", ts=posted["ts"], text="after")
    assert texts(ws, "U0PRIYA", "C0CFD") == ["from a person", "after"]

    edit = client.chat_update(channel="C0CFD", ts=theirs.ts, text="x")
    assert await refused(edit) == "cant_update_message"
    edit = client.chat_update(channel="C0CFD", ts=unseen["message_ts"], text="x")
    assert await refused(edit) == "message_not_found"
    removal = client.chat_delete(channel="C0CFD", ts=theirs.ts)
    assert await refused(removal) == "cant_delete_message"
    await client.chat_delete(channel="C0CFD", ts=posted["ts"])
    assert texts(ws, "U0PRIYA", "C0CFD") == ["from a person"]


async def test_an_ephemeral_message_is_for_one_member_and_gone_after_a_reload(
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    await client.chat_postEphemeral(channel="C0CFD", user=ROBIN, text="for you")
    assert texts(ws, ROBIN, "C0CFD") == ["for you"]
    assert texts(ws, "U0PRIYA", "C0CFD") == []
    outside = client.chat_postEphemeral(channel="C0CFD", user="U0DANA", text="for you")
    assert await refused(outside) == "user_not_in_channel"
    ws.reload(ROBIN)
    assert texts(ws, ROBIN, "C0CFD") == []


async def test_a_burst_in_one_channel_is_answered_by_429(
    ws: Workspace,
    client: AsyncWebClient,
    clock: Any,
    refused: Any,
) -> None:
    for _ in range(5):
        await client.chat_postMessage(channel="C0CFD", text="x")
    assert await refused(client.chat_postMessage(channel="C0CFD", text="x")) == "ratelimited"
    await client.chat_postMessage(channel="C0GENERAL", text="another channel")
    clock.now += 1
    await client.chat_postMessage(channel="C0CFD", text="x")
    ws.rate_limits = False
    for _ in range(10):
        await client.chat_postMessage(channel="C0CFD", text="x")


async def test_a_response_url_answers_five_times_without_membership(ws: Workspace) -> None:
    url = ws.response_urls.new(ROBIN, ws.directory.channels["C0RANDOM"])
    for number in range(4):
        assert await answer(url, text=f"answer {number}") == (200, '{"ok": true}')
    assert (await answer(url, blocks=DIVIDER))[0] == 400
    assert (await answer(url, text="to all", response_type="in_channel"))[0] == 200
    status, body = await answer(url, text="one too many")
    assert (status, "used_url" in body) == (404, True)
    assert texts(ws, ROBIN, "C0RANDOM")[-2:] == ["answer 3", "to all"]
    assert texts(ws, "U0DANA", "C0RANDOM") == ["to all"]


async def test_a_response_url_may_be_in_trouble_too(ws: Workspace) -> None:
    url = ws.response_urls.new(ROBIN, ws.directory.channels["C0RANDOM"])
    ws.faults.error("response_url", "server_error")
    ws.faults.rate_limit("response_url", retry_after=3)
    assert (await answer(url, text="lost"))[0] == 500
    assert (await answer(url, text="too many"))[0] == 429
    ws.faults.lose_answer("response_url")
    with pytest.raises(aiohttp.ClientError):
        await answer(url, text="shown all the same")
    assert texts(ws, ROBIN, "C0RANDOM") == ["shown all the same"]


async def test_a_response_url_ends_after_half_an_hour(ws: Workspace, clock: Any) -> None:
    url = ws.response_urls.new(ROBIN, ws.directory.channels["C0RANDOM"])
    clock.now += 30 * 60 + 1
    status, body = await answer(url, text="too late")
    assert (status, "expired_url" in body) == (404, True)
    assert (await answer(url[:-1], text="made up"))[0] == 404


async def test_a_response_url_edits_and_deletes_the_message_it_came_from(
    ws: Workspace,
    client: AsyncWebClient,
) -> None:
    await client.chat_postEphemeral(channel="C0CFD", user=ROBIN, text="choose")
    channel = ws.directory.channels["C0CFD"]
    original = ws.messages.timeline(ROBIN, channel)[0]
    url = ws.response_urls.new(ROBIN, channel, original)
    await answer(url, text="chosen", replace_original=True)
    assert texts(ws, ROBIN, "C0CFD") == ["chosen"]
    await answer(url, delete_original=True)
    assert texts(ws, ROBIN, "C0CFD") == []
    await answer(url, text="anew", replace_original=True)
    assert texts(ws, ROBIN, "C0CFD") == ["anew"]


async def test_links_elsewhere_and_plain_messages_tell_the_app_nothing(ws: Workspace) -> None:
    await ws.post(ROBIN, "C0CFD", "see https://example.com and talk")
    await ws.post(ROBIN, "D0ROBIN", "hello app")
    assert ws.deliveries == []


async def test_nobody_writes_where_they_are_not(ws: Workspace) -> None:
    with pytest.raises(ImpossibleError):
        await ws.post("U0DANA", "C0CFD", "hello")
    with pytest.raises(ImpossibleError):
        await ws.post(ROBIN, "C0OLD", "hello")
