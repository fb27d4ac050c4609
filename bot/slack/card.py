"""The card that asks for a decision: one message, edited in place through its life."""

from __future__ import annotations

from typing import Any

from bot.change import State
from bot.flow.deciding.cards import CardPage, progress
from bot.slack.blocks import (
    TITLE,
    Block,
    Element,
    actions,
    button,
    context,
    escape,
    fit_blocks,
    link,
    moment,
    person,
    plain,
    rich_text,
    section,
    words,
)
from bot.slack.differences import difference_blocks
from bot.slack.render import REPEATED, Content, Message
from bot.text import _

REASON = "reason"
"""The block of the one input in which somebody says why."""
LONGEST = 2000
"""Characters of a reason."""

_MARKS = {
    State.APPROVED: "⏳",
    State.APPLYING: "⏳",
    State.APPLIED: "✅",
    State.REJECTED: "↩️",
    State.WITHDRAWN: "🗑️",
    State.EXPIRED: "⌛",
    State.STALE: "⚠️",
    State.FAILED: "⚠️",
}


def card_content(page: CardPage) -> Content:
    """Who asks for what, every difference, and the buttons while it can be decided on."""
    by = words(page.asked_by, bold=True) if page.asked_by else person(page.by.user_id)
    blocks = [rich_text([by, words(f" {page.wish}: "), link(page.url, page.title)])]
    if page.sentence:
        blocks.append(section(f"{_MARKS.get(page.state, '')} {page.sentence}".strip()))
    if page.banner:
        blocks.append(context(page.banner))
    blocks += difference_blocks(page.differences)
    if not page.open:
        return Content(blocks)
    end = [section(f"⚠️ {warning}") for warning in page.warnings]
    end.append(rich_text(_since(page)))
    return Content(blocks, end + actions(_buttons(page)))


def card_message(page: CardPage, *, repeated: bool = False) -> Message:
    """The card as a message."""
    text = page.sentence or _("Waits for approval")
    content = card_content(page)
    blocks = fit_blocks(content.blocks, end=content.end + _again(repeated=repeated))
    return Message(escape(f"{page.title}: {text}"), blocks)


def reminder_message(page: CardPage, *, repeated: bool = False) -> Message:
    """What those who may decide are told once more."""
    line = [words(_("Still waits for a decision: ")), link(page.url, page.title)]
    blocks = [rich_text(line), rich_text(_since(page)), *actions([_look(page)])]
    text = _("Still waits for a decision: {title}").format(title=page.title)
    return Message(escape(text), [*blocks, *_again(repeated=repeated)])


def plain_message(page: CardPage, text: str, *, repeated: bool = False) -> Message:
    """A sentence about a request."""
    blocks = [rich_text([link(page.url, page.title)]), section(text), *_again(repeated=repeated)]
    return Message(escape(f"{page.title}: {text}"), blocks)


def reason_view(change_id: str, verdict: str, title: str, *, heard: bool) -> dict[str, Any]:
    """Asks why, before something is rejected or sent back; without a `title`, not of what.

    `heard`: the bot can tell the one who asked.
    """
    rejects = verdict == "reject"
    if not heard:
        told = _("It stays with the record's history here. The bot cannot tell the one who asked.")
    elif rejects:
        told = _("Nothing is changed. The one who asked reads why.")
    else:
        told = _("The one who asked reads this, and can edit and ask again.")
    return {
        "type": "modal",
        "callback_id": f"bcdc:change:{verdict}",
        "private_metadata": change_id,
        "title": plain(_("Reject") if rejects else _("Ask for changes"), TITLE),
        "submit": plain(_("Reject") if rejects else _("Send"), TITLE),
        "close": plain(_("Cancel"), TITLE),
        "blocks": [
            *([rich_text([words(title, bold=True)])] if title else []),
            context(told),
            {
                "type": "input",
                "block_id": REASON,
                "label": plain(_("Why") if rejects else _("What should be changed")),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "value",
                    "multiline": True,
                    "max_length": LONGEST,
                },
            },
        ],
    }


def _again(*, repeated: bool) -> list[Block]:
    return [context(REPEATED)] if repeated else []


def _since(page: CardPage) -> list[Element]:
    line = [words(_("Asked ")), moment(page.asked_at), words(_(" · expires "))]
    line.append(moment(page.expires_at))
    told = progress(page)
    return [*line, words(f" · {told}")] if told else line


def _buttons(page: CardPage) -> list[Element]:
    if page.veiled:
        return [_look(page)]
    return [
        button(_("Approve"), "bcdc:change:approve", value=page.change_id, style="primary"),
        button(_("Reject"), "bcdc:change:reject", value=page.change_id, style="danger"),
        button(_("Ask for changes"), "bcdc:change:ask", value=page.change_id),
        button(_("View record"), "bcdc:link", url=page.url),
    ]


def _look(page: CardPage) -> Element:
    return button(_("Look and decide"), "bcdc:change:view", value=page.change_id)
