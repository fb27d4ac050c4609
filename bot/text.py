"""Sentences marked for translation, and text from elsewhere made harmless."""

from __future__ import annotations

import gettext
import os
import re
import unicodedata
from pathlib import Path
from typing import Final

_CATALOGS: Final = os.environ.get("TEXTDOMAINDIR") or Path(__file__).with_name("locale")
# One language a process, by gettext's own variables (LANGUAGE, LC_ALL, LC_MESSAGES, LANG): then a
# sentence may stand in a constant, or be kept in the database, as what it is.
_SENTENCES: Final = gettext.translation("bcdc", _CATALOGS, fallback=True)

# Controls that reorder or hide what is around them, and halves of characters, which nothing can
# keep; CR, LF and TAB stay.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_TYPED = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "\u00a0": " "}
)


def _(sentence: str) -> str:
    """The sentence in the language the bot speaks, in English where that has none."""
    return _SENTENCES.gettext(sentence)


def ngettext(one: str, many: str, number: int) -> str:
    """The sentence that fits the number, in the language the bot speaks."""
    return _SENTENCES.ngettext(one, many, number)


def clean(text: str) -> str:
    """Catalogue text without control, bidirectional and zero-width characters.

    The zero-width joiner stays: emoji and several scripts need it.
    """
    return _INVISIBLE.sub("", text)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut before a combining mark and ended by an ellipsis."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 1 and (
        unicodedata.combining(text[end]) or text[end] in "\u200d\ufe0f" or text[end - 1] == "\u200d"
    ):
        end -= 1
    return text[:end].rstrip() + "…"


def straight(text: str) -> str:
    """Typed words with the quotes and blanks of phones made plain ASCII."""
    return text.translate(_TYPED)
