"""How a stored record looks to those who read it (`package_show`, `resource_show`)."""

from __future__ import annotations

import copy
import re
import unicodedata
from typing import Any
from urllib.parse import quote

from sandbox.catalogue.errors import NotFoundError, Record
from sandbox.catalogue.schema import licences
from sandbox.catalogue.state import Catalogue, Organization

PLAIN_FIELDS = ("author", "author_email", "maintainer", "maintainer_email", "url", "version")
RESOURCE_BLANKS = (
    "cache_last_updated",
    "cache_url",
    "mimetype",
    "mimetype_inner",
    "size",
    "url_type",
)

PLAIN_RESOURCE_BLANKS = ("name", "description", "resource_type", "last_modified")


def show(catalogue: Catalogue, package: Record) -> Record:
    """The whole record with its organization, licence, counts and download links."""
    stored = copy.deepcopy(package)
    resources = [show_resource(catalogue, package, at) for at in range(len(stored["resources"]))]
    tags = [
        {
            "display_name": name,
            "id": catalogue.tag_id(name),
            "name": name,
            "state": "active",
            "vocabulary_id": None,
        }
        for name in stored["tags"]
    ]
    licence = licences().get(stored.get("license_id", ""))
    return {
        **dict.fromkeys(PLAIN_FIELDS),
        **_blanks(catalogue),
        **stored,
        "isopen": bool(licence and licence["is_open"]),
        "license_title": licence["title"] if licence else stored.get("license_id"),
        **({"license_url": licence["url"]} if licence else {}),
        "organization": _owner(catalogue, package),
        "num_resources": len(resources),
        "num_tags": len(tags),
        "resources": resources,
        "tags": tags,
        "groups": [],
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def _blanks(catalogue: Catalogue) -> Record:
    """What a plain CKAN shows of a record that has none of it."""
    return {} if catalogue.kind.told else {"notes": None, "license_id": None, "extras": []}


def show_resource(catalogue: Catalogue, package: Record, at: int) -> Record:
    """One resource of a stored record, by its position."""
    stored = copy.deepcopy(package["resources"][at])
    if stored.get("url_type") == "upload":
        stored["url"] = download_url(catalogue, package, stored)
    blanks = dict.fromkeys(RESOURCE_BLANKS)
    if not catalogue.kind.told:
        blanks |= dict.fromkeys(PLAIN_RESOURCE_BLANKS) | {"format": ""}
    return {**blanks, **stored, "position": at}


def download_url(catalogue: Catalogue, package: Record, resource: Record) -> str:
    """Where an uploaded file is to be had: its stored `url` is the bare file name."""
    kind = "dataset" if catalogue.older else package["type"]
    name = quote(safe_file_name(resource["url"]))
    return f"{catalogue.site_url}/{kind}/{package['id']}/resource/{resource['id']}/download/{name}"


def safe_file_name(name: str) -> str:
    """A file's name as CKAN puts it into the download link: plain letters, 3 to 100 of them."""
    bare = re.split(r"[\\/]", name)[-1].strip()
    plain = unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-zA-Z0-9_. -]", "", plain).replace(" ", "-").lower()
    plain = re.sub(r"-+", "-", plain)
    return plain.ljust(3, "_")[:100]


def _owner(catalogue: Catalogue, package: Record) -> Record | None:
    try:
        owner = catalogue.organization(package.get("owner_org"))
    except NotFoundError:
        return None
    return short_organization(owner)


def short_organization(organization: Organization) -> Record:
    """An organization as records carry it along."""
    return {
        "id": organization.id,
        "name": organization.name,
        "title": organization.title,
        "type": "organization",
        "description": organization.description,
        "image_url": "",
        "created": organization.created,
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }


def listed_organization(organization: Organization) -> Record:
    """An organization as lists of organizations show it."""
    return {
        **short_organization(organization),
        "display_name": organization.title,
        "image_display_url": "",
    }


def as_text(value: Any) -> str:
    """A value the way CKAN stores text: numbers and booleans as Python writes them."""
    return value if isinstance(value, str) else str(value)
