"""Answers, previews and outcomes as blocks: the one place where data becomes Block Kit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from bot.answer import Answer, Entry, Fact, Go
from bot.change import State
from bot.flow.editing.sample import Look, columns_of
from bot.flow.pages import OutcomePage, PreviewPage
from bot.slack.blocks import (
    Block,
    Element,
    actions,
    address,
    button,
    context,
    escape,
    facts,
    fit_blocks,
    headed,
    header,
    is_address,
    link,
    moment,
    person,
    rich_text,
    runs,
    section,
    words,
)
from bot.slack.checklist import checklist
from bot.slack.differences import GLANCE, difference_blocks, glance
from bot.text import _, ngettext, shorten

WHOLE = 9000
"""Characters of a text that is shown whole: a message takes some more in all."""
NOTES = 600
"""Characters of a long text that an answer shows; the rest is a click away."""
COLUMNS = 20
"""Columns of a file that a preview shows."""
LINE = 80
"""Characters of a line that short facts share where several things are listed."""
REPEATED = _("Sent again after an interruption; it may stand here twice.")
"""What a message says of itself when nobody knows whether it has arrived before."""
_BETWEEN = " · "


@dataclass(frozen=True, slots=True)
class Content:
    """Blocks that are cut where Slack takes no more, and what ends them all the same."""

    blocks: list[Block]
    end: list[Block] = field(default_factory=list)


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
    content = answer_content(answer)
    return Message(escape(answer.headline), fit_blocks(content.blocks, end=content.end))


def answer_content(answer: Answer, more: Sequence[Element] = ()) -> Content:
    """An answer's headline and entries, then its note, and its buttons with these more in a row."""
    blocks = [header(answer.headline)]
    for entry in answer.entries:
        blocks += entry_blocks(entry, LINE if len(answer.entries) > 1 else 0)
    note = [context(answer.note)] if answer.note else []
    buttons = [go_button(go) for go in answer.buttons]
    return Content(blocks, note + actions([*buttons, *more]))


def entry_blocks(entry: Entry, line: int = LINE) -> list[Block]:
    """One thing with what is to know of it; facts that fit into `line` characters share one."""
    lines: list[list[Element]] = []
    if entry.title:
        title = link(entry.url, entry.title) if entry.url else words(entry.title, bold=True)
        lines.append([title])
    if entry.text:
        lines.append(runs(entry.text, WHOLE if entry.whole else NOTES))
    lines += _facts(entry.facts, line)
    return [rich_text(*lines), *actions([go_button(go, entry.title) for go in entry.buttons])]


def _facts(facts: Sequence[Fact], line: int) -> list[list[Element]]:
    """Facts as lines; those that fit into `line` characters share one, but for what is copied."""
    lines: list[list[Element]] = []
    room = 0
    for fact in facts:
        length = len(fact.label) + len(str(fact.value)) + len(_BETWEEN)
        if length <= room and not fact.code:
            lines[-1] += [words(_BETWEEN), *_fact(fact)]
        else:
            lines.append(_fact(fact))
            room = 0 if fact.code else line
        room -= length
    return lines


def _fact(fact: Fact) -> list[Element]:
    return [words(headed(fact.label), bold=True), _value(fact)]


def _value(fact: Fact) -> Element:
    if isinstance(fact.value, datetime):
        return moment(fact.value)
    if fact.person:
        return person(fact.value)
    return address(fact.value) if is_address(fact.value) else words(fact.value, mono=fact.code)


def go_button(go: Go, about: str = "") -> Element:
    """The button, which says to those who hear it what it is `about`."""
    own = go.verb.startswith(("change:", "page:")) or go.verb in {"choose", "more"}
    where = f"in:{quote(go.catalogue, safe='')}" if go.catalogue else "go"
    action_id = f"bcdc:{go.verb}" if own else f"bcdc:{where}:{go.verb}"
    if go.words:
        # A button's value is an id and nothing else.
        action_id += f":{go.words}"
    return button(
        go.label, action_id, value=go.target, describe=f"{go.label}: {about}" if about else ""
    )


def preview_message(page: PreviewPage) -> Message:
    """A preview as an ephemeral message."""
    text = _("Check this change before you apply it: {title}").format(title=page.title)
    content = preview_content(page)
    return Message(escape(text), fit_blocks(content.blocks, end=content.end))


def preview_content(page: PreviewPage) -> Content:
    """What will change; then what to heed, and the buttons that decide."""
    blocks = [rich_text([words(f"{page.about}: "), link(page.url, page.title)])]
    if page.banner:
        blocks.append(context(page.banner))
    blocks += difference_blocks(page.differences)
    blocks += _look(page.look)
    end = [section(f"⚠️ {warning}") for warning in page.warnings]
    if page.last_copy:
        kept = _("This cannot be undone. To keep a copy of what is there now: ")
        end.append(rich_text([words(f"⚠️ {kept}"), address(page.last_copy)]))
    end += checklist(page.confirmations, page.ticked, page.refused)
    if page.asks:
        end.append(section(f"🙋 {page.asks}"))
    apply = _("Ask for approval") if page.waits else _("Apply")
    waits = (
        _("Nobody is asked until you press {apply}. Until then it waits in /bcdc pending.")
        if page.waits
        else _("Nothing is saved until you press {apply}. Until then it waits in /bcdc pending.")
    )
    end.append(context(waits.format(apply=apply)))
    buttons = [button(apply, "bcdc:change:apply", value=page.change_id, style="primary")]
    if page.editable:
        buttons.append(button(_("Edit"), "bcdc:change:edit", value=page.change_id))
    buttons.append(button(_("Drop"), "bcdc:change:cancel", value=page.change_id))
    return Content(blocks, end + actions(buttons))


def _look(look: Look) -> list[Block]:
    """The table that a file holds: what is other than before, then how it begins."""
    if not look.rows:
        return []
    rows = [row[:COLUMNS] for row in look.rows]
    columns = [(name, shorten(told, GLANCE)) for name, told in columns_of(rows)]
    blocks = [facts([(_("The table"), look.size)])]
    if look.other:
        other = [[words(line)] for line in look.other]
        blocks.append(rich_text([words(_("Compared with the file there now"), bold=True)], *other))
    head = rich_text([words(_("It begins with"), bold=True)])
    return [*blocks, head, facts(columns)]


def outcome_content(page: OutcomePage) -> Content:
    """How a change stands, for the one who asked for it; then what can still be done."""
    mark, about = f"{_MARKS.get(page.state, '')} ".lstrip(), link(page.url, page.title)
    if page.state is State.APPLIED:
        blocks = [rich_text([words(f"{mark}{page.sentence}: "), about])]
    else:
        blocks = [rich_text([words(mark), about] if mark else [about]), section(page.sentence)]
    if page.banner:
        blocks.append(context(page.banner))
    if page.state is State.APPLIED:
        # What was made or deleted was looked at a moment ago.
        blocks += difference_blocks([row for row in page.differences if not row.whole])
        blocks += [facts(_approved(page))] if page.approved else []
    elif page.state in {State.STALE, State.FAILED}:
        blocks += difference_blocks(page.differences)
    return Content(blocks, outcome_actions(page))


def outcome_message(page: OutcomePage, *, repeated: bool = False) -> Message:
    """How a change stands, as a message to the one who asked for it."""
    text = f"{page.title}: {page.sentence}"
    small = [context(REPEATED)] if repeated else []
    content = outcome_content(page)
    return Message(escape(text), fit_blocks(content.blocks, end=content.end + small))


def confirmation(page: OutcomePage, *, note: str = "", repeated: bool = False) -> Message:
    """What a channel, or the person alone, is told of an applied change: short, with Undo."""
    line = [person(page.by.user_id), words(f" · {page.sentence}: "), link(page.url, page.title)]
    rows, more = glance(page.differences)
    blocks = [rich_text(line)]
    told = [*rows, *_approved(page)]
    if told:
        blocks.append(facts(told))
    small = [page.banner] if page.banner else []
    if more:
        small.append(ngettext("and {n} more field", "and {n} more fields", more).format(n=more))
    small += [note] if note else []
    small += [REPEATED] if repeated else []
    if small:
        blocks.append(context(" · ".join(small)))
    summary = "; ".join(f"{label}: {value}" for label, value in told)
    text = f"{page.sentence}: {page.title}. {summary}".strip()
    return Message(escape(text), fit_blocks(blocks + outcome_actions(page)))


def _approved(page: OutcomePage) -> list[tuple[str, str]]:
    """Who agreed, beside the one who asked: nobody publishes by asking alone."""
    return [(_("Approved by"), ", ".join(page.approved))] if page.approved else []


def put_back_message(page: OutcomePage, *, repeated: bool = False) -> Message:
    """What the person is told when somebody else's save replaced what was applied."""
    blocks = [
        rich_text([words("⚠️ "), link(page.url, page.title)]),
        section(page.put_back),
        *actions([button(_("Save it again"), "bcdc:change:edit", value=page.change_id)]),
    ]
    small = [context(REPEATED)] if repeated else []
    return Message(escape(f"{page.title}: {page.put_back}"), fit_blocks([*blocks, *small]))


def outcome_actions(page: OutcomePage) -> list[Block]:
    """What can still be done with a decided change."""
    if page.stoppable:
        return actions([button(_("Stop"), "bcdc:change:cancel", value=page.change_id)])
    if page.state is State.PENDING:
        return actions([button(_("Withdraw"), "bcdc:change:cancel", value=page.change_id)])
    if page.undoable:
        undo = button(_("Undo"), "bcdc:change:undo", value=page.change_id)
        return actions([*(go_button(go) for go in page.steps), undo])
    if page.steps:
        return actions([go_button(go) for go in page.steps])
    if page.state in _TO_TRY_AGAIN and not page.undoes:
        again = _("Edit and ask again") if page.state in _DECIDED else _("Start again")
        return actions([button(again, "bcdc:change:edit", value=page.change_id)])
    return []


_DECIDED = frozenset({State.REJECTED, State.WITHDRAWN})
_TO_TRY_AGAIN = frozenset({State.STALE, State.FAILED, State.EXPIRED}) | _DECIDED
_MARKS = {
    State.APPLIED: "✅",
    State.STALE: "⚠️",
    State.FAILED: "⚠️",
    State.CANCELLED: "🗑️",
    State.WITHDRAWN: "🗑️",
    State.EXPIRED: "⌛",
    State.REJECTED: "↩️",
    State.PENDING: "🙋",
    State.APPROVED: "⏳",
    State.APPLYING: "⏳",
}
