"""What channels are told of records: short, with the details behind a button."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.answer import Answer, Entry, Fact, Go
from bot.flow.pages import Difference
from bot.flow.teams.telling import SHOWN
from bot.flow.teams.told import News, NoticePage, RecordNews
from bot.slack.blocks import (
    Block,
    Element,
    actions,
    button,
    context,
    escape,
    fit_blocks,
    link,
    moment,
    rich_text,
    words,
)
from bot.slack.render import REPEATED, Message, go_button
from bot.store.subscriptions import GONE
from bot.text import _, ngettext

LINES: Final = 5
"""Things that happened to one record that a message names."""
COLUMNS: Final = (_("Record"), _("What happened"), _("When"), _("By"), _("Link"))


def card(page: NoticePage, *, repeated: bool = False) -> Message:
    """A record as it is now, and what happened to it last."""
    record = page.records[0]
    last = record.news[-1]
    lines = [
        [words(f"{last.headline}: ", bold=True), link(record.url, record.title)],
        [words(" · ".join(filter(None, (record.organization, record.state))))],
    ]
    if last.about or len(record.news) > 1:
        lines += _lines(record)
    blocks: list[Block] = [rich_text(*lines)]
    why = "" if page.about == record.organization else page.about
    small = [_by(record), why, page.banner, REPEATED if repeated else ""]
    blocks.append(context(" · ".join(filter(None, small)) or page.about))
    text = f"{last.headline}: {record.title}"
    return Message(
        escape(text),
        fit_blocks([*blocks, *_uploads(page, record), *actions(_buttons(page, record))]),
    )


def reply(page: NoticePage, *, repeated: bool = False) -> Message:
    """What happened to a record whose card stands above."""
    record = page.records[0]
    blocks = [rich_text(*_lines(record))]
    small = [_by(record), REPEATED if repeated else ""]
    blocks.append(context(" · ".join(filter(None, small)) or page.about))
    told = "; ".join(news.headline for news in record.news)
    text = f"{record.title}: {told}"
    return Message(
        escape(text), fit_blocks([*blocks, *_uploads(page, record), *actions(_details(record))])
    )


def many(page: NoticePage, *, digest: bool, repeated: bool = False) -> Message:
    """Many records in one message: how many, and the first of them."""
    number = len(page.records)
    if digest:
        head = ngettext(
            "{n} record of {about}: the digest", "{n} records of {about}: the digest", number
        )
    else:
        head = ngettext("{n} record of {about} changed", "{n} records of {about} changed", number)
    title = head.format(n=number, about=page.about)
    lines: list[list[Element]] = [[words(title, bold=True)]]
    for record in page.records[:SHOWN]:
        what = ", ".join(dict.fromkeys(news.headline for news in record.news))
        lines.append([words("• "), link(record.url, record.title), words(f" – {what}")])
    more = number - SHOWN
    small = [
        ngettext("and {n} more, in the file below", "and {n} more, in the file below", more).format(
            n=more
        )
        if more > 0
        else "",
        page.banner,
        REPEATED if repeated else "",
    ]
    blocks = [rich_text(*lines)]
    if told := " · ".join(filter(None, small)):
        blocks.append(context(told))
    return Message(escape(title), fit_blocks(blocks))


def rows(page: NoticePage) -> Iterator[Sequence[str]]:
    """All that a message of many tells, for a file."""
    for record in page.records:
        for news in record.news:
            what = f"{news.headline}: {news.about}" if news.about else news.headline
            yield record.title, what, f"{news.at:%Y-%m-%d %H:%M} UTC", news.author, record.url


def rests(channel: str, why: str) -> Message:
    """What a person reads whose subscriptions in a channel are told no more."""
    reason = _REASONS.get(why, _CLOSED)
    begins, ends = (
        _("Your subscriptions rest in "),
        _(": {reason}. When that is mended, type /bcdc subscriptions there to wake them.").format(
            reason=reason
        ),
    )
    place: Element = {"type": "channel", "channel_id": channel}
    return Message(
        escape(f"{begins}{channel}{ends}"), [rich_text([words(begins), place, words(ends)])]
    )


def details(title: str, found: Sequence[Difference]) -> Answer:
    """What an event changed, before and after."""
    entries = tuple(
        Entry(
            title=row.label,
            facts=(
                Fact(_("Before"), row.before or _("(empty)")),
                Fact(_("After"), row.after or _("(empty)")),
            ),
        )
        for row in found
    )
    return Answer(title, entries=entries)


def _lines(record: RecordNews) -> list[list[Element]]:
    """What happened, each with who did it where that was not one person."""
    alone = bool(_by(record))
    lines: list[list[Element]] = []
    for news in record.news[-LINES:]:
        told = f"{news.headline}: {news.about}" if news.about else news.headline
        by = "" if alone else _author(news)
        told = " · ".join(filter(None, (told, by)))
        lines.append([words(f"{told} · "), moment(news.at)])
    return lines


def _by(record: RecordNews) -> str:
    """The one person who did all of it; "" where it was not one, or nobody knows."""
    return _author(record.news[0]) if len({news.author for news in record.news}) == 1 else ""


def _author(news: News) -> str:
    return _("by {author}").format(author=news.author) if news.author else ""


def _buttons(page: NoticePage, record: RecordNews) -> list[Element]:
    show = Go(_("Show record"), "show-package", record.package_id, catalogue=page.catalogue)
    return [*_details(record), go_button(show, record.title)]


def _uploads(page: NoticePage, record: RecordNews) -> list[Block]:
    """A way to the form for the new data of each resource that is late."""
    late = record.news[-1].late
    rows: list[Block] = []
    for resource_id, title in late[:LINES]:
        name = _("Upload the new file")
        label = name if len(late) == 1 else f"{name}: {title}"
        upload = Go(label, "update-resource", resource_id, catalogue=page.catalogue)
        rows += actions([go_button(upload, title)])
    return rows


def _details(record: RecordNews) -> list[Element]:
    last = next((news for news in reversed(record.news) if news.has_details), None)
    if last is None:
        return []
    return [
        button(
            _("What changed"),
            "bcdc:details",
            value=str(last.event_id),
            describe=_("What changed: {title}").format(title=record.title),
        )
    ]


_CLOSED: Final = _("the bot cannot post there, so invite it with /invite")
_REASONS: Final = {
    "is_archived": _("the channel is archived"),
    GONE: _("your key, or your right to approve there, is gone"),
}
