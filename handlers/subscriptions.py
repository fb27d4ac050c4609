"""`/bcdc subscriptions`: what this channel hears of the catalogue, and who said so."""

from __future__ import annotations

from bot.answer import Answer, Entry, Fact, Go
from bot.command import NoArgs, ReadCommand, Role
from bot.context import Context, Heard
from bot.text import _, ngettext


async def answer(ctx: Context, _args: NoArgs) -> Answer:
    here = await ctx.subscribed.here()
    if not here:
        return Answer(
            _("This channel is subscribed to nothing."),
            note=_("For example: /bcdc subscribe org:<name> event:published"),
        )
    return Answer(
        ngettext(
            "This channel hears of {n} thing", "This channel hears of {n} things", len(here)
        ).format(n=len(here)),
        entries=tuple(_entry(one, ctx.ckan.catalogue) for one in here),
        note=_("Its words, sent in another channel, set the same there."),
    )


def _entry(one: Heard, catalogue: str) -> Entry:
    facts = [Fact(_("Told"), one.told), Fact(_("Set by"), one.by.user_id, person=True)]
    facts += [Fact(_("Only"), one.wants)] if one.wants else []
    facts += [Fact(_("Allowed"), _("drafts and restricted records"))] if one.restricted else []
    facts += [Fact(_("Rests, because"), one.rests)] if one.rests else []
    label = _("Its words")
    if one.catalogue != catalogue:
        # There they mean something else.
        label = _("Its words, after /bcdc use {catalogue}").format(catalogue=one.catalogue)
    facts += [Fact(label, f"/bcdc subscribe {one.words}", code=True)]
    return Entry(
        title=one.title,
        facts=tuple(facts),
        buttons=(
            Go(_("Edit"), "subscribe", one.id, catalogue=one.catalogue),
            Go(_("Remove"), "unsubscribe", one.id),
        ),
    )


COMMAND = ReadCommand(
    name="subscriptions",
    summary=_("What this channel hears of, and who set it"),
    args=NoArgs,
    needs=Role.ANYONE,
    answer=answer,
    examples=("subscriptions",),
)
