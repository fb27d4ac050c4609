"""Everything Slack sends, by way of one Bolt app with few listeners.

Each acknowledges at once and leaves the work to a tracked task; a click that decides commits its
one transaction first. Slack repeats and reorders deliveries, so each is taken once
(`docs/adr/0005-delivery-mode.md`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from cachetools import TTLCache
from slack_bolt.async_app import AsyncApp

from bot.command import SettingCommand
from bot.errors import UnconfirmedError, UserError
from bot.forms.model import FormValue
from bot.log import logger
from bot.slack.card import REASON
from bot.slack.checklist import ticked_in
from bot.slack.clicks import Clicks, Work, once
from bot.slack.desk import Desk
from bot.slack.form_view import filled_of, typed_values
from bot.slack.homes import HomeTabs
from bot.slack.identity import person_of, place_of
from bot.slack.picking import Picker, is_pick
from bot.slack.starts import Starts
from bot.slack.surfaces import Body, Surfaces
from bot.slack.tasks import Tasks
from bot.slack.unfurl import Unfurling
from bot.slack.verdicts import WITH_REASON, Ack, Left, Verdicts
from bot.slack.views import loading_view, verb_of
from bot.slack.workspaces import Workspaces
from bot.text import _

_log = logger(__name__)

REMEMBERED = 3600
"""Seconds a delivery is remembered, longer than Slack repeats one."""
_ANY = re.compile(".*", re.DOTALL)


class Listener:
    """Bolt's listeners, and what each payload means."""

    def __init__(
        self,
        desk: Desk,
        homes: HomeTabs,
        workspaces: Workspaces,
        tasks: Tasks,
        heard: Callable[[str], None],
    ) -> None:
        self._desk = desk
        self._homes = homes
        self._surfaces = Surfaces(workspaces)
        self._tasks = tasks
        self._heard = heard
        self._taken: TTLCache[str, bool] = TTLCache(maxsize=20_000, ttl=REMEMBERED)
        self._picker = Picker(desk, self._surfaces)
        self._starts = Starts(desk, self._surfaces)
        self._unfurling = Unfurling(desk.links, self._surfaces)
        clicks = Clicks(desk, self._surfaces)
        self._verdicts = Verdicts(desk, self._surfaces)
        self._works: dict[str, Work] = {
            "bcdc:change:edit": self._show_change,
            "bcdc:change:preview": self._show_change,
            "bcdc:change:undo": self._undo,
            "bcdc:change:view": self._verdicts.look,
            **dict.fromkeys(WITH_REASON, self._verdicts.ask_why),
            "bcdc:choose": clicks.choose,
            "bcdc:csv": once(clicks.export),
            "bcdc:details": clicks.details,
            "bcdc:form:whole": clicks.whole,
            "bcdc:more": clicks.again,
            "bcdc:page:next": clicks.again,
            "bcdc:page:previous": clicks.again,
            "bcdc:picture": once(clicks.picture),
            "bcdc:share": once(clicks.share),
        }

    def listen(self, app: AsyncApp) -> None:
        """Register with Bolt; commands first, since Bolt asks its listeners in this order."""
        app.command(_ANY)(self.on_slash_command)
        app.action(_ANY)(self.on_block_action)
        app.view(_ANY)(self.on_view_submission)
        app.view_closed(_ANY)(self.on_other)
        app.options(_ANY)(self.on_block_suggestion)
        app.event("app_home_opened")(self.on_app_home_opened)
        app.event("link_shared")(self.on_link_shared)
        app.event(_ANY)(self.on_other)
        app.shortcut(_ANY)(self.on_shortcut)

    async def on_slash_command(self, ack: Ack, body: Body) -> None:
        await ack()
        if self._is_new(body):
            self._tasks.start(self._starts.command(body))

    async def on_block_action(self, ack: Ack, body: Body) -> None:
        block_action = body["actions"][0]
        work: Work
        match block_action["action_id"]:
            case "bcdc:change:apply" | "bcdc:change:cancel" as decision:
                await self._decide(ack, body, decision, str(block_action.get("value", "")))
                return
            case "bcdc:change:approve":
                self._go_on(body, await self._verdicts.approve(ack, body))
                return
            case "value" if block_action.get("block_id") == "package_id":
                work = self._picker.narrow
            case "value" if body.get("view"):
                work = self._redraw
            case str(action_id) if action_id.startswith(("bcdc:go:", "bcdc:in:")):
                work = self._starts.go
            case action_id if action_id in self._works:
                work = self._works[action_id]
            case str(action_id) if action_id.startswith("bcdc:form:") and body.get("view"):
                work = self._press
            case _:
                await ack()
                return
        await ack()
        if self._is_new(body):
            self._tasks.start(work(body))

    async def _decide(self, ack: Ack, body: Body, decision: str, change_id: str) -> None:
        """Commit the decision, then acknowledge: what is acknowledged happens, crash or not."""
        person, ticked = person_of(body), ticked_in(body)
        refusal = unconfirmed = ""
        try:
            if decision == "bcdc:change:apply":
                await self._desk.deciding.apply(change_id, person, ticked)
            else:
                await self._desk.deciding.cancel(change_id, person)
        except UnconfirmedError as error:
            unconfirmed = str(error)
        except UserError as error:
            refusal = str(error)
        await ack()
        if self._is_new(body):
            self._tasks.start(self._decided(body, change_id, refusal, unconfirmed))

    async def _decided(self, body: Body, change_id: str, refusal: str, unconfirmed: str) -> None:
        surface = await self._surfaces.of(body, replace=not refusal)
        if unconfirmed:
            person, ticked = person_of(body), ticked_in(body)
            await self._desk.unconfirmed(change_id, person, ticked, unconfirmed, surface)
        elif refusal:
            await self._desk.say(refusal, surface)
        else:
            await self._desk.follow(change_id, surface)

    def _go_on(self, body: Body, left: Left | None) -> None:
        """Do what is left after a decision that was acknowledged, unless it came before."""
        if left and self._is_new(body):
            self._tasks.start(left)
        elif left:
            left.close()

    async def _redraw(self, body: Body) -> None:
        view = body["view"]
        modal = await self._surfaces.modal(body, verb_of(view), None)
        await self._desk.redraw(filled_of(view), person_of(body), modal)

    async def _press(self, body: Body) -> None:
        view, block_action = body["view"], body["actions"][0]
        modal = await self._surfaces.modal(body, verb_of(view), None)
        pressed = (block_action["action_id"].removeprefix("bcdc:form:"), block_action["block_id"])
        await self._desk.press(filled_of(view), pressed, person_of(body), modal)

    async def _show_change(self, body: Body) -> None:
        block_action = body["actions"][0]
        surface = await self._surfaces.modal_for(body, "preview")
        if surface is None:
            return
        show = (
            self._desk.reopen
            if block_action["action_id"] == "bcdc:change:edit"
            else self._desk.preview
        )
        await show(block_action["value"], person_of(body), surface)

    async def _undo(self, body: Body) -> None:
        surface = await self._surfaces.modal_for(body, "undo")
        if surface is None:
            return
        change_id = str(body["actions"][0]["value"])
        await self._desk.undo(change_id, person_of(body), place_of(body), surface)

    async def on_view_submission(self, ack: Ack, body: Body) -> None:
        view = body["view"]
        verb, typed = verb_of(view), typed_values(view["state"]["values"])
        if view["callback_id"] in WITH_REASON:
            reason = str(typed.get(REASON) or "")
            self._go_on(body, await self._verdicts.submit(ack, body, reason))
            return
        person = person_of(body)
        try:
            command = self._desk.spine.find(verb)
        except UserError:
            await ack()
            return
        if isinstance(command, SettingCommand):
            await self._submit_setting(ack, body, command, typed)
        elif is_pick(command, typed):
            if wrong := await self._desk.leaks.wrong(person, typed):
                await ack(response_action="errors", errors=wrong)
                return
            await ack(response_action="update", view=loading_view(verb))
            if self._is_new(body):
                self._tasks.start(self._picker.go_on(body))
        else:
            filled = filled_of(view)
            try:
                errors = await self._desk.editing.check_now(filled, person)
            except UserError:
                errors = None  # told after the acknowledgement, in the view
            shown = {
                block_id: text
                for block_id, text in (errors.by_field if errors else {}).items()
                if block_id in typed
            }
            if shown:
                await ack(response_action="errors", errors=shown)
                return
            waiting = loading_view(verb, _("Checking with the catalogue…"))
            await ack(response_action="update", view=waiting)
            if self._is_new(body):
                modal = await self._surfaces.modal(body, verb, None)
                self._tasks.start(self._desk.submit(filled, person, modal))

    async def _submit_setting(
        self,
        ack: Ack,
        body: Body,
        command: SettingCommand[Any],
        typed: Mapping[str, FormValue],
    ) -> None:
        verb, asked_id = command.name, str(body["view"].get("private_metadata"))
        wrong = await self._desk.spine.keeping.check(command, typed, person_of(body))
        if wrong:
            await ack(response_action="errors", errors=wrong)
            return
        await ack(response_action="update", view=loading_view(verb))
        if self._is_new(body):
            modal = await self._surfaces.modal(body, verb, None)
            self._tasks.start(self._desk.set(asked_id, typed, person_of(body), modal))

    async def on_block_suggestion(self, ack: Ack, body: Body) -> None:
        await ack(**await self._picker.suggest(body))

    async def on_app_home_opened(self, ack: Ack, body: Body) -> None:
        await ack()
        if body["event"].get("tab") == "home" and self._is_new(body):
            self._tasks.start(self._homes.open(body))

    async def on_link_shared(self, ack: Ack, body: Body) -> None:
        await ack()
        if self._is_new(body):
            self._tasks.start(self._unfurling.show(body))

    async def on_shortcut(self, ack: Ack, body: Body) -> None:
        await ack()
        if self._is_new(body):
            of_message = body.get("type") == "message_action"
            begin = self._starts.message_shortcut if of_message else self._starts.shortcut
            self._tasks.start(begin(body))

    async def on_other(self, ack: Ack) -> None:
        await ack()

    def _is_new(self, body: Body) -> bool:
        """Whether this delivery is the first of its kind; Slack may repeat one."""
        key = str(body.get("event_id") or "") or _digest(body)
        if key in self._taken:
            self._heard("repeated")
            return False
        self._taken[key] = True
        self._heard(str(body.get("type") or "slash_command"))
        return True


def _digest(body: Body) -> str:
    """The same for the same press or line, whatever of it (`trigger_id`, `action_ts`) tells it."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
