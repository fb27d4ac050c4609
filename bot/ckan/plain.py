"""The fields of a CKAN without ckanext-scheming, where no action tells them: those of CKAN itself.

They and their validators are CKAN's own (`default_create_package_schema`,
`default_resource_schema`); what is mandatory is what its web forms ask for.
"""

from __future__ import annotations

from typing import Final

from bot.ckan.keywords import TAG_STRING
from bot.ckan.offered import LICENCE, OWNER
from bot.ckan.schema import PRIVATE, Choice, Field, Schema
from bot.text import _

PLAIN_TYPE: Final = "dataset"
"""The type of record that every CKAN has."""
EXTRAS: Final = "extras"
_IF_GIVEN: Final = ("ignore_missing", "unicode_safe")
_E_MAIL: Final = (*_IF_GIVEN, "strip_value", "email_validator")


def plain_schema() -> Schema:
    """Records and resources as CKAN has them of its own."""
    return Schema(
        dataset_type=PLAIN_TYPE,
        dataset_fields=(
            # CKAN takes a record's name for a title that is not given.
            Field("title", _("Title"), required=True, validators=("unicode_safe",)),
            Field(
                "name",
                _("Address"),
                help=_("The end of the record's web address: lower-case letters, digits, - and _."),
                required=True,
                validators=("not_empty", "name_validator", "package_name_validator"),
            ),
            Field("notes", _("Description"), snippet="markdown.html", validators=_IF_GIVEN),
            Field(TAG_STRING, _("Keywords"), help=_("With commas between them.")),
            Field(LICENCE, _("Licence"), validators=_IF_GIVEN),
            Field(OWNER, _("Organization"), required=True, validators=("owner_org_validator",)),
            visibility(),
            Field("url", _("Source"), validators=_IF_GIVEN),
            Field("version", _("Version"), validators=(*_IF_GIVEN, "package_version_validator")),
            Field("author", _("Author"), validators=_IF_GIVEN),
            Field("author_email", _("Author's e-mail"), validators=_E_MAIL),
            Field("maintainer", _("Maintainer"), validators=_IF_GIVEN),
            Field("maintainer_email", _("Maintainer's e-mail"), validators=_E_MAIL),
            Field(
                EXTRAS,
                _("Additional information"),
                validators=("duplicate_extras_key",),
                subfields=(
                    Field("key", _("What it is"), required=True, validators=("not_empty",)),
                    Field("value", _("Value"), required=True, validators=("not_missing",)),
                ),
            ),
        ),
        resource_fields=(
            Field("url", _("Link"), preset="resource_url_upload", validators=_IF_GIVEN),
            Field("name", _("Name"), validators=_IF_GIVEN),
            Field("description", _("Description"), snippet="markdown.html", validators=_IF_GIVEN),
            Field("format", _("Format"), validators=(*_IF_GIVEN, "clean_format")),
            Field("mimetype", _("Media type"), validators=_IF_GIVEN),
            Field("resource_type", _("Kind of resource"), validators=_IF_GIVEN),
            Field("size", _("Size in bytes"), hidden=True),
            Field("created", _("Added"), hidden=True),
            Field("last_modified", _("File changed"), hidden=True),
            Field("hash", _("Checksum"), hidden=True),
            Field("cache_url", _("Kept copy"), hidden=True),
            Field("mimetype_inner", _("Media type inside"), hidden=True),
        ),
    )


def visibility() -> Field:
    """Whether others than members of the owning organization see a record (CKAN's `private`)."""
    return Field(
        PRIVATE,
        _("Who can see this record"),
        required=True,
        choices=(
            Choice("false", _("Everyone")),
            Choice("true", _("Members of its organization")),
        ),
        validators=("ignore_missing", "boolean_validator"),
    )
