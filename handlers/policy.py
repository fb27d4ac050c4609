"""`/bcdc policy [org] [when:… approvers:… self:… expires:… remind:… channel:…]`: what waits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from bot.answer import Entry, Fact
from bot.ckan.models import Organization, Rights
from bot.ckan.schema import Choice, Field
from bot.command import Arg, Given, Question, Role, SettingCommand
from bot.context import Context
from bot.errors import FieldErrors, NotAllowedError, UsageError
from bot.policy import FILE, Policy, When
from bot.setting import SetPolicy
from bot.text import _, ngettext

MOST = 3
"""Approvers at most."""
LONGEST = timedelta(days=90)
"""That a request waits, or until its reminder."""
OFFERED = 8
"""Organizations that are named where it is not said which is meant."""
NONE = "none"
HERE = "here"

_DURATION = re.compile(r"(?P<number>\d{1,7}) ?(?P<unit>[smhdw])", re.IGNORECASE)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")


@dataclass(frozen=True, slots=True)
class Args:
    organization: Annotated[
        tuple[str, ...],
        Arg(_("an organization (name, title, id or link); none for your own"), many=True),
    ] = ()
    when: Annotated[
        str, Arg(_("never, published, always, or fields:title,license_id"), setting=True)
    ] = ""
    approvers: Annotated[str, Arg(_("how many have to approve, 1 to 3"), setting=True)] = ""
    self_: Annotated[str, Arg(_("yes, if one may approve one’s own"), setting=True)] = ""
    expires: Annotated[str, Arg(_("how long to wait, such as 7d or 12h"), setting=True)] = ""
    remind: Annotated[str, Arg(_("when to remind, such as 1d, or no"), setting=True)] = ""
    channel: Annotated[
        str, Arg(_("where to ask beside direct messages: a channel, here or none"), setting=True)
    ] = ""


async def setting(ctx: Context, args: Args, given: Given) -> SetPolicy:
    organization = await _organization(ctx, args)
    words = {
        "when": args.when,
        "approvers": args.approvers,
        "self": args.self_,
        "expires": args.expires,
        "remind": args.remind,
        "channel": args.channel,
    }
    old = await ctx.policy(organization.id)
    policy = await _policy(ctx, old, {**words, **_typed(given)})
    return SetPolicy(organization, policy, Entry(organization.title, facts=_facts(policy)))


async def question(ctx: Context, args: Args) -> Question:
    organization = await _organization(ctx, args)
    policy = await ctx.policy(organization.id)
    places = [Choice(NONE, _("None: direct messages only"))]
    if policy.channel:
        places.append(Choice(policy.channel, _("The channel chosen before")))
    if ctx.place.channel and ctx.place.channel != policy.channel:
        places.append(Choice(ctx.place.channel, _("This channel")))
    return Question(
        title=_("Approvals"),
        intro=_(
            "Which changes to records of {organization} wait for its admins? Moves that the "
            "catalogue keeps for admins, such as publishing, always do."
        ).format(organization=organization.title),
        fields=(
            Field(
                "when",
                _("Changes that wait"),
                required=True,
                choices=tuple(Choice(when.value, _WHEN[when]) for when in When),
            ),
            Field(
                "fields",
                _("Named fields"),
                help=_(
                    "By the names that /bcdc schema shows, with commas between; for the last"
                    " choice above."
                ),
            ),
            Field(
                "approvers",
                _("How many have to approve"),
                required=True,
                choices=tuple(Choice(str(n), str(n)) for n in range(1, MOST + 1)),
            ),
            Field(
                "self_approval",
                _("May people approve what they asked for themselves?"),
                required=True,
                choices=(Choice("no", _("No")), Choice("yes", _("Yes"))),
            ),
            Field("expires", _("Expires after"), help=_("Such as 7d or 12h."), required=True),
            Field("remind", _("Reminder after"), help=_("Such as 1d. Empty for none.")),
            Field("channel", _("Channel of the approvers"), required=True, choices=tuple(places)),
        ),
        values={
            "when": policy.when.value,
            "fields": ", ".join(sorted(policy.fields)),
            "approvers": str(policy.approvers),
            "self_approval": "yes" if policy.self_approval else "no",
            "expires": _told(policy.expires),
            "remind": _told(policy.remind) if policy.remind else "",
            "channel": policy.channel or NONE,
        },
        submit=_("Save"),
        edits=True,
    )


def check(given: Given) -> Mapping[str, str]:
    faults = {}
    if given.get("when") == When.FIELDS and not str(given.get("fields") or "").strip():
        faults["fields"] = _("Name at least one field, such as license_id.")
    for name in ("expires", "remind"):
        text = str(given.get(name) or "").strip()
        if text and _length(text) is None:
            faults[name] = _NO_LENGTH
    return faults


async def _organization(ctx: Context, args: Args) -> Organization:
    """The organization named, or the only one that this person is an admin of.

    Raises NotAllowedError when it is not this person's to rule.
    """
    rights = await ctx.ckan.rights()
    if not args.organization:
        return await _only(ctx, rights)
    organization = await ctx.ckan.organization(" ".join(args.organization))
    if ctx.operator or rights.may_approve(organization.id):
        return organization
    raise NotAllowedError(
        _(
            "Only an admin of {organization} may say which changes wait there. "
            "See who that is with /bcdc who {name}."
        ).format(organization=organization.title, name=organization.name)
    )


async def _only(ctx: Context, rights: Rights) -> Organization:
    ruled = [one for one in await ctx.ckan.organizations() if one.id in rights.admin]
    if len(ruled) == 1:
        return ruled[0]
    if not ruled:
        raise UsageError(
            _(
                "Say for which organization, as in /bcdc policy information-management-cfd. "
                "You are an admin of none."
            )
        )
    raise UsageError(
        _("Say for which organization, as in /bcdc policy {name}. Yours: {titles}").format(
            name=ruled[0].name, titles=", ".join(one.title for one in ruled[:OFFERED])
        )
    )


def _typed(given: Given) -> dict[str, str]:
    """What the form holds, as words; nothing where there was no form."""
    if not given:
        return {}
    typed = {name: str(given.get(name) or "").strip() for name in given}
    if typed.get("when") == When.FIELDS:
        typed["when"] = f"fields:{typed.get('fields', '')}"
    typed.pop("fields", None)
    typed["self"] = typed.pop("self_approval", "")
    return {**typed, "remind": typed.get("remind") or "no"}


async def _policy(ctx: Context, old: Policy, words: Mapping[str, str]) -> Policy:
    """The old policy with what the words change. Raises FieldErrors."""
    faults: dict[str, str] = {}
    when, fields = await _when(ctx, old, words["when"], faults)
    approvers = words["approvers"] or str(old.approvers)
    if approvers not in {str(n) for n in range(1, MOST + 1)}:
        faults["approvers"] = _("Say 1, 2 or 3 approvers.")
    own = words["self"].casefold() or ("yes" if old.self_approval else "no")
    if own not in {"yes", "no"}:
        faults["self"] = _("Say self:yes or self:no.")
    expires = _length(words["expires"]) if words["expires"] else old.expires
    if not expires:
        faults["expires"] = _NO_LENGTH
    remind = old.remind
    if words["remind"].casefold() in {"no", NONE}:
        remind = None
    elif words["remind"]:
        remind = _length(words["remind"])
        if remind is None:
            faults["remind"] = _NO_LENGTH
    channel, team = _channel(ctx, old, words["channel"], faults)
    if faults or not expires:
        raise FieldErrors(faults)
    return Policy(when, fields, int(approvers), own == "yes", expires, remind, channel, team)


async def _when(
    ctx: Context, old: Policy, word: str, faults: dict[str, str]
) -> tuple[When, frozenset[str]]:
    if not word:
        return old.when, old.fields
    kind, _colon, names = word.partition(":")
    if kind.casefold() not in set(When):
        faults["when"] = _("Say when:never, when:published, when:always or when:fields:title,…")
        return old.when, old.fields
    when = When(kind.casefold())
    if when is not When.FIELDS:
        return when, frozenset()
    fields = frozenset(name.strip() for name in names.split(",") if name.strip())
    schema = await ctx.ckan.schema()
    known = {field.name for field in (*schema.dataset_fields, *schema.resource_fields)} | {FILE}
    unknown = sorted(fields - known)
    if not fields or unknown:
        faults["when"] = _("There is no field {names}. See /bcdc schema package.").format(
            names=", ".join(unknown) or "“”"
        )
    return when, fields


def _channel(ctx: Context, old: Policy, word: str, faults: dict[str, str]) -> tuple[str, str]:
    """The channel's id and its workspace."""
    if not word:
        return old.channel, old.team
    if word.casefold() == NONE:
        return "", ""
    if word == old.channel:
        return old.channel, old.team
    if word.casefold() == HERE and ctx.place.channel:
        return ctx.place.channel, ctx.place.team
    if _CHANNEL.fullmatch(word):
        return word, ctx.place.team
    faults["channel"] = _(
        "Type # and choose the channel from the list that Slack offers, or say channel:here."
    )
    return "", ""


def _length(text: str) -> timedelta | None:
    """A length of time such as `7d`; None for anything else, and for more than the longest."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return None
    length = timedelta(**{_UNITS[found["unit"].casefold()]: int(found["number"])})
    return length if length <= LONGEST else None


def _told(length: timedelta) -> str:
    """The same as people type it."""
    seconds = int(length.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _facts(policy: Policy) -> tuple[Fact, ...]:
    waits = _WHEN[policy.when]
    if policy.fields:
        waits += ": " + ", ".join(sorted(policy.fields))
    needed = ngettext("{n} approval", "{n} approvals", policy.approvers).format(n=policy.approvers)
    return (
        Fact(_("Changes that wait"), waits),
        Fact(_("Needed"), needed),
        Fact(_("May approve their own"), _("yes") if policy.self_approval else _("no")),
        Fact(_("Expires after"), _told(policy.expires)),
        Fact(_("Reminder after"), _told(policy.reminds) if policy.reminds else _("no reminder")),
    )


_NO_LENGTH = _("Say how long, such as 7d, 12h or 90s; 90 days at most.")
_WHEN = {
    When.NEVER: _("None, but what the catalogue keeps for admins"),
    When.PUBLISHED: _("Changes to published records"),
    When.ALWAYS: _("Every change"),
    When.FIELDS: _("Changes to named fields"),
}

COMMAND = SettingCommand(
    name="policy",
    summary=_("Say which changes of an organization wait for its admins"),
    args=Args,
    needs=Role.CONNECTED_OR_OPERATOR,
    question=question,
    check=check,
    setting=setting,
    examples=(
        "policy information-management-cfd",
        "policy information-management-cfd when:published approvers:2 expires:7d remind:1d",
    ),
    also=("rules", "approvers"),
)
