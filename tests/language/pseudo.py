"""A language nobody speaks, made of the sentences in the sources.

Each sentence is the English one with other letters, a third longer, between brackets: so a text
without them was never marked for translation, and one that lacks its end was cut.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

ROOT: Final = Path(__file__).resolve().parents[2]
NAME: Final = "xx"
OPEN, CLOSE = "⟦", "⟧"
ONE, MANY = "¹", "²"
"""Begin the two forms of a sentence with a number in it."""

_PLACEHOLDER = re.compile(r"(\{[^{}]*\})")
_LETTERS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "ÀƁĆĎÉƑĜĤÎĴĶĹṀŃÖṔǪŔŚŤÛṼŴẊÝŽàƀćďéƒĝĥîĵķĺṁńöṕǫŕśťûṽŵẋýž",
)
_LONGER: Final = 0.35
_KEYWORDS: Final = {"_": None, "ngettext": (1, 2)}


def sentences() -> Catalog:
    """Every sentence marked in the sources, without a translation."""
    found = Catalog(locale="en", fuzzy=False)
    for folder in ("bot", "handlers"):
        for file, line, message, *_more in extract_from_dir(ROOT / folder, keywords=_KEYWORDS):
            found.add(message, locations=[(f"{folder}/{file}", line)])
    return found


def pseudo(sentence: str, form: str = "") -> str:
    """The sentence in the language, its placeholders kept."""
    parts = _PLACEHOLDER.split(sentence)
    text = "".join(part if at % 2 else part.translate(_LETTERS) for at, part in enumerate(parts))
    return f"{OPEN}{form}{text}{'~' * round(len(sentence) * _LONGER)}{CLOSE}"


def write_language(folder: Path) -> None:
    """The language as a catalog of gettext's, for a bot whose `TEXTDOMAINDIR` is the folder."""
    spoken = Catalog(locale="en", fuzzy=False)
    for message in sentences():
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            one, many = message.id
            spoken.add(message.id, (pseudo(one, ONE), pseudo(many, MANY)))
        else:
            spoken.add(message.id, pseudo(message.id))
    file = folder / NAME / "LC_MESSAGES" / "bcdc.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as written:
        write_mo(written, spoken)
