"""Why a catalogue refused a write: in words, and on the inputs of the form it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.change import Json, Write
from bot.ckan.explain import explain
from bot.ckan.faults import ActionFailed, CKANAPIError, Refused, SearchIndexError
from bot.ckan.models import Package
from bot.ckan.schema import Field, Schema
from bot.command import UPLOAD
from bot.context import Context
from bot.errors import FieldErrors, UserError
from bot.flow.editing.after import package_after
from bot.flow.people import People
from bot.forms.check import check_record
from bot.store.changes import StoredChange
from bot.text import _


@dataclass(frozen=True, slots=True)
class Refusal:
    """The sentences for the person, and what of them belongs to inputs of the form."""

    told: str
    errors: FieldErrors | None = None

    def kept(self) -> dict[str, Json]:
        """The errors as JSON; empty for none."""
        if self.errors is None:
            return {}
        by_field: dict[str, Json] = dict(self.errors.by_field)
        return {"errors": {"by_field": by_field, "general": list(self.errors.general)}}


def errors_of(detail: Mapping[str, Json]) -> FieldErrors | None:
    """The errors that `Refusal.kept` noted; None for none."""
    kept = detail.get("errors")
    if not isinstance(kept, dict):
        return None
    by_field, general = kept.get("by_field"), kept.get("general")
    return FieldErrors(
        {block_id: str(said) for block_id, said in by_field.items()}
        if isinstance(by_field, dict)
        else {},
        tuple(map(str, general)) if isinstance(general, list) else (),
    )


class Refusals:
    """Explains refusals with the schema and the names that their person can see."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def of(
        self, change: StoredChange, write: Write, package: Package | None, error: CKANAPIError
    ) -> Refusal:
        """What to tell of a write that was refused on the record as it was just read.

        Where the catalogue names no field, as it does of other resources and of what its own code
        stumbles over, the bot's own checks of the whole record name what may be the reason
        (docs/catalogue.md, "What blocks a save").
        """
        ctx = await self._people.context(change.requester, change.place, change.catalogue)
        after = package_after(package or Package({}), [write])
        try:
            schema = await ctx.ckan.schema()
            titles = {row.id: row.title for row in await ctx.ckan.organizations()}
            found = await _suspected(ctx, schema, after, write, titles) if _silent(error) else None
        except UserError:
            return Refusal(str(explain(error, package=after, resource_id=write.resource_id)))
        if found is not None:
            why = _("The catalogue did not say why. This may be it:")
            return Refusal(f"{why}\n{found}", found)
        told = explain(
            error,
            schema=schema,
            package=after,
            resource_id=write.resource_id,
            organizations=titles,
        )
        if not isinstance(told, FieldErrors):
            return Refusal(str(told))
        fields = schema.resource_fields if write.resource_id else schema.dataset_fields
        named = [
            _("{field}: {sentence}").format(
                field=_label((UPLOAD, *fields), block_id), sentence=said
            )
            for block_id, said in told.by_field.items()
        ]
        return Refusal("\n".join([*told.general, *named]), told)


def _silent(error: CKANAPIError) -> bool:
    """Whether the catalogue said nothing that a person could mend."""
    if isinstance(error, Refused):
        return not error.fields
    return isinstance(error, ActionFailed | SearchIndexError)


async def _suspected(
    ctx: Context, schema: Schema, after: Package, write: Write, titles: Mapping[str, str]
) -> FieldErrors | None:
    """What is wrong with the record by the bot's own rules; None for nothing."""
    rights = await ctx.ckan.rights()
    errors, _warnings = check_record(
        schema,
        after,
        edited_resource=write.resource_id,
        contact_organizations=None if rights.sysadmin else rights.editor,
        organization_titles=titles,
        siblings=True,
    )
    return errors


def _label(fields: Sequence[Field], block_id: str) -> str:
    """What people call an input, such as “Contacts 2, Email”."""
    name, _dot, rest = block_id.partition(".")
    field = next((one for one in fields if one.name == name), None)
    if field is None or not rest:
        return field.label if field else name.replace("_", " ")
    row, _dot, part = rest.partition(".")
    label = _label(field.subfields, part)
    return f"{field.label} {int(row) + 1}, {label}" if row.isdecimal() else label
