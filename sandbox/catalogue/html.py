"""HTML in which text is always escaped: only what `el` built is taken as it is."""

from __future__ import annotations

import html
import re


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


VOID = frozenset({"input", "meta", "link", "br"})


def el(tag: str, *children: str | None, **attributes: str | None) -> Html:
    """An element; attributes may end in `_` (`class_`, `for_`), None leaves one out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{joined(*children)}</{tag}>")


def joined(*parts: str | None) -> Html:
    """Parts one after another; plain text among them is escaped."""
    return Html("".join(p if isinstance(p, Html) else html.escape(p) for p in parts if p))


def link(text: str, href: str) -> Html:
    """A link, or just the text where the address is not a web address or a path here."""
    if not re.match(r"(https?://|/(?!/))", href):
        return joined(text)
    return el("a", text, href=href)


def paragraphs(text: str) -> Html:
    return joined(*(el("p", part.strip()) for part in re.split(r"\n\s*\n", text) if part.strip()))
