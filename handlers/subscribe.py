"""`/bcdc subscribe org:<name> …`: let a channel hear what happens to records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.ckan.schema import Choice, Field
from bot.command import Arg, Given, Question, Role, SettingCommand
from bot.context import Context
from bot.notices.events import HEADLINES
from bot.notices.rhythm import Every
from bot.notices.wanted import ScopeKind, read
from bot.setting import Subscribe
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    words: Annotated[
        str,
        Arg(
            _("org:<name>, package:<name> or search:<words>, and filters such as event:published"),
            rest=True,
        ),
    ] = ""


async def setting(_ctx: Context, args: Args, given: Given) -> Subscribe:
    return Subscribe(read(_words(given) if given else args.words))


async def question(_ctx: Context, _args: Args) -> Question:
    scopes = (
        Choice(ScopeKind.ORGANIZATION, _("An organization, with its branches")),
        Choice(ScopeKind.PACKAGE, _("One record")),
        Choice(ScopeKind.SEARCH, _("Records with these words")),
    )
    digests = (
        Choice(Every.EVENT, _("At once")),
        Choice(Every.DAY, _("In a daily digest")),
        Choice(Every.WEEK, _("In a weekly digest, on Mondays")),
    )
    return Question(
        title=_("Subscribe"),
        intro=_("Everyone in this channel will see what it hears, and who set it."),
        fields=(
            Field("scope", _("What is it about?"), required=True, choices=scopes),
            Field("named", _("Its name, or the words"), required=True),
            Field(
                "event",
                _("Only when"),
                help=_("Nothing chosen means everything."),
                validators=("scheming_multiple_choice",),
                choices=tuple(Choice(kind, told) for kind, told in HEADLINES.items()),
            ),
            Field("filters", _("More filters"), help=_("For example: NOT format:pdf")),
            Field("digest", _("Told"), required=True, choices=digests),
            Field("at", _("Time of the digest"), help=_("Your local time, such as 08:30")),
        ),
        values={"scope": ScopeKind.ORGANIZATION, "digest": Every.EVENT},
        submit=_("Subscribe"),
    )


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
    return " ".join(words)


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
)
