"""What people type when they look for something, made fit to be compared and asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final

from rapidfuzz import fuzz, process

from bot.ckan.models import Organization
from bot.text import clean, shorten

OFFERED: Final = 8
"""Choices a person is given at most."""
NEAR: Final = 60
"""Of 100: how alike a title must be to be offered for what was typed."""

_WORD = re.compile(r"[^\W_]+")
_WORDS = 60
"""Words asked for at most: Solr refuses a question of too many."""


class Rank(IntEnum):
    """How well an organization fits, best first."""

    NAME = 0
    TITLE = 1
    PREFIX = 2
    PART = 3
    WORDS = 4


def query_words(text: str) -> str:
    """The words alone, in small letters: nothing is left that Solr could take for syntax."""
    return " ".join(_WORD.findall(text.casefold())[:_WORDS])


def phrase(text: str) -> str:
    """The text as one phrase for Solr, whatever is in it."""
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def plain(text: str) -> str:
    """The text without case, accents, apostrophes and punctuation; `&` reads as "and"."""
    bare = re.sub(r"['‘’ʼ`´]", "", text).replace("&", " and ")
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", bare).casefold())
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(bare))


def nearest(text: str, titles: Mapping[str, str], *, near: int = NEAR) -> list[str]:
    """The keys of the titles that are most like the text, best first."""
    known = {key: plain(title) for key, title in titles.items()}
    found = process.extract(
        plain(text), known, scorer=fuzz.WRatio, limit=OFFERED, score_cutoff=near
    )
    return [key for _title, _score, key in found]


def said(text: str) -> str:
    """What was typed, short enough to be repeated in a sentence."""
    return shorten(" ".join(clean(text).split()), 80)


def rank(organization: Organization, text: str) -> Rank | None:
    """How well the organization fits what was typed; None when it does not."""
    if text.strip().casefold() in {organization.id.casefold(), organization.name.casefold()}:
        return Rank.NAME
    wanted, title, name = plain(text), plain(organization.title), plain(organization.name)
    if not wanted:
        return None
    if wanted == title:
        return Rank.TITLE
    if title.startswith(wanted) or name.startswith(wanted):
        return Rank.PREFIX
    if wanted in title or wanted in name:
        return Rank.PART
    known = f"{title} {name}".split()
    starts = (any(word.startswith(part) for word in known) for part in wanted.split())
    return Rank.WORDS if all(starts) else None


def best(organizations: Iterable[Organization], text: str) -> list[Organization]:
    """The organizations that fit, best first, then by title and by parent."""
    ranked = [(rank(row, text), row) for row in organizations]
    found = [
        (place, row.title.casefold(), row.parent_title.casefold(), row.id, row)
        for place, row in ranked
        if place is not None
    ]
    return [row for *_, row in sorted(found, key=lambda entry: entry[:4])]
