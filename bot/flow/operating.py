"""What operators may stop: all changes for a while, or those of a person or an organization."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from bot.answer import Answer, Entry, Fact
from bot.context import Context, Operations, Paused, Person, Suspended
from bot.errors import NotAllowedError
from bot.setting import Lift, Pause, Resume, Suspend
from bot.store import operations as store
from bot.text import _


class Operating:
    """Keeps what operators settle, and tells what it means."""

    def __init__(self, operations: store.Operations) -> None:
        self._operations = operations

    def of(self, person: Person, catalogue: str) -> Operations:
        """What is stopped, as it concerns this person in this catalogue."""
        return _Stopped(self._operations, person, catalogue)

    async def paused(self) -> Paused | None:
        """The pause that lasts now, while nothing is sent to a catalogue."""
        return await self._operations.paused()

    async def held(self) -> bool:
        """Whether changes are to wait."""
        return await self.paused() is not None

    async def pause(self, ctx: Context, given: Pause) -> Answer:
        """Hold all changes of everybody until `resume`."""
        if await self._operations.pause(ctx.person, given.reason, ctx.now):
            return Answer(
                _("Changes are held now."),
                note=_(
                    "Everybody can still look things up, prepare changes and apply them, and is "
                    "told that they wait. Type /bcdc resume to let them go on."
                ),
            )
        return Answer(_("Changes were held already."), note=_("Type /bcdc status to see why."))

    async def resume(self, ctx: Context, _given: Resume) -> Answer:
        """Let what was held go on."""
        if await self._operations.resume(ctx.person, ctx.now):
            return Answer(
                _("Changes go on."), note=_("What was applied meanwhile is being saved now.")
            )
        return Answer(_("Changes were not held."))

    async def suspend(self, ctx: Context, given: Suspend) -> Answer:
        """Take a person's changes, or those of an organization's records, out of the bot."""
        subject = given.subject
        if await self._operations.suspend(subject, ctx.person, ctx.now):
            headline = _("{name} is suspended.")
        else:
            headline = _("{name} was suspended already.")
        note = (
            _("They can look things up, and neither change, decide nor set anything by the bot.")
            if subject.person
            else _("Its records can be looked up, and nobody changes them by the bot.")
        )
        return Answer(headline.format(name=_name(subject)), _who(subject), note=note)

    async def lift(self, ctx: Context, given: Lift) -> Answer:
        """End a suspension."""
        if await self._operations.lift(given.subject, ctx.person, ctx.now):
            headline = _("{name} is no longer suspended.")
        else:
            headline = _("{name} was not suspended.")
        return Answer(headline.format(name=_name(given.subject)), _who(given.subject))


class _Stopped(Operations):
    """What is stopped, for one person in one catalogue."""

    def __init__(self, operations: store.Operations, person: Person, catalogue: str) -> None:
        self._operations = operations
        self._person = person
        self._catalogue = catalogue

    @override
    async def paused(self) -> Paused | None:
        return await self._operations.paused()

    @override
    async def suspensions(self) -> Sequence[Suspended]:
        return await self._operations.suspensions(self._person.tenant)

    @override
    async def check_person(self) -> None:
        found = await self._operations.suspended(Suspended(person=self._person))
        if found is not None:
            raise NotAllowedError(
                _(
                    "The people who run this bot have suspended you since {since}: you can look "
                    "things up, but change, decide and set nothing. {reason}"
                )
                .format(since=found.day, reason=found.why)
                .strip()
            )

    @override
    async def check_organization(self, organization_id: str) -> None:
        found = await self._operations.suspended(
            Suspended(catalogue=self._catalogue, organization_id=organization_id)
        )
        if found is not None:
            raise NotAllowedError(
                _(
                    "The people who run this bot have suspended {name} since {since}: nobody "
                    "changes its records here. {reason}"
                )
                .format(name=found.title, since=found.day, reason=found.why)
                .strip()
            )


def _name(subject: Suspended) -> str:
    return _("This person") if subject.person else subject.title


def _who(subject: Suspended) -> tuple[Entry, ...]:
    """The person by a mention, which Slack does not take in a headline."""
    if subject.person is None:
        return ()
    return (Entry("", facts=(Fact(_("Person"), subject.person.user_id, person=True),)),)
