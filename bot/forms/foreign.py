"""Contacts of organizations where a person may not edit, which block every save by that person.

CKAN computes the organizations that it takes in contacts for each caller (docs/catalogue.md, "What
blocks a save"), so what a colleague entered may keep others from saving anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bot.ckan.models import Package
from bot.text import _


@dataclass(frozen=True, slots=True)
class ForeignContact:
    """A contact that the catalogue does not take from a person: its place and its organization.

    `organization` is the id, `title` what people call it; "" when it is not there any more.
    """

    place: int
    name: str
    organization: str
    title: str

    @property
    def block_id(self) -> str:
        return f"contacts.{self.place}.org"

    @property
    def sentence(self) -> str:
        """What it is that blocks, and what this person can do about it."""
        sentence = (
            _(
                "{name} is listed as a contact for {organization}, where you may not edit. The "
                "catalogue refuses every save of this record by you while it is so. Choose one of "
                "your organizations for this contact, or remove it. Where it has to stay, somebody "
                "who may edit in both organizations has to save the record."
            )
            if self.title
            else _(
                "{name} is listed as a contact for an organization that the catalogue does not "
                "have any more ({organization}). It refuses every save of this record while it "
                "is so: choose another organization for this contact."
            )
        )
        return sentence.format(name=self.name, organization=self.title or self.organization)


def foreign_contacts(
    package: Package, allowed: Collection[str] | None, titles: Mapping[str, str]
) -> Iterator[ForeignContact]:
    """The contacts of a record that the catalogue does not take from a person.

    `allowed` are the organizations where the person may create records; None for a sysadmin, who
    may use all. `titles` are those of all organizations by id; none while they are not known.
    """
    for place, contact in enumerate(package.contacts):
        organization = contact.get("org")
        if not isinstance(organization, str) or not organization:
            continue
        if organization in (allowed if allowed is not None else titles or (organization,)):
            continue
        name = contact.get("name") or contact.get("email")
        yield ForeignContact(
            place,
            name if isinstance(name, str) else _("Somebody"),
            organization,
            titles.get(organization, ""),
        )
