"""What a record lacks before others see it, beyond what the catalogue refuses by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.change import Json
from bot.ckan.keywords import TAG_STRING, shown_as_text
from bot.ckan.models import Package, is_displayed
from bot.ckan.offered import DISPLAYED
from bot.ckan.schema import Field, Schema
from bot.errors import FieldErrors
from bot.forms import traits
from bot.forms.check import check_object
from bot.forms.look import rows_of
from bot.text import _, shorten

OPEN_LICENCE: Final = "2"
"""Open Government Licence - British Columbia; the catalogue calls no licence open."""
ACCESS_ONLY: Final = "22"
_IN_CHARGE: Final = "pointOfContact"
_OPEN_FORMATS: Final = frozenset(
    {"atom", "csv", "geojson", "georss", "gpkg", "json", "kml", "openapi-json", "rdf", "shp"}
    | {"tsv", "txt", "wms", "wmts", "xml", "zip"}
)


def lacks_contact(package: Package) -> str:
    """Why the contacts are not enough; "" when they are."""
    if any(map(is_displayed, package.contacts)):
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


def doubts(schema: Schema, package: Package) -> tuple[str, ...]:
    """What to look at again in a record that is to be published: the catalogue lets it all pass.

    What is missing that people expect, values that are not what their fields mean, and what does
    not go together with the licence (docs/catalogue.md, "Before others see a record").
    """
    return (
        *_unexpected(schema, package),
        *_odd_values(schema.dataset_fields, package.raw, ""),
        *(
            sentence
            for resource in package.resources
            for sentence in _odd_values(schema.resource_fields, resource.raw, resource.title)
        ),
        *_against_licence(package),
    )


def _unexpected(schema: Schema, package: Package) -> Iterator[str]:
    if schema.part(DISPLAYED) and all(one.get("role") != _IN_CHARGE for one in package.contacts):
        yield _("No contact is the point of contact: people may not know whom to ask.")
    if schema.has("dates") and not package.raw.get("dates"):
        yield _("The record names no date, such as when its data was created or published.")
    if not package.resources:
        yield _("The record has no resources yet: people will find nothing to open.")
    for resource in package.resources:
        if not resource.is_upload and resource.text("url").startswith("http://"):
            told = _(
                "The link of “{title}” starts with http://. If the site has https://, use that."
            )
            yield told.format(title=resource.title)


def _odd_values(fields: Sequence[Field], values: Mapping[str, Json], title: str) -> Iterator[str]:
    """Values that the server stores and that are not what a person means by the field."""
    for field in fields:
        rows = rows_of(field, values.get(field.name)) if field.composite else None
        if field.hidden or (field.composite and not rows):
            continue
        named = f"{title}: {field.label}" if title else field.label
        if rows is None:
            if not traits.meant(field, values.get(field.name)):
                yield _odd(named, field.describe(values.get(field.name)))
            continue
        if len(rows) > 1 and "single_value_subfield" in field.validators:
            yield _("“{field}” is meant to be given once; it stands there {number} times.").format(
                field=named, number=len(rows)
            )
        for row in rows.values():
            for sub in field.subfields:
                if not traits.meant(sub, row.get(sub.name)):
                    yield _odd(f"{named}, {sub.label}", sub.describe(row.get(sub.name)))


def _odd(field: str, value: str) -> str:
    return _("“{field}” holds what it is not meant for: “{value}”").format(
        field=field, value=shorten(value, 80)
    )


def _against_licence(package: Package) -> Iterator[str]:
    licence = package.text("license_id")
    if licence == ACCESS_ONLY:
        yield _("The licence “Access Only” lets nobody pass the data on without permission.")
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
