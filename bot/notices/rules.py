"""Which of many subscriptions want to hear of an event, found without looking at each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

from bot.ckan.search import plain
from bot.faults import tell
from bot.notices.events import Event, Traits
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


_Alike: TypeAlias = dict[str, list[Rule]]
"""Rules by their filters, which are asked once for all that have the same."""


class Rules:
    """Rules by what they are about."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_id: dict[tuple[str, str], _Alike] = defaultdict(lambda: defaultdict(list))
        self._searches: dict[tuple[str, str], _Alike] = defaultdict(lambda: defaultdict(list))
        for rule in rules:
            group = self._searches if rule.scope is ScopeKind.SEARCH else self._by_id
            group[rule.catalogue, rule.about][rule.wants].append(rule)

    def wanting(self, event: Event, above: Mapping[str, str]) -> list[Rule]:
        """The rules that want to hear of the event; `above` names each organization's parent.

        What not everyone may see is for rules that ask for it; whether they get it is decided when
        it is delivered.
        """
        traits, own = event.traits, event.subject.owner_org
        held: dict[str, bool] = {}
        found: list[Rule] = []
        for about, alike in self._about(event, above):
            for wants, rules in alike.items():
                if wants not in held:
                    held[wants] = _holds(wants, traits)
                if held[wants]:
                    inside = about in {own, event.subject.package_id}
                    found += [rule for rule in rules if _hears(rule, event, inside=inside)]
        return found

    def _about(self, event: Event, above: Mapping[str, str]) -> Iterator[tuple[str, _Alike]]:
        subject = event.subject
        for about in (subject.package_id, *lineage(subject.owner_org, above)):
            alike = self._by_id.get((event.catalogue, about))
            if alike:
                yield about, alike
        for (catalogue, words), alike in self._searches.items():
            if catalogue == event.catalogue and _has_words(subject.words, words):
                yield subject.package_id, alike


def _hears(rule: Rule, event: Event, *, inside: bool) -> bool:
    return (
        event.at >= rule.since
        and (rule.branches or inside)
        and (rule.automated or not event.happening.automated)
        and (rule.restricted or event.public)
    )


def _holds(wants: str, traits: Traits) -> bool:
    """Whether a filter holds; one that is not understood any more holds up no other."""
    try:
        return holds(parsed(wants), traits)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the filter's alone
        tell(error)
        return False


def _has_words(text: str, words: str) -> bool:
    return all(f" {word}" in text for word in _split(words))


@lru_cache(maxsize=20_000)
def _split(words: str) -> tuple[str, ...]:
    return tuple(plain(words).split())


def lineage(organization: str, above: Mapping[str, str]) -> Iterator[str]:
    """The organization and those it is a branch of, from the inside."""
    seen: set[str] = set()
    while organization and organization not in seen:
        seen.add(organization)
        yield organization
        organization = above.get(organization, "")
