"""`/bcdc update-resource <resource> [field=value …]`: every field of a resource, and what it is of.

It starts from what is stored, so that what nobody mentions stays. Unlike `patch-resource` it also
replaces its file, and turns a file into a link or a link into a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Annotated

from bot.change import Change, FieldEdit, GivenFile, Value, Write, WriteKind
from bot.ckan.models import Resource
from bot.ckan.schema import Field
from bot.command import UPLOAD, Arg, ChangeCommand, Role, Subject
from bot.context import Context
from bot.errors import FieldErrors
from bot.text import _, clean, shorten

_OF_THE_FILE = ("url", "url_type")
_UPLOAD = replace(
    UPLOAD,
    help=_("Up to 10 MB here. For a larger one, send it in Slack and use “Replace file of…”."),
)


@dataclass(frozen=True, slots=True)
class Args:
    resource: Annotated[str, Arg(_("the resource's title, id or link"), names="resource")]


async def subject(ctx: Context, args: Args) -> Subject:
    package, resource = await ctx.ckan.resource(args.resource)
    fields = (_upload(resource), *(await ctx.ckan.schema()).resource_fields)
    elsewhere = {UPLOAD.name: _("A file is given in the form: leave out all after the resource.")}
    if not resource.is_upload:
        return Subject(package, resource, fields, elsewhere=elsewhere)
    linkable = tuple(_linkable(field) if field.name == "url" else field for field in fields)
    stored = {key: value for key, value in resource.raw.items() if key not in _OF_THE_FILE}
    return Subject(package, resource, linkable, stored, elsewhere=elsewhere)


def _upload(resource: Resource) -> Field:
    """The input for a file, which names the one that is there: an editor has many alike."""
    if not resource.is_upload:
        return _UPLOAD
    name = PurePosixPath(resource.text("url")).name
    there = _("Takes the place of {name}.").format(name=shorten(clean(name), 100))
    return replace(_UPLOAD, help=f"{there} {_UPLOAD.help}")


def _linkable(field: Field) -> Field:
    """The address of an uploaded file as something to give: a link in the file's stead."""
    return replace(
        field, label=_("Link instead of the file"), help=_("Leave it empty to keep the file.")
    )


async def propose(ctx: Context, args: Args, values: Mapping[str, Value]) -> Change:
    package, resource = await ctx.ckan.resource(args.resource)
    found = await subject(ctx, args)
    edits = found.edits(values)
    warnings: tuple[str, ...] = ()
    file = None
    if ctx.file:
        if "url" in values:
            raise FieldErrors({"url": _("Give a file or a link, not both.")})
        replaces = resource.text("url") if resource.is_upload else ""
        file = replace(ctx.file, replaces=replaces, seen=resource.text("last_modified"))
        warnings = _of_another_kind(ctx.file, found.fields, resource, values)
    if resource.is_upload and "url" in values:
        edits = tuple(edit for edit in edits if edit.field != "url")
        edits += _as_link(resource, values["url"])
        warnings += (_("People will no longer get the file, but what the link leads to."),)
    if str(values.get("url", "")).startswith("http://"):
        warnings += (_("The link starts with http://. If the site has https://, use that."),)
    write = Write(WriteKind.PATCH, package.id, resource.id, resource.title, edits, file)
    return Change(title=package.titled(resource.title), writes=(write,), warnings=warnings)


def _of_another_kind(
    file: GivenFile, fields: Sequence[Field], resource: Resource, values: Mapping[str, Value]
) -> tuple[str, ...]:
    """A sentence where the file's name tells another format than the resource will say."""
    ending = PurePosixPath(file.name).suffix.lower().removeprefix(".")
    said = str(values.get("format") or resource.text("format"))
    known = next((field for field in fields if field.name == "format"), None)
    # A zip may hold a shapefile, or many.
    if not known or not known.choice(ending) or ending in {said, "zip"}:
        return ()
    return (
        _("The file seems to be {ending}, but the resource says its format is {said}.").format(
            ending=known.describe(ending), said=known.describe(said)
        ),
    )


def _as_link(resource: Resource, url: Value) -> tuple[FieldEdit, ...]:
    return (
        FieldEdit("url", _("Resource"), resource.value("url"), url),
        # Whether it is a file or a link is told by its address.
        FieldEdit("url_type", "", resource.value("url_type"), ""),
    )


COMMAND = ChangeCommand(
    name="update-resource",
    summary=_("Change any field of a resource, its file or link too"),
    args=Args,
    needs=Role.CONNECTED,
    subject=subject,
    propose=propose,
    pick="resource",
    examples=(
        "update-resource 3b7c1c0a-3f0e-5d0b-9a67-0c1f6a1f2b3c url=https://example.test/all.csv",
    ),
    also=("replace", "upload", "update"),
)
