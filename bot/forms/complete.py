"""What a record lacks before others see it, beyond what the catalogue refuses by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.ckan.keywords import TAG_STRING, shown_as_text
from bot.ckan.models import Package
from bot.ckan.offered import DISPLAYED
from bot.ckan.schema import Schema
from bot.errors import FieldErrors
from bot.forms.check import check_object
from bot.text import _

OPEN_LICENCE: Final = "2"
"""Open Government Licence - British Columbia; the catalogue calls no licence open."""
ACCESS_ONLY: Final = "22"
_OPEN_FORMATS: Final = frozenset(
    {"atom", "csv", "geojson", "georss", "gpkg", "json", "kml", "openapi-json", "rdf", "shp"}
    | {"tsv", "txt", "wms", "wmts", "xml", "zip"}
)


def lacks_contact(package: Package) -> str:
    """Why the contacts are not enough; "" when they are."""
    if any(contact.get("displayed") == ["displayed"] for contact in package.contacts):
        return ""
    return _("A record needs at least one contact that everybody can see: mark one as displayed.")


def gaps(schema: Schema, package: Package) -> FieldErrors | None:
    """Everything that is missing or wrong in a record and in each of its resources.

    The record's by block id, the resources' as general sentences that name them. Strict: what the
    server does not hold resources to is asked all the same (docs/catalogue.md, "What blocks a
    save").
    """
    named = {field.name for field in schema.dataset_fields}
    raw = dict(shown_as_text(package.raw))
    by_field = check_object(schema.dataset_fields, raw, strict=True)
    if schema.part(DISPLAYED) and (lack := lacks_contact(package)):
        by_field.setdefault("contacts", lack)
    if TAG_STRING in named and not raw.get(TAG_STRING):
        by_field.setdefault(TAG_STRING, _("A record needs at least one keyword."))
    general = [
        _("Resource “{title}”: {sentence} Correct it: /bcdc patch-resource {id}").format(
            title=resource.title, sentence=sentence, id=resource.id
        )
        for resource in package.resources
        for sentence in check_object(schema.resource_fields, resource.raw, strict=True).values()
    ]
    return FieldErrors(by_field, tuple(general)) if by_field or general else None


def doubts(package: Package) -> tuple[str, ...]:
    """What does not go together in a record that is to be published (docs/catalogue.md)."""
    return tuple(_doubts(package))


def _doubts(package: Package) -> Iterator[str]:
    licence = package.text("license_id")
    if licence == ACCESS_ONLY:
        yield _("The licence “Access Only” lets nobody pass the data on without permission.")
    if not package.resources:
        yield _("The record has no resources yet: people will find nothing to open.")
    if licence != OPEN_LICENCE:
        return
    if package.text("metadata_visibility") == "IDIR":
        yield _("An open licence makes little sense on a record that only government can see.")
    audiences = {package.text("view_audience"), package.text("download_audience")}
    if audiences - {"", "Public"}:
        yield _("An open licence makes little sense where the data is not for the public.")
    if package.text("security_class").startswith("PROTECTED"):
        yield _("An open licence contradicts the security classification “Protected”.")
    formats = {resource.text("format") for resource in package.resources}
    if formats and formats.isdisjoint(_OPEN_FORMATS):
        yield _("An open licence asks for an open format, such as CSV, JSON or GeoPackage.")


def confirmations(package: Package) -> tuple[str, ...]:
    """What has to be true of a record before it is asked to be published under an open licence.

    Nobody but its person can tell. Each is short enough for the label of a box to tick.
    """
    if package.text("license_id") != OPEN_LICENCE:
        return ()
    return (
        _("The Ministry Information Security Officer has approved the release"),
        _("The intellectual property in the data is cleared for release"),
        _("The Deputy Minister, or their delegate, has approved the release"),
        _("The owner of the data is a ministry: others have their own licences"),
    )
