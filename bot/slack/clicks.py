"""Presses of the buttons under an answer: another page, all of it, a choice, a channel, a file."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeAlias

from bot.context import Person
from bot.flow.pages import FormPage, PreviewPage
from bot.slack.chart import send_chart
from bot.slack.desk import Desk
from bot.slack.export import send_text
from bot.slack.form_view import filled_of
from bot.slack.identity import person_of, place_of
from bot.slack.sending import send_list
from bot.slack.share import share
from bot.slack.surfaces import Body, Surfaces
from bot.slack.views import verb_of
from bot.text import _

Work: TypeAlias = Callable[[Body], Coroutine[Any, Any, None]]


class Clicks:
    """What each of these buttons leads to; its value is the id of what was asked."""

    def __init__(self, desk: Desk, surfaces: Surfaces) -> None:
        self._desk = desk
        self._surfaces = surfaces

    async def again(self, body: Body) -> None:
        block_action = body["actions"][0]
        step = {"bcdc:page:next": 1, "bcdc:page:previous": -1}.get(block_action["action_id"], 0)
        await self._desk.again(
            str(block_action.get("value")),
            person_of(body),
            await self._surfaces.of(body, replace=True),
            step=step,
            expanded=not step,
        )

    async def whole(self, body: Body) -> None:
        """Send a text that its form cannot hold, and go on with the form."""
        view, block_id = body["view"], str(body["actions"][0]["block_id"])
        filled, person = filled_of(view), person_of(body)
        client, editing = await self._surfaces.client(body), self._desk.editing

        async def sent() -> FormPage | PreviewPage:
            label, text = await editing.kept_text(filled.change_id, person, block_id)
            await send_text(client, person, label, text)
            page = await editing.press(filled, person, "whole", block_id)
            if isinstance(page, PreviewPage):
                return page
            told = _("All of it is in your direct messages with the bot.")
            return replace(page, form=page.form.noted(block_id, told))

        await self._desk.work(await self._surfaces.modal(body, verb_of(view), None), sent())

    async def choose(self, body: Body) -> None:
        asked_id = str(body["actions"][0].get("value"))
        client = await self._surfaces.client(body)
        message = self._surfaces.message(client, body, replace=False)
        call = await self._desk.asked(asked_id, person_of(body), message)
        if call is None:
            return
        if call.opens_form:
            modal = await self._surfaces.modal_for(body, call.command.name)
            if modal:
                await self._desk.open(call, modal)
        else:
            await self._desk.answer(call, await self._surfaces.of(body, replace=True))

    async def details(self, body: Body) -> None:
        event_id = str(body["actions"][0].get("value"))
        surface = await self._surfaces.of(body, replace=False)
        await self._desk.details(event_id, person_of(body), place_of(body), surface)

    async def share(self, body: Body) -> None:
        client = await self._surfaces.client(body)

        async def shared() -> str:
            page = await self._desk.shared(str(body["actions"][0].get("value")), person_of(body))
            await share(client, page, body.get("response_url") or "")
            return _("Shared with everyone here.")

        await self._desk.work(await self._surfaces.of(body, replace=False), shared())

    async def picture(self, body: Body) -> None:
        client, person = await self._surfaces.client(body), person_of(body)

        async def drawn() -> str:
            asked_id = str(body["actions"][0].get("value"))
            chart = await self._desk.spine.asking.chart(asked_id, person)
            return await send_chart(client, chart, person)

        await self._desk.work(await self._surfaces.of(body, replace=False), drawn())

    async def export(self, body: Body) -> None:
        client, person = await self._surfaces.client(body), person_of(body)
        surface = await self._surfaces.of(body, replace=False)
        asked = self._desk.spine.asking.export(str(body["actions"][0].get("value")), person)
        meanwhile = await self._surfaces.of(body, replace=False)
        await send_list(self._desk, client, asked, person, surface, meanwhile)


def once(work: Work) -> Work:
    """The work of a button that posts: pressed again while that goes on, it counts once."""
    under_way: set[tuple[Person, str]] = set()

    async def begun(body: Body) -> None:
        key = person_of(body), str(body["actions"][0].get("value"))
        if key in under_way:
            return
        under_way.add(key)
        try:
            await work(body)
        finally:
            under_way.discard(key)

    return begun
