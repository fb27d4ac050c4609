"""Whatever begins a verb: typed words, a button that goes on with one, a shortcut."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from slack_sdk.web.async_client import AsyncWebClient

from bot.command import ReadCommand
from bot.errors import UserError
from bot.flow.commands.call import Call
from bot.forms.traits import valid_url
from bot.slack.desk import Desk
from bot.slack.identity import person_of, place_of
from bot.slack.sending import send_list
from bot.slack.surface import Ephemeral, Surface
from bot.slack.surfaces import Body, Surfaces
from bot.text import _, clean


class Starts:
    """Runs a verb where it was asked for, in a modal where it opens a form."""

    def __init__(self, desk: Desk, surfaces: Surfaces) -> None:
        self._desk = desk
        self._surfaces = surfaces

    async def command(self, body: Body) -> None:
        person, place = person_of(body), place_of(body)
        client = await self._surfaces.client(body)
        surface = Ephemeral(client, body["response_url"], person, place.channel, replace=False)
        try:
            typed = body.get("text") or ""
            await self._desk.leaks.refuse(person, typed)
            call = self._desk.spine.call(typed, person, place)
        except UserError as error:
            await self._desk.say(str(error), surface)
            return
        await self._run(call, body, client, surface)

    async def go(self, body: Body) -> None:
        """Begin the verb that the button names, in its catalogue where it names one."""
        block_action = body["actions"][0]
        catalogue, words = _told(block_action["action_id"])
        verb, _colon, more = words.partition(":")
        client = await self._surfaces.client(body)
        surface: Surface = self._surfaces.message(client, body, replace=False)
        target = str(block_action.get("value") or "")
        try:
            text = f"{verb} {target} {more}".strip()
            call = self._desk.spine.call(text, person_of(body), place_of(body))
        except UserError as error:
            await self._desk.say(str(error), surface)
            return
        if not call.opens_form:
            surface = await self._surfaces.of(body, replace=False)
        await self._run(replace(call, catalogue=catalogue), body, client, surface)

    async def shortcut(self, body: Body) -> None:
        """Begin what a shortcut that stands everywhere is for, in a modal of its own."""
        verb = _VERBS.get(str(body["callback_id"]))
        if verb is None:
            return
        call = self._desk.spine.call(verb, person_of(body), place_of(body))
        client = await self._surfaces.client(body)
        message = self._surfaces.message(client, body, replace=False)
        modal = await self._surfaces.open(client, body, verb, call.place, message)
        if modal is None:
            return
        if call.opens_form:
            await self._desk.open(call, modal)
        else:
            await self._desk.answer(call, modal)

    async def message_shortcut(self, body: Body) -> None:
        """Begin a verb with the file or the link of a message."""
        client = await self._surfaces.client(body)
        surface = self._surfaces.message(client, body, replace=False)
        person, place = person_of(body), place_of(body)
        verb = str(body["callback_id"]).removeprefix("bcdc:")
        if verb == "link-resource":
            text = clean(html.unescape(body["message"]["text"]))
            found = [link for link in dict.fromkeys(_LINK.findall(text)) if valid_url(link)]
            if len(found) != 1:
                await self._desk.say(_NO_LINK if not found else _MANY_LINKS, surface)
                return
            if wrong := await self._desk.leaks.wrong(person, {"link": found[0]}):
                await self._desk.say(wrong["link"], surface)
                return
            place = await self._desk.spine.asking.kept_link(found[0], person, place)
            verb = "create-resource"
        else:
            files = [str(one.get("id")) for one in body["message"].get("files") or ()]
            if len(files) != 1:
                await self._desk.say(_NO_FILE if not files else _MANY_FILES, surface)
                return
            place = replace(place, file_id=files[0])
        await self._run(self._desk.spine.call(verb, person, place), body, client, surface)

    async def _run(self, call: Call, body: Body, client: AsyncWebClient, surface: Surface) -> None:
        if isinstance(call.command, ReadCommand) and call.command.sends:
            asked = self._desk.spine.asking.exported(call)
            await send_list(self._desk, client, asked, call.person, surface)
            return
        if not call.opens_form:
            await self._desk.answer(call, surface)
            return
        modal = await self._surfaces.open(client, body, call.command.name, call.place, surface)
        if modal:
            await self._desk.open(call, modal)


def _told(action_id: str) -> tuple[str | None, str]:
    """The catalogue that the id of a button names, None for the person's own, and its words."""
    if action_id.startswith("bcdc:go:"):
        return None, action_id.removeprefix("bcdc:go:")
    catalogue, _colon, words = action_id.removeprefix("bcdc:in:").partition(":")
    return unquote(catalogue), words


_VERBS: Final = {
    "bcdc:find": "show-package",
    "bcdc:create-package": "create-package",
    "bcdc:drafts": "pending",
}
"""What the shortcuts begin that stand everywhere, by their callback ids."""
_LINK: Final = re.compile(r"https?://[^\s<>|]+")
_NO_LINK = _("There is no link in that message, so there is nothing to add to the catalogue.")
_MANY_LINKS = _("That message has several links. Send the one you mean in a message of its own.")
_NO_FILE = _("There is no file in that message, so there is nothing to add to the catalogue.")
_MANY_FILES = _("That message has several files. Send the one you mean in a message of its own.")
