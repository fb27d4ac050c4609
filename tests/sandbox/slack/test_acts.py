"""Acts of people that no other file tells of, against an app that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from sandbox.slack.records import ImpossibleError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import RunningSlack, Workspace

ROBIN = "U0ROBIN"
CFD = "C0CFD"


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


OVERFLOW = {
    "type": "section",
    "block_id": "more",
    "text": plain("A record"),
    "accessory": {
        "type": "overflow",
        "action_id": "menu",
        "options": [{"text": plain("Edit"), "value": "edit"}],
    },
}


async def opened(ws: Workspace, client: AsyncWebClient, **view: Any) -> str:
    whole = {"type": "modal", "title": plain("T"), "submit": plain("S"), **view}
    answer = await client.views_open(trigger_id=ws.views.new_trigger(ROBIN), view=whole)
    return str(answer["view"]["id"])


async def test_a_menu_of_a_lasting_message_sends_the_whole_message(
    ws: Workspace,
    client: AsyncWebClient,
) -> None:
    posted = await client.chat_postMessage(channel=CFD, text="A record", blocks=[OVERFLOW])
    where = {"message": (CFD, posted["ts"]), "block_id": "more", "action_id": "menu"}
    delivery = await ws.click(ROBIN, choose="edit", **where)
    payload = delivery.payload
    assert payload["actions"][0]["selected_option"]["value"] == "edit"
    assert payload["message"]["blocks"] == [OVERFLOW]
    assert payload["message"]["bot_id"] == ws.app.bot_id
    chosen = {"selected_option": {"value": "edit"}}
    again = await ws.click(ROBIN, element=chosen, **where)
    assert again.payload["actions"][0]["selected_option"]["text"] == plain("Edit")
    with pytest.raises(ImpossibleError):
        await ws.click(ROBIN, choose="delete", **where)


async def test_a_field_tells_the_app_of_a_change_only_where_it_asked(
    ws: Workspace,
    client: AsyncWebClient,
) -> None:
    def date(block_id: str, *, dispatch: bool) -> dict[str, Any]:
        element = {"type": "datepicker", "action_id": "value"}
        block = {"type": "input", "block_id": block_id, "label": plain("Date"), "element": element}
        return {**block, "dispatch_action": dispatch}

    blocks = [date("loud", dispatch=True), date("quiet", dispatch=False)]
    view_id = await opened(ws, client, blocks=blocks)
    delivery = await ws.click(
        ROBIN,
        view_id=view_id,
        block_id="loud",
        action_id="value",
        element={"type": "datepicker", "selected_date": "2026-11-30"},
    )
    assert delivery.payload["actions"][0]["selected_date"] == "2026-11-30"
    values = delivery.payload["view"]["state"]["values"]
    assert values["loud"]["value"] == {"type": "datepicker", "selected_date": "2026-11-30"}
    assert "response_url" not in delivery.payload
    with pytest.raises(ImpossibleError):
        await ws.click(
            ROBIN,
            view_id=view_id,
            block_id="quiet",
            action_id="value",
            choose="2026-11-30",
        )


async def test_a_conversation_field_brings_a_response_url(
    ws: Workspace,
    client: AsyncWebClient,
) -> None:
    element = {
        "type": "conversations_select",
        "action_id": "value",
        "response_url_enabled": True,
    }
    block = {"type": "input", "block_id": "where", "label": plain("Where"), "element": element}
    view_id = await opened(ws, client, blocks=[block])
    await ws.submit(ROBIN, view_id, {"where": "C0RANDOM"})
    (given,) = ws.deliveries[-1].payload["response_urls"]
    assert (given["block_id"], given["channel_id"]) == ("where", "C0RANDOM")
    async with (
        aiohttp.ClientSession() as session,
        session.post(given["response_url"], json={"text": "hello"}) as response,
    ):
        assert response.status == 200


async def test_closing_one_view_shows_the_one_below_and_clearing_closes_all(
    ws: Workspace,
    client: AsyncWebClient,
) -> None:
    section = {"type": "section", "text": plain("x")}
    for _ in range(3):
        last = await opened(ws, client, blocks=[section], notify_on_close=True)
    await ws.close_view(ROBIN, last)
    assert len(ws.view_stack(ROBIN)) == 2
    await ws.close_view(ROBIN, ws.view_stack(ROBIN)[-1]["id"], clear=True)
    assert ws.view_stack(ROBIN) == []
    closed = [one.payload for one in ws.deliveries]
    assert [one["is_cleared"] for one in closed] == [False, True, True]


async def test_a_reload_closes_open_forms(ws: Workspace, client: AsyncWebClient) -> None:
    await opened(ws, client, blocks=[{"type": "divider"}])
    ws.reload(ROBIN)
    assert ws.view_stack(ROBIN) == []


async def test_a_global_shortcut_brings_a_trigger_and_no_channel(
    ws: Workspace,
    client: AsyncWebClient,
) -> None:
    find = {"name": "Find", "type": "global", "callback_id": "find", "description": "Find one"}
    ws.app.manifest = {**ws.app.manifest, "features": {"shortcuts": [find]}}
    payload = (await ws.shortcut(ROBIN, "find")).payload
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "find")
    assert "channel" not in payload
    view = {"type": "modal", "title": plain("T"), "blocks": [{"type": "divider"}]}
    await client.views_open(trigger_id=payload["trigger_id"], view=view)


async def test_an_ephemeral_message_has_no_shortcuts(ws: Workspace, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel=CFD, user=ROBIN, text="for you")
    ts = ws.timeline(ROBIN, CFD)[0]["ts"]
    with pytest.raises(ImpossibleError):
        await ws.message_shortcut(ROBIN, "bcdc:create-resource", CFD, ts)


async def test_subscribed_events_of_channels_reach_the_app(ws: Workspace) -> None:
    events = ["member_joined_channel", "channel_archive", "message.im"]
    subscribed = {"event_subscriptions": {"bot_events": events}}
    scopes = {"scopes": {"bot": [*ws.app.scopes, "im:history"]}}
    ws.app.manifest = {**ws.app.manifest, "settings": subscribed, "oauth_config": scopes}
    await ws.invite(ROBIN, "C0RANDOM")
    await ws.invite(ROBIN, "C0RANDOM")
    ws.archive("C0RANDOM")
    await ws.post(ROBIN, "D0ROBIN", "hello")
    told = [one.payload["event"] for one in ws.deliveries]
    assert [event["type"] for event in told] == [
        "member_joined_channel",
        "channel_archive",
        "message",
    ]
    assert told[-1]["channel_type"] == "im"
    assert ws.deliveries[0].payload["authorizations"][0]["is_bot"] is True


async def test_a_permalink_leads_to_the_page(slack: RunningSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=CFD, text="hello")
    link = await client.chat_getPermalink(channel=CFD, message_ts=posted["ts"])
    async with (
        aiohttp.ClientSession() as session,
        session.get(link["permalink"], allow_redirects=False) as response,
    ):
        assert response.headers["Location"] == f"/?channel={CFD}"


async def test_metadata_and_threads_are_kept_with_a_message(
    ws: Workspace,
    client: AsyncWebClient,
) -> None:
    parent = await client.chat_postMessage(channel=CFD, text="parent")
    metadata = {"event_type": "change", "event_payload": {"id": "1"}}
    await client.chat_postMessage(
        channel=CFD,
        text="child",
        thread_ts=parent["ts"],
        metadata=metadata,
    )
    child = ws.timeline(ROBIN, CFD)[-1]
    assert (child["thread_ts"], child["metadata"]) == (parent["ts"], metadata)


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("views.open", {"trigger_id": "1.1"}, "invalid_arguments"),
        ("views.update", {"view": {}}, "invalid_arguments"),
        ("views.publish", {"user_id": "U0BCDCBOT", "view": '{"type": "home", "blocks": []}'}, ""),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
        ("conversations.open", {"users": "U0BCDCBOT"}, "cannot_dm_bot"),
        ("conversations.members", {"channel": CFD, "limit": "0"}, "invalid_limit"),
        ("conversations.members", {"channel": CFD, "limit": "few"}, "invalid_arguments"),
        ("conversations.members", {"channel": CFD, "cursor": "x"}, "invalid_cursor"),
        ("files.getUploadURLExternal", {"filename": "a", "length": "-1"}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": "{}"}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": "[{"}, "invalid_arguments"),
    ],
)
async def test_wrong_arguments_are_refused(
    client: AsyncWebClient,
    refused: Any,
    method: str,
    arguments: dict[str, Any],
    code: str,
) -> None:
    assert await refused(client.api_call(method, data=arguments)) == (code or "user_not_found")


async def test_a_channel_opened_again_and_counted(client: AsyncWebClient) -> None:
    opened_again = await client.conversations_open(channel="D0ROBIN")
    assert opened_again["channel"]["id"] == "D0ROBIN"
    whole = await client.conversations_open(users=ROBIN, return_im=True)
    assert whole["channel"]["user"] == ROBIN
    counted = await client.conversations_info(channel=CFD, include_num_members=True)
    assert counted["channel"]["num_members"] == 6


async def test_an_upload_may_come_as_a_form(client: AsyncWebClient) -> None:
    announced = await client.files_getUploadURLExternal(filename="a.csv", length=3)
    form = aiohttp.FormData()
    form.add_field("file", b"1,2", filename="a.csv")
    async with (
        aiohttp.ClientSession() as session,
        session.post(announced["upload_url"], data=form) as response,
    ):
        assert (response.status, await response.text()) == (200, "OK - 3")
    done = await client.files_completeUploadExternal(files=[{"id": announced["file_id"]}])
    assert done["files"][0]["size"] == 3


async def test_the_page_and_its_assets_are_served(slack: RunningSlack) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(slack.url) as response:
            assert "<!doctype html>" in (await response.text()).lower()
        async with session.get(f"{slack.url}/page/static/style.css") as response:
            assert response.content_type == "text/css"
        async with session.get(f"{slack.url}/page/static/../server.py") as response:
            assert response.status == 404
