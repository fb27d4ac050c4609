"""What somebody wants a channel to hear, as the words after `subscribe` say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Final

from bot.errors import UsageError
from bot.notices.filters import EVERYTHING, All, Expression, Term, check, parse, terms
from bot.notices.rhythm import DAYS, MORNING, Every
from bot.text import _


class ScopeKind(StrEnum):
    """What a subscription is about, in the word that people type."""

    ORGANIZATION = "org"
    PACKAGE = "package"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of a subscription: `named` is an organization, a record or the words of a search.

    Its branches are part of an organization. `automated` refreshes of data are told, a record has a
    thread, and what only an organization's admin may let a channel hear (`restricted`) is asked for
    or not. A `dry_run` only tells what would have been sent.
    """

    scope: ScopeKind
    named: str
    branches: bool = True
    wants: Expression = EVERYTHING
    every: Every = Every.EVENT
    at: time = MORNING
    weekday: int = 0
    threads: bool = True
    automated: bool = True
    restricted: bool = False
    dry_run: bool = False


SETTINGS: Final = (
    *(str(kind) for kind in ScopeKind),
    *("branches", "digest", "at", "on", "threads", "automated", "restricted", "dry-run"),
)
"""Words that say what is subscribed to and how, beside the filters."""


def read(text: str) -> Wanted:
    """What the words want, such as `org:geobc event:published digest:daily at:08:30`.

    Raises UsageError.
    """
    expression = parse(text)
    parts = expression.parts if isinstance(expression, All) else (expression,)
    settings: dict[str, str] = {}
    filters: list[Expression] = []
    for part in parts:
        if isinstance(part, Term) and part.name in SETTINGS:
            settings[part.name] = _only(part, settings)
        else:
            filters.append(part)
    wants = filters[0] if len(filters) == 1 else All(tuple(filters))
    for term in terms(wants):
        if term.name in SETTINGS:
            sentence = _("“{name}:” stands for itself: not in brackets, after OR or after NOT.")
            raise UsageError(sentence.format(name=term.name))
    check(wants)
    scope, named = _scope(settings)
    every, at, weekday = _rhythm(settings)
    return Wanted(
        scope=scope,
        named=named,
        wants=wants,
        every=every,
        at=at,
        weekday=weekday,
        branches=_flag(settings, "branches", default=True),
        threads=_flag(settings, "threads", default=True),
        automated=_flag(settings, "automated", default=True),
        restricted=_flag(settings, "restricted", default=False),
        dry_run=_flag(settings, "dry-run", default=False),
    )


def _only(term: Term, settings: dict[str, str]) -> str:
    if term.name in settings or len(term.values) != 1:
        raise UsageError(_("Say “{name}:” once, with one value.").format(name=term.name))
    return term.values[0].strip()


def _scope(settings: dict[str, str]) -> tuple[ScopeKind, str]:
    named = [(kind, settings[kind]) for kind in ScopeKind if settings.get(kind)]
    if len(named) != 1:
        raise UsageError(
            _(
                "Say what this channel is to hear of: one of org:<name>, package:<name> or "
                "search:<words>. For example: /bcdc subscribe org:geobc event:published"
            )
        )
    return named[0]


def _rhythm(settings: dict[str, str]) -> tuple[Every, time, int]:
    word = settings.get("digest", "no").casefold()
    every = _DIGESTS.get(word)
    if every is None:
        sentence = _("“digest:” is daily, weekly or no, not “{word}”.")
        raise UsageError(sentence.format(word=word))
    if every is Every.EVENT and {"at", "on"} & settings.keys():
        raise UsageError(_("“at:” and “on:” are for a digest: add digest:daily or digest:weekly."))
    return every, _time(settings.get("at")), _weekday(settings.get("on"))


def _time(word: str | None) -> time:
    if word is None:
        return MORNING
    try:
        hours, _colon, minutes = word.partition(":")
        return time(int(hours), int(minutes or 0))
    except (ValueError, OverflowError):
        sentence = _("“at:” is a time of the day such as 08:30, not “{word}”.")
        raise UsageError(sentence.format(word=word)) from None


def _weekday(word: str | None) -> int:
    if word is None:
        return 0
    for number, day in enumerate(DAYS):
        if len(word) >= _SHORTEST_DAY and day.startswith(word.casefold()):
            return number
    raise UsageError(_("“on:” is a day of the week, not “{word}”.").format(word=word))


def _flag(settings: dict[str, str], name: str, *, default: bool) -> bool:
    word = settings.get(name)
    if word is None:
        return default
    if word.casefold() not in _FLAGS:
        raise UsageError(_("“{name}:” is yes or no, not “{word}”.").format(name=name, word=word))
    return _FLAGS[word.casefold()]


_FLAGS: Final = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}
_DIGESTS: Final = {
    "daily": Every.DAY,
    "weekly": Every.WEEK,
    "no": Every.EVENT,
    "none": Every.EVENT,
    "instant": Every.EVENT,
}
_SHORTEST_DAY: Final = 3
