"""Presses of those who decide: approve at once; reject and ask for changes with a reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeAlias

from slack_sdk.errors import SlackApiError

from bot.errors import UserError
from bot.flow.deciding.cards import CardPage
from bot.log import logger
from bot.slack.card import REASON, reason_view
from bot.slack.desk import Desk
from bot.slack.identity import person_of, place_of
from bot.slack.surface import Surface
from bot.slack.surfaces import TOO_LATE, Body, Surfaces
from bot.slack.views import loading_view
from bot.store.approvals import Verdict
from bot.text import _

_log = logger(__name__)

Ack: TypeAlias = Callable[..., Awaitable[Any]]
Left: TypeAlias = Coroutine[Any, Any, None]
"""What is left to do after the acknowledgement."""

WITH_REASON: Final = {
    "bcdc:change:reject": Verdict.REJECT,
    "bcdc:change:ask": Verdict.ASK,
}
"""By the `action_id` of the button, which is the `callback_id` of the view that asks why."""


class Verdicts:
    """What each of these presses leads to."""

    def __init__(self, desk: Desk, surfaces: Surfaces) -> None:
        self._desk = desk
        self._approving = desk.approving
        self._cards = desk.cards
        self._surfaces = surfaces

    async def approve(self, ack: Ack, body: Body) -> Left:
        """Commit the approval, then acknowledge it; answers what is left to do."""
        change_id = str(body["actions"][0].get("value", ""))
        noted = await self._note(body, change_id, Verdict.APPROVE)
        await ack()
        return self._answer(noted, self._surfaces.of(body, replace=False))

    async def _note(
        self, body: Body, change_id: str, verdict: Verdict, reason: str = ""
    ) -> str | UserError:
        """The id of the decision, or why it cannot be made."""
        person, place = person_of(body), place_of(body)
        try:
            return await self._approving.decide(change_id, person, place, verdict, reason)
        except UserError as error:
            return error

    async def _answer(self, noted: str | UserError, surface: Awaitable[Surface]) -> None:
        if isinstance(noted, UserError):
            await self._desk.say(str(noted), await surface)
        else:
            await self._desk.work(await surface, self._approving.answered(noted))

    async def ask_why(self, body: Body) -> None:
        """Open the view that asks for the reason, while there is something to decide."""
        block_action = body["actions"][0]
        change_id, verdict = str(block_action.get("value", "")), block_action["action_id"]
        client = await self._surfaces.client(body)
        message = self._surfaces.message(client, body, replace=False)
        try:
            change = await self._approving.waiting(change_id, person_of(body))
        except UserError as error:
            await self._desk.say(str(error), await self._surfaces.of(body, replace=False))
            return
        # Whether this person may decide, and so read it, is asked when the reason comes.
        title = change.title if change.facts.public else ""
        heard = bool(change.requester.user_id)
        view = reason_view(change_id, WITH_REASON[verdict].value, title, heard=heard)
        show = client.views_push if _in_modal(body) else client.views_open
        try:
            await show(trigger_id=body["trigger_id"], view=view)
        except SlackApiError as error:
            _log.warning("view_not_opened", error=error.response["error"])
            await self._desk.say(TOO_LATE, message)

    async def submit(self, ack: Ack, body: Body, reason: str) -> Left | None:
        """Commit the decision with its reason, then acknowledge; None when nothing is left."""
        view = body["view"]
        wrong = await self._desk.leaks.wrong(person_of(body), {REASON: reason})
        if not reason.strip():
            wrong = {REASON: _("Say it in a few words: the one who asked reads this.")}
        if wrong:
            await ack(response_action="errors", errors=wrong)
            return None
        verdict = WITH_REASON[view["callback_id"]]
        noted = await self._note(body, view["private_metadata"], verdict, reason.strip())
        await ack(
            response_action="update",
            view=loading_view("decide", _("Asking the catalogue whether you may decide…")),
        )
        return self._answer(noted, self._surfaces.modal(body, "decide", None))

    async def look(self, body: Body) -> None:
        """Show the card of a waiting change."""
        surface = await self._surfaces.modal_for(body, "decide")
        if surface is None:
            return
        change_id = str(body["actions"][0].get("value", ""))

        async def card() -> CardPage:
            change = await self._approving.shown(change_id, person_of(body))
            return await self._cards.of(change.id)

        await self._desk.work(surface, card())


def _in_modal(body: Body) -> bool:
    return (body.get("view") or {}).get("type") == "modal"
