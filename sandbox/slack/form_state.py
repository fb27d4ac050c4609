"""What a person has typed and chosen in blocks, in Slack's own `state.values` format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.slack.blocks import elements_of
from sandbox.slack.elements import all_options
from sandbox.slack.records import ImpossibleError, Json, State


@dataclass(frozen=True, slots=True)
class Kept:
    """Where an element keeps its value: the key, its initial key, and what empty is."""

    key: str
    initial: str
    several: bool = False

    def empty(self) -> object:
        """The value of an element nobody touched."""
        return [] if self.several else None


_TEXT = Kept("value", "initial_value")
_ONE = Kept("selected_option", "initial_option")
_MANY = Kept("selected_options", "initial_options", several=True)

KEPT: dict[str, Kept] = {
    "plain_text_input": _TEXT,
    "email_text_input": _TEXT,
    "url_text_input": _TEXT,
    "number_input": _TEXT,
    "static_select": _ONE,
    "external_select": _ONE,
    "radio_buttons": _ONE,
    "multi_static_select": _MANY,
    "multi_external_select": _MANY,
    "checkboxes": _MANY,
    "users_select": Kept("selected_user", "initial_user"),
    "conversations_select": Kept("selected_conversation", "initial_conversation"),
    "channels_select": Kept("selected_channel", "initial_channel"),
    "multi_users_select": Kept("selected_users", "initial_users", several=True),
    "multi_conversations_select": Kept(
        "selected_conversations",
        "initial_conversations",
        several=True,
    ),
    "multi_channels_select": Kept("selected_channels", "initial_channels", several=True),
    "datepicker": Kept("selected_date", "initial_date"),
    "timepicker": Kept("selected_time", "initial_time"),
    "datetimepicker": Kept("selected_date_time", "initial_date_time"),
    "file_input": Kept("files", "", several=True),
}
# What the pickers of Slack's clients can give at all.
_SHAPES = {
    "datepicker": r"\d{4}-\d{2}-\d{2}",
    "timepicker": r"\d{2}:\d{2}",
    "datetimepicker": r"\d{10}",
}
_STATIC = {"static_select", "multi_static_select", "checkboxes", "radio_buttons"}
_OPTIONS = {"selected_option", "selected_options"}

# Options the app offered by type-ahead, by (block_id, action_id).
Offered = Callable[[str, str], list[Json]]


def stateful(blocks: list[Json]) -> Iterator[tuple[Json, Json, Kept]]:
    """The elements that keep a value, each with its block."""
    for block in blocks:
        for element in elements_of(block):
            if kept := KEPT.get(element["type"]):
                yield block, element, kept


def initial_state(blocks: list[Json]) -> State:
    """The state of blocks nobody touched: an initial value counts as a value."""
    state: State = {}
    for block, element, kept in stateful(blocks):
        value = element.get(kept.initial) or kept.empty()
        entry = {"type": element["type"], kept.key: value}
        state.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return state


def state_after_update(old: State, new_blocks: list[Json]) -> State:
    """What stays typed when a view is updated.

    The same block_id and action_id with an element of the same type keep their value,
    and a new initial value is not looked at; everything else starts anew. A choice that
    is no longer offered is let go.
    """
    state = initial_state(new_blocks)
    for block, element, kept in stateful(new_blocks):
        entry = old.get(block["block_id"], {}).get(element["action_id"])
        if entry is None or entry["type"] != element["type"]:
            continue
        if element["type"] in _STATIC and not _still_offered(element, entry[kept.key]):
            continue
        state[block["block_id"]][element["action_id"]] = entry
    return state


def state_with(state: State, blocks: list[Json], typed: Json, offered: Offered) -> State:
    """The state after a person typed: `typed` is in Slack's format, or shorter for tests.

    Shorter: `{block_id: value}` where a block has one element: a text, an option's value,
    a list of them, or file objects. Raises ImpossibleError for what nobody can enter.
    """
    new = {block_id: dict(actions) for block_id, actions in state.items()}
    for block_id, given in typed.items():
        here = {
            element["action_id"]: (element, kept)
            for block, element, kept in stateful(blocks)
            if block["block_id"] == block_id
        }
        if not here:
            raise ImpossibleError(f"There is nothing to fill in at {block_id!r}")
        entries = given if isinstance(given, dict) else {next(iter(here)): given}
        for action_id, entry in entries.items():
            if action_id not in here:
                raise ImpossibleError(f"There is no {action_id!r} in {block_id!r}")
            element, kept = here[action_id]
            value = entry.get(kept.key, kept.empty()) if isinstance(entry, dict) else entry
            chosen = _checked(element, kept, value, offered(block_id, action_id))
            new[block_id][action_id] = {"type": element["type"], kept.key: chosen}
    return new


def _still_offered(element: Json, chosen: Any) -> bool:
    values = {one["value"] for one in all_options(element)}
    several = chosen if isinstance(chosen, list) else [chosen] if chosen else []
    return all(one["value"] in values for one in several)


def _checked(element: Json, kept: Kept, value: Any, offered: list[Json]) -> Any:
    """The value as Slack keeps it, options as the app wrote them."""
    if kept.several:
        items = value if isinstance(value, list) else [] if value is None else [value]
        limit = element.get("max_selected_items")
        if limit is not None and len(items) > limit:
            raise ImpossibleError(f"No more than {limit} can be chosen")
        if kept.key not in _OPTIONS:
            return items
        return [_option(element, item, offered) for item in items]
    if kept.key in _OPTIONS:
        return None if value is None else _option(element, value, offered)
    shape = _SHAPES.get(element["type"])
    if shape and value and not re.fullmatch(shape, str(value)):
        raise ImpossibleError(f"{value!r} is no {kept.key.removeprefix('selected_')}")
    # An input that was emptied counts as untouched.
    return None if value is None or value == "" else value if isinstance(value, int) else str(value)


def _option(element: Json, chosen: Any, offered: list[Json]) -> Json:
    value = chosen["value"] if isinstance(chosen, dict) else chosen
    initial = [element["initial_option"]] if "initial_option" in element else []
    initial += element.get("initial_options", [])
    for option in [*all_options(element), *offered, *initial]:
        if option["value"] == value:
            found: Json = option
            return found
    raise ImpossibleError(f"{value!r} is not among the options")


def refused_by_client(blocks: list[Json], state: State) -> dict[str, str]:
    """What Slack's own form refuses before the app hears of it: text by block_id."""
    errors: dict[str, str] = {}
    for block, element, kept in stateful(blocks):
        if block["type"] != "input":
            continue
        value: Any = state[block["block_id"]][element["action_id"]][kept.key]
        if not value:
            if not block.get("optional", False):
                errors[block["block_id"]] = "Please complete this required field."
        elif problem := _problem(element, value):
            errors[block["block_id"]] = problem
    return errors


def _problem(element: Json, value: Any) -> str | None:
    match element["type"]:
        case "plain_text_input":
            high, low = element.get("max_length", 3000), element.get("min_length", 0)
            if len(value) > high:
                return f"Must be less than {high + 1} characters"
            if len(value) < low:
                return f"Must be more than {low - 1} characters"
        case "email_text_input" if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
            return "Please enter a valid email address"
        case "url_text_input" if not re.fullmatch(r"https?://[^\s/]+\S*", value):
            return "Please enter a valid URL"
        case "number_input":
            return _number_problem(element, str(value))
        case "file_input":
            return _files_problem(element, value)
    return None


def _number_problem(element: Json, value: str) -> str | None:
    shape = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(shape, value):
        return "Please enter a valid number"
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Must be at least {element['min_value']}"
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Must be at most {element['max_value']}"
    return None


def _files_problem(element: Json, files: list[Json]) -> str | None:
    if len(files) > element.get("max_files", 10):
        return "Too many files"
    if any(file["size"] > 10_000_000 for file in files):
        return "File is too large: the limit is 10 MB"
    endings = element.get("filetypes")
    if endings and any(file["filetype"] not in endings for file in files):
        return "This type of file is not accepted here"
    return None
