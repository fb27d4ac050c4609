"""`/bcdc subscribe org:<name> …`: let a channel hear what happens to records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from bot.change import Json
from bot.ckan.schema import Choice, Field
from bot.command import Arg, Given, Question, Role, SettingCommand
from bot.context import Context, Heard
from bot.notices.events import HEADLINES, Kind
from bot.notices.filters import All, Expression, Term, spoken
from bot.notices.rhythm import DAYS, NAMES, Every
from bot.notices.wanted import ScopeKind, Wanted, read
from bot.setting import Subscribe
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    words: Annotated[
        str,
        Arg(
            _("org:<name>, package:<name> or search:<words>, and filters such as event:published"),
            rest=True,
            pairs=True,
        ),
    ] = ""


async def setting(ctx: Context, args: Args, given: Given) -> Subscribe:
    if not given:
        return Subscribe(read(args.words))
    old = await _named(ctx, args)
    return Subscribe(read(_words(given)), old.id if old else "")


async def question(ctx: Context, args: Args) -> Question:
    old = await _named(ctx, args)
    scopes = (
        Choice(ScopeKind.ORGANIZATION, _("An organization")),
        Choice(ScopeKind.PACKAGE, _("One record")),
        Choice(ScopeKind.SEARCH, _("Records with these words")),
    )
    digests = (
        Choice(Every.EVENT, _("At once")),
        Choice(Every.DAY, _("In a daily digest")),
        Choice(Every.WEEK, _("In a weekly digest")),
    )
    days = tuple(Choice(word, name) for word, name in zip(DAYS, NAMES, strict=True))
    options = tuple(Choice(word, told) for word, told in _OPTIONS.items())
    return Question(
        title=_("Edit the subscription") if old else _("Subscribe"),
        intro=_("Everyone in this channel will see what it hears, and who set it."),
        fields=(
            Field("scope", _("What is it about?"), required=True, choices=scopes),
            Field("named", _("Which one, or which words"), required=True),
            Field(
                "event",
                _("Only when"),
                help=_("Nothing chosen means everything."),
                validators=("scheming_multiple_choice",),
                choices=tuple(Choice(kind, told) for kind, told in HEADLINES.items()),
            ),
            Field("filters", _("More filters"), help=_("For example: NOT format:pdf")),
            Field("digest", _("When to tell"), required=True, choices=digests),
            Field("at", _("Time of the digest"), help=_("Your local time, such as 08:30")),
            Field("on", _("Day of a weekly digest"), choices=days),
            Field(
                "options",
                _("Also"),
                validators=("scheming_multiple_choice",),
                choices=options,
            ),
        ),
        values=_values(read(old.words)) if old else {**_NEW, "named": args.words.strip()},
        submit=_("Save") if old else _("Subscribe"),
        edits=old is not None,
    )


async def _named(ctx: Context, args: Args) -> Heard | None:
    """The channel's subscription that the words are the id of."""
    return next((one for one in await ctx.subscribed.here() if one.id == args.words.strip()), None)


def _values(wanted: Wanted) -> dict[str, Json]:
    """What the form shows of a subscription."""
    events, filters = _events_apart(wanted.wants)
    digest = wanted.every is not Every.EVENT
    return {
        "scope": wanted.scope,
        "named": wanted.named,
        "event": [*events],
        "filters": filters,
        "digest": wanted.every,
        "at": f"{wanted.at:%H:%M}" if digest else None,
        "on": DAYS[wanted.weekday] if wanted.every is Every.WEEK else None,
        "options": [name for name in _OPTIONS if getattr(wanted, name.replace("-", "_"))],
    }


def _events_apart(wants: Expression) -> tuple[tuple[str, ...], str]:
    """The events that are wanted and nothing else, and the words of the other filters."""
    parts = wants.parts if isinstance(wants, All) else (wants,)
    for part in parts:
        if isinstance(part, Term) and part.name == "event" and {*part.values} <= {*Kind}:
            return part.values, spoken(All(tuple(one for one in parts if one is not part)))
    return (), spoken(wants)


def _words(given: Given) -> str:
    """What was filled in, as it is typed."""

    def text(name: str) -> str:
        return str(given.get(name) or "").strip()

    events = given.get("event") or ()
    every = text("digest")
    words = [f'{text("scope")}:"{text("named").replace(chr(34), " ").strip()}"']
    words += [f"event:{','.join(events)}"] if events else []
    words += [f"({text('filters')})"] if text("filters") else []
    words.append(f"digest:{every}")
    if text("at") and every != Every.EVENT:
        words.append(f"at:{text('at')}")
    if text("on") and every == Every.WEEK:
        words.append(f"on:{text('on')}")
    chosen = given.get("options") or ()
    words += [f"{name}:{'yes' if name in chosen else 'no'}" for name in _OPTIONS]
    return " ".join(words)


_OPTIONS = {
    "branches": _("Its branches too, where it is an organization"),
    "threads": _("What happens next to a record goes in a thread"),
    "automated": _("Data that was only refreshed, too"),
    "restricted": _("Drafts and restricted records too, if an admin agrees"),
    "dry-run": _("Only try it, on what happened in the last 30 days"),
}
_NEW: Mapping[str, Json] = {
    "scope": ScopeKind.ORGANIZATION,
    "digest": Every.EVENT,
    "options": ["branches", "threads", "automated"],
}


COMMAND = SettingCommand(
    name="subscribe",
    summary=_("Let this channel hear what happens to records"),
    args=Args,
    needs=Role.ANYONE,
    question=question,
    setting=setting,
    examples=(
        "subscribe org:information-management-cfd event:published,archived",
        "subscribe search:health NOT format:pdf digest:weekly on:monday at:08:30",
        "subscribe package:bc-airports dry-run:yes",
    ),
    also=("follow", "notify", "watch", "digest"),
)
