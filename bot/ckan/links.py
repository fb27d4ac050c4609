"""What people name things by: ids, names and links copied from the browser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, quote, unquote, urlsplit

from bot.text import clean

_NAME = re.compile(r"[\w.\-]+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DATASET_PAGES = frozenset({"dataset", "bcdc_dataset"})
_PAGES_OF_A_KIND = frozenset({"new", "edit", "activity", "groups", "delete", "history"})
"""Parts of the web's addresses that stand where a name could."""


class Kind(StrEnum):
    """What a reference may point to; a bare id or name may be any of them."""

    PACKAGE = "package"
    RESOURCE = "resource"
    ORGANIZATION = "organization"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reference:
    """What was named: `package`, `resource` and `organization` hold an id or name, or "".

    `catalogue` is the name of the catalogue a link leads to, "" for what is no link. UNKNOWN with
    a `package` is a bare id or name, UNKNOWN without one is a text to search for, or a link
    elsewhere.
    """

    kind: Kind
    package: str = ""
    resource: str = ""
    organization: str = ""
    catalogue: str = ""

    @property
    def name(self) -> str:
        """The one id or name that says it all."""
        return self.resource or self.package or self.organization


def parse_reference(text: str, catalogue_urls: Mapping[str, str]) -> Reference:
    """Understand a bare id or name, or a link to a page of one of the catalogues.

    `catalogue_urls` are names and addresses. Never raises.
    """
    text = clean(text).strip()
    link = _split(text)
    if link is None:
        if not _NAME.fullmatch(text):
            return Reference(Kind.UNKNOWN)
        return Reference(Kind.UNKNOWN, package=text.lower() if _UUID.fullmatch(text) else text)
    for catalogue, url in catalogue_urls.items():
        path = _path_below(link, url)
        if path is not None:
            return _page(path, catalogue)
    return Reference(Kind.UNKNOWN)


def is_id(text: str) -> bool:
    """Whether the text is an id, and no name or title."""
    return _UUID.fullmatch(text) is not None


def package_url(url: str, name_or_id: str) -> str:
    """The web page of a record."""
    return f"{url.rstrip('/')}/dataset/{quote(name_or_id, safe='')}"


def resource_url(url: str, package_id: str, resource_id: str) -> str:
    """The web page of a resource."""
    return f"{package_url(url, package_id)}/resource/{quote(resource_id, safe='')}"


def organization_url(url: str, name: str) -> str:
    """The web page of an organization."""
    return f"{url.rstrip('/')}/organization/{quote(name, safe='')}"


def _split(text: str) -> SplitResult | None:
    """The parts of a link; people drop the scheme when they copy."""
    if any(letter.isspace() for letter in text):
        return None
    if "://" not in text:
        if "/" not in text:
            return None
        text = f"https://{text}"
    try:
        link = urlsplit(text)
        _ = link.port
    except ValueError:
        return None
    return link if link.scheme in {"http", "https"} and link.hostname else None


def _path_below(link: SplitResult, url: str) -> list[str] | None:
    """The parts of the path below a catalogue's address; None when the link leads elsewhere.

    The scheme is left out: pages are copied with http and https alike.
    """
    home = urlsplit(url)
    same_host = link.hostname == home.hostname and _port(link) == _port(home)
    root = home.path.rstrip("/")
    if not same_host or not (link.path == root or link.path.startswith(f"{root}/")):
        return None
    return [unquote(part) for part in link.path[len(root) :].split("/") if part]


def _port(link: SplitResult) -> int | None:
    return None if link.port in {80, 443} else link.port


def _page(path: list[str], catalogue: str) -> Reference:
    """What a page of the catalogue shows; only parts that can be a name are taken for one."""
    parts = path[:4]
    if not all(map(_NAME.fullmatch, parts)):
        return Reference(Kind.UNKNOWN, catalogue=catalogue)
    match parts:
        case [page, package, "resource", resource] if page in _DATASET_PAGES:
            return Reference(Kind.RESOURCE, package, resource, catalogue=catalogue)
        case [page, action, package, *_] if page in _DATASET_PAGES and action in _PAGES_OF_A_KIND:
            return Reference(Kind.PACKAGE, package, catalogue=catalogue)
        case [page, package, *_] if page in _DATASET_PAGES and package not in _PAGES_OF_A_KIND:
            return Reference(Kind.PACKAGE, package, catalogue=catalogue)
        case ["organization", action, name, *_] if action in _PAGES_OF_A_KIND | {"about"}:
            return Reference(Kind.ORGANIZATION, organization=name, catalogue=catalogue)
        case ["organization", name, *_]:
            return Reference(Kind.ORGANIZATION, organization=name, catalogue=catalogue)
        case _:
            return Reference(Kind.UNKNOWN, catalogue=catalogue)
