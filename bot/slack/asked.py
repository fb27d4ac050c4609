"""Answers with the ways to ask for more of them, and answers shared with a channel."""

from __future__ import annotations

from dataclasses import replace

from bot.answer import Answer, Entry
from bot.flow.pages import AnswerPage, SharedPage
from bot.slack.blocks import (
    Block,
    Element,
    button,
    context,
    escape,
    fit_blocks,
    person,
    rich_text,
    words,
)
from bot.slack.render import Content, Message, answer_content
from bot.text import _


def page_content(page: AnswerPage) -> Content:
    """The answer, what to know of it, and buttons that ask for it again."""
    answer = page.answer
    if page.expanded:
        answer = replace(answer, entries=answer.entries + answer.more)
    content = answer_content(answer, _again(page))
    lines = _small(answer, page.banner)
    lines += [context(f"⚠️ {page.aged}")] if page.aged else []
    return Content(content.blocks, lines + content.end)


def page_message(page: AnswerPage) -> Message:
    """The same as an ephemeral message."""
    content = page_content(page)
    return Message(escape(page.answer.headline), fit_blocks(content.blocks, end=content.end))


def shared_message(page: SharedPage) -> Message:
    """An answer for everyone in a channel: nothing in it is for the one who shared it alone."""
    answer = Answer(
        page.answer.headline,
        tuple(_without_buttons(entry) for entry in page.answer.entries),
        part=page.answer.part,
    )
    content = answer_content(answer)
    end = _small(answer, page.banner)
    end.append(rich_text([person(page.by.user_id), words(" " + _("shared this"))]))
    return Message(escape(answer.headline), fit_blocks(content.blocks, end=end))


def _small(answer: Answer, banner: str) -> list[Block]:
    """Which part of a list it is, and of which catalogue, on one line."""
    told = " · ".join(filter(None, (part_of(answer), banner)))
    return [context(told)] if told else []


def part_of(answer: Answer) -> str:
    """Which part of a list is shown, as "1–10 of 2,500"; "" for a whole one."""
    part = answer.part
    if part is None or part.total <= part.last - part.first + 1:
        return ""
    return _("{first:,}–{last:,} of {total:,}").format(
        first=part.first, last=part.last, total=part.total
    )


def _again(page: AnswerPage) -> list[Element]:
    if not page.asked_id:
        return []
    part = page.answer.part
    buttons = []
    if page.answer.more and not page.expanded:
        buttons.append((_("More"), "bcdc:more"))
    if part and part.first > 1:
        buttons.append((_("Previous"), "bcdc:page:previous"))
    if part and part.last < part.total:
        buttons.append((_("Next"), "bcdc:page:next"))
    if page.exports:
        buttons.append((_("Save as a file"), "bcdc:csv"))
    if page.pictures:
        buttons.append((_("As a picture"), "bcdc:picture"))
    if page.shares and page.answer.entries:
        buttons.append((_("Share"), "bcdc:share"))
    return [button(label, action_id, value=page.asked_id) for label, action_id in buttons]


def _without_buttons(entry: Entry) -> Entry:
    return replace(entry, buttons=())
