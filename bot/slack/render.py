"""Answers, previews and outcomes as blocks: the one place where data becomes Block Kit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answer import Answer, Entry, Fact, Go
from bot.change import State
from bot.flow.pages import Difference, OutcomePage, PreviewPage
from bot.slack.blocks import (
    Block,
    Element,
    actions,
    button,
    context,
    escape,
    facts,
    fields,
    fit_blocks,
    header,
    link,
    person,
    rich_text,
    section,
    words,
)
from bot.text import _, shorten

NOTES = 600
"""Characters of a long text that an answer shows; the rest is a click away."""
SIDE = 1500
"""Characters of each side of a difference in a preview."""
GLANCE = 120
"""Characters of each side of a difference in a channel."""
TOLD = 5
"""Differences a channel is shown."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: what notifications and screen readers get, and the blocks."""

    text: str
    blocks: list[Block]


def sentence(text: str) -> Message:
    """A message that is one sentence; the sentence may hold data."""
    return Message(escape(text), [section(text)])


def answer_message(answer: Answer) -> Message:
    """An answer as an ephemeral message."""
    return Message(escape(answer.headline), fit_blocks(answer_blocks(answer)))


def answer_blocks(answer: Answer) -> list[Block]:
    """An answer's headline, entries, note and buttons."""
    blocks = [header(answer.headline)]
    for entry in answer.entries:
        blocks += _entry(entry)
    if answer.note:
        blocks.append(context(answer.note))
    return blocks + actions([_go(go) for go in answer.buttons])


def _entry(entry: Entry) -> list[Block]:
    lines: list[list[Element]] = []
    if entry.title:
        title = link(entry.url, entry.title) if entry.url else words(entry.title, bold=True)
        lines.append([title])
    if entry.text:
        lines.append([words(shorten(entry.text, NOTES))])
    lines += [_fact(fact) for fact in entry.facts]
    return [rich_text(*lines), *actions([_go(go, entry.title) for go in entry.buttons])]


def _fact(fact: Fact) -> list[Element]:
    value = person(fact.value) if fact.person else words(fact.value, mono=fact.code)
    return [words(f"{fact.label}: ", bold=True), value]


def _go(go: Go, about: str = "") -> Element:
    action_id = f"bcdc:{go.verb}" if go.verb.startswith("change:") else f"bcdc:go:{go.verb}"
    return button(
        go.label, action_id, value=go.target, describe=f"{go.label}: {about}" if about else ""
    )


def preview_message(page: PreviewPage) -> Message:
    """A preview as an ephemeral message."""
    text = _("Check this change before you apply it: {title}").format(title=page.title)
    return Message(escape(text), fit_blocks(preview_blocks(page)))


def preview_blocks(page: PreviewPage) -> list[Block]:
    """What will change, what to heed, and the buttons that decide."""
    about = (
        _("You are about to put this back") if page.undoes else _("You are about to change this")
    )
    blocks = [rich_text([words(f"{about}: "), link(page.url, page.title)])]
    if page.banner:
        blocks.append(context(page.banner))
    blocks += difference_blocks(page.differences)
    blocks += [section(f"⚠️ {warning}") for warning in page.warnings]
    blocks.append(context(_("Nothing is saved until you press Apply.")))
    buttons = [button(_("Apply"), "bcdc:change:apply", value=page.change_id, style="primary")]
    if page.editable:
        buttons.append(button(_("Edit"), "bcdc:change:edit", value=page.change_id))
    buttons.append(button(_("Cancel"), "bcdc:change:cancel", value=page.change_id))
    return blocks + actions(buttons)


def difference_blocks(differences: Sequence[Difference]) -> list[Block]:
    """Each field with both sides, next to each other where there is room."""
    blocks: list[Block] = []
    for row in differences:
        blocks.append(rich_text([words(row.label, bold=True)]))
        blocks += fields(
            [
                f"{_('Before')}\n{_side(row.before, SIDE)}",
                f"{_('After')}\n{_side(row.after, SIDE)}",
            ]
        )
    return blocks


def outcome_blocks(page: OutcomePage) -> list[Block]:
    """How a change stands, for the one who asked for it."""
    blocks = [
        rich_text([words(f"{_MARKS.get(page.state, '')} "), link(page.url, page.title)]),
        section(page.sentence),
    ]
    if page.banner:
        blocks.append(context(page.banner))
    if page.state in {State.APPLIED, State.STALE, State.FAILED}:
        blocks += difference_blocks(page.differences)
    return blocks + outcome_actions(page)


def outcome_message(page: OutcomePage, *, repeated: bool = False) -> Message:
    """How a change stands, as a message to the one who asked for it."""
    text = f"{page.title}: {page.sentence}"
    small = [context(_REPEATED)] if repeated else []
    return Message(escape(text), fit_blocks([*outcome_blocks(page), *small]))


def confirmation(page: OutcomePage, *, note: str = "", repeated: bool = False) -> Message:
    """What a channel, or the person alone, is told of an applied change: short, with Undo."""
    line = [person(page.by.user_id), words(f" · {page.sentence}: "), link(page.url, page.title)]
    shown = page.differences[:TOLD]
    rows = [
        (row.label, f"{_side(row.before, GLANCE)} → {_side(row.after, GLANCE)}") for row in shown
    ]
    blocks = [rich_text(line)]
    if rows:
        blocks.append(facts(rows))
    small = [page.banner] if page.banner else []
    if len(page.differences) > TOLD:
        small.append(_("and {n} more fields").format(n=len(page.differences) - TOLD))
    small += [note] if note else []
    small += [_REPEATED] if repeated else []
    if small:
        blocks.append(context(" · ".join(small)))
    summary = "; ".join(f"{label}: {value}" for label, value in rows)
    text = f"{page.sentence}: {page.title}. {summary}"
    return Message(escape(text), fit_blocks(blocks + outcome_actions(page)))


def outcome_actions(page: OutcomePage) -> list[Block]:
    """What can still be done with a decided change."""
    if page.undoable:
        return actions([button(_("Undo"), "bcdc:change:undo", value=page.change_id)])
    if page.state in {State.STALE, State.FAILED} and not page.undoes:
        return actions([button(_("Start again"), "bcdc:change:edit", value=page.change_id)])
    return []


def _side(text: str, limit: int) -> str:
    return shorten(text, limit) if text else _("(empty)")


_REPEATED = _("Sent again after a restart; it may stand here twice.")
_MARKS = {
    State.APPLIED: "✅",
    State.STALE: "⚠️",
    State.FAILED: "⚠️",
    State.CANCELLED: "🗑️",
    State.APPROVED: "⏳",
    State.APPLYING: "⏳",
}
