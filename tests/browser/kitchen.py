"""A small app with one of every block and element, for looking at the page and for its tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import expect
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import RunningSlack
from tests.browser.page import SlackPage

Json = dict[str, Any]

# What a catalogue may hold that must never become markup.
HOSTILE = '<img src=x onerror="window.pwned=1"> & <script>window.pwned=1</script> <!channel> *x*'
VERBS = [
    {"verb": "help", "usage": "help [verb]", "summary": "Commands, usage and examples"},
    {"verb": "find-org", "usage": "find-org <text>", "summary": "Find an organization"},
    {"verb": "patch-package", "usage": "patch-package <package>", "summary": "Change a record"},
    {"verb": "patch-resource", "usage": "patch-resource <id>", "summary": "Change a resource"},
]
ORGANIZATIONS = ["Information Management - CFD", "Forest Analysis", "Water Stewardship"]


def plain(text: str) -> Json:
    """A plain text object."""
    return {"type": "plain_text", "text": text}


def marked(text: str) -> Json:
    """A mrkdwn text object."""
    return {"type": "mrkdwn", "text": text}


def escaped(text: str) -> str:
    """The text with Slack's three escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def option(text: str, value: str = "") -> Json:
    """An option of a list."""
    return {"text": plain(text), "value": value or text}


def field_of(name: str, label: str, element: Json, **more: object) -> Json:
    """An input block whose element is called `value`."""
    element = {**element, "action_id": "value"}
    return {"type": "input", "block_id": name, "label": plain(label), "element": element, **more}


def form(note: str = "version 1") -> Json:
    """A modal with every input this bot uses."""
    formats = [
        {"label": plain("Tables"), "options": [option("CSV", "csv"), option("XLSX", "xlsx")]},
        {"label": plain("Maps"), "options": [option("GeoJSON", "geojson"), option("SHP", "shp")]},
    ]
    tags = [option(tag) for tag in ("children", "youth", "water")]
    dispatched = {
        "type": "external_select",
        "min_query_length": 2,
        "placeholder": plain("Search organizations"),
    }
    blocks: list[Json] = [
        {"type": "alert", "block_id": "banner", "level": "info", "text": marked("*Sandbox*")},
        {"type": "context", "block_id": "note", "elements": [marked(f"Record, {note}")]},
        field_of(
            "name",
            "Name",
            {"type": "plain_text_input", "max_length": 40, "initial_value": "Children in care"},
            hint=plain(f"As people will see it, {note}"),
        ),
        field_of("notes", "Notes", {"type": "plain_text_input", "multiline": True}, optional=True),
        field_of("format", "Format", {"type": "static_select", "option_groups": formats}),
        field_of("owner_org", "Organization", dispatched, dispatch_action=True),
        field_of(
            "tags",
            "Tags",
            {"type": "multi_static_select", "options": tags, "initial_options": tags[:1]},
            optional=True,
        ),
        field_of(
            "datum",
            "Datum",
            {"type": "radio_buttons", "options": [option("WGS 84"), option("NAD 83")]},
        ),
        field_of(
            "flags",
            "Flags",
            {"type": "checkboxes", "options": [option("Displayed"), option("Mailable")]},
            optional=True,
        ),
        field_of("day", "Day", {"type": "datepicker", "initial_date": "2024-02-29"}),
        field_of("count", "Count", {"type": "number_input", "is_decimal_allowed": False}),
        field_of("mail", "E-mail", {"type": "email_text_input"}, optional=True),
        field_of("link", "Link", {"type": "url_text_input"}, optional=True),
        field_of("upload", "File", {"type": "file_input", "max_files": 2}, optional=True),
        field_of("reviewer", "Reviewer", {"type": "users_select"}, optional=True),
        {
            "type": "section",
            "block_id": "more",
            "text": marked("More fields are on the next page."),
            "accessory": {"type": "button", "action_id": "push", "text": plain("More fields")},
        },
    ]
    return {
        "type": "modal",
        "callback_id": "kitchen",
        "title": plain("Everything"),
        "submit": plain("Preview"),
        "close": plain("Cancel"),
        "blocks": blocks,
    }


def second_page() -> Json:
    """A modal to push onto the first."""
    field = field_of("extra", "Extra", {"type": "plain_text_input"})
    return {
        "type": "modal",
        "callback_id": "second",
        "title": plain("More fields"),
        "submit": plain("Done"),
        "close": plain("Back"),
        "blocks": [field],
    }


def card() -> list[Json]:
    """A message with every block that a message may have."""

    def cell(text: str) -> Json:
        return {"type": "raw_text", "text": text}

    bold = {"type": "text", "text": "monthly", "style": {"bold": True}}
    rich = {"type": "rich_text_section", "elements": [bold]}
    long_link = "https://example.gov.bc.ca/a-very-long-path-without-any-break/data_2024_final.csv"
    undo = {
        "type": "button",
        "action_id": "undo",
        "text": plain("Undo"),
        "value": "c-1",
        "style": "danger",
        "confirm": {
            "title": plain("Undo this change?"),
            "text": plain("The old values are put back."),
            "confirm": plain("Put back"),
            "deny": plain("Keep"),
        },
    }
    state = {
        "type": "static_select",
        "action_id": "state",
        "placeholder": plain("Change state"),
        "options": [option("Draft", "DRAFT"), option("Published", "PUBLISHED")],
    }
    return [
        {"type": "header", "text": plain("Resource changed: Children in care by month")},
        {
            "type": "section",
            "text": marked(f"*<@U0ROBIN>* changed {escaped(HOSTILE)} in <#C0GENERAL>"),
            "accessory": {
                "type": "overflow",
                "action_id": "more",
                "options": [option("Show record", "show"), option("History", "history")],
            },
        },
        {"type": "section", "fields": [marked("*Role*\neditor"), marked("*Id*\n`2f8e4a1c`")]},
        {
            "type": "table",
            "rows": [
                [cell("Field"), cell("Before"), cell("After")],
                [cell("Description"), cell(HOSTILE), cell("Monthly numbers since 2002")],
                [cell("url"), cell(long_link), {"type": "rich_text", "elements": [rich]}],
            ],
        },
        {"type": "rich_text", "elements": [rich, {"type": "rich_text_quote", "elements": [bold]}]},
        {"type": "divider"},
        {"type": "context", "elements": [marked(":white_check_mark: Applied")]},
        {"type": "actions", "elements": [undo, state]},
    ]


@dataclass(slots=True)
class Kitchen:
    """The app while it runs: what it was sent, and how it shall answer."""

    handler: AsyncSocketModeHandler
    submitted: list[Json] = field(default_factory=list)
    clicked: list[Json] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    async def on_command(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """`form` opens the form, `card` posts the card, all else is repeated to the person."""
        await ack()
        if body["text"] == "form":
            await client.views_open(trigger_id=body["trigger_id"], view=form())
        elif body["text"] == "card":
            await client.chat_postMessage(
                channel=body["channel_id"], text="Resource changed", blocks=card()
            )
        else:
            await client.chat_postEphemeral(
                channel=body["channel_id"], user=body["user_id"], text=f"You typed {body['text']}"
            )

    async def on_shortcut(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """Open the form for the files of a message."""
        await ack()
        note = f"for {body['message']['files'][0]['name']}"
        await client.views_open(trigger_id=body["trigger_id"], view=form(note))

    async def on_click(self, ack: AsyncAck, body: Json) -> None:
        """Remember the click."""
        await ack()
        self.clicked.append(body["actions"][0])

    async def on_value(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """Remember the choice and show the next version of the form."""
        await ack()
        self.clicked.append(body["actions"][0])
        view = body["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=form("version 2"))

    async def on_push(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """Show the second form over the first."""
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=second_page())

    async def on_options(self, ack: AsyncAck, body: Json) -> None:
        """Suggest organizations."""
        self.queries.append(body["value"])
        wanted = body["value"].lower()
        await ack(options=[option(name) for name in ORGANIZATIONS if wanted in name.lower()])

    async def on_form(self, ack: AsyncAck, view: Json) -> None:
        """Take the form, unless it shall be faulty."""
        if self.errors:
            await ack(response_action="errors", errors=self.errors)
            return
        await ack()
        self.submitted.append(view["state"]["values"])

    async def on_home(self, event: Json, client: AsyncWebClient) -> None:
        """Fill the Home tab."""
        button = {"type": "button", "action_id": "mine", "value": "m-1"}
        blocks = [
            {"type": "header", "text": plain("Welcome, editor")},
            {"type": "section", "text": marked("You are connected as `cfd-editor`.")},
            {"type": "actions", "elements": [{**button, "text": plain("My changes")}]},
        ]
        view = {"type": "home", "blocks": blocks}
        await client.views_publish(user_id=event["user"], view=view)


async def start_kitchen(slack: RunningSlack) -> Kitchen:
    """Connect the app to a sandbox by Socket Mode."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, process_before_response=True)
    handler = AsyncSocketModeHandler(app, slack.app_token)
    kitchen = Kitchen(handler)
    app.command("/bcdc")(kitchen.on_command)
    app.action("value")(kitchen.on_value)
    app.action("push")(kitchen.on_push)
    app.action("undo")(kitchen.on_click)
    app.action("more")(kitchen.on_click)
    app.action("mine")(kitchen.on_click)
    app.action("state")(kitchen.on_click)
    app.shortcut("bcdc:create-resource")(kitchen.on_shortcut)
    app.options("value")(kitchen.on_options)
    app.view("kitchen")(kitchen.on_form)
    app.event("app_home_opened")(kitchen.on_home)
    await handler.connect_async()
    return kitchen


async def open_form(window: SlackPage) -> None:
    """Open the form with every input on the page."""
    await window.send("/bcdc form")
    await expect(window.page.get_by_test_id("modal-title")).to_have_text("Everything")
