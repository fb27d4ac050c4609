from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from tests.sandbox.slack.bolt import ASK, BoltApp, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import RunningSlack, Workspace

ROBIN = "U0ROBIN"
CFD = "C0CFD"


class Page:
    """What the page's own script does: JSON there and back."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session

    async def read(self, name: str, status: int = 200, **query: str) -> Any:
        async with self.session.get(f"{self.url}/page/{name}", params=query) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def act(self, name: str, status: int = 200, **body: Any) -> Any:
        async with self.session.post(f"{self.url}/page/{name}", json=body) as response:
            assert response.status == status, await response.text()
            return await response.json()


@pytest.fixture
async def page(slack: RunningSlack) -> AsyncIterator[Page]:
    async with aiohttp.ClientSession() as session:
        yield Page(slack.url, session)


@pytest.fixture
async def app(slack: RunningSlack) -> AsyncIterator[BoltApp]:
    bolt = BoltApp(slack)
    handler = AsyncSocketModeHandler(bolt.bolt, slack.app_token)
    await handler.connect_async()
    await slack.connected()
    yield bolt
    await handler.close_async()


async def test_the_overview_names_people_commands_and_shortcuts(page: Page, ws: Workspace) -> None:
    ws.app.verbs = [{"verb": "help", "usage": "help [verb]", "summary": "Say what there is"}]
    ws.catalogue_url = "http://127.0.0.1:5055"
    overview = await page.read("workspace")
    assert overview["team"]["id"] == "T0BCDC"
    assert overview["users"][0]["real_name"] == "Robin Chen"
    assert len(overview["users"]) == 8
    assert overview["commands"][0]["verbs"] == ws.app.verbs
    assert overview["shortcuts"][0]["callback_id"] == "bcdc:create-resource"
    assert overview["catalogue_url"] == "http://127.0.0.1:5055"


async def test_each_person_sees_their_own_conversations(page: Page) -> None:
    def names(state: Any) -> set[str]:
        return {channel["name"] for channel in state["channels"]}

    robin = await page.read("state", user=ROBIN)
    dana = await page.read("state", user="U0DANA")
    assert "cfd-stewards" in names(robin)
    assert "cfd-stewards" not in names(dana)
    apps = [channel for channel in dana["channels"] if channel["type"] == "app"]
    assert [channel["id"] for channel in apps] == ["D0DANA"]
    not_in = {one["name"] for one in dana["channels"] if not one["is_member"]}
    assert not_in == {"cfd-data", "forests-data"}


async def test_unread_messages_are_counted_until_they_are_looked_at(
    page: Page,
    client: AsyncWebClient,
) -> None:
    async def unread() -> int:
        state = await page.read("state", user=ROBIN)
        return int(next(one["unread"] for one in state["channels"] if one["id"] == CFD))

    await client.chat_postMessage(channel=CFD, text="news")
    assert await unread() == 1
    first = await page.read("timeline", user=ROBIN, channel=CFD)
    assert first["messages"][0]["unread"] is True
    assert first["messages"][0]["bot"] == "U0BCDCBOT"
    again = await page.read("timeline", user=ROBIN, channel=CFD)
    assert again["messages"][0]["unread"] is False
    assert await unread() == 0


async def test_a_person_goes_from_command_to_sent_form(page: Page, app: BoltApp) -> None:
    await page.act("command", user=ROBIN, channel=CFD, text="/bcdc go")
    await until(lambda: app.heard)
    message: Any = None
    while message is None:
        timeline = await page.read("timeline", user=ROBIN, channel=CFD)
        message = next(iter(timeline["messages"]), None)
    assert (message["ephemeral"], message["blocks"]) == (True, [ASK])
    place = {"user": ROBIN, "channel": CFD, "ts": message["ts"]}
    await page.act("click", **place, block_id="ask", action_id="open", element={}, state={})
    view: Any = None
    while view is None:
        views = (await page.read("state", user=ROBIN))["views"]
        view = next(iter(views), None)
    typed = {"title": {"value": {"type": "plain_text_input", "value": "typed"}}}
    form = {"user": ROBIN, "view_id": view["id"], "state": typed}
    options = await page.act(
        "options",
        **form,
        block_id="owner_org",
        action_id="value",
        value="fo",
    )
    assert options == {"options": app.options}
    empty = {"title": {"value": {"type": "plain_text_input", "value": ""}}}
    refused = await page.act("submit", **{**form, "state": empty})
    assert refused == {"errors": {"title": "Please complete this required field."}}
    chosen = {"value": {"type": "external_select", "selected_option": app.options[0]}}
    assert await page.act("submit", **{**form, "state": {**typed, "owner_org": chosen}}) == {
        "ok": True,
    }
    values = app.heard[-1]["view"]["state"]["values"]
    assert values["title"]["value"]["value"] == "typed"
    assert values["owner_org"]["value"]["selected_option"] == app.options[0]


async def test_a_form_may_be_closed_and_state_of_vanished_blocks_is_let_go(
    page: Page,
    ws: Workspace,
    app: BoltApp,
    client: AsyncWebClient,
) -> None:
    section = {"type": "section", "text": {"type": "plain_text", "text": "x"}}
    view = {"type": "modal", "title": {"type": "plain_text", "text": "t"}, "blocks": [section]}
    opened = await client.views_open(trigger_id=ws.views.new_trigger(ROBIN), view=view)
    await page.act("close", user=ROBIN, view_id=opened["view"]["id"], clear=False)
    assert ws.view_stack(ROBIN) == []
    form = {"user": ROBIN, "view_id": opened["view"]["id"], "state": {"gone": {}}}
    error = await page.act("submit", status=400, **form)
    assert error == {"error": f"The view '{opened['view']['id']}' is not open"}


async def test_files_go_with_a_message_and_come_back(page: Page, ws: Workspace) -> None:
    url = f"{page.url}/page/file"
    query = {"user": ROBIN, "name": "données.csv"}
    async with page.session.post(url, params=query, data=b"<script>") as response:
        file = await response.json()
    assert (file["name"], file["size"], file["mimetype"]) == ("données.csv", 8, "text/csv")
    await page.act("message", user=ROBIN, channel=CFD, text="here", file_ids=[file["id"]])
    timeline = await page.read("timeline", user="U0PRIYA", channel=CFD)
    (shown,) = timeline["messages"][0]["files"]
    async with page.session.get(page.url + shown["url"]) as response:
        assert await response.read() == b"<script>"
        assert response.headers["Content-Disposition"] == "attachment"
    await page.read(f"file/{file['id']}", status=400, user="U0NOBODY")


async def test_open_pages_hear_of_changes_and_notices(page: Page, ws: Workspace) -> None:
    url = f"{page.url.replace('http', 'ws')}/page/live"
    async with page.session.ws_connect(url, params={"user": ROBIN}) as live:
        await asyncio.sleep(0.02)
        await page.act("message", user="U0PRIYA", channel=CFD, text="hello")
        frame = await live.receive_json(timeout=1)
        assert (frame["type"], frame["channel"]) == ("changed", CFD)
        assert set(frame["what"]) == {"timeline", "state"}
        await page.act("command", user=ROBIN, channel=CFD, text="/bcdc help")
        frame = await live.receive_json(timeout=1)
        assert frame == {
            "type": "toast",
            "text": '/bcdc failed with the error "dispatch_failed"',
        }


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("command", {"user": ROBIN, "channel": CFD, "text": "/other thing"}),
        ("command", {"user": ROBIN, "channel": CFD}),
        ("command", {"user": "U0BCDCBOT", "channel": CFD, "text": "/bcdc help"}),
        ("message", {"user": "U0DANA", "channel": CFD, "text": "hello"}),
        ("message", {"user": ROBIN, "channel": CFD, "text": "  "}),
        ("click", {"user": ROBIN, "channel": CFD, "ts": "1.1", "block_id": "a", "action_id": "b"}),
        ("shortcut", {"user": ROBIN, "callback_id": "unknown"}),
        ("invite", {"user": ROBIN, "channel": "D0ROBIN"}),
    ],
)
async def test_what_nobody_can_do_is_400_with_a_reason(
    page: Page,
    name: str,
    body: dict[str, Any],
) -> None:
    answer = await page.act(name, status=400, **body)
    assert answer["error"]


async def test_the_app_is_invited_and_its_home_opened(page: Page, ws: Workspace) -> None:
    await page.act("invite", user=ROBIN, channel="C0RANDOM")
    assert ws.directory.bot_in(ws.directory.channels["C0RANDOM"])
    await page.act("home", user=ROBIN)
    assert ws.deliveries[-1].payload["event"]["type"] == "app_home_opened"
