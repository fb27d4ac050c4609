"""Which of many subscriptions want to hear of an event, found without looking at each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.ckan.search import plain
from bot.notices.events import Event
from bot.notices.filters import holds, parsed
from bot.notices.wanted import ScopeKind


@dataclass(frozen=True, slots=True)
class Rule:
    """What one subscription wants since when; `about` is an id, or the words of a search."""

    id: str
    tenant: str
    channel: str
    catalogue: str
    scope: ScopeKind
    about: str
    branches: bool
    wants: str
    automated: bool
    restricted: bool
    digest: bool
    since: datetime


class Rules:
    """Rules by what they are about."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_id: dict[tuple[str, str], list[Rule]] = defaultdict(list)
        self._searches: dict[str, list[tuple[tuple[str, ...], Rule]]] = defaultdict(list)
        for rule in rules:
            if rule.scope is ScopeKind.SEARCH:
                words = tuple(f" {word}" for word in plain(rule.about).split())
                self._searches[rule.catalogue].append((words, rule))
            else:
                self._by_id[rule.catalogue, rule.about].append(rule)

    def wanting(self, event: Event, above: Mapping[str, str]) -> list[Rule]:
        """The rules that want to hear of the event; `above` names each organization's parent.

        What not everyone may see is for rules that ask for it; whether they get it is decided when
        it is delivered.
        """
        traits = event.traits
        held: dict[str, bool] = {}
        found: list[Rule] = []
        for rule in self._about(event, above):
            if (
                event.at < rule.since
                or (event.happening.automated and not rule.automated)
                or not (event.public or rule.restricted)
            ):
                continue
            if rule.wants not in held:
                held[rule.wants] = holds(parsed(rule.wants), traits)
            if held[rule.wants]:
                found.append(rule)
        return found

    def _about(self, event: Event, above: Mapping[str, str]) -> Iterator[Rule]:
        yield from self._by_id.get((event.catalogue, event.subject.package_id), ())
        own = event.subject.owner_org
        for organization in lineage(own, above):
            for rule in self._by_id.get((event.catalogue, organization), ()):
                if rule.branches or organization == own:
                    yield rule
        text = event.subject.words
        for words, rule in self._searches.get(event.catalogue, ()):
            if all(word in text for word in words):
                yield rule


def lineage(organization: str, above: Mapping[str, str]) -> Iterator[str]:
    """The organization and those it is a branch of, from the inside."""
    seen: set[str] = set()
    while organization and organization not in seen:
        seen.add(organization)
        yield organization
        organization = above.get(organization, "")
