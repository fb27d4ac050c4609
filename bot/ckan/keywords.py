"""Keywords: a list of objects as CKAN keeps them, one text with commas as people write them.

`tag_string`, the schema's field, only ever adds; what sets them exactly is `tags`
(docs/catalogue.md, "Composite fields").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.change import Json, Value

TAGS = "tags"
TAG_STRING = "tag_string"

_LENGTH = (2, 100)
_KEYWORD = re.compile(r"[\w .-]+")


def names(tags: Value) -> list[str]:
    """The keywords of a stored list."""
    rows = tags if isinstance(tags, list) else []
    return [str(row["name"]) for row in rows if isinstance(row, dict) and row.get("name")]


def as_tags(text: str) -> list[Json]:
    """The list that sets exactly the keywords of a text."""
    return [{"name": name} for name in split(text)]


def joined(keywords: Iterable[str]) -> str:
    """Keywords as one text."""
    return ", ".join(keywords)


def split(text: str) -> list[str]:
    """The keywords of a text, each once."""
    return list(dict.fromkeys(name for part in text.split(",") if (name := " ".join(part.split()))))


def is_keyword(name: str) -> bool:
    """Whether the catalogue takes it: 2 to 100 letters, digits, blanks, hyphens, _ or dots."""
    least, most = _LENGTH
    return least <= len(name) <= most and _KEYWORD.fullmatch(name) is not None


def shown_as_text(raw: Mapping[str, Json]) -> Mapping[str, Json]:
    """A record as a form shows it, its keywords as text; one without any list as it is."""
    if TAGS not in raw:
        return raw
    return {**raw, TAG_STRING: joined(names(raw[TAGS]))}
