"""Block Kit's composition objects and elements, with the limits Slack documents.

Where documents of Slack disagree the stricter figure stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.slack.schema import (
    Rule,
    by_type,
    choice,
    exactly_one,
    fault,
    flag,
    listed,
    matching,
    record,
    string,
    whole,
)


def plain(high: int) -> Rule:
    """A plain_text object."""
    return by_type({"plain_text": record({"text": string(1, high)}, {"emoji": flag})})


def text(high: int) -> Rule:
    """A plain_text or mrkdwn object."""
    return by_type(
        {
            "plain_text": record({"text": string(1, high)}, {"emoji": flag}),
            "mrkdwn": record({"text": string(1, high)}, {"verbatim": flag}),
        },
    )


IDENTIFIER = string(1, 255)
URL = matching(r"(https?|mailto|tel|slack):\S{1,2990}", "a valid URL")
IMAGE_URL = matching(r"https?://\S{1,2990}", "a valid image URL")
DATE = matching(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "a valid date")
TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "a valid time")
NUMBER = matching(r"-?\d+(\.\d+)?", "a number written as text")
USER = matching(r"[UW][A-Z0-9]{2,}", "a valid user id")
CONVERSATION = matching(r"[CDGUW][A-Z0-9]{2,}", "a valid conversation id")

CONFIRM = record(
    {"title": plain(100), "text": plain(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
OPTION = record({"text": plain(75), "value": string(1, 75)}, {"description": plain(75)})
MARKED_OPTION = record({"text": text(75), "value": string(1, 75)}, {"description": text(75)})
LINKED_OPTION = record(
    {"text": plain(75), "value": string(1, 75)},
    {"description": plain(75), "url": URL},
)
OPTION_GROUP = record({"label": plain(75), "options": listed(OPTION, 1, 100)})
SLACK_FILE = record({}, {"id": IDENTIFIER, "url": URL}, exactly_one("id", "url"))
DISPATCH = record(
    {},
    {"trigger_actions_on": listed(choice("on_enter_pressed", "on_character_entered"), 1, 2)},
)


def all_options(element: dict[str, Any]) -> list[Any]:
    """The options an element offers by itself, those of its groups included."""
    grouped = [one for group in element.get("option_groups", []) for one in group["options"]]
    return [*element.get("options", []), *grouped]


def _initial_is_offered(element: dict[str, Any], pointer: str) -> Iterator[str]:
    offered = [one["value"] for one in all_options(element)]
    initial = element.get("initial_option")
    if initial is not None and initial["value"] not in offered:
        yield fault("initial_option must be one of the options", f"{pointer}/initial_option")
    for position, one in enumerate(element.get("initial_options", [])):
        if one["value"] not in offered:
            where = f"{pointer}/initial_options/{position}"
            yield fault("initial_options must be among the options", where)


def _options_differ(element: dict[str, Any], pointer: str) -> Iterator[str]:
    values = [one["value"] for one in all_options(element)]
    if len(set(values)) < len(values):
        yield fault("option values must be unique", f"{pointer}/options")


def _lengths_agree(element: dict[str, Any], pointer: str) -> Iterator[str]:
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if low > high:
        yield fault("min_length must not be more than max_length", f"{pointer}/min_length")
    if len(element.get("initial_value", "")) > high:
        yield fault(f"must be less than {high + 1} characters", f"{pointer}/initial_value")


def _bounds_agree(element: dict[str, Any], pointer: str) -> Iterator[str]:
    if float(element.get("min_value", "-inf")) > float(element.get("max_value", "inf")):
        yield fault("min_value must not be more than max_value", f"{pointer}/min_value")


def _interactive(required: dict[str, Rule], optional: dict[str, Rule], *also: Any) -> Rule:
    return record(required, {"action_id": IDENTIFIER, **optional}, *also)


def _select(required: dict[str, Rule], optional: dict[str, Rule], *also: Any) -> Rule:
    shared = {"placeholder": plain(150), "confirm": CONFIRM, "focus_on_load": flag}
    return _interactive(required, {**shared, **optional}, *also)


def _typed(optional: dict[str, Rule], *also: Any, required: dict[str, Rule] | None = None) -> Rule:
    shared = {
        "placeholder": plain(150),
        "dispatch_action_config": DISPATCH,
        "focus_on_load": flag,
    }
    return _interactive(required or {}, {**shared, **optional}, *also)


_OFFER = {"options": listed(OPTION, 1, 100), "option_groups": listed(OPTION_GROUP, 1, 100)}
_FILTER = record(
    {},
    {
        "include": listed(choice("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
_SEVERAL = {"max_selected_items": whole(1)}
_CONVERSATIONS = {"default_to_current_conversation": flag, "filter": _FILTER}
_MARKED = {"options": listed(MARKED_OPTION, 1, 10)}

BUTTON = _interactive(
    {"text": plain(75)},
    {
        "url": URL,
        "value": string(0, 2000),
        "style": choice("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(1, 75),
    },
)
IMAGE = record(
    {"alt_text": string(1, 2000)},
    {"image_url": IMAGE_URL, "slack_file": SLACK_FILE},
    exactly_one("image_url", "slack_file"),
)

SELECTS: dict[str, Rule] = {
    "static_select": _select(
        {},
        {**_OFFER, "initial_option": OPTION},
        exactly_one("options", "option_groups"),
        _initial_is_offered,
        _options_differ,
    ),
    "external_select": _select({}, {"min_query_length": whole(0), "initial_option": OPTION}),
    "users_select": _select({}, {"initial_user": USER}),
    "conversations_select": _select(
        {},
        {**_CONVERSATIONS, "initial_conversation": CONVERSATION, "response_url_enabled": flag},
    ),
    "channels_select": _select(
        {},
        {"initial_channel": CONVERSATION, "response_url_enabled": flag},
    ),
}
MULTI_SELECTS: dict[str, Rule] = {
    "multi_static_select": _select(
        {},
        {**_OFFER, **_SEVERAL, "initial_options": listed(OPTION, 1, 100)},
        exactly_one("options", "option_groups"),
        _initial_is_offered,
        _options_differ,
    ),
    "multi_external_select": _select(
        {},
        {**_SEVERAL, "min_query_length": whole(0), "initial_options": listed(OPTION, 1, 100)},
    ),
    "multi_users_select": _select({}, {**_SEVERAL, "initial_users": listed(USER, 1)}),
    "multi_conversations_select": _select(
        {},
        {**_SEVERAL, **_CONVERSATIONS, "initial_conversations": listed(CONVERSATION, 1)},
    ),
    "multi_channels_select": _select(
        {},
        {**_SEVERAL, "initial_channels": listed(CONVERSATION, 1)},
    ),
}
CHOICES: dict[str, Rule] = {
    "checkboxes": _select(
        _MARKED,
        {"initial_options": listed(MARKED_OPTION, 1, 10)},
        _initial_is_offered,
        _options_differ,
    ),
    "radio_buttons": _select(
        _MARKED,
        {"initial_option": MARKED_OPTION},
        _initial_is_offered,
        _options_differ,
    ),
    "datepicker": _select({}, {"initial_date": DATE}),
    "timepicker": _select({}, {"initial_time": TIME, "timezone": string(1, 100)}),
}
MOMENT: dict[str, Rule] = {
    "datetimepicker": _select({}, {"initial_date_time": whole(1_000_000_000, 9_999_999_999)}),
}
OVERFLOW: dict[str, Rule] = {
    "overflow": _interactive({"options": listed(LINKED_OPTION, 1, 5)}, {"confirm": CONFIRM}),
}
TYPED: dict[str, Rule] = {
    "plain_text_input": _typed(
        {
            "initial_value": string(0, 3000),
            "multiline": flag,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        _lengths_agree,
    ),
    "email_text_input": _typed({"initial_value": string(0, 3000)}),
    "url_text_input": _typed({"initial_value": string(0, 3000)}),
    "number_input": _typed(
        {"initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
        _bounds_agree,
        required={"is_decimal_allowed": flag},
    ),
}
FILE_INPUT: dict[str, Rule] = {
    "file_input": _interactive(
        {},
        {"filetypes": listed(string(1, 50), 1), "max_files": whole(1, 10)},
    ),
}

ACCESSORIES: dict[str, Rule] = {
    "button": BUTTON,
    "image": IMAGE,
    **SELECTS,
    **MULTI_SELECTS,
    **CHOICES,
    **OVERFLOW,
}
ACTIONS: dict[str, Rule] = {
    "button": BUTTON,
    **SELECTS,
    **MULTI_SELECTS,
    **CHOICES,
    **MOMENT,
    **OVERFLOW,
}
INPUTS: dict[str, Rule] = {**SELECTS, **MULTI_SELECTS, **CHOICES, **MOMENT, **TYPED}
