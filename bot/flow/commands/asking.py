"""Answers of reading commands, and asking for them again: more of it, another page, for a channel.

A button under an answer holds the id of a kept question and nothing else. Each press runs the
command anew, with the rights of that moment.
"""

from __future__ import annotations

import asyncio
import html
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Final

from bot.answer import Answer, Chart, Entry, Fact, Go, placed
from bot.change import Json
from bot.ckan.links import organization_url, package_url, resource_url
from bot.ckan.moves import state_title
from bot.command import ChangeCommand, ReadCommand
from bot.context import Context, Person, Place
from bot.errors import (
    CatalogueError,
    GoneError,
    NotAllowedError,
    NotFoundError,
    Option,
    UnsureError,
    UserError,
)
from bot.flow.commands.bind import bind, spoken
from bot.flow.commands.call import Call, understood
from bot.flow.commands.recall import Recall
from bot.flow.pages import AnswerPage, SharedPage
from bot.flow.people import People, banner, permitted
from bot.registry import Registry
from bot.store.asked import Asked, Question
from bot.store.columns import new_id
from bot.store.names import Entry as Remembered
from bot.store.names import Kind
from bot.text import _, ngettext

MINUTE: Final = 60
HOUR: Final = 3600
LONGEST_NAME: Final = 80
"""Bytes of a file's name: letters of some scripts are four, and folders take 255."""


@dataclass(frozen=True, slots=True)
class Export:
    """A whole list, row by row, for a file of this name; its ending says which kind."""

    name: str
    columns: tuple[str, ...]
    rows: AsyncIterator[Sequence[Json]]


class Asking:
    """Runs reading commands."""

    def __init__(self, *, registry: Registry, people: People, asked: Asked, recall: Recall) -> None:
        self._registry = registry
        self._people = people
        self._asked = asked
        self._recall = recall

    async def answer(self, call: Call) -> AnswerPage:
        """What a reading command answers, with the ways to ask for more of it."""
        command, args, ctx = await self._ready(call)
        question = _question(call, ctx, spoken(command, args))
        if not command.public:
            return _page(await command.answer(ctx, args), ctx, call)
        # Kept while the catalogue is asked, so that nobody waits for it.
        answer, _kept = await asyncio.gather(
            command.answer(ctx, args), self._asked.keep([question])
        )
        if answer.part and answer.part.page != question.page:
            question = replace(question, id=new_id(), page=answer.part.page)
            await self._asked.keep([question])
        return replace(
            _page(answer, ctx, call),
            asked_id=question.id,
            shares=call.place.channel is not None,
            exports=command.rows is not None and bool(answer.entries),
            pictures=command.chart is not None and bool(answer.entries),
        )

    async def again(self, asked_id: str, person: Person, *, step: int = 0) -> Call:
        """The call that was asked, some pages on or back.

        Raises GoneError after a day, NotAllowedError for a question of somebody else.
        """
        question = await self._own(asked_id, person)
        call = understood(self._registry, question.text, person, question.place)
        page = max(1, question.page + step)
        return replace(call, catalogue=question.catalogue, page=page)

    async def remember(self, call: Call, ctx: Context, args: Any) -> str:
        """Keep a call that a form asks more for; the id that `again` takes."""
        question = _question(call, ctx, spoken(call.command, args))
        await self._asked.keep([question])
        return question.id

    async def shared(self, asked_id: str, person: Person) -> SharedPage:
        """The same answer for everyone in the channel where it was asked.

        It is made without a key, so it holds what anybody may see. Raises NotFoundError when that
        is nothing, and as `again`.
        """
        call = await self.again(asked_id, person)
        command, args, ctx = await self._ready(call, anonymous=True)
        try:
            answer = await command.answer(ctx, args)
        except CatalogueError:
            raise
        except UserError:
            answer = Answer("")
        if not answer.entries:
            raise NotFoundError(
                _("Nothing of this may be seen by everyone in a channel, so it was not shared.")
            )
        here = placed(answer, ctx.ckan.catalogue)
        return SharedPage(here, call.place, person, banner(ctx))

    async def export(self, asked_id: str, person: Person) -> Export:
        """The whole list behind an answer, read while it is written. Raises as `again`."""
        return await self.exported(await self.again(asked_id, person))

    async def exported(self, call: Call) -> Export:
        """The whole list that a call asks for, read while it is written."""
        command, args, ctx = await self._ready(call)
        if command.rows is None:
            raise GoneError(_("There is no list behind this answer."))
        words = "-".join(part for part in (command.name, call.words.rest) if part)
        kind = command.sends(args) if command.sends else "csv"
        return Export(file_name(words, kind), command.columns, command.rows(ctx, args))

    async def kept_link(self, link: str, person: Person, place: Place) -> Place:
        """The place with an address that is asked about, which is known for a day by an id."""
        ctx = await self._people.context(person, place)
        kept = Question(new_id(), person, place, ctx.ckan.catalogue, link, 1, ctx.now)
        await self._asked.keep([kept])
        return replace(place, link_id=kept.id, link=link)

    async def linked(self, person: Person, place: Place) -> Place:
        """The place with the address that it is known by. Raises as `again`."""
        if not place.link_id:
            return place
        return replace(place, link=(await self._own(place.link_id, person)).text)

    async def chart(self, asked_id: str, person: Person) -> Chart:
        """The picture of an answer. Raises as `again`."""
        command, args, ctx = await self._ready(await self.again(asked_id, person))
        if command.chart is None:
            raise GoneError(_("There is no picture of this answer."))
        return await command.chart(ctx, args)

    async def remembered(self, call: Call, error: CatalogueError) -> AnswerPage:
        """What is known of the names in a command that the catalogue does not answer now.

        Raises the error where that is nothing.
        """
        kind, text = _named(call)
        if kind is None or not isinstance(call.command, ReadCommand):
            raise error
        ctx = await self._people.context(call.person, call.place, call.catalogue)
        # Of an organization it is the records that are asked for.
        known = await self._recall.find(
            ctx, Kind.PACKAGE if kind is Kind.ORGANIZATION else kind, text
        )
        if known is None or not known.entries:
            raise error
        answer = Answer(
            headline=_("What is known without the catalogue"),
            entries=tuple(_known(ctx, one) for one in known.entries),
        )
        return AnswerPage(answer, banner=banner(ctx), aged=_aged(known.age, str(error)))

    async def meant(self, call: Call, error: NotFoundError) -> AnswerPage:
        """What a name may mean that is not quite one; raises the error where nothing is near."""
        if isinstance(error, UnsureError):
            return await self.choices(call, error)
        kind, text = _named(call)
        if kind is None:
            raise error
        ctx = await self._people.context(call.person, call.place, call.catalogue)
        near = await self._recall.near(ctx, kind, text)
        if not near:
            raise NotFoundError(f"{error} {_SOUGHT[kind]}") from error
        options = tuple(Option(one.id, one.title, one.about) for one in near)
        sentence = str(error) + " " + _("Did you mean one of these?")
        return await self.choices(call, UnsureError(sentence, text, options, guess=True))

    async def choices(self, call: Call, unsure: UnsureError) -> AnswerPage:
        """What a name may mean, each with a button that goes on with the command."""
        ctx = await self._people.context(call.person, call.place, call.catalogue)
        questions = [
            _question(call, ctx, self._meaning(call, unsure, one.id)) for one in unsure.options
        ]
        await self._asked.keep([question for question in questions if question.text])
        entries = tuple(
            Entry(
                title=one.title,
                text=one.about,
                facts=(Fact(_("Id"), one.id, code=True),),
                buttons=(Go(_("Choose"), "choose", question.id),) if question.text else (),
            )
            for one, question in zip(unsure.options, questions, strict=True)
        )
        answer = Answer(headline=str(unsure), entries=entries)
        return AnswerPage(answer, banner=banner(ctx))

    def _meaning(self, call: Call, unsure: UnsureError, meant: str) -> str:
        """The command with the id in the place of the name; "" where it cannot be said again."""
        args = bind(call.command, call.words)
        if isinstance(call.command, ChangeCommand) and call.words.fields:
            return ""
        for one in fields(args):
            if getattr(args, one.name) == unsure.named:
                return spoken(call.command, replace(args, **{one.name: meant}))
        # A title of several words that stood where one word and more text belong.
        text, named = spoken(call.command, args), html.escape(unsure.named, quote=False)
        return text.replace(f" {named}", f" {meant}", 1) if f" {named}" in text else ""

    async def _ready(
        self, call: Call, *, anonymous: bool = False
    ) -> tuple[ReadCommand[Any], Any, Context]:
        command = call.command
        assert isinstance(command, ReadCommand)  # noqa: S101  # only these are asked
        args = bind(command, call.words)
        ctx = await self._people.context(
            call.person, call.place, call.catalogue, page=call.page, anonymous=anonymous
        )
        return command, args, permitted(ctx, command.needs)

    async def _own(self, asked_id: str, person: Person) -> Question:
        question = await self._asked.find(asked_id)
        if question is None:
            raise GoneError(_("That answer is more than a day old. Type the command again."))
        if question.person != person:
            raise NotAllowedError(
                _("That answer belongs to somebody else. Type the command yourself.")
            )
        return question


_SOUGHT: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.ORGANIZATION: _("Look for it with /bcdc find-org and a word of its title."),
        Kind.PACKAGE: _("Look for it with /bcdc find-package and words of its title."),
        Kind.RESOURCE: _("Its record shows it: /bcdc show-package and the record's title."),
    }
)
"""What to do where nothing is near what was typed."""


def _named(call: Call) -> tuple[Kind | None, str]:
    """The kind of thing that the words of a command name, and the name."""
    args = bind(call.command, call.words)
    for parameter in call.command.parameters:
        text = str(getattr(args, parameter.name))
        if parameter.arg.names and text:
            return Kind(parameter.arg.names), text
    return None, ""


def _known(ctx: Context, one: Remembered) -> Entry:
    state = (Fact(_("State"), state_title(one.state)),) if one.state else ()
    name = (Fact(_("Name"), one.name, code=True),) if one.name else ()
    return Entry(
        title=one.title,
        url=_address(ctx.ckan.url, one),
        text=one.about,
        facts=(*state, *name, Fact(_("Id"), one.id, code=True)),
    )


def _address(home: str, one: Remembered) -> str:
    """Its page in the catalogue."""
    match one.kind:
        case Kind.ORGANIZATION:
            return organization_url(home, one.id)
        case Kind.PACKAGE:
            return package_url(home, one.id)
        case Kind.RESOURCE:
            return resource_url(home, one.package_id, one.id)


def file_name(words: str, kind: str = "csv") -> str:
    """A name for a file of what these words asked for."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in words.lower())
    name = "-".join(filter(None, plain.split("-"))).encode()[:LONGEST_NAME]
    return f"{name.decode(errors='ignore')}.{kind}"


def _question(call: Call, ctx: Context, text: str) -> Question:
    return Question(new_id(), call.person, call.place, ctx.ckan.catalogue, text, call.page, ctx.now)


def _page(answer: Answer, ctx: Context, call: Call) -> AnswerPage:
    return AnswerPage(
        placed(answer, ctx.ckan.catalogue),
        banner=banner(ctx),
        aged=_aged(ctx.ckan.age),
        expanded=call.expanded,
    )


def _aged(seconds: float | None, why: str = "") -> str:
    """What to tell of an answer from memory, and why it is; "" for a fresh one."""
    if seconds is None:
        return ""
    if seconds < HOUR:
        number = max(1, round(seconds / MINUTE))
        ago = ngettext("{n} minute ago", "{n} minutes ago", number).format(n=number)
    else:
        number = round(seconds / HOUR)
        ago = ngettext("{n} hour ago", "{n} hours ago", number).format(n=number)
    why = why or _("The catalogue does not answer right now. Try again in a few minutes.")
    return _("{why} This is as it was {ago}.").format(why=why, ago=ago)
