"""What a channel may see of records, asked when it is to be told.

Everyone's sight is a channel's, and what an organization's admin lets it hear besides: read with
the revocable token of that admin, as far as that admin's rights reach now. A channel that is shared
with another company has everyone's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import Final

from pydantic import SecretStr

from bot.ckan.actions import package_search, package_show
from bot.ckan.caches import Remembered
from bot.ckan.faults import CKANAPIError, NotAuthorized, NotFound, is_odd
from bot.ckan.models import Package, Rights
from bot.ckan.standing import Standing, standing_of
from bot.ckan.together import together
from bot.ckan.transport import Site
from bot.ckan.visibility import Channel, as_seen, may_see
from bot.context import Person
from bot.faults import tell
from bot.notices.events import Event, Kind
from bot.notices.rules import lineage
from bot.notices.wanted import ScopeKind
from bot.store.keys import KeyKind, Keys
from bot.store.subscriptions import Subscription

FEW: Final = 10
"""Records that are asked for one by one, so that not even the search may be behind."""
_CHUNK: Final = 100


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an admin lets a channel hear of, and the catalogue with that admin's token."""

    site: Site
    channel: Channel


class Sights:
    """Reads records for channels. All raise ckanapi's errors while the catalogue is away."""

    def __init__(
        self,
        *,
        keys: Keys,
        sites: Callable[[str, SecretStr | None], Site],
    ) -> None:
        self._keys = keys
        self._sites = sites
        # Nothing is remembered: who is told at the same moment shares one question.
        self._standings: Remembered[Standing | None] = Remembered(0, timer=monotonic)
        self._records: Remembered[Package | None] = Remembered(0, timer=monotonic)

    async def admin(self, person: Person, catalogue: str) -> tuple[Site, Standing] | None:
        """The catalogue with the person's revocable token, and what it allows now.

        None when there is none, or it died.
        """
        binding = await self._keys.get(person, catalogue)
        if binding is None or binding.dead_at or binding.kind is not KeyKind.TOKEN:
            return None
        site = self._sites(catalogue, binding.secret)
        standing = await self._standings.get(site.fingerprint, lambda: standing_of(site))
        return None if standing is None else (site, standing)

    async def allowance(
        self, subscription: Subscription, above: Mapping[str, str]
    ) -> Allowance | None:
        """What the subscription's person lets its channel hear of; None for nothing any more."""
        found = await self.admin(subscription.person, subscription.catalogue)
        if found is None:
            return None
        site, standing = found
        reach = reach_of(subscription, above, standing.rights)
        return Allowance(site, Channel(allowed=reach, drafts=reach)) if reach else None

    async def heard(
        self,
        catalogue: str,
        happened: Iterable[Event],
        allowances: Sequence[Allowance],
    ) -> list[tuple[Event, Package | None]]:
        """The events that a channel with these allowances may hear of, with the record as seen.

        A record is None where it is gone and that alone is told.
        """
        left = list(happened)
        heard: list[tuple[Event, Package | None]] = []
        for allowance in (Allowance(self._sites(catalogue, None), Channel()), *allowances):
            packages = await self._read(allowance, left)
            seen = {
                event.id: packages[event.subject.package_id]
                for event in left
                if event.subject.package_id in packages
                and _may_hear(event, packages[event.subject.package_id], allowance.channel)
            }
            heard += [
                (event, as_seen(seen[event.id], allowance.channel) or seen[event.id])
                for event in left
                if event.id in seen
            ]
            left = [event for event in left if event.id not in seen]
        # What the bot itself deleted nobody can read any more.
        gone = [event for event in left if _is_archived(event) and event.public and event.change_id]
        heard += [(event, None) for event in gone]
        return sorted(heard, key=lambda one: one[0].id)

    async def _read(self, allowance: Allowance, happened: Sequence[Event]) -> dict[str, Package]:
        """The records of these events that can be read with the allowance, by id."""
        site, found = allowance.site, dict[str, Package]()
        ids = {event.subject.package_id for event in happened}
        if len(ids) > FEW:
            for some in _by(_CHUNK, sorted(ids)):
                wanted = " OR ".join(f'"{one}"' for one in some)
                result = await package_search(
                    site, fq=f"+id:({wanted})", rows=_CHUNK, include_private=site.key is not None
                )
                found |= {package.id: package for package in result.packages}
            # The search leaves out what is archived.
            archived = {event.subject.package_id for event in happened if _is_archived(event)}
            ids = archived - found.keys()
        for some in _by(FEW, sorted(ids)):
            shown = await together(*(self._shown(site, one) for one in some))
            found |= {package.id: package for package in shown if package is not None}
        return found

    async def _shown(self, site: Site, package_id: str) -> Package | None:
        key = f"{site.fingerprint} {package_id}"
        return await self._records.get(key, lambda: _show(site, package_id))


def reach_of(
    subscription: Subscription, above: Mapping[str, str], rights: Rights
) -> frozenset[str]:
    """The organizations of which its person lets the subscription's channel hear everything."""
    if subscription.scope is not ScopeKind.ORGANIZATION:
        inside = {*above, *above.values(), *rights.admin}
    elif subscription.branches:
        inside = {one for one in above if subscription.about in lineage(one, above)}
        inside.add(subscription.about)
    else:
        inside = {subscription.about}
    return frozenset(one for one in inside if rights.may_approve(one))


def _is_archived(event: Event) -> bool:
    return event.kind is Kind.ARCHIVED


def _may_hear(event: Event, package: Package, channel: Channel) -> bool:
    if not event.public:
        # What happened to it before everyone could see it stays with those who were allowed it.
        told = may_see(package, channel) or (_is_archived(event) and package.deleted)
        return told and event.subject.owner_org in channel.drafts
    if may_see(package, channel):
        return True
    # That a public record was archived is no secret as long as nothing else hides it.
    return _is_archived(event) and Package({**package.raw, "publish_state": "PUBLISHED"}).is_public


async def _show(site: Site, package_id: str) -> Package | None:
    try:
        return await package_show(site, package_id)
    except (NotFound, NotAuthorized):
        return None
    except CKANAPIError as error:
        if not is_odd(error):
            raise
        # Nobody can say whether it may be heard of, and all that is told after it would wait.
        tell(error, record=package_id)
        return None


def _by(size: int, ids: Iterable[str]) -> Iterator[list[str]]:
    left = iter(ids)
    while some := list(islice(left, size)):
        yield some
