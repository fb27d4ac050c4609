"""Answers while a person picks a record or a resource."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from cachetools import TTLCache

from bot.command import ChangeCommand, Picks
from bot.errors import UserError
from bot.flow.index.type_ahead import READING, Suggestions
from bot.log import logger
from bot.slack.blocks import Element, option
from bot.slack.desk import Desk
from bot.slack.form_view import filled_of, typed_values
from bot.slack.identity import person_of, place_of, place_token
from bot.slack.suggest import chosen, kind_of, suggested
from bot.slack.surfaces import Body, Surfaces
from bot.slack.views import verb_of
from bot.store.names import Kind

_log = logger(__name__)

IN_TIME: Final = 2.5
"""Seconds, of the three that Slack waits for options."""
REMEMBERED: Final = 600
"""Seconds that a view is known to have been sent, longer than Slack takes for what came before."""

_QUESTIONS: Final = frozenset({"package_id", "resource"})
"""Inputs of the first question, whose view is of no draft."""


class Picker:
    """Answers Slack while a person picks."""

    def __init__(self, desk: Desk, surfaces: Surfaces) -> None:
        self._desk = desk
        self._surfaces = surfaces
        self._sent: TTLCache[tuple[str, str | None], bool] = TTLCache(maxsize=5000, ttl=REMEMBERED)

    async def suggest(self, body: Body) -> dict[str, list[Element]]:
        """Options for what is typed in a select; none rather than too late."""
        block_id = str(body.get("block_id") or "")
        view = body.get("view") or {}
        if view.get("private_metadata") and block_id not in _QUESTIONS:
            return await self._of_form(filled_of(view).change_id, block_id, body)
        kind = kind_of(block_id)
        if kind is None:
            return {"options": []}
        values = (view.get("state") or {}).get("values") or {}
        within = chosen(values, "package_id") if kind is Kind.RESOURCE else ""
        typed = str(body.get("value") or "")
        try:
            async with asyncio.timeout(IN_TIME):
                found = await self._desk.type_ahead.suggest(
                    person_of(body), place_of(body), kind, typed, of=within
                )
        except TimeoutError:
            _log.warning("no_suggestions_in_time", kind=kind)
            found = Suggestions((), READING, typed)
        return suggested(found)

    async def _of_form(self, change_id: str, block_id: str, body: Body) -> dict[str, list[Element]]:
        """Options of an input of a form whose choices are more than a list takes."""
        try:
            async with asyncio.timeout(IN_TIME):
                found = await self._desk.editing.offered(
                    change_id, person_of(body), block_id, str(body.get("value") or "")
                )
        except (TimeoutError, UserError):
            return {"options": []}
        return {"options": [option(choice.value, choice.label) for choice in found]}

    async def narrow(self, body: Body) -> None:
        """Offer the resources of the record that was just chosen; not once the view was sent."""
        view = body["view"]
        verb = verb_of(view)
        if (view["id"], view.get("hash")) in self._sent:
            return
        try:
            command = self._desk.spine.find(verb)
        except UserError:
            return
        if isinstance(command, ChangeCommand):
            place = place_of(body, view.get("private_metadata"))
            modal = await self._surfaces.modal(body, verb, place_token(place))
            package = str(typed_values(view["state"]["values"]).get("package_id") or "")
            await self._desk.narrow(verb, package, person_of(body), place, modal)

    async def go_on(self, body: Body) -> None:
        """Open the form on what was picked."""
        view = body["view"]
        verb, place = verb_of(view), place_of(body, view.get("private_metadata"))
        self._sent[view["id"], view.get("hash")] = True
        modal = await self._surfaces.modal(body, verb, place_token(place))
        typed = typed_values(view["state"]["values"])
        await self._desk.pick(verb, typed, person_of(body), place, modal)


def is_pick(command: Picks, typed: Mapping[str, object]) -> bool:
    """Whether these are the inputs of the first question, and not those of a form."""
    return bool(command.pick and typed) and set(typed) <= {"package_id", command.pick}
