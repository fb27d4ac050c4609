"""`/bcdc suspend [<@person or org> [reason | off]]`: take somebody's changes out of the bot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact
from bot.command import Arg, Given, Role, SettingCommand
from bot.context import Context, Person, Suspended
from bot.errors import NotAllowedError, UsageError
from bot.setting import Lift, Suspend
from bot.text import _, ngettext

# What is left of a mention: an id of Slack's, in which a digit sets it off from a word in capitals.
_USER = re.compile(r"@?(?P<id>(?=[A-Z]*\d)[UW][A-Z0-9]{2,})")


@dataclass(frozen=True, slots=True)
class Args:
    who: Annotated[str, Arg(_("a person (@name) or an organization; none to list them"))] = ""
    reason: Annotated[str, Arg(_("why, or “off” to end it"), rest=True)] = ""


async def setting(ctx: Context, args: Args, _given: Given) -> Suspend | Lift | Answer:
    if not args.who:
        return _listed(await ctx.operations.suspensions())
    off = args.reason.strip().lower() == "off"
    subject = await _subject(ctx, args.who, "" if off else args.reason)
    if subject.person == ctx.person and not off:
        raise NotAllowedError(_("That is you. Ask another of the people who run this bot."))
    return Lift(subject) if off else Suspend(subject)


async def _subject(ctx: Context, who: str, reason: str) -> Suspended:
    """Who is meant. Raises UsageError for a name that Slack knows nobody by, and as `Reader`."""
    if user := _USER.fullmatch(who):
        return Suspended(person=Person(ctx.person.tenant, user["id"]), reason=reason)
    if who.startswith("@"):
        raise UsageError(
            _(
                "There is nobody here called {name}. Type @ and choose the person from the list "
                "that Slack offers."
            ).format(name=who)
        )
    organization = await ctx.ckan.organization(who)
    return Suspended(
        catalogue=ctx.ckan.catalogue,
        organization_id=organization.id,
        title=organization.title,
        reason=reason,
    )


def _listed(suspensions: Sequence[Suspended]) -> Answer:
    if not suspensions:
        return Answer(_("Nobody is suspended."))
    number = len(suspensions)
    return Answer(
        ngettext("{n} suspension", "{n} suspensions", number).format(n=number),
        entries=tuple(map(_entry, suspensions)),
        note=_("To end one: /bcdc suspend, the person or organization, and “off”."),
    )


def _entry(suspended: Suspended) -> Entry:
    who = (Fact(_("Person"), suspended.person.user_id, person=True),) if suspended.person else ()
    where = (Fact(_("Catalogue"), suspended.catalogue),) if suspended.catalogue else ()
    since = (Fact(_("Since"), suspended.since),) if suspended.since else ()
    why = (Fact(_("Reason"), suspended.reason),) if suspended.reason else ()
    return Entry(title=suspended.title, facts=(*who, *where, *since, *why))


COMMAND = SettingCommand(
    name="suspend",
    summary=_("Stop the changes of a person or organization; for the people who run this bot"),
    args=Args,
    needs=Role.OPERATOR,
    setting=setting,
    examples=("suspend", "suspend @casey left the ministry", "suspend geobc off"),
)
