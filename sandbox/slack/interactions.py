"""What a person does with buttons and forms, and what Slack does with the app's answer."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.slack.blocks import OPTIONS_ANSWER, check_view, elements_of
from sandbox.slack.delivery import Deliveries
from sandbox.slack.directory import Directory
from sandbox.slack.faults import Faults, PostRate
from sandbox.slack.files import Files
from sandbox.slack.form_state import (
    KEPT,
    Kept,
    refused_by_client,
    state_after_update,
    state_with,
)
from sandbox.slack.links import Links
from sandbox.slack.live import Live
from sandbox.slack.messages import Messages
from sandbox.slack.payloads import Payloads, channel_name
from sandbox.slack.records import (
    Call,
    Delivery,
    ImpossibleError,
    Json,
    Message,
    SlackError,
    State,
    View,
)
from sandbox.slack.response_urls import ResponseUrls
from sandbox.slack.views import Views

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.slack.delivery import Transport
    from sandbox.slack.manifest import App

TROUBLE = "We had some trouble connecting. Try again?"
MIN_QUERY = 3
_SUGGESTED = {"external_select", "multi_external_select"}


@dataclass(slots=True)
class Place:
    """Where an element stands: a view, or a message one person looks at."""

    key: str
    blocks: list[Json]
    state: State
    view: View | None = None
    message: Message | None = None


class Interactions:
    """The parts of a workspace, and what people do with buttons, menus and forms."""

    def __init__(
        self,
        app: App,
        transport: Transport,
        *,
        clock: Callable[[], float] = time.time,
        ack_seconds: float = 3.0,
        retry_delays: Sequence[float] | None = None,
    ) -> None:
        self.app = app
        self.clock = clock
        self.faults = Faults()
        self.post_rate = PostRate()
        self.live = Live()
        self.directory = Directory(app, clock)
        self.files = Files(self.directory)
        self.messages = Messages(self.directory, self.files, self.live)
        self.links = Links(self.directory, self.messages)
        self.response_urls = ResponseUrls(self.directory, self.messages)
        self.views = Views(self.directory, self.live)
        self.payloads = Payloads(self.directory)
        retries = {} if retry_delays is None else {"retry_delays": retry_delays}
        self.outbox = Deliveries(transport, self.faults, ack_seconds=ack_seconds, **retries)
        self.calls: list[Call] = []
        self._install_codes: dict[str, str] = {}
        self._message_states: dict[str, State] = {}
        self._offered: dict[tuple[str, str, str], list[Json]] = defaultdict(list)

    async def click(
        self,
        user_id: str,
        *,
        block_id: str,
        action_id: str,
        view_id: str = "",
        message: tuple[str, str] | None = None,
        element: Json | None = None,
        choose: object = None,
        state: Json | None = None,
    ) -> Delivery:
        """Press a button, or choose in a menu, in a view or in a message `(channel, ts)`.

        What is chosen is `element` in Slack's keys (`{"selected_option": …}`), or `choose`:
        an option's value, a list of them, or a text. `state` is what is typed meanwhile.
        Raises ImpossibleError when there is no such element, or no such choice.
        """
        person = self.directory.person(user_id)
        place = self._place(user_id, view_id, message, state)
        block, found = self._element(place, block_id, action_id)
        if block["type"] == "input" and not block.get("dispatch_action", False):
            raise ImpossibleError(f"{block_id!r} tells the app nothing before the form is sent")
        action: Json = {
            "type": found["type"],
            "action_id": action_id,
            "block_id": block_id,
            "action_ts": self.directory.new_ts(),
        }
        if kept := KEPT.get(found["type"]):
            entry = element if element is not None else choose
            self._type(place, {block_id: {action_id: entry}})
            action[kept.key] = place.state[block_id][action_id][kept.key]
        elif found["type"] == "overflow":
            given = element["selected_option"]["value"] if element else choose
            action["selected_option"] = _option_of(found, given)
        else:
            action |= {key: found[key] for key in ("text", "value", "style") if key in found}
        parts = self._parts(place, block_id)
        trigger_id = self.views.new_trigger(user_id, from_modal=_in_modal(place))
        delivery = self.payloads.interaction(
            "block_actions",
            person,
            **parts,
            actions=[action],
            trigger_id=trigger_id,
            **self._answerable(place, user_id, block_id),
        )
        await self._asked(user_id, delivery)
        return delivery

    async def type_ahead(
        self,
        user_id: str,
        *,
        block_id: str,
        action_id: str,
        query: str,
        view_id: str = "",
        message: tuple[str, str] | None = None,
        state: Json | None = None,
    ) -> Json:
        """Type in an external select: `{"options": […]}` or `{"option_groups": […]}`.

        Shorter queries than the element's `min_query_length` ask nobody; a late, failed or
        malformed answer shows an empty list.
        """
        person = self.directory.person(user_id)
        place = self._place(user_id, view_id, message, state)
        _, element = self._element(place, block_id, action_id)
        if element["type"] not in _SUGGESTED:
            raise ImpossibleError(f"{action_id!r} does not ask the app for its options")
        if len(query) < element.get("min_query_length", MIN_QUERY):
            return {"options": []}
        delivery = self.payloads.interaction(
            "block_suggestion",
            person,
            **self._parts(place, block_id),
            block_id=block_id,
            action_id=action_id,
            value=query,
        )
        ack = await self.outbox.ask(delivery)
        body = ack.body
        if ack.error is not None or not isinstance(body, dict) or [*OPTIONS_ANSWER(body, "")]:
            return {"options": [], "failed": True}
        grouped = [one for group in body.get("option_groups", []) for one in group["options"]]
        self._offered[place.key, block_id, action_id] += [*body.get("options", []), *grouped]
        return body

    async def submit(
        self,
        user_id: str,
        view_id: str,
        values: Json | None = None,
    ) -> dict[str, str] | None:
        """Send a form: the errors by block_id, Slack's own or the app's, else None.

        The app's answer may also update, push, close or clear; a wrong or missing one
        leaves the form open under a notice.
        """
        person = self.directory.person(user_id)
        place = self._place(user_id, view_id, None, values)
        view = place.view
        if view is None or not self.views.stack(user_id) or self.views.stack(user_id)[-1] != view:
            raise ImpossibleError(f"{view_id!r} is not the form in front")
        if "submit" not in view.definition:
            raise ImpossibleError(f"{view_id!r} has nothing to press for sending it")
        if errors := refused_by_client(view.blocks, view.state):
            return errors
        self._give_files(place)
        delivery = self.payloads.interaction(
            "view_submission",
            person,
            trigger_id=self.views.new_trigger(user_id, from_modal=True),
            view=self.views.shown(view),
            response_urls=self._response_urls(user_id, view),
        )
        if not await self._asked(user_id, delivery):
            return None
        try:
            return self._submitted(view, delivery.ack.body if delivery.ack else None)
        except SlackError:
            self.live.toast(user_id, TROUBLE)
            return None

    async def close_view(self, user_id: str, view_id: str, *, clear: bool = False) -> None:
        """Close a form, or with `clear` the whole stack; the app hears it where it asked to."""
        person = self.directory.person(user_id)
        view = self.views.of(user_id, view_id)
        clear = clear or bool(view.definition.get("clear_on_close"))
        for closed in self.views.close(user_id, view_id, clear=clear):
            if closed.definition.get("notify_on_close"):
                shown = self.views.shown(closed)
                told = self.payloads.interaction(
                    "view_closed",
                    person,
                    view=shown,
                    is_cleared=clear,
                )
                await self.outbox.ask(told)

    def _submitted(self, view: View, body: object) -> dict[str, str] | None:
        """Do what the ack of a submission says. Raises SlackError for a wrong one."""
        if body is None or body == {}:
            self._close_if_open(view)
            return None
        answer = body if isinstance(body, dict) else {}
        match answer.get("response_action"):
            case "errors":
                return _checked_errors(view, answer.get("errors"))
            case "update":
                self.views.replace(view, check_view(answer.get("view"), home=False))
            case "push":
                self.views.push_for(view.user_id, check_view(answer.get("view"), home=False))
            case "clear":
                self._close_if_open(view, clear=True)
            case _:
                raise SlackError("invalid_response")
        return None

    def _close_if_open(self, view: View, *, clear: bool = False) -> None:
        if view in self.views.stack(view.user_id):
            self.views.close(view.user_id, view.id, clear=clear)

    async def _asked(self, user_id: str, delivery: Delivery) -> bool:
        ack = await self.outbox.ask(delivery)
        if ack.error is not None:
            self.live.toast(user_id, TROUBLE)
        return ack.error is None

    def _place(
        self,
        user_id: str,
        view_id: str,
        message: tuple[str, str] | None,
        typed: Json | None,
    ) -> Place:
        if view_id:
            view = self.views.of(user_id, view_id)
            place = Place(view.id, view.blocks, view.state, view=view)
        elif message is not None:
            channel = self.directory.channel_of(user_id, message[0])
            seen = self.messages.seen(user_id, channel, message[1])
            key = f"{user_id} {channel.id} {seen.ts}"
            state = state_after_update(self._message_states.get(key, {}), seen.all_blocks)
            place = Place(key, seen.all_blocks, state, message=seen)
        else:
            raise ImpossibleError("Say which view, or which message")
        self._type(place, typed or {})
        return place

    def _type(self, place: Place, typed: Json) -> None:
        def offered(block_id: str, action_id: str) -> list[Json]:
            return self._offered[place.key, block_id, action_id]

        place.state = state_with(place.state, place.blocks, typed, offered)
        for actions in place.state.values():
            for entry in actions.values():
                if entry["type"] == "file_input":
                    ids = [one["id"] if isinstance(one, dict) else one for one in entry["files"]]
                    entry["files"] = [self.files.shown(self.files.of(one)) for one in ids]
        if place.view is not None:
            place.view.state = place.state
        else:
            self._message_states[place.key] = place.state

    def _element(self, place: Place, block_id: str, action_id: str) -> tuple[Json, Json]:
        for block in place.blocks:
            for element in elements_of(block):
                if (block["block_id"], element["action_id"]) == (block_id, action_id):
                    return block, element
        raise ImpossibleError(f"There is no {action_id!r} in {block_id!r}")

    def _parts(self, place: Place, block_id: str) -> Json:
        """What payloads say about where something happened."""
        if place.view is not None:
            self._give_files(place)
            return {
                "container": {"type": "view", "view_id": place.view.id},
                "view": self.views.shown(place.view),
            }
        if place.message is None:
            raise ImpossibleError("An element stands in a view or in a message")
        message = place.message
        channel = self.directory.channels[message.channel_id]
        parts: Json = {
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": channel.id,
                "is_ephemeral": message.ephemeral_for is not None,
            },
            "channel": {"id": channel.id, "name": channel_name(channel)},
            "state": {"values": place.state},
        }
        if (url := message.unfurl_of(block_id)) is not None:
            parts["container"] |= {
                "type": "message_attachment",
                "attachment_id": list(message.unfurls).index(url) + 1,
                "is_app_unfurl": True,
                "app_unfurl_url": url,
            }
            parts["app_unfurl"] = message.unfurls[url]
        elif message.ephemeral_for is None:
            # Of an ephemeral message Slack sends its address only.
            parts["message"] = self.messages.shown(message)
        return parts

    def _answerable(self, place: Place, user_id: str, block_id: str) -> Json:
        # Nobody has promised an address for answers to what is pressed under a link.
        if place.message is None or place.message.unfurl_of(block_id) is not None:
            return {}
        channel = self.directory.channels[place.message.channel_id]
        return {"response_url": self.response_urls.new(user_id, channel, place.message)}

    def _response_urls(self, user_id: str, view: View) -> list[Json]:
        found: list[Json] = []
        for block in view.blocks:
            for element in elements_of(block):
                kept: Kept | None = KEPT.get(element["type"])
                if kept is None or not element.get("response_url_enabled"):
                    continue
                chosen = view.state[block["block_id"]][element["action_id"]][kept.key]
                channel = self.directory.channels.get(str(chosen))
                if channel is not None:
                    url = self.response_urls.new(user_id, channel)
                    ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
                    found.append({**ids, "channel_id": channel.id, "response_url": url})
        return found

    def _give_files(self, place: Place) -> None:
        for actions in place.state.values():
            for entry in actions.values():
                for file in entry.get("files", []):
                    self.files.of(file["id"]).form_given = True


def _in_modal(place: Place) -> bool:
    return place.view is not None and place.view.definition["type"] == "modal"


def _option_of(element: Json, value: object) -> Json:
    for option in element["options"]:
        if option["value"] == value:
            chosen: Json = option
            return chosen
    raise ImpossibleError(f"{value!r} is not among the options")


def _checked_errors(view: View, errors: object) -> dict[str, str]:
    """Errors stand on input blocks of the view; Slack takes no others."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_response")
    if not all(isinstance(text, str) and text for text in errors.values()):
        raise SlackError("invalid_response")
    return errors
