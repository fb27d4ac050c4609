"""`/bcdc create-resource <package> [field=value …]`: add a file or a link to a record."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Annotated, Final
from urllib.parse import urlsplit
from uuid import uuid4

from bot.change import Change, GivenFile, Value, Write, WriteKind
from bot.ckan.schema import Field
from bot.command import UPLOAD, Arg, ChangeCommand, Role, Subject
from bot.context import Context
from bot.errors import FieldErrors
from bot.text import _

_USUAL: Final = {
    "bcdc_type": "document",
    "resource_type": "data",
    "resource_access_method": "direct access",
}
_WAREHOUSE: Final = "bc geographic warehouse"
_OF_WAREHOUSE: Final = {
    "bcdc_type": "geographic",
    "spatial_datatype": "SDO_GEOMETRY",
    "projection_name": "epsg3005",
    "resource_access_method": "indirect access",
}
_HOSTS: Final = {"pub.data.gov.bc.ca": "pub.data.gov.bc.ca", "arcgis.com": "esri arcgis online"}
_ENDINGS: Final = {"htm": "html", "text": "txt", "shz": "shp", "gdb": "fgdb"}
"""Endings of file names that are no format's own name."""

_INSECURE: Final = _("The link starts with http://. If the site has https://, use that.")


@dataclass(frozen=True, slots=True)
class Args:
    package: Annotated[str, Arg(_("the record's title, name, id or link"), names="package")]


async def subject(ctx: Context, args: Args) -> Subject:
    package = await ctx.ckan.package(args.package)
    fields = (UPLOAD, *map(_eased, (await ctx.ckan.schema()).resource_fields))
    return Subject(
        package,
        None,
        fields,
        values={},
        suggested=_allowed(fields, _USUAL),
        elsewhere={UPLOAD.name: _("A file is given in the form: leave out all after the record.")},
    )


def _eased(field: Field) -> Field:
    """The address as what it is; what can be told from the file or the link may be left open."""
    if field.name == "url":
        instead = _("Instead of a file: the address of a page, a service or a file elsewhere.")
        return replace(field, label=_("Link"), help=instead)
    if field.name not in {"format", "resource_storage_location"}:
        return field
    return replace(field, required=False, help=_("Leave this empty, and the bot finds out."))


async def propose(ctx: Context, args: Args, values: Mapping[str, Value]) -> Change:
    found = await subject(ctx, args)
    given = {name: value for name, value in values.items() if value}
    link = str(given.get("url", ""))
    if ctx.file and link:
        raise FieldErrors({"url": _("Give a file or a link, not both.")})
    if not ctx.file and not link:
        raise FieldErrors({"url": _("Give a file, or the link that people shall get.")})
    title = str(given.get("name") or link)
    edits = found.edits(_guessed(found.fields, ctx.file, link, given) | given)
    kind, package_id, resource_id = WriteKind.CREATE_RESOURCE, found.package.id, str(uuid4())
    write = Write(kind, package_id, resource_id, title, edits, ctx.file)
    warnings = (_INSECURE,) if link.startswith("http://") else ()
    return Change(title=found.package.titled(title), writes=(write,), warnings=warnings)


def _guessed(
    fields: Sequence[Field], file: GivenFile | None, link: str, given: Mapping[str, Value]
) -> dict[str, Value]:
    """What most resources of this kind have, where the catalogue allows it."""
    parts = urlsplit(link)
    usual = _USUAL | {
        "format": _format_of(fields, file.name if file else parts.path, file=bool(file)),
        "resource_storage_location": "catalogue data store" if file else _place_of(parts.hostname),
    }
    if given.get("resource_storage_location") == _WAREHOUSE:
        usual |= _OF_WAREHOUSE
    return dict(_allowed(fields, usual))


def _place_of(host: str | None) -> str:
    places = (place for end, place in _HOSTS.items() if f".{host}".endswith(f".{end}"))
    return next(places, "external")


def _format_of(fields: Sequence[Field], name: str, *, file: bool) -> str:
    """The format that a name tells; of a link that tells none "", since nobody can say."""
    ending = PurePosixPath(name).suffix.lower().removeprefix(".")
    known = next((field for field in fields if field.name == "format"), None)
    told = _ENDINGS.get(ending, ending)
    if known and not known.choices:
        # Not every ending is a format: of a page of a site it may be anything.
        return told.upper() if file or mimetypes.guess_type(f"_.{ending}")[0] else ""
    if known and known.choice(told):
        return told
    return "other" if file else ""


def _allowed(fields: Sequence[Field], values: Mapping[str, str]) -> dict[str, str]:
    """The values that are choices of the live schema, and the format where that is free."""
    return {
        field.name: values[field.name]
        for field in fields
        if values.get(field.name)
        and (field.choice(values[field.name]) or (field.name == "format" and not field.choices))
    }


COMMAND = ChangeCommand(
    name="create-resource",
    summary=_("Add a file or a link to a record"),
    args=Args,
    needs=Role.CONNECTED,
    subject=subject,
    propose=propose,
    pick="package",
    examples=(
        "create-resource adoptions-and-children-in-care-by-service-delivery-area "
        'name="All years" url=https://example.test/all.csv resource_update_cycle=annually',
    ),
    also=("upload", "attach", "add", "create"),
)
