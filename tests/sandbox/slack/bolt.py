"""A small real Bolt app, the peer the sandbox is held against."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.slack import RunningSlack


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


ASK = {
    "type": "actions",
    "block_id": "ask",
    "elements": [
        {"type": "button", "action_id": "open", "text": plain("Open"), "value": "opaque"},
        {
            "type": "static_select",
            "action_id": "pick",
            "options": [{"text": plain("One"), "value": "1"}, {"text": plain("Two"), "value": "2"}],
        },
    ],
}
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("A form"),
    "submit": plain("Save"),
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": plain("Title"),
            "element": {"type": "plain_text_input", "action_id": "value", "initial_value": "old"},
        },
        {
            "type": "input",
            "block_id": "owner_org",
            "label": plain("Organization"),
            "optional": True,
            "element": {
                "type": "external_select",
                "action_id": "value",
                "min_query_length": 2,
            },
        },
        {"type": "section", "block_id": "note", "text": plain("Not a field")},
    ],
}


class BoltApp:
    """`/bcdc` answers with a button; the button opens a form; `answer` is the form's ack."""

    def __init__(self, slack: RunningSlack) -> None:
        self.answer: dict[str, Any] = {}
        self.command_answer: Any = ""
        self.options: list[dict[str, Any]] = [{"text": plain("Forests"), "value": "forests"}]
        self.ack_after = 0.0
        self.heard: list[dict[str, Any]] = []
        self.acknowledged = 0
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        self.bolt = AsyncApp(
            client=client,
            signing_secret=slack.signing_secret,
            process_before_response=True,
        )
        self.bolt.command("/bcdc")(self.on_command)
        self.bolt.action("open")(self.on_open)
        self.bolt.action("pick")(self.on_quiet)
        self.bolt.view("form")(self.on_form)
        self.bolt.view_closed("form")(self.on_quiet)
        self.bolt.options("value")(self.on_options)
        self.bolt.shortcut("bcdc:create-resource")(self.on_quiet)
        self.bolt.event("app_home_opened")(self.on_event)

    def names(self) -> list[str]:
        """What was heard, in order."""
        return [str(body.get("type") or body["command"]) for body in self.heard]

    async def on_command(self, ack: Any, body: dict[str, Any], respond: Any) -> None:
        self.heard.append(body)
        await asyncio.sleep(self.ack_after)
        await ack(self.command_answer)
        self.acknowledged += 1
        if not self.command_answer:
            await respond(text=f"You said {body['text']}", blocks=[ASK])

    async def on_open(self, ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        self.heard.append(body)
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    async def on_form(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(body)
        await asyncio.sleep(self.ack_after)
        await ack(**self.answer)

    async def on_options(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(body)
        await asyncio.sleep(self.ack_after)
        await ack(options=self.options)

    async def on_quiet(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(body)
        await ack()

    async def on_event(self, body: dict[str, Any]) -> None:
        self.heard.append(body)


async def until(done: Callable[[], object]) -> None:
    """Wait for what happens in another task."""
    async with asyncio.timeout(60):
        while not done():
            await asyncio.sleep(0.005)
