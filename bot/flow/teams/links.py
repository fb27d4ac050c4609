"""What is shown under a link to a catalogue: what everyone in the channel may see.

Whose link it is does not matter: a person's own rights never reach a channel.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cachetools import TTLCache

from bot.answer import Entry, Fact, Go
from bot.ckan.links import Kind, Reference, organization_url, package_url, parse_reference
from bot.ckan.links import resource_url as url_of_resource
from bot.ckan.models import Organization, Package, Resource
from bot.ckan.moves import state_title
from bot.ckan.visibility import Channel, as_seen
from bot.context import Reader
from bot.errors import NotFoundError, UserError
from bot.flow.people import Clock
from bot.log import logger
from bot.notices.freshness import promise_of, tally, today_at
from bot.notices.upkeep import counted, told
from bot.text import _

_log = logger(__name__)

MOST: Final = 3
"""Links to a catalogue in one message that are shown; of more, none is."""
REPEATED: Final = 30 * 60
"""Seconds in which a channel is shown the same thing once."""
PATIENCE: Final = 20.0
"""Seconds a catalogue is given: nobody waits for what is under a link."""
FORMATS: Final = 8


@dataclass(frozen=True, slots=True)
class Card:
    """What a link leads to, and in which catalogue."""

    entry: Entry
    catalogue: str


class Links:
    """Reads what links lead to, without anybody's key."""

    def __init__(
        self, *, anyone: Callable[[str], Reader], catalogues: Mapping[str, str], clock: Clock
    ) -> None:
        self._anyone = anyone
        self._catalogues = catalogues
        self._clock = clock
        self._shown: TTLCache[tuple[str, Reference], bool] = TTLCache(20_000, REPEATED)

    async def cards(self, urls: Sequence[str], channel: str) -> dict[str, Card]:
        """What is to be shown, by link; nothing of what not everyone may see, or does not answer.

        A `channel` of "" is a message that is still being written.
        """
        wanted: dict[Reference, str] = {}
        for url in urls:
            reference = parse_reference(url, self._catalogues)
            if reference.kind is not Kind.UNKNOWN:
                wanted.setdefault(reference, url)
        if len(wanted) > MOST:
            return {}
        new = {one: url for one, url in wanted.items() if (channel, one) not in self._shown}
        found = await asyncio.gather(*(self._card(one, url) for one, url in new.items()))
        cards = {url: card for url, card in zip(new.values(), found, strict=True) if card}
        if channel:
            self._shown.update({(channel, one): True for one, url in new.items() if url in cards})
        return cards

    async def _card(self, reference: Reference, url: str) -> Card | None:
        try:
            async with asyncio.timeout(PATIENCE):
                entry = await self._entry(self._anyone(reference.catalogue), reference, url)
        except NotFoundError:
            return None
        except (UserError, TimeoutError) as error:
            _log.info("link_not_shown", catalogue=reference.catalogue, fault=type(error).__name__)
            return None
        return Card(entry, reference.catalogue)

    async def _entry(self, reader: Reader, reference: Reference, url: str) -> Entry:
        if reference.kind is Kind.ORGANIZATION:
            organization = await reader.organization(url)
            number = (await reader.organization_counts()).get(organization.name, 0)
            return _of_organization(reader, organization, number)
        package = as_seen(await reader.package(url), Channel())
        if package is None:
            raise NotFoundError(_("Not everyone may see this record."))
        resource = package.resource(reference.resource)
        if resource is None:
            return self._of_package(reader, package)
        return self._of_resource(reader, package, resource)

    def _of_package(self, reader: Reader, package: Package) -> Entry:
        today = today_at(self._clock())
        promises = [promise_of(package, one) for one in package.resources]
        fresh = told(promises[0], today) if len(promises) == 1 else counted(tally(promises, today))
        facts = [
            Fact(_("Record of"), package.organization_title or package.owner_org),
            Fact(_("State"), state_title(package.publish_state)),
            Fact(_("Licence"), package.text("license_title")),
            Fact(_("Formats"), _formats(reader, package.resources)),
            Fact(_("Updates"), fresh),
        ]
        return Entry(
            title=package.title,
            url=package_url(reader.url, package.id),
            facts=tuple(fact for fact in facts if fact.value),
            text=package.text("notes"),
            buttons=_buttons(
                reader,
                package.id,
                (_("Show"), "show-package"),
                (_("Edit"), "patch-package"),
                (_("Add a resource"), "create-resource"),
            ),
        )

    def _of_resource(self, reader: Reader, package: Package, resource: Resource) -> Entry:
        facts = [
            Fact(_("Resource of"), package.title),
            Fact(_("Published by"), package.organization_title or package.owner_org),
            Fact(_("State"), state_title(package.publish_state)),
            Fact(_("Licence"), package.text("license_title")),
            Fact(_("Format"), _formats(reader, [resource])),
            Fact(_("Updates"), told(promise_of(package, resource), today_at(self._clock()))),
        ]
        return Entry(
            title=resource.title,
            url=url_of_resource(reader.url, package.id, resource.id),
            facts=tuple(fact for fact in facts if fact.value),
            text=resource.text("description"),
            buttons=_buttons(
                reader,
                resource.id,
                (_("Show"), "show-resource"),
                (_("Edit"), "patch-resource"),
                (_("Upload the new file"), "update-resource"),
            ),
        )


def _of_organization(reader: Reader, organization: Organization, number: int) -> Entry:
    facts = [Fact(_("Part of"), organization.parent_title), Fact(_("Records"), f"{number:,}")]
    return Entry(
        title=organization.title,
        url=organization_url(reader.url, organization.name),
        facts=tuple(fact for fact in facts if fact.value),
        buttons=_buttons(
            reader,
            organization.id,
            (_("Its records"), "list-packages"),
            (_("Who may edit"), "who"),
        ),
    )


def _formats(reader: Reader, resources: Sequence[Resource]) -> str:
    """The formats in the words of the schema where it is known, those that are most first."""
    schema = reader.known_schema()
    field = schema.field("format", of_resource=True) if schema else None
    counts = Counter(one.text("format") for one in resources if one.text("format"))
    told = [field.describe(name) if field else name for name, _number in counts.most_common()]
    return ", ".join([*told[:FORMATS], *(["…"] if len(told) > FORMATS else [])])


def _buttons(reader: Reader, target: str, *starts: tuple[str, str]) -> tuple[Go, ...]:
    """Each begins a verb for the one who presses, with that person's own rights."""
    return tuple(Go(label, verb, target, catalogue=reader.catalogue) for label, verb in starts)
