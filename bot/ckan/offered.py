"""Choices that the schema leaves to the server: who publishes a record, and under which licence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.ckan.models import Organization
from bot.ckan.schema import Choice

OWNER = "owner_org"
LICENCE = "license_id"
CONTACT_ORG = "contacts.org"
DISPLAYED = "contacts.displayed"
"""The part of BCDC's contacts that says whether everybody may see one."""


def choices_of(
    organizations: Iterable[Organization], licences: Iterable[Choice]
) -> Mapping[str, tuple[Choice, ...]]:
    """All organizations and licences, by the path of the field that takes them.

    Which of the organizations a person may choose is for who asks
    (docs/catalogue.md, "What blocks a save").
    """
    bodies = tuple(Choice(row.id, titled(row), also=(row.name, row.title)) for row in organizations)
    return {OWNER: bodies, CONTACT_ORG: bodies, LICENCE: tuple(licences)}


def titled(organization: Organization) -> str:
    """The title, with the ministry's where there is one: branches share titles."""
    if not organization.parent_title:
        return organization.title
    return f"{organization.title} ({organization.parent_title})"
