from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from sandbox.slack import RunningSlack, new_workspace, start
from sandbox.slack.http_delivery import HttpDelivery
from tests.sandbox.slack.bolt import BoltApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.slack import Workspace

ROBIN = "U0ROBIN"
RANDOM = "C0RANDOM"


class Receiver:
    """A request URL: keeps each request, and answers the statuses it was given."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], str]] = []
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}

    async def handle(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.text()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers=self.headers)


async def listening(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, Workspace]]:
    receiving = Receiver()
    app = web.Application()
    app.router.add_post("/slack/events", receiving.handle)
    runner, url = await listening(app)
    workspace = new_workspace(delivery=url, retry_delays=(0.0, 0.01, 0.02))
    slack = await start(workspace=workspace)
    yield receiving, workspace
    await slack.stop()
    await runner.cleanup()


@pytest.fixture
async def bolt() -> AsyncIterator[tuple[BoltApp, RunningSlack]]:
    workspace = new_workspace(delivery="http://127.0.0.1:1/slack/events")
    slack = await start(workspace=workspace)
    app = BoltApp(slack)
    runner, url = await listening(app.bolt.web_app())
    assert isinstance(workspace.outbox.transport, HttpDelivery)
    workspace.outbox.transport.request_url = url
    yield app, slack
    await slack.stop()
    await runner.cleanup()


async def test_a_bolt_app_takes_signed_deliveries_from_command_to_form(
    bolt: tuple[BoltApp, RunningSlack],
) -> None:
    app, slack = bolt
    ws = slack.workspace
    await ws.command(ROBIN, RANDOM, "/bcdc go")
    message = (RANDOM, ws.timeline(ROBIN, RANDOM)[-1]["ts"])
    await ws.click(ROBIN, message=message, block_id="ask", action_id="open")
    view_id = ws.view_stack(ROBIN)[-1]["id"]
    options = await ws.type_ahead(
        ROBIN,
        view_id=view_id,
        block_id="owner_org",
        action_id="value",
        query="fo",
    )
    assert options == {"options": app.options}
    app.answer = {"response_action": "errors", "errors": {"title": "Taken"}}
    assert await ws.submit(ROBIN, view_id, {"owner_org": "forests"}) == {"title": "Taken"}
    app.answer = {}
    assert await ws.submit(ROBIN, view_id) is None
    await ws.open_home(ROBIN)
    await ws.settled()
    assert app.names() == [
        "/bcdc",
        "block_actions",
        "block_suggestion",
        "view_submission",
        "view_submission",
        "event_callback",
    ]
    assert ws.toasts == {}
    assert all(one.ack is not None and one.ack.error is None for one in ws.deliveries)


async def test_a_request_url_is_verified_by_its_challenge(
    bolt: tuple[BoltApp, RunningSlack],
) -> None:
    transport = bolt[1].workspace.outbox.transport
    assert isinstance(transport, HttpDelivery)
    assert await transport.verify_url()
    transport.request_url = transport.request_url.replace("events", "nowhere")
    assert not await transport.verify_url()


async def test_deliveries_carry_slacks_signature(receiver: tuple[Receiver, Workspace]) -> None:
    receiving, ws = receiver
    await ws.command(ROBIN, RANDOM, "/bcdc größe")
    ((headers, body),) = receiving.requests
    assert SignatureVerifier(ws.app.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another").is_valid_request(body, headers)
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"


async def test_a_failed_command_is_never_sent_again(receiver: tuple[Receiver, Workspace]) -> None:
    receiving, ws = receiver
    receiving.statuses = [500]
    await ws.command(ROBIN, RANDOM, "/bcdc help")
    await ws.settled()
    assert len(receiving.requests) == 1
    assert ws.toasts[ROBIN] == ['/bcdc failed with the error "dispatch_failed"']


async def test_an_event_is_sent_up_to_four_times(receiver: tuple[Receiver, Workspace]) -> None:
    receiving, ws = receiver
    receiving.statuses = [500] * 5
    await ws.open_home(ROBIN)
    await ws.settled()
    retries = [headers.get("X-Slack-Retry-Num") for headers, _ in receiving.requests]
    assert retries == [None, "1", "2", "3"]
    assert receiving.requests[1][0]["X-Slack-Retry-Reason"] == "http_error"
    bodies = {body for _, body in receiving.requests}
    assert len(bodies) == 1


@pytest.mark.parametrize(("headers", "count"), [({"X-Slack-No-Retry": "1"}, 1), ({}, 2)])
async def test_an_app_may_decline_retries(
    receiver: tuple[Receiver, Workspace],
    headers: dict[str, str],
    count: int,
) -> None:
    receiving, ws = receiver
    receiving.statuses, receiving.headers = [500], headers
    await ws.open_home(ROBIN)
    await ws.settled()
    assert len(receiving.requests) == count


async def test_a_redirect_is_a_failure(receiver: tuple[Receiver, Workspace]) -> None:
    receiving, ws = receiver
    receiving.statuses, receiving.headers = [302], {"Location": "http://127.0.0.1:1/"}
    await ws.command(ROBIN, RANDOM, "/bcdc help")
    assert ws.toasts[ROBIN] == ['/bcdc failed with the error "dispatch_failed"']


async def test_an_app_that_is_not_there_fails_at_once() -> None:
    workspace = new_workspace(delivery="http://127.0.0.1:1/slack/events")
    delivery: Any = await workspace.command(ROBIN, RANDOM, "/bcdc help")
    assert delivery.ack.error == "dispatch_failed"
    await workspace.close()
