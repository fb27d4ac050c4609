"""Links that people write, and what an app shows under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import Workspace

ROBIN = "U0ROBIN"
CFD = "C0CFD"
LINK = "https://catalogue.data.gov.bc.ca/dataset/a"
Json = dict[str, Any]


def card(text: str = "A record") -> Json:
    words = {"type": "plain_text", "text": text}
    press = {"type": "button", "action_id": "show", "text": words, "value": "a"}
    return {
        "blocks": [
            {"type": "section", "text": words},
            {"type": "actions", "block_id": "acts", "elements": [press]},
        ]
    }


def told(ws: Workspace) -> list[Json]:
    """The events of links so far."""
    events = [one.payload.get("event") or {} for one in ws.deliveries]
    return [one for one in events if one.get("type") == "link_shared"]


async def test_a_link_is_told_and_unfurled_by_channel_and_ts(
    ws: Workspace, client: AsyncWebClient
) -> None:
    message = await ws.post(ROBIN, CFD, f"Look: {LINK}, and {LINK}. And https://example.test/a")
    (event,) = told(ws)
    assert event["links"] == [{"domain": "catalogue.data.gov.bc.ca", "url": LINK}]
    assert (event["channel"], event["message_ts"]) == (CFD, message.ts)
    assert event["source"] == "conversations_history"
    await client.chat_unfurl(channel=CFD, ts=message.ts, unfurls={LINK: card()})
    await client.chat_unfurl(
        unfurl_id=event["unfurl_id"], source=event["source"], unfurls={LINK: card("Again")}
    )
    (shown,) = ws.timeline(ROBIN, CFD)[-1]["attachments"]
    assert shown["blocks"][0]["text"]["text"] == "Again"


async def test_a_link_with_several_parameters_is_unfurled(
    ws: Workspace, client: AsyncWebClient
) -> None:
    link = f"{LINK}?b=1&c=2"
    await ws.post(ROBIN, "C0RANDOM", f"see {link}")
    (event,) = told(ws)
    assert event["links"][0]["url"] == link
    assert event["is_bot_user_member"] is False
    await client.chat_unfurl(
        unfurl_id=event["unfurl_id"], source=event["source"], unfurls={link: card()}
    )
    assert len(ws.timeline(ROBIN, "C0RANDOM")[-1]["attachments"]) == 1


async def test_a_link_is_told_while_it_is_written_and_sent_with_its_card(
    ws: Workspace, client: AsyncWebClient
) -> None:
    ws.write(ROBIN, f"Look: {LINK}")
    (event,) = told(ws)
    assert (event["channel"], event["source"]) == ("COMPOSER", "composer")
    await client.chat_unfurl(
        unfurl_id=event["unfurl_id"], source="composer", unfurls={LINK: card()}
    )
    assert list(ws.links.shown_while_writing(ROBIN)) == [LINK]
    await ws.post(ROBIN, CFD, f"Look: {LINK}")
    assert len(ws.timeline(ROBIN, CFD)[-1]["attachments"]) == 1


async def test_a_press_under_a_link_says_which_link(ws: Workspace, client: AsyncWebClient) -> None:
    message = await ws.post(ROBIN, CFD, LINK)
    await client.chat_unfurl(channel=CFD, ts=message.ts, unfurls={LINK: card()})
    pressed = await ws.click(ROBIN, message=(CFD, message.ts), block_id="acts", action_id="show")
    container = pressed.payload["container"]
    assert container["type"] == "message_attachment"
    assert container["app_unfurl_url"] == LINK
    assert pressed.payload["app_unfurl"]["blocks"][1]["block_id"] == "acts"
    assert not {"message", "response_url"} & set(pressed.payload)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"channel": CFD}, "missing_ts"),
        ({"ts": "1.1"}, "missing_channel"),
        ({"unfurl_id": "Uf1"}, "missing_source"),
        ({"unfurl_id": "Uf1", "source": "elsewhere"}, "invalid_source"),
        ({"unfurl_id": "Uf1", "source": "composer"}, "missing_unfurls"),
        ({"channel": CFD, "ts": "1.1", "unfurls": "{"}, "invalid_unfurls_format"),
        ({"channel": CFD, "ts": "1.1", "unfurls": []}, "invalid_unfurls_format"),
        ({"channel": "C0NONE", "ts": "1.1", "unfurls": {LINK: card()}}, "cannot_find_channel"),
        ({"channel": CFD, "ts": "1.1", "unfurls": {LINK: card()}}, "cannot_find_message"),
        ({"unfurl_id": "Uf1", "source": "composer", "unfurls": {}}, "cannot_find_message"),
    ],
)
async def test_wrong_arguments_of_unfurls_are_refused(
    client: AsyncWebClient, refused: Any, arguments: Json, code: str
) -> None:
    assert await refused(client.api_call("chat.unfurl", json=arguments)) == code


@pytest.mark.parametrize(
    ("url", "block", "code"),
    [
        (LINK, {"type": "nothing"}, "invalid_blocks"),
        (LINK, {"type": "rich_text", "elements": []}, "invalid_blocks"),
        (f"{LINK}/b", {"type": "divider"}, "cannot_unfurl_message"),
        (LINK[:-1], {"type": "divider"}, "cannot_unfurl_message"),
        ("https://example.test/a", {"type": "divider"}, "cannot_unfurl_url"),
    ],
)
async def test_what_is_not_there_or_not_to_be_shown_is_refused(
    ws: Workspace, client: AsyncWebClient, refused: Any, url: str, block: Json, code: str
) -> None:
    message = await ws.post(ROBIN, CFD, f"{LINK} https://example.test/a")
    unfurls = {url: {"blocks": [block]}}
    call = client.chat_unfurl(channel=CFD, ts=message.ts, unfurls=unfurls)
    assert await refused(call) == code
