"""Block Kit's blocks: which stand on which surface, and what a whole surface must keep to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sandbox.slack.elements import (
    ACCESSORIES,
    ACTIONS,
    BUTTON,
    FILE_INPUT,
    IDENTIFIER,
    IMAGE,
    IMAGE_URL,
    INPUTS,
    OPTION,
    OPTION_GROUP,
    SLACK_FILE,
    URL,
    plain,
    text,
)
from sandbox.slack.records import Json, SlackError
from sandbox.slack.rich_text import RICH_TEXT
from sandbox.slack.schema import (
    Rule,
    at_least_one,
    by_type,
    choice,
    exactly_one,
    fault,
    flag,
    listed,
    record,
    string,
    whole,
)

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
VIEW_BYTES = 250_000
# Undocumented: seen as `msg_blocks_too_long` a little above this, summed over all blocks.
MESSAGE_BLOCKS_TEXT = 13_200
MARKDOWN_TEXT = 12_000


def _block(required: dict[str, Rule], optional: dict[str, Rule], *also: Any) -> Rule:
    return record(required, {"block_id": IDENTIFIER, **optional}, *also)


def _input(elements: dict[str, Rule]) -> Rule:
    return _block(
        {"label": plain(2000), "element": by_type(elements)},
        {"hint": plain(2000), "optional": flag, "dispatch_action": flag},
        _files_wait_for_the_form,
    )


def _files_wait_for_the_form(block: dict[str, Any], pointer: str) -> Iterator[str]:
    if block["element"]["type"] == "file_input" and block.get("dispatch_action"):
        yield fault("file_input does not support dispatch_action", f"{pointer}/dispatch_action")


def _rows_are_even(block: dict[str, Any], pointer: str) -> Iterator[str]:
    if len({len(row) for row in block["rows"]}) > 1:
        yield fault("all rows must have the same number of cells", f"{pointer}/rows")


_CELL = by_type({"raw_text": record({"text": string(1)}), "rich_text": RICH_TEXT})
_COLUMN = record({}, {"align": choice("left", "center", "right"), "is_wrapped": flag})
_CONTEXT = by_type(
    {
        "image": IMAGE,
        "plain_text": record({"text": string(1, 2000)}, {"emoji": flag}),
        "mrkdwn": record({"text": string(1, 2000)}, {"verbatim": flag}),
    },
)
_FEEDBACK = record(
    {"text": plain(75), "value": string(1, 2000)},
    {"accessibility_label": string(1, 75)},
)
_CONTEXT_ACTIONS = by_type(
    {
        "feedback_buttons": record(
            {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
            {"action_id": IDENTIFIER},
        ),
        "icon_button": record(
            {"icon": choice("trash"), "text": plain(75)},
            {"action_id": IDENTIFIER, "value": string(0, 2000)},
        ),
    },
)
_CARD_IMAGE = by_type({"image": IMAGE})
_CARD = _block(
    {},
    {
        "icon": _CARD_IMAGE,
        "hero_image": _CARD_IMAGE,
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "actions": listed(by_type({"button": BUTTON}), 1, 2),
    },
    at_least_one("hero_image", "title", "actions", "body"),
)
_CAROUSEL = _block({"elements": listed(by_type({"card": _CARD}), 1, 10)}, {})
_TABLE = _block(
    {"rows": listed(listed(_CELL, 1, 20), 1, 100)},
    {"column_settings": listed(_COLUMN, 1, 20)},
    _rows_are_even,
)

_EVERYWHERE: dict[str, Rule] = {
    "section": _block(
        {},
        {
            "text": text(3000),
            "fields": listed(text(2000), 1, 10),
            "accessory": by_type(ACCESSORIES),
            "expand": flag,
        },
        at_least_one("text", "fields"),
    ),
    "header": _block({"text": plain(150)}, {"level": whole(1, 4)}),
    "divider": _block({}, {}),
    "context": _block({"elements": listed(_CONTEXT, 1, 10)}, {}),
    "actions": _block({"elements": listed(by_type(ACTIONS), 1, 25)}, {}),
    "image": _block(
        {"alt_text": string(1, 2000)},
        {"title": plain(2000), "image_url": IMAGE_URL, "slack_file": SLACK_FILE},
        exactly_one("image_url", "slack_file"),
    ),
    "rich_text": RICH_TEXT,
    "card": _CARD,
}
# Slack has said that apps should not expect rich text to be taken under a link.
UNFURL: dict[str, Rule] = {
    name: rule for name, rule in _EVERYWHERE.items() if name not in {"rich_text", "card"}
}
MODAL: dict[str, Rule] = {
    **_EVERYWHERE,
    "input": _input({**INPUTS, **FILE_INPUT}),
    "alert": _block(
        {"text": text(3000)},
        {"level": choice("default", "info", "warning", "error", "success")},
    ),
}
HOME: dict[str, Rule] = {
    **_EVERYWHERE,
    "input": _input(INPUTS),
    "table": _TABLE,
    "carousel": _CAROUSEL,
}
# No `file` block: Slack shows it for remote files and lets no app post one.
MESSAGE: dict[str, Rule] = {
    **HOME,
    "markdown": _block({"text": string(1, MARKDOWN_TEXT)}, {}),
    "context_actions": _block({"elements": listed(_CONTEXT_ACTIONS, 1, 5)}, {}),
}

_VIEW_FIELDS: dict[str, Rule] = {
    "private_metadata": string(0, 3000),
    "callback_id": string(0, 255),
    "external_id": string(0, 255),
}


def _modal_rule() -> Rule:
    return record(
        {"title": plain(24), "blocks": listed(by_type(MODAL), 0, VIEW_BLOCKS)},
        {
            **_VIEW_FIELDS,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": flag,
            "notify_on_close": flag,
            "submit_disabled": flag,
        },
        _submit_with_inputs,
        _whole_surface,
    )


def _submit_with_inputs(view: dict[str, Any], pointer: str) -> Iterator[str]:
    if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        yield fault("missing required field: submit", pointer)


def _whole_surface(surface: dict[str, Any], pointer: str) -> Iterator[str]:
    """Rules over all blocks: identifiers that must differ, and only one focus."""
    seen: set[str] = set()
    focused = 0
    for position, block in enumerate(surface["blocks"]):
        where = f"{pointer}/blocks/{position}"
        block_id = block.get("block_id")
        if block_id in seen:
            yield fault(f"block_id `{block_id}` already exists", f"{where}/block_id")
        if block_id is not None:
            seen.add(block_id)
        elements = elements_of(block)
        action_ids = [one["action_id"] for one in elements if "action_id" in one]
        for action_id in sorted({one for one in action_ids if action_ids.count(one) > 1}):
            yield fault(f"action_id `{action_id}` already exists in this block", where)
        focused += sum(bool(one.get("focus_on_load")) for one in elements)
    if focused > 1:
        yield fault("only one element may have focus_on_load", f"{pointer}/blocks")


_MODAL_VIEW = _modal_rule()
_HOME_VIEW = record(
    {"blocks": listed(by_type(HOME), 0, VIEW_BLOCKS)},
    _VIEW_FIELDS,
    _whole_surface,
)
_MESSAGE_SURFACE = record(
    {"blocks": listed(by_type(MESSAGE), 0, MESSAGE_BLOCKS)},
    {},
    _whole_surface,
)
_UNFURL = record(
    {"blocks": listed(by_type(UNFURL), 1, MESSAGE_BLOCKS)},
    {
        "color": string(1, 7),
        "preview": record({}, {"title": plain(75), "icon_url": URL}),
        "hide_color": flag,
    },
    _whole_surface,
)
OPTIONS_ANSWER = record(
    {},
    {
        "options": listed(OPTION, 0, 100),
        "option_groups": listed(OPTION_GROUP, 0, 100),
    },
    exactly_one("options", "option_groups"),
)


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of a block, whatever the key they stand under."""
    if block["type"] == "input":
        return [block["element"]]
    if block["type"] in {"actions", "context_actions"}:
        return list(block["elements"])
    accessory = block.get("accessory")
    if accessory is not None and accessory["type"] != "image":
        return [accessory]
    return []


def check_view(view: object, *, home: bool) -> Json:
    """The view when Slack would take it, else SlackError.

    Raises `invalid_arguments` with pointers from `/view`, or `view_too_large`.
    """
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", faults=[fault("must provide an object", "/view")])
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise SlackError("view_too_large")
    rule = by_type({"home": _HOME_VIEW} if home else {"modal": _MODAL_VIEW})
    if faults := list(rule(view, "/view")):
        raise SlackError("invalid_arguments", faults=faults)
    return view


def check_message_blocks(blocks: object) -> list[Json]:
    """The blocks when a message may carry them, else SlackError.

    Raises `invalid_blocks_format`, `invalid_blocks` with pointers, `msg_blocks_too_long`,
    `msg_too_long` for markdown in all, or `invalid_attachments` for a second table.
    """
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if faults := list(_MESSAGE_SURFACE({"blocks": blocks}, "")):
        raise SlackError("invalid_blocks", faults=faults)
    if sum(block["type"] == "table" for block in blocks) > 1:
        raise SlackError("invalid_attachments", faults=["only_one_table_allowed"])
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_TEXT:
        raise SlackError("msg_too_long")
    if sum(len(one) for block in blocks for one in texts_of(block)) > MESSAGE_BLOCKS_TEXT:
        raise SlackError("msg_blocks_too_long")
    return blocks


def check_unfurl(unfurl: object, pointer: str) -> None:
    """Raise `invalid_blocks` with the faults when Slack would not show this unfurl."""
    if faults := list(_UNFURL(unfurl, pointer)):
        raise SlackError("invalid_blocks", faults=faults)


def texts_of(value: object) -> Iterator[str]:
    """Every text a person would read in this value, from any depth."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key == "text" and isinstance(one, str):
                yield one
            else:
                yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)
