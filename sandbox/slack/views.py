"""Modals and Home tabs: triggers, stacks of three, updates that keep what was typed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.slack.blocks import check_view, elements_of
from sandbox.slack.form_state import initial_state, state_after_update
from sandbox.slack.records import ImpossibleError, Json, SlackError, View

if TYPE_CHECKING:
    from sandbox.slack.directory import Directory
    from sandbox.slack.live import Live

TRIGGER_SECONDS = 3.0
STACK = 3


@dataclass(slots=True)
class Trigger:
    """The right to open one modal, from the moment a person did something."""

    user_id: str
    born: float
    from_modal: bool
    used: bool = False


class Views:
    """All views of the workspace."""

    def __init__(self, directory: Directory, live: Live) -> None:
        self._directory = directory
        self._live = live
        self._triggers: dict[str, Trigger] = {}
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def new_trigger(self, user_id: str, *, from_modal: bool = False) -> str:
        """A trigger_id: good for three seconds, and for one exchange."""
        number = self._directory.new_id("").lstrip("0")
        trigger_id = f"{number}.{self._directory.team_id[1:]}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user_id, self._directory.clock(), from_modal)
        return trigger_id

    def stack(self, user_id: str) -> list[View]:
        """The open modals of a person, the root first."""
        return list(self._stacks.get(user_id, []))

    def home(self, user_id: str) -> View | None:
        """What the app published on this person's Home tab."""
        return self._homes.get(user_id)

    def of(self, user_id: str, view_id: str) -> View:
        """A view this person has open. Raises ImpossibleError."""
        home = self._homes.get(user_id)
        for view in [*self.stack(user_id), *([home] if home else [])]:
            if view.id == view_id:
                return view
        raise ImpossibleError(f"The view {view_id!r} is not open")

    def open(self, trigger_id: str, definition: object) -> View:
        """`views.open`: onto the stack of whoever pulled the trigger."""
        checked = check_view(definition, home=False)
        trigger = self._take(trigger_id)
        return self.push_for(trigger.user_id, checked)

    def push(self, trigger_id: str, definition: object) -> View:
        """`views.push`: as `open`, for a trigger out of a modal that is still open."""
        checked = check_view(definition, home=False)
        trigger = self._take(trigger_id)
        if not trigger.from_modal or not self._stacks.get(trigger.user_id):
            raise SlackError("invalid_trigger_id")
        return self.push_for(trigger.user_id, checked)

    def push_for(self, user_id: str, checked: Json) -> View:
        """Put a checked view on top. Raises `push_limit_reached`, `duplicate_external_id`."""
        stack = self._stacks.setdefault(user_id, [])
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        view = self._made(user_id, checked)
        if stack:
            view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        self._live.changed("state", user_id=user_id)
        return view

    def update(
        self,
        definition: object,
        *,
        view_id: str = "",
        external_id: str = "",
        expected_hash: str = "",
    ) -> View:
        """`views.update`. Raises `not_found`, `hash_conflict`, `duplicate_external_id`."""
        view = self._named(view_id, external_id)
        checked = check_view(definition, home=view.definition["type"] == "home")
        return self.replace(view, checked, expected_hash)

    def replace(self, view: View, checked: Json, expected_hash: str = "") -> View:
        """Give a view another content under the same id."""
        if expected_hash and expected_hash != view.hash:
            raise SlackError("hash_conflict")
        self._unique(checked, besides=view)
        view.definition = self._with_ids(checked)
        view.state = state_after_update(view.state, view.blocks)
        view.hash = self._hash()
        self._live.changed("state", user_id=view.user_id)
        return view

    def publish(self, user_id: str, definition: object, expected_hash: str = "") -> View:
        """`views.publish`: the Home tab of one person."""
        checked = check_view(definition, home=True)
        person = self._directory.people.get(user_id)
        if person is None or person.is_bot:
            raise SlackError("user_not_found")
        if view := self._homes.get(user_id):
            return self.replace(view, checked, expected_hash)
        view = self._homes[user_id] = self._made(user_id, checked)
        self._live.changed("state", user_id=user_id)
        return view

    def close(self, user_id: str, view_id: str, *, clear: bool) -> list[View]:
        """Take a view off its stack, with those above it; `clear` takes the whole stack.

        Returns the closed ones, the topmost first.
        """
        stack = self._stacks.get(user_id, [])
        position = [view.id for view in stack].index(view_id)
        start = 0 if clear else position
        closed, self._stacks[user_id] = stack[start:], stack[:start]
        self._live.changed("state", user_id=user_id)
        return closed[::-1]

    def shown(self, view: View, *, with_state: bool = True) -> Json:
        """The view as payloads carry it; answers of the API carry an empty state."""
        definition = view.definition
        app = self._directory.app
        modal = definition["type"] == "modal"
        return {
            "id": view.id,
            "team_id": self._directory.team_id,
            "type": definition["type"],
            "blocks": view.blocks,
            "private_metadata": definition.get("private_metadata", ""),
            "callback_id": definition.get("callback_id", ""),
            "state": {"values": view.state if with_state else {}},
            "hash": view.hash,
            "title": definition["title"] if modal else _text("View Title"),
            "clear_on_close": definition.get("clear_on_close", False),
            "notify_on_close": definition.get("notify_on_close", False),
            "close": definition.get("close"),
            "submit": definition.get("submit"),
            "previous_view_id": view.previous_id,
            "root_view_id": view.root_id,
            "app_id": app.id,
            "external_id": view.external_id,
            "app_installed_team_id": self._directory.team_id,
            "bot_id": app.bot_id,
        }

    def _take(self, trigger_id: str) -> Trigger:
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._directory.clock() - trigger.born > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def _all(self) -> list[View]:
        modals = [view for stack in self._stacks.values() for view in stack]
        return [*modals, *self._homes.values()]

    def _named(self, view_id: str, external_id: str) -> View:
        for view in self._all():
            if view.id == view_id or (external_id and view.external_id == external_id):
                return view
        raise SlackError("not_found")

    def _unique(self, checked: Json, besides: View | None = None) -> None:
        external_id = checked.get("external_id")
        for view in self._all():
            if external_id and view is not besides and view.external_id == external_id:
                raise SlackError("duplicate_external_id")

    def _made(self, user_id: str, checked: Json) -> View:
        self._unique(checked)
        definition = self._with_ids(checked)
        view_id = self._directory.new_id("V")
        state = initial_state(definition["blocks"])
        return View(view_id, user_id, definition, self._hash(), state, root_id=view_id)

    def _with_ids(self, checked: Json) -> Json:
        return {**checked, "blocks": [with_ids(block) for block in checked["blocks"]]}

    def _hash(self) -> str:
        return f"{int(self._directory.clock())}.{secrets.token_hex(4)}"


def with_ids(block: Json) -> Json:
    """The block with a block_id, and its elements with action_ids, made up where missing."""
    copy = {**block, "block_id": block.get("block_id") or secrets.token_urlsafe(4)}
    if elements_of(copy):
        for key in ("element", "accessory"):
            if key in copy:
                copy[key] = _with_action_id(copy[key])
        if copy["type"] in {"actions", "context_actions"}:
            copy["elements"] = [_with_action_id(one) for one in copy["elements"]]
    return copy


def _with_action_id(element: Json) -> Json:
    return {**element, "action_id": element.get("action_id") or secrets.token_urlsafe(4)}


def _text(words: str) -> Json:
    return {"type": "plain_text", "text": words, "emoji": True}
