"""`/bcdc pending`: what waits for you, and what you asked of others."""

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
    State.PENDING: _("Waits for others to approve it"),
}
_APPLIED = frozenset({State.APPROVED, State.APPLYING})
_HELD = _("You applied it; it is held, and saved when changes go on")


async def answer(ctx: Context, _args: NoArgs) -> Answer:
    mine = await ctx.ledger.pending()
    asked = await ctx.ledger.to_decide(await ctx.ckan.rights()) if ctx.account else ()
    paused = await ctx.operations.paused()
    note = paused.told if paused else ""
    if not mine and not asked:
        return Answer(headline=_("Nothing is waiting for you."), note=note)
    number, held = len(mine) + len(asked), paused is not None
    return Answer(
        headline=ngettext("{n} change is waiting", "{n} changes are waiting", number).format(
            n=number
        ),
        entries=(*map(_asked, asked), *(_entry(past, held=held) for past in mine)),
        note=note,
    )


def _asked(past: Past) -> Entry:
    return Entry(
        title=past.title,
        text=_("Waits for your decision"),
        facts=(Fact(_("Asked by"), past.person.user_id, person=True), Fact(_("Asked"), past.at)),
        buttons=(Go(_("Look and decide"), "change:view", past.id),),
    )


def _entry(past: Past, *, held: bool) -> Entry:
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
        State.PENDING: (Go(_("Withdraw"), "change:cancel", past.id),),
    }.get(past.state, ())
    return Entry(
        title=past.title,
        text=_HELD if held and past.state in _APPLIED else _STANDS.get(past.state, past.state),
        facts=facts,
        buttons=buttons,
    )


COMMAND = ReadCommand(
    name="pending",
    summary=_("List what waits for you, and what you asked of others"),
    args=NoArgs,
    needs=Role.ANYONE,
    answer=answer,
    examples=("pending",),
)
