"""A change command at work: what it was asked for, by whom, and what it edits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bot.command import ChangeCommand, Subject
from bot.context import Context, Person, Place
from bot.errors import GoneError
from bot.flow.commands.bind import rebind
from bot.flow.editing.proposal import may_edit
from bot.flow.editing.trapped import forewarned
from bot.flow.people import People, acting
from bot.registry import Registry
from bot.store.changes import Origin, StoredChange
from bot.text import _


@dataclass(frozen=True, slots=True)
class Work:
    """A change command at work: who, with which arguments, on what."""

    ctx: Context
    command: ChangeCommand[Any]
    args: Any
    subject: Subject | None

    @property
    def origin(self) -> Origin:
        return Origin(
            self.ctx.person,
            self.ctx.place,
            self.ctx.ckan.catalogue,
            self.command.name,
            asdict(self.args),
        )


class Working:
    """Begins the work of a change command, or goes on with it later."""

    def __init__(self, people: People, registry: Registry) -> None:
        self._people = people
        self._registry = registry

    async def begin(
        self,
        command: ChangeCommand[Any],
        args: Any,
        person: Person,
        place: Place,
        catalogue: str | None = None,
    ) -> Work:
        """The work on what the catalogue holds now; None for the catalogue of the person's choice.

        Raises NotAllowedError for a record that is not the person's to change, and what
        `bot.context.Reader` raises.
        """
        ctx = await acting(await self._people.context(person, place, catalogue))
        subject = await command.subject(ctx, args) if command.subject else None
        if subject and subject.package.id:
            await may_edit(ctx, subject.package)
            subject = await forewarned(ctx, subject)
        return Work(ctx, command, args, subject)

    async def resume(self, stored: StoredChange) -> Work:
        """The work of a change that was begun. Raises GoneError when there is no such verb now."""
        command = self._registry.find(stored.verb)
        if not isinstance(command, ChangeCommand):
            raise GoneError(_("This form is no longer valid. Start again."))
        args = rebind(command, stored.args)
        return await self.begin(command, args, stored.requester, stored.place, stored.catalogue)
