"""Builders of Block Kit that keep Slack's limits whatever the text.

Text of the catalogue and of people is data. It goes where Slack reads no markup: plain text and
rich text elements. What Slack does read, a message's fallback text, gets it through `escape`: no
mention, link or broadcast can come of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from bot.store.people import ERASED
from bot.text import _, clean, ngettext, shorten

Block: TypeAlias = dict[str, Any]
Element: TypeAlias = dict[str, Any]

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
MESSAGE_CHARACTERS: Final = 13_000
"""Text over all blocks of a message: Slack refuses from about 13,200 (`msg_blocks_too_long`)."""
VIEW_BYTES: Final = 240_000
"""Of Slack's 250 kB for a whole view (`view_too_large`), what its blocks may take."""
TITLE: Final = 24
HEADER: Final = 150
SECTION: Final = 3000
SMALL: Final = 2000
OPTION: Final = 75
BUTTON: Final = 75
BUTTON_VALUE: Final = 2000
URL: Final = 3000
ACTIONS: Final = 25
_ADDRESS: Final = 60
"""Characters of an address that is read whole."""

_ENTITIES: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_BLANK: Final = re.compile(r"\s")
_DISGUISED: Final = re.compile(r"https?://[^/?#]*[@\\]")
"""A host that is no more than the user's name of another."""
_NOTHING: Final = "–"
"""Stands where Slack wants at least one character."""


def escape(data: str, limit: int = SECTION) -> str:
    """Data for a message's fallback text, at most `limit` characters.

    Style marks have no escape in Slack: data that may hold them belongs in plain or rich text.
    """
    data = clean(data)
    room = limit
    while True:
        text = shorten(data, room)
        for character, entity in _ENTITIES:
            text = text.replace(character, entity)
        if len(text) <= limit:
            return text
        # Cut before escaping, so that no entity is cut in two.
        room -= max(1, (len(text) - limit) // len("&amp;"))


def plain(text: str, limit: int = SECTION) -> Element:
    """A plain text object: nothing in it is read as markup or emoji code."""
    text = shorten(clean(text), limit)
    return {"type": "plain_text", "text": text if text.strip() else _NOTHING, "emoji": False}


def header(text: str) -> Block:
    """A heading of one line; a sentence too long for one is a paragraph, so that it is whole."""
    line = " ".join(text.split())
    if len(line) > HEADER:
        return section(line)
    return {"type": "header", "text": plain(line, HEADER)}


def divider() -> Block:
    """A rule between parts."""
    return {"type": "divider"}


def section(text: str, *, accessory: Element | None = None) -> Block:
    """A paragraph."""
    block: Block = {"type": "section", "text": plain(text)}
    return block if accessory is None else {**block, "accessory": accessory}


def context(text: str) -> Block:
    """A line in small print."""
    return {"type": "context", "elements": [plain(text, SMALL)]}


def actions(elements: Sequence[Element], *, block_id: str = "") -> list[Block]:
    """Rows of buttons; none for no buttons. A `block_id` is for a single row."""
    rows: list[Block] = [
        {"type": "actions", "elements": list(elements[at : at + ACTIONS])}
        for at in range(0, len(elements), ACTIONS)
    ]
    return [{**row, "block_id": block_id} for row in rows] if block_id and len(rows) == 1 else rows


def button(
    text: str,
    action_id: str,
    *,
    value: str = "",
    url: str = "",
    style: str = "",
    describe: str = "",
) -> Element:
    """A button; `describe` is what screen readers say. A link over Slack's limit is left out.

    Raises ValueError for a value that is too long: cut, it would name something else.
    """
    if len(value) > BUTTON_VALUE:
        raise ValueError("the value of a button is too long")
    element: Element = {"type": "button", "text": plain(text, BUTTON), "action_id": action_id}
    extras = {
        "value": value,
        "url": url if is_address(url) else "",
        "style": style,
        "accessibility_label": shorten(clean(describe), BUTTON),
    }
    return element | {key: extra for key, extra in extras.items() if extra}


def option(value: str, label: str) -> Element:
    """An option of a select.

    Raises ValueError for a value that is empty or too long: cut, it would name something else.
    """
    if not 0 < len(value) <= OPTION:
        raise ValueError("the value of an option must have 1 to 75 characters")
    return {"text": plain(label, OPTION), "value": value}


def words(data: str, *, bold: bool = False, mono: bool = False) -> Element:
    """A run of rich text; `mono` for what people copy."""
    styles = {"bold": bold, "code": mono}
    style = {name: True for name, on in styles.items() if on}
    text = shorten(clean(data), SECTION)
    element: Element = {"type": "text", "text": text or _NOTHING}
    return element | ({"style": style} if style else {})


def runs(data: str, limit: int) -> list[Element]:
    """A text longer than a run of rich text may be, as several, cut at `limit` characters."""
    text = shorten(clean(data), limit)
    return [words(text[at : at + SECTION]) for at in range(0, max(1, len(text)), SECTION)]


def is_address(text: str) -> bool:
    """Whether the text is one address that Slack would open, and goes where it seems to go."""
    if not text.startswith(("https://", "http://")) or len(text) > URL or _BLANK.search(text):
        return False
    return not _DISGUISED.match(text)


def link(url: str, label: str) -> Element:
    """A link in rich text; plain words where the address is none that Slack would open."""
    if not is_address(url):
        return words(label)
    return {"type": "link", "url": url, "text": shorten(clean(label), SECTION) or url}


def address(url: str) -> Element:
    """A link that says where it goes: a long one by its host and the last part of its path."""
    host, _slash, path = url.partition("://")[2].partition("/")
    last = path.partition("?")[0].rstrip("/").rpartition("/")[2]
    return link(url, url if len(url) <= _ADDRESS or not last else f"{host}/…/{last}")


def moment(at: datetime) -> Element:
    """A date and time in the reader's own zone, as Slack draws it: none from before 1970."""
    seconds, fallback = int(at.timestamp()), f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if seconds < 0:
        return words(fallback)
    return {
        "type": "date",
        "timestamp": seconds,
        "format": "{date_short_pretty} {time}",
        "fallback": fallback,
    }


def person(user_id: str) -> Element:
    """A Slack user, by name; it tells nobody in a view or an ephemeral message."""
    if not user_id:
        return words(_("somebody in the catalogue"))
    if user_id.startswith(ERASED):
        return words(_("erased person"))
    return {"type": "user", "user_id": user_id}


def rich_text(*lines: Iterable[Element]) -> Block:
    """Lines of runs made by `words`, `link` and `person`."""
    runs: list[Element] = []
    for line in lines:
        runs += [{"type": "text", "text": "\n"}, *line] if runs else list(line)
    section_ = {"type": "rich_text_section", "elements": runs or [words("")]}
    return {"type": "rich_text", "elements": [section_]}


def facts(rows: Iterable[tuple[str, str | Element]]) -> Block:
    """Labels in bold, each with its value: a string is data, else a run of rich text."""
    return rich_text(
        *(
            (words(headed(label), bold=True), words(value) if isinstance(value, str) else value)
            for label, value in rows
        )
    )


def headed(label: str, between: str = " ") -> str:
    """A label before its value; one that asks needs no colon."""
    return f"{label}{'' if label.endswith('?') else ':'}{between}"


def fit_blocks(
    blocks: Sequence[Block], limit: int = MESSAGE_BLOCKS, *, end: Sequence[Block] = ()
) -> list[Block]:
    """The first blocks that Slack takes in one message, a line that counts the rest, and `end`."""
    return _fit(blocks, end, limit, MESSAGE_CHARACTERS, characters_of)


def fit_view(
    blocks: Sequence[Block], limit: int = VIEW_BLOCKS, *, end: Sequence[Block] = ()
) -> list[Block]:
    """The first blocks that Slack takes in one view, a line that counts the rest, and `end`."""
    return _fit(blocks, end, limit, VIEW_BYTES, _bytes_of)


def _fit(
    blocks: Sequence[Block],
    end: Sequence[Block],
    limit: int,
    room: int,
    cost: Callable[[Block], int],
) -> list[Block]:
    limit -= len(end)
    room -= sum(map(cost, end))
    if len(blocks) <= limit and sum(map(cost, blocks)) <= room:
        return [*blocks, *end]
    kept: list[Block] = []
    room -= cost(context(_more(len(blocks))))
    for block in blocks[: limit - 1]:
        room -= cost(block)
        if room < 0:
            break
        kept.append(block)
    return [*kept, context(_more(len(blocks) - len(kept))), *end]


def characters_of(block: object) -> int:
    """How much text a block shows."""
    if isinstance(block, dict):
        own = block.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(map(characters_of, block.values()))
    return sum(map(characters_of, block)) if isinstance(block, list) else 0


def _bytes_of(block: Block) -> int:
    return len(json.dumps(block, ensure_ascii=False).encode()) + 2


def _more(number: int) -> str:
    return ngettext(
        "{number} more is not shown here.", "{number} more are not shown here.", number
    ).format(number=number)
