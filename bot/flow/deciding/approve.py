"""Decisions on changes that wait: noted at the click, then weighed with the decider's own key.

Who may decide is what the catalogue says at that moment: admins of the organization that owns the
record, and sysadmins (`organization_list_for_user` with the permission `admin`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import State
from bot.ckan.explain import explain
from bot.ckan.faults import CKANAPIError
from bot.ckan.standing import Standing, patiently
from bot.context import Operations, Person, Place
from bot.errors import GoneError, NotAllowedError, UserError
from bot.flow.applying.notify import Notify
from bot.flow.deciding.deciders import Deciders, without_key
from bot.flow.deciding.onward import Enqueue, send_back
from bot.flow.people import Clock
from bot.store.approvals import Approvals, Decider, Decision, Verdict
from bot.store.changes import Changes
from bot.store.keys import Keys
from bot.store.stored import StoredChange
from bot.text import _

TRIES: Final = 13
"""Of asking a catalogue that does not answer, over six minutes."""
LOOK_EVERY: Final = 0.1
WATCHED: Final = 15.0
"""Seconds a click waits to hear what its decision came to; after that it comes as a message."""


class Approving:
    """Takes decisions, and weighs them as durable work."""

    def __init__(
        self,
        *,
        changes: Changes,
        approvals: Approvals,
        keys: Keys,
        deciders: Deciders,
        operations: Callable[[Person, str], Operations],
        notify: Notify,
        apply: Enqueue,
        weigh: Enqueue,
        wake: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._approvals = approvals
        self._keys = keys
        self._deciders = deciders
        self._operations = operations
        self._notify = notify
        self._apply = apply
        self._weigh = weigh
        self._wake = wake
        self._clock = clock

    async def decide(
        self, change_id: str, person: Person, place: Place, verdict: Verdict, reason: str = ""
    ) -> str:
        """Note the decision in one local transaction, and answer its id.

        Raises GoneError when the change waits no more, NotAllowedError for another tenant's,
        NotConnectedError for somebody whom the catalogue could not be asked about.
        """
        change = await self.waiting(change_id, person)
        await self._check_suspension(change, person)
        if await self._keys.get(person, change.catalogue) is None:
            raise without_key(change.catalogue)
        decision_id = await self._approvals.decide(
            change_id, person, place, verdict, reason, self._clock(), self._weigh
        )
        if not decision_id:
            raise GoneError(await self._late(change_id))
        return decision_id

    async def waiting(self, change_id: str, person: Person) -> StoredChange:
        """The change, while it waits. Raises GoneError and NotAllowedError."""
        change = await self._changes.get(change_id)
        if change is None:
            raise GoneError(_("This button no longer does anything, so nothing was done."))
        if change.requester.tenant != person.tenant:
            raise NotAllowedError(_("This is not yours to decide, so nothing was done."))
        approval = await self._approvals.of(change_id)
        if change.state is not State.PENDING or approval is None:
            raise GoneError(await self._late(change_id))
        if approval.expires_at <= self._clock():
            # The sweep, which may be late or away, has yet to say so.
            raise GoneError(_ENDED[State.EXPIRED])
        return change

    async def shown(self, change_id: str, person: Person) -> StoredChange:
        """The same, for those who may decide on it and for the one who asked.

        Raises NotAllowedError for others: a card shows more than everybody may see.
        """
        change = await self.waiting(change_id, person)
        if person != change.requester:
            try:
                await self._deciders.standing(change, person)
            except CKANAPIError as error:
                raise explain(error) from None
        return change

    async def answered(self, decision_id: str) -> str:
        """What the decision came to, for the one who made it."""
        until = asyncio.get_running_loop().time() + WATCHED
        while asyncio.get_running_loop().time() < until:
            made = await self._approvals.decision(decision_id)
            if made is not None and made.outcome is not None:
                return made.told or await self._done(made)
            await asyncio.sleep(LOOK_EVERY)
        return _(
            "The catalogue does not answer just now. Your decision is kept, and counts as soon as "
            "it does; there is no need to press again."
        )

    async def _done(self, made: Decision) -> str:
        change = await self._changes.get(made.change_id)
        unheard = change is not None and not change.requester.user_id
        if unheard and made.verdict is not Verdict.APPROVE:
            return _("Your decision counts. Tell the one who asked: the bot cannot.")
        return _DONE[made.verdict]

    async def __call__(self, decision_id: str) -> None:
        made = await self._approvals.decision(decision_id)
        change = await self._changes.get(made.change_id) if made else None
        if made is None or change is None or made.outcome is not None:
            return
        try:
            decider = await self._decider(made, change)
        except UserError as error:
            await self._refuse(made, str(error))
            return

        async def also(connection: AsyncConnection, to: State | None) -> None:
            if to is State.REJECTED:
                await self._notify.ended(connection, change)
                if made.verdict is Verdict.ASK:
                    await send_back(
                        connection, change, made.person, made.place, self._clock(), self._apply
                    )
                return
            if to is State.APPROVED:
                await self._apply(connection, change.id)
            await self._notify.card(connection, change.id)

        if await self._approvals.count(made, decider, self._clock(), also) is None:
            await self._refuse(made, await self._late(change.id))
        self._wake()

    async def _refuse(self, made: Decision, told: str) -> None:
        """Let the decision not count; who no longer waits to hear why gets a message."""
        late = self._clock() - made.at > timedelta(seconds=WATCHED)

        async def also(connection: AsyncConnection) -> None:
            if late:
                await self._notify.uncounted(connection, made)

        await self._approvals.refuse(made.id, told, also)
        self._wake()

    async def gave_up(self, decision_id: str, reference: str) -> None:
        """Answer a decision whose weighing kept failing for a reason nobody foresaw."""
        made = await self._approvals.decision(decision_id)
        if made is not None:
            told = _("Something went wrong here, so this was not counted. Try again: {reference}")
            await self._refuse(made, told.format(reference=reference))

    async def _check_suspension(self, change: StoredChange, person: Person) -> None:
        """Raise NotAllowedError while the person or the organization is suspended."""
        operations = self._operations(person, change.catalogue)
        await operations.check_person()
        await operations.check_organization(change.facts.organization_id)

    async def _decider(self, made: Decision, change: StoredChange) -> Decider:
        """Who decides, if they may. Raises UserError with the reason where they may not."""
        await self._check_suspension(change, made.person)
        try:
            standing = await patiently(TRIES)(lambda: self._deciders.standing(change, made.person))
        except CKANAPIError as error:
            told = _("This was not counted. {why}").format(why=explain(error))
            raise UserError(told) from None
        own = made.person == change.requester or await self._same_user(change, standing)
        approval = await self._approvals.of(change.id)
        if own and not (approval and approval.self_approval):
            raise NotAllowedError(_("You asked for this yourself, so somebody else has to decide."))
        user = standing.user
        role = "sysadmin" if user.sysadmin else "admin"
        return Decider(user.id, user.fullname or user.name, role)

    async def _same_user(self, change: StoredChange, standing: Standing) -> bool:
        """Whether the requester is the same user of the catalogue, under another name in Slack."""
        if change.facts.asked_by:
            return change.facts.asked_by == standing.user.name
        # They may have given the bot another key since.
        binding = await self._keys.get(change.requester, change.catalogue)
        return standing.user.id in {change.facts.asked_as, binding.user.id if binding else ""}

    async def _late(self, change_id: str) -> str:
        """Why there is nothing to decide any more."""
        change = await self._changes.get(change_id)
        decided = await self._approvals.decisions(change_id)
        told = _ENDED.get(change.state) if change else None
        names = ", ".join(dict.fromkeys(one.ckan_name for one in decided))
        by = _("Decided by {names}.").format(names=names) if names else ""
        return f"{told or _ENDED[State.APPROVED]} {by}".strip()


_DONE = {
    Verdict.APPROVE: _("You approved this."),
    Verdict.REJECT: _("Rejected. The one who asked is told, with your reason."),
    Verdict.ASK: _("The one who asked is told what you would like changed."),
}
_ENDED = {
    State.APPROVED: _("This was decided already."),
    State.APPLYING: _("This was approved already, and is being saved."),
    State.APPLIED: _("This was approved already, and is saved."),
    State.REJECTED: _("This was sent back already."),
    State.WITHDRAWN: _("This was withdrawn, so there is nothing to decide."),
    State.EXPIRED: _("This waited too long and expired, so there is nothing to decide."),
    State.STALE: _("The record was changed meanwhile, so there is nothing to decide."),
    State.FAILED: _("This was approved, but could not be saved."),
}
