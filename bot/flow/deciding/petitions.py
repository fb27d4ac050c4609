"""What is asked of the admins in the catalogue itself, which waits here on the same card.

Only where an admin lets a channel hear of drafts and restricted records: with that admin's token
the bot learns who else decides. Whoever asked need not be known to the bot.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import Facts, FieldEdit, Write, WriteKind
from bot.ckan.explain import AWAY
from bot.ckan.faults import is_odd
from bot.ckan.models import Package
from bot.ckan.moves import GRANTED, STATE
from bot.context import Person, Place, Reader
from bot.errors import NotFoundError
from bot.flow.applying.notify import Notify
from bot.flow.deciding.consent import Consent, Consents, admins_of
from bot.flow.deciding.onward import ask_for, origin_of, withdraw
from bot.flow.editing.moving import targets_of
from bot.flow.people import Clock
from bot.flow.teams.sights import Sights
from bot.log import logger
from bot.notices.events import Event, Kind, folded
from bot.store.changes import Changes
from bot.store.keys import Keys
from bot.store.stored import Origin, StoredChange
from bot.store.subscriptions import Subscription, Subscriptions
from bot.text import _

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class _Petition:
    """A move that somebody asks for, and who is to agree."""

    origin: Origin
    write: Write
    consent: Consent
    warnings: tuple[str, ...]


class Petitions:
    """Follows what others do in the workflow of the catalogue."""

    def __init__(
        self,
        *,
        subscriptions: Subscriptions,
        sights: Sights,
        readers: Callable[[str, SecretStr | None], Reader],
        changes: Changes,
        consents: Consents,
        keys: Keys,
        notify: Notify,
        clock: Clock,
    ) -> None:
        self._subscriptions = subscriptions
        self._sights = sights
        self._readers = readers
        self._changes = changes
        self._consents = consents
        self._keys = keys
        self._notify = notify
        self._clock = clock

    async def follow(
        self, happened: Sequence[Event], above: Mapping[str, str]
    ) -> Callable[[AsyncConnection], Awaitable[None]]:
        """End what others settled, and answer what puts the cards of new requests up.

        That is called in the transaction that takes note of the events. `above` names each
        organization's parent. Raises ckanapi's errors and UserError while the catalogue is away,
        but for so long only: others wait to be told of the same events.
        """
        found: list[_Petition] = []
        for event in happened:
            if event.change_id is None and event.kind in _MOVES:
                await self._end_settled(event)
            if event.change_id is None and event.kind is Kind.WAITING:
                try:
                    found += await self._petitions(event, above)
                except AWAY as error:
                    if event.at > self._clock() - PATIENCE and not is_odd(error):
                        raise
                    _log.warning("request_not_asked", fault=type(error).__name__)

        async def ask(connection: AsyncConnection) -> None:
            for one in found:
                asked = one.origin, one.write, one.consent, one.warnings
                await ask_for(connection, *asked, self._notify, self._clock())

        return ask

    async def _end_settled(self, event: Event) -> None:
        """Withdraw what was asked of the record before, from a state that it has left."""

        def is_settled(other: StoredChange, wanted: FieldEdit) -> bool:
            left = folded(str(wanted.before)) not in event.subject.traits["state"]
            return left and other.created_at < event.at

        where = event.catalogue, event.subject.package_id
        await withdraw(self._changes, self._notify, where, is_settled, self._clock())

    async def _petitions(self, event: Event, above: Mapping[str, str]) -> list[_Petition]:
        """The request in each tenant where an admin lets the bot look."""
        found: dict[str, _Petition] = {}
        for one in await self._subscriptions.restricted():
            if one.catalogue != event.catalogue or one.person.tenant in found:
                continue
            allowance = await self._sights.allowance(one, above)
            if allowance and event.subject.owner_org in allowance.channel.drafts:
                reader = self._readers(one.catalogue, allowance.site.key)
                petition = await self._petition(event, one, reader)
                found |= {one.person.tenant: petition} if petition else {}
        return list(found.values())

    async def _petition(self, event: Event, one: Subscription, reader: Reader) -> _Petition | None:
        """The request as it stands now; None where it was settled, or asked for here, meanwhile."""
        try:
            package = await reader.package(event.subject.package_id)
        except NotFoundError:
            return None
        granted = GRANTED.get(package.publish_state)
        if granted is None:
            return None
        label = (await reader.schema()).field(STATE, of_resource=False).label
        edit = FieldEdit(STATE, label, package.publish_state, granted)
        write = Write(WriteKind.PATCH, package.id, None, package.title, (edit,))
        for other in await self._changes.waiting_on(one.catalogue, package.id):
            if (granted,) == targets_of(row.write for row in other.writes):
                return None
        tenant, author = one.person.tenant, event.author
        known = await self._keys.person_named(tenant, one.catalogue, author) if author else None
        by, asked_as = known or (Person(tenant, ""), "")
        facts = replace(
            await _facts(reader, package), asked_as=asked_as, asked_by="" if known else author
        )
        return _Petition(
            origin_of(by, Place(one.team), one.catalogue, write),
            write,
            await self._consents.of_move(by, one.catalogue, facts),
            () if known else (_UNHEARD,),
        )


async def _facts(reader: Reader, package: Package) -> Facts:
    return Facts(
        organization_id=package.owner_org,
        organization=package.organization_title,
        published=package.is_published,
        public=package.is_public,
        reserved=True,
        told=True,
        admins=await admins_of(reader, package.owner_org),
    )


PATIENCE: Final = timedelta(hours=1)
"""How long it is tried to learn who may decide."""
_MOVES: Final = frozenset({Kind.PUBLISHED, Kind.ARCHIVED, Kind.SENT_BACK, Kind.WAITING})
_UNHEARD: Final = _(
    "This was asked for in the catalogue itself, and the bot cannot tell the one who asked what "
    "you decide."
)
