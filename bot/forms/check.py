"""What the catalogue would refuse and what the bot asks beyond it, before anything is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from bot.change import Absent, Json, Value
from bot.ckan.models import Package, Resource
from bot.ckan.offered import CONTACT_ORG
from bot.ckan.schema import Field, Schema
from bot.errors import FieldErrors
from bot.forms import traits
from bot.forms.foreign import foreign_contacts
from bot.forms.look import listed, rows_of
from bot.forms.typed import not_a_choice
from bot.text import _

_DEMANDING = frozenset(
    {"scheming_required", "scheming_multiple_choice", "not_empty"}
    | {"title_validator", "owner_org_validator"}
)
_NAME = re.compile(r"[a-z0-9_-]+")
LONGEST_TERM = 32_766
"""Bytes that the catalogue's search takes as one word (docs/catalogue.md, "What blocks a save")."""
_CUT_INTO_WORDS = frozenset({"title", "notes"})
_CORE = frozenset(
    {"groups", "id", "metadata_modified", "plugin_data", "resources", "state", "tags", "type"}
    | {"relationships_as_object", "relationships_as_subject"}
)
"""What CKAN itself calls other parts of a record."""


def check_object(
    fields: Sequence[Field], values: Mapping[str, Json], *, strict: bool
) -> dict[str, str]:
    """Sentences by block id for values that cannot be saved.

    Not strict: what the server itself refuses, on a record or on any of its resources. Strict adds
    what the schema asks of a resource and the server does not hold it to: fields that are mandatory
    under a condition or in the web form only, and choices of such fields (docs/catalogue.md).
    """
    found: dict[str, str] = {}
    for field in fields:
        value = values.get(field.name)
        if field.composite:
            found |= _rows(field, value)
            if "duplicate_extras_key" in field.validators:
                found |= _keys(field, value, {one.name for one in fields})
            continue
        sentence = _refused(field, value)
        if not sentence and strict and not field.hidden and traits.asked(field, values):
            sentence = _asked_for(field, value)
        if sentence:
            found[field.name] = sentence
    return found


def check_record(
    schema: Schema,
    package: Package,
    *,
    edited_resource: str | None,
    contact_organizations: frozenset[str] | None,
    organization_titles: Mapping[str, str],
    siblings: bool,
) -> tuple[FieldErrors | None, tuple[str, ...]]:
    """Why a record as it would be cannot be saved, every offender named; and what to heed.

    CKAN checks the whole record on each save, and before 2.12 every resource (`siblings`). Errors
    of what is edited, the record or one resource, are by block id, all others general sentences.
    `contact_organizations` are those where the person may create records, the only ones the
    server takes in contacts; None for a sysadmin, who may use all.
    """
    by_field: dict[str, str] = {}
    general: list[str] = []
    warnings: list[str] = []
    record = check_object(schema.dataset_fields, package.raw, strict=False)
    record |= _conditional(schema.dataset_fields, package.raw)
    record |= _immense(schema.dataset_fields, package.raw)
    foreign: dict[str, str] = {}
    org = schema.part(CONTACT_ORG)
    if org and org.choices_helper:
        foreign = {
            contact.block_id: contact.sentence
            for contact in foreign_contacts(package, contact_organizations, organization_titles)
        }
    if edited_resource is None:
        by_field |= record | foreign
    else:
        general += [_of_record(sentence) for sentence in record.values()]
        general += foreign.values()
    for resource in package.resources:
        edited = resource.id == edited_resource
        found = check_object(schema.resource_fields, resource.raw, strict=edited)
        urls = [field for field in schema.resource_fields if field.name == "url"]
        found |= _immense(urls, resource.raw)
        if edited:
            by_field |= found
        elif found and not resource.id:
            general += [_of_copy(resource, sentence) for sentence in found.values()]
        elif found:
            (general if siblings else warnings).extend(
                _of_sibling(resource, found, blocks=siblings)
            )
    errors = FieldErrors(by_field, tuple(general)) if by_field or general else None
    return errors, tuple(warnings)


def _refused(field: Field, value: Value) -> str:
    """What the server says to a value, in our words; "" when it takes it."""
    if value is None and "not_missing" in field.validators:
        return _mandatory(field)
    if not value:
        return _mandatory(field) if _held_to(field) else ""
    if traits.takes_many(field):
        return _refused_many(field, value)
    if field.choices and "scheming_choices" in field.validators:
        return _refused_choice(field, value)
    if "isodate" in field.validators and not _read_as_date(value):
        return _("“{field}” is not a date: {value}. Write it as 2020-01-31.").format(
            field=field.label, value=field.describe(value)
        )
    if traits.takes_json(field) and not _is_object(value):
        return _("“{field}” must be JSON in braces, such as {example}").format(
            field=field.label, example='{"fields": []}'
        )
    return _refused_name(field, value)


def _held_to(field: Field) -> bool:
    """Whether the server itself demands the field."""
    # Where a field names no validators, scheming takes those that demand it.
    return field.required and (not field.validators or not _DEMANDING.isdisjoint(field.validators))


def _refused_many(field: Field, value: Value) -> str:
    given = listed(value)
    if given is None:
        return _("“{field}” holds something that is no list of choices: choose again.").format(
            field=field.label
        )
    strange = next((one for one in given if not field.choice(one)), None)
    return not_a_choice(field, strange) if strange is not None else ""


def _refused_choice(field: Field, value: Value) -> str:
    if isinstance(value, bool) and traits.takes_yes_or_no(field):
        return ""
    if isinstance(value, str) and field.choice(value):
        return ""
    return not_a_choice(field, value if isinstance(value, str) else json.dumps(_json(value)))


def _refused_name(field: Field, value: Value) -> str:
    bounds = traits.lengths(field)
    if bounds is None:
        return ""
    least, most = bounds
    text = value if isinstance(value, str) else ""
    if not least <= len(text) <= most:
        return _("“{field}” must have {least} to {most} characters.").format(
            field=field.label, least=least, most=most
        )
    if "name_validator" in field.validators and not _NAME.fullmatch(text):
        return _("“{field}” takes lower-case letters, digits, - and _ only.").format(
            field=field.label
        )
    return ""


def _asked_for(field: Field, value: Value) -> str:
    """What the web form asks of a field and the server does not."""
    empty = value is not False and not (value.strip() if isinstance(value, str) else value)
    if empty:
        return _mandatory(field) if traits.demanded(field) else ""
    if field.choices and not traits.takes_many(field):
        return _refused_choice(field, value)
    return ""


def _conditional(fields: Sequence[Field], values: Mapping[str, Json]) -> dict[str, str]:
    """On a record, unlike on its resources, the server holds to the conditions."""
    return {
        field.name: _mandatory(field)
        for field in fields
        if "conditional_required" in field.validators
        and traits.asked(field, values)
        and not values.get(field.name)
    }


def _immense(fields: Sequence[Field], values: Mapping[str, Json]) -> dict[str, str]:
    """What is more than the catalogue's search takes as one word: such a record is not saved."""
    told = _("“{field}” is too long: the catalogue takes {most:,} letters, or fewer with accents.")
    return {
        field.name: told.format(field=field.label, most=LONGEST_TERM)
        for field in fields
        if field.name not in _CUT_INTO_WORDS and _bytes(values.get(field.name)) > LONGEST_TERM
    }


def _bytes(value: Value) -> int:
    if isinstance(value, str):
        return len(value.encode(errors="replace"))
    return len(json.dumps(value, ensure_ascii=False).encode(errors="replace")) if value else 0


def _rows(field: Field, value: Value) -> dict[str, str]:
    rows = rows_of(field, value, None if value else ())
    if rows is None:
        return {field.name: _("“{field}” must be a list of rows.").format(field=field.label)}
    return {
        f"{field.name}.{place}.{sub.name}": f"{field.label} {place + 1}: {sentence}"
        for place, row in rows.items()
        for sub in field.subfields
        if (sentence := _refused(sub, row.get(sub.name)))
    }


def _keys(field: Field, value: Value, names: AbstractSet[str]) -> dict[str, str]:
    """CKAN's own pairs of key and value have each key once, and none that a field is named by."""
    rows = rows_of(field, value) or {}
    keys = [str(row.get("key") or "") for row in rows.values()]
    found: dict[str, str] = {}
    for place, key in enumerate(keys):
        if key and key in keys[:place]:
            sentence = _("“{key}” stands there twice.").format(key=key)
        elif key in names | _CORE:
            sentence = _("“{key}” is a field of its own.").format(key=key)
        else:
            continue
        found[f"{field.name}.{place}.key"] = f"{field.label} {place + 1}: {sentence}"
    return found


def _of_record(sentence: str) -> str:
    return _(
        "The record of this resource cannot be saved as it is: {sentence} Correct the record first."
    ).format(sentence=sentence)


def _of_copy(resource: Resource, sentence: str) -> str:
    return _(
        "The resource “{title}” cannot be copied as it is: {sentence} Leave it out, or correct "
        "the one it is copied from first."
    ).format(title=resource.title, sentence=sentence)


def _of_sibling(resource: Resource, found: Mapping[str, str], *, blocks: bool) -> Iterator[str]:
    for sentence in found.values():
        if blocks:
            yield _(
                "Another resource of this record, “{title}”, keeps the catalogue from saving: "
                "{sentence} Correct it first: /bcdc patch-resource {id}"
            ).format(title=resource.title, sentence=sentence, id=resource.id)
        else:
            yield _(
                "Another resource of this record, “{title}”, is not in order: {sentence}"
            ).format(title=resource.title, sentence=sentence)


def _mandatory(field: Field) -> str:
    return _("“{field}” is mandatory and holds nothing.").format(field=field.label)


def _read_as_date(value: Value) -> bool:
    """Whether CKAN's `isodate` reads it: digits in the order of a date, apart by anything else."""
    if not isinstance(value, str):
        return False
    parts = re.split(r"[^\d]+", value, maxsplit=5)
    try:
        if len(parts) > 5:  # noqa: PLR2004  # seconds, which may have a fraction
            if not re.fullmatch(r"\d{2}(\.\d+)?", parts[5]):
                return False
            parts[5] = parts[5][:2]
        datetime(*[int(part) for part in parts])  # type: ignore[arg-type] # noqa: DTZ001  # 1 to 6 parts, of no zone
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def _is_object(value: Value) -> bool:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return False
    return isinstance(value, dict)


def _json(value: Value) -> Json:
    return None if isinstance(value, Absent) else value
