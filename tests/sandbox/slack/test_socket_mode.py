from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from sandbox.slack.interactions import TROUBLE
from sandbox.slack.records import Ack, ImpossibleError
from sandbox.slack.socket_mode import SocketMode
from tests.sandbox.slack.bolt import ASK, FORM, BoltApp, plain, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.slack import RunningSlack, Workspace

ROBIN = "U0ROBIN"
RANDOM = "C0RANDOM"


def sockets(ws: Workspace) -> SocketMode:
    assert isinstance(ws.outbox.transport, SocketMode)
    return ws.outbox.transport


@pytest.fixture
async def app(slack: RunningSlack) -> AsyncIterator[BoltApp]:
    bolt = BoltApp(slack)
    handler = AsyncSocketModeHandler(bolt.bolt, slack.app_token)
    await handler.connect_async()
    await slack.connected()
    yield bolt
    await handler.close_async()


async def open_form(ws: Workspace) -> str:
    """Type the command, press its button; the id of the form that opens."""
    await ws.command(ROBIN, RANDOM, "/bcdc go")
    await until(lambda: ws.timeline(ROBIN, RANDOM))
    message = (RANDOM, ws.timeline(ROBIN, RANDOM)[-1]["ts"])
    await ws.click(ROBIN, message=message, block_id="ask", action_id="open")
    await until(lambda: ws.view_stack(ROBIN))
    return str(ws.view_stack(ROBIN)[-1]["id"])


async def test_a_command_answers_in_a_channel_without_the_app(ws: Workspace, app: BoltApp) -> None:
    delivery = await ws.command(ROBIN, RANDOM, "/bcdc find-org  <forests> & more")
    assert delivery.ack is not None
    assert delivery.ack.error is None
    assert app.heard[0]["text"] == "find-org  &lt;forests&gt; &amp; more"
    assert app.heard[0]["is_enterprise_install"] == "false"
    await until(lambda: ws.timeline(ROBIN, RANDOM))
    (message,) = ws.timeline(ROBIN, RANDOM)
    assert (message["ephemeral"], message["blocks"]) == (True, [ASK])
    assert ws.timeline("U0DANA", RANDOM) == []


async def test_a_button_of_an_ephemeral_message_sends_its_address_only(
    ws: Workspace,
    app: BoltApp,
) -> None:
    await open_form(ws)
    body = app.heard[-1]
    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body
    assert body["response_url"].startswith("http://")
    assert body["actions"][0]["value"] == "opaque"


async def test_a_menu_in_a_message_keeps_and_sends_its_choice(ws: Workspace, app: BoltApp) -> None:
    await ws.command(ROBIN, RANDOM, "/bcdc go")
    await until(lambda: ws.timeline(ROBIN, RANDOM))
    message = (RANDOM, ws.timeline(ROBIN, RANDOM)[-1]["ts"])
    await ws.click(ROBIN, message=message, block_id="ask", action_id="pick", choose="2")
    body = app.heard[-1]
    assert body["actions"][0]["selected_option"] == {"text": plain("Two"), "value": "2"}
    assert body["state"]["values"]["ask"]["pick"]["selected_option"]["value"] == "2"
    with pytest.raises(ImpossibleError):
        await ws.click(ROBIN, message=message, block_id="ask", action_id="pick", choose="3")


async def test_a_form_is_sent_with_all_its_values_and_closes(ws: Workspace, app: BoltApp) -> None:
    view_id = await open_form(ws)
    assert await ws.submit(ROBIN, view_id) is None
    assert app.heard[-1]["view"]["state"]["values"] == {
        "title": {"value": {"type": "plain_text_input", "value": "old"}},
        "owner_org": {"value": {"type": "external_select", "selected_option": None}},
    }
    assert ws.view_stack(ROBIN) == []


async def test_errors_of_the_app_keep_the_form_open(ws: Workspace, app: BoltApp) -> None:
    view_id = await open_form(ws)
    app.answer = {"response_action": "errors", "errors": {"title": "Taken"}}
    assert await ws.submit(ROBIN, view_id, {"title": "typed"}) == {"title": "Taken"}
    (view,) = ws.view_stack(ROBIN)
    assert view["state"]["values"]["title"]["value"]["value"] == "typed"


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {"note": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {**FORM, "title": plain("x" * 25)}},
    ],
)
async def test_an_answer_slack_does_not_take_leaves_a_notice(
    ws: Workspace,
    app: BoltApp,
    answer: dict[str, Any],
) -> None:
    view_id = await open_form(ws)
    app.answer = answer
    assert await ws.submit(ROBIN, view_id) is None
    assert ws.toasts[ROBIN] == [TROUBLE]
    assert [view["id"] for view in ws.view_stack(ROBIN)] == [view_id]


async def test_an_answer_may_update_push_or_clear(ws: Workspace, app: BoltApp) -> None:
    view_id = await open_form(ws)
    app.answer = {"response_action": "update", "view": {**FORM, "title": plain("Second")}}
    await ws.submit(ROBIN, view_id)
    assert [view["title"]["text"] for view in ws.view_stack(ROBIN)] == ["Second"]
    app.answer = {"response_action": "push", "view": FORM}
    await ws.submit(ROBIN, view_id)
    assert [view["title"]["text"] for view in ws.view_stack(ROBIN)] == ["Second", "A form"]
    with pytest.raises(ImpossibleError):
        await ws.submit(ROBIN, view_id)
    app.answer = {"response_action": "clear"}
    await ws.submit(ROBIN, ws.view_stack(ROBIN)[-1]["id"])
    assert ws.view_stack(ROBIN) == []


async def test_closing_is_told_where_the_view_asked_for_it(ws: Workspace, app: BoltApp) -> None:
    view_id = await open_form(ws)
    await ws.close_view(ROBIN, view_id)
    assert app.names()[-1] == "view_closed"
    assert app.heard[-1]["is_cleared"] is False


async def test_type_ahead_asks_from_the_least_query_length_on(ws: Workspace, app: BoltApp) -> None:
    view_id = await open_form(ws)
    where = {"view_id": view_id, "block_id": "owner_org", "action_id": "value"}
    assert await ws.type_ahead(ROBIN, query="f", **where) == {"options": []}
    assert app.names()[-1] == "block_actions"
    assert await ws.type_ahead(ROBIN, query="fo", **where) == {"options": app.options}
    assert app.heard[-1]["value"] == "fo"
    await ws.submit(ROBIN, view_id, {"owner_org": "forests"})
    chosen = app.heard[-1]["view"]["state"]["values"]["owner_org"]["value"]["selected_option"]
    assert chosen == app.options[0]


async def test_a_choice_that_was_never_offered_cannot_be_made(ws: Workspace, app: BoltApp) -> None:
    view_id = await open_form(ws)
    with pytest.raises(ImpossibleError):
        await ws.submit(ROBIN, view_id, {"owner_org": "forests"})


async def test_malformed_or_late_options_show_an_empty_list(ws: Workspace, app: BoltApp) -> None:
    view_id = await open_form(ws)
    where = {"view_id": view_id, "block_id": "owner_org", "action_id": "value", "query": "fo"}
    app.options = [{"text": plain("x" * 76), "value": "v"}]
    assert (await ws.type_ahead(ROBIN, **where))["options"] == []
    app.options, app.ack_after = [], 2.0
    assert (await ws.type_ahead(ROBIN, **where))["options"] == []


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("plain words", "plain words"),
        ({"text": "to all", "response_type": "in_channel"}, "to all"),
    ],
)
async def test_the_ack_of_a_command_may_hold_a_message(
    ws: Workspace,
    app: BoltApp,
    answer: Any,
    shown: str,
) -> None:
    app.command_answer = answer
    await ws.command(ROBIN, RANDOM, "/bcdc help")
    assert ws.timeline(ROBIN, RANDOM)[-1]["text"] == shown
    assert bool(ws.timeline("U0DANA", RANDOM)) is isinstance(answer, dict)


async def test_a_late_ack_is_a_timeout_to_the_person(ws: Workspace, app: BoltApp) -> None:
    app.ack_after = 2.0
    await ws.command(ROBIN, RANDOM, "/bcdc help")
    assert ws.toasts[ROBIN] == ['/bcdc failed with the error "operation_timeout"']
    await until(lambda: ws.timeline(ROBIN, RANDOM))
    assert len(app.heard) == 1


async def test_a_late_ack_does_not_count_but_what_it_is_for_is_waited_for(
    ws: Workspace, app: BoltApp
) -> None:
    app.ack_after, app.command_answer = 2.0, "too late"
    delivery = await ws.command(ROBIN, RANDOM, "/bcdc help")
    assert delivery.ack == Ack(error="operation_timeout")
    await ws.settled()
    assert app.acknowledged == 1
    assert "too late" not in [one["text"] for one in ws.timeline(ROBIN, RANDOM)]


async def test_without_a_socket_nothing_is_delivered(ws: Workspace) -> None:
    await ws.command(ROBIN, RANDOM, "/bcdc help")
    assert ws.toasts[ROBIN] == ['/bcdc failed with the error "dispatch_failed"']


async def test_a_payload_slower_than_the_window_arrives_all_the_same(
    ws: Workspace,
    app: BoltApp,
) -> None:
    ws.faults.delay_delivery(2.0, "command")
    delivery = await ws.command(ROBIN, RANDOM, "/bcdc help")
    assert (delivery.ack is not None and delivery.ack.error, app.heard) == ("operation_timeout", [])
    await until(lambda: app.heard)


async def test_a_payload_may_come_twice(ws: Workspace, app: BoltApp) -> None:
    ws.faults.duplicate_delivery("command")
    await ws.command(ROBIN, RANDOM, "/bcdc help")
    await ws.settled()
    assert len(app.heard) == 2
    assert app.heard[0]["trigger_id"] == app.heard[1]["trigger_id"]


async def test_payloads_may_come_out_of_order(ws: Workspace, app: BoltApp) -> None:
    ws.faults.reorder_delivery("command")
    first = asyncio.ensure_future(ws.command(ROBIN, RANDOM, "/bcdc first"))
    await asyncio.sleep(0)
    await ws.command(ROBIN, RANDOM, "/bcdc second")
    await first
    assert [body["text"] for body in app.heard] == ["second", "first"]


async def test_a_message_shortcut_carries_the_message(ws: Workspace, app: BoltApp) -> None:
    message = await ws.post(ROBIN, RANDOM, "a file", files=[("a.csv", b"1,2\n")])
    await ws.message_shortcut(ROBIN, "bcdc:create-resource", RANDOM, message.ts)
    body = app.heard[-1]
    assert (body["type"], body["message"]["files"][0]["name"]) == ("message_action", "a.csv")
    assert body["channel"] == {"id": RANDOM, "name": "random"}


async def test_opening_the_home_tab_is_an_event(ws: Workspace, app: BoltApp) -> None:
    await ws.open_home(ROBIN)
    await ws.settled()
    event = app.heard[-1]["event"]
    assert (event["type"], event["tab"], event["channel"]) == ("app_home_opened", "home", "D0ROBIN")


async def test_the_app_comes_back_after_a_disconnect(
    slack: RunningSlack,
    ws: Workspace,
    app: BoltApp,
) -> None:
    await slack.disconnect("refresh_requested")
    async with asyncio.timeout(60):
        await slack.connected()
    delivery = await ws.command(ROBIN, RANDOM, "/bcdc help")
    assert delivery.ack is not None
    assert delivery.ack.error is None


async def test_envelopes_go_round_the_open_sockets(slack: RunningSlack, ws: Workspace) -> None:
    got: list[int] = []
    headers = {"Authorization": f"Bearer {slack.app_token}"}

    async def serve(socket: aiohttp.ClientWebSocketResponse, number: int) -> None:
        async for frame in socket:
            got.append(number)
            await socket.send_json({"envelope_id": frame.json()["envelope_id"]})

    async with aiohttp.ClientSession(headers=headers) as session:
        serving = []
        for number in range(10):
            async with session.post(f"{slack.api_url}apps.connections.open") as opened:
                url = (await opened.json())["url"]
            socket = await session.ws_connect(url)
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", number + 1)
            serving.append(asyncio.ensure_future(serve(socket, number)))
        for _ in range(12):
            await ws.command(ROBIN, RANDOM, "/bcdc help")
        assert got == [*range(10), 0, 1]

        used = await session.get(url.replace("ws:", "http:"))
        assert used.status == 401
        async with session.post(f"{slack.api_url}apps.connections.open") as opened:
            eleventh = await session.ws_connect((await opened.json())["url"])
        assert (await eleventh.receive_json())["reason"] == "too_many_websockets"
        await slack.drop_sockets()
        await asyncio.gather(*serving)
    assert sockets(ws).sockets == 0
