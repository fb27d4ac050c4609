"""`/bcdc pending`: previews that wait for you to apply or drop them."""

from __future__ import annotations

from bot.answer import Answer, Entry, Fact, Go
from bot.change import State
from bot.command import NoArgs, ReadCommand, Role
from bot.context import Context, Past
from bot.text import _, ngettext

_STANDS = {
    State.DRAFT: _("A form you have not finished"),
    State.PREVIEWED: _("Waits for you to apply it"),
    State.APPROVED: _("About to be applied"),
    State.APPLYING: _("Being applied now"),
    State.PENDING: _("Waits for approval"),
}


async def answer(ctx: Context, _args: NoArgs) -> Answer:
    waiting = await ctx.ledger.pending()
    if not waiting:
        return Answer(headline=_("Nothing is waiting for you."))
    return Answer(
        headline=ngettext("{n} change is waiting", "{n} changes are waiting", len(waiting)).format(
            n=len(waiting)
        ),
        entries=tuple(_entry(past) for past in waiting),
    )


def _entry(past: Past) -> Entry:
    labels = [edit.label for write in past.writes for edit in write.edits if edit.label]
    facts = (Fact(_("Fields"), ", ".join(labels)),) if labels else ()
    buttons = {
        State.DRAFT: (
            Go(_("Continue"), "change:edit", past.id),
            Go(_("Drop"), "change:cancel", past.id),
        ),
        State.PREVIEWED: (
            Go(_("Check and apply"), "change:preview", past.id),
            Go(_("Drop"), "change:cancel", past.id),
        ),
    }.get(past.state, ())
    return Entry(
        title=past.title,
        text=_STANDS.get(past.state, past.state),
        facts=facts,
        buttons=buttons,
    )


COMMAND = ReadCommand(
    name="pending",
    summary=_("List your previews that are not applied yet"),
    args=NoArgs,
    needs=Role.ANYONE,
    answer=answer,
    examples=("pending",),
)
