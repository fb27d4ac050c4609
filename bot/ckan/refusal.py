"""What CKAN's validation says, as sentences on the fields of a form.

The shapes are in docs/catalogue.md, "What blocks a save".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bot.change import Json
from bot.ckan.keywords import TAG_STRING, TAGS
from bot.ckan.models import Package
from bot.ckan.schema import Field, Schema
from bot.errors import FieldErrors
from bot.text import _, clean, ngettext, shorten

_MARKUP = re.compile(r"<[^<>]*>")
_PARTS_OF_THE_CALL = frozenset({"filter", "message", "update"})
"""What CKAN complains under when the call itself is at fault, and no field."""
_OF_FIELD: Final = {"extras_validation": "extras"}
"""The field of what CKAN complains about under another name."""
_FILE: Final = "upload"
"""The part of a call that a file is; in forms too it is an input, though no field of a schema."""
_UNEXPECTED = re.compile(r'unexpected choice "([^"]*)"')


def field_errors(
    refused: Mapping[str, Json],
    *,
    schema: Schema | None,
    package: Package | None,
    resource_id: str | None,
    organizations: Mapping[str, str],
) -> FieldErrors:
    """Sentences for what CKAN refused: on the fields that were edited, the rest in general.

    With `resource_id` the edited fields are that resource's, else the record's. Block ids are
    field names, and `contacts.0.email` in composites. Without a schema there is no form, and
    every sentence is a general one that names its field.
    """
    by_field: dict[str, str] = {}
    general: list[str] = []
    record_fields = {field.name: field for field in schema.dataset_fields} if schema else {}
    resource_fields = {field.name: field for field in schema.resource_fields} if schema else {}
    for key, said in refused.items():
        name = _OF_FIELD.get(key, key)
        if name == TAGS and TAG_STRING in record_fields:
            # What sets the keywords exactly is not the field that asks for them.
            name = TAG_STRING
        if name == "resources" and isinstance(said, list):
            for position, row in enumerate(said):
                told = list(_told(row, resource_fields))
                if schema and resource_id is not None and _id_at(package, position) == resource_id:
                    by_field |= {block: sentence for block, _label, sentence in told}
                else:
                    where = _resource_title(package, position)
                    general += [f"{where}, {label}: {sentence}" for _b, label, sentence in told]
            continue
        left = said
        if name == "contacts" and isinstance(said, list):
            foreign, left = _without_foreign(said, package, organizations)
            if schema and resource_id is None:
                by_field |= {
                    f"contacts.{place}.org": sentence for place, sentence in foreign.items()
                }
            else:
                general += foreign.values()
        told = list(_told({name: left}, record_fields))
        if "__" in name or name in _PARTS_OF_THE_CALL:
            general += [sentence for _b, _label, sentence in told]
        elif schema and (name == _FILE or (resource_id is None and name in record_fields)):
            by_field |= {block: sentence for block, _label, sentence in told}
        else:
            of_record = _("The record, {label}: {sentence}")
            general += [
                of_record.format(label=label, sentence=sentence) for _b, label, sentence in told
            ]
    return FieldErrors(by_field, tuple(dict.fromkeys(general)))


def foreign_contact(contact: Mapping[str, Json], organizations: Mapping[str, str]) -> str:
    """Why a contact of another organization blocks every save, and what to do."""
    name = _quoted(contact.get("name")) or _("A contact without a name")
    title = organizations.get(str(contact.get("org"))) or _(
        "an organization that the bot cannot find"
    )
    return _(
        "{name} is a contact from {organization}, where you may not edit, and the catalogue then"
        " refuses every save by you. Ask somebody who may edit in both organizations, or a"
        " catalogue administrator, to save it or to replace this contact."
    ).format(name=name, organization=title)


def _told(said: Json, fields: Mapping[str, Field]) -> Iterator[tuple[str, str, str]]:
    """Block id, label and sentence of each complaint about an object."""
    for name, complaints in said.items() if isinstance(said, dict) else ():
        field = fields.get(name) or Field(name, name.replace("_", " ").capitalize())
        rows = complaints if isinstance(complaints, list) else [complaints]
        texts = [row for row in rows if isinstance(row, str)]
        if texts:
            sentences = dict.fromkeys(_sentence(text, field, fields) for text in texts)
            yield name, field.label, " ".join(sentences)
        parts = {part.name: part for part in field.subfields}
        for position, row in enumerate(rows):
            for block, label, sentence in _told(row, parts):
                yield f"{name}.{position}.{block}", f"{field.label}, {label}", sentence


def _without_foreign(
    said: list[Json], package: Package | None, organizations: Mapping[str, str]
) -> tuple[dict[int, str], list[Json]]:
    """Sentences, by place, for contacts whose organization is not the caller's; and the rest."""
    sentences: dict[int, str] = {}
    left: list[Json] = []
    for position, row in enumerate(said):
        complaint = row.get("org") if isinstance(row, dict) else None
        found = _UNEXPECTED.search(str(complaint))
        if not isinstance(row, dict) or found is None:
            left.append(row)
            continue
        contacts = package.contacts if package else ()
        known = contacts[position] if position < len(contacts) else {}
        contact: dict[str, Json] = {"org": found[1], "name": known.get("name")}
        sentences[position] = foreign_contact(contact, organizations)
        left.append({key: value for key, value in row.items() if key != "org"})
    return sentences, left


def _id_at(package: Package | None, position: int) -> str | None:
    resources = package.resources if package else ()
    return resources[position].id if position < len(resources) else None


def _resource_title(package: Package | None, position: int) -> str:
    resources = package.resources if package else ()
    if position < len(resources):
        return _("Resource {title}").format(title=_quoted(resources[position].title))
    return _("Resource {number}").format(number=position + 1)


Say = Callable[[re.Match[str], Field, Mapping[str, Field]], str]


def _conditional(found: re.Match[str], _field: Field, fields: Mapping[str, Field]) -> str:
    source = fields.get(found[1])
    choice = source.choice(found[2]) if source else None
    return _("Needed when {field} is {value}.").format(
        field=source.label if source else found[1].replace("_", " "),
        value=_quoted(choice.label if choice else found[2]),
    )


def _not_a_choice(found: re.Match[str], _field: Field, _fields: Mapping[str, Field]) -> str:
    return _("{value} is not one of the choices.").format(value=_quoted(found[1]))


def _next_states(found: re.Match[str], field: Field, _fields: Mapping[str, Field]) -> str:
    values = [value.strip() for value in found[1].split(",")]
    labels = [choice.label if (choice := field.choice(value)) else value for value in values]
    return _("From here it can only become: {states}.").format(states=", ".join(labels))


def _twice(found: re.Match[str], _field: Field, _fields: Mapping[str, Field]) -> str:
    return _("{key} stands there twice.").format(key=_quoted(found[1]))


def _too_short(found: re.Match[str], _field: Field, _fields: Mapping[str, Field]) -> str:
    least = int(found[1])
    return ngettext(
        "Too short: at least {n} character.", "Too short: at least {n} characters.", least
    ).format(n=least)


def _too_long(found: re.Match[str], _field: Field, _fields: Mapping[str, Field]) -> str:
    most = int(found[1])
    return ngettext(
        "Too long: at most {n} character.", "Too long: at most {n} characters.", most
    ).format(n=most)


_SAID: Final[tuple[tuple[re.Pattern[str], Say], ...]] = tuple(
    (re.compile(pattern), say)
    for pattern, say in (
        (r'^Duplicate key "(.+)"', _twice),
        (r"^There is a schema field with", lambda *_a: _("The record has a field of that name.")),
        (r"^Email .* is not a valid format", lambda *_a: _("Write an e-mail address.")),
        (
            r"^(?:Invalid integer|Must be a (?:natural number|pos))",
            lambda *_a: _("Write a whole number."),
        ),
        (r"^Please provide a valid URL", lambda *_a: _("Write a web address, https://….")),
        (r"^(?:Not a string|Must be a Unicode string)", lambda *_a: _("Write text here.")),
        (
            r"^An organization must be provided",
            lambda *_a: _("Choose the organization that publishes the record."),
        ),
        (
            r"^Organization does not exist",
            lambda *_a: _("The catalogue does not have that organization: choose another one."),
        ),
        (r"^Cannot change value of key", lambda *_a: _("It cannot be changed any more.")),
        (
            r"^The input field .* was not expected",
            lambda *_a: _("The catalogue does not know this field: leave it out."),
        ),
        (r"^Missing value", lambda *_a: _("The catalogue needs a value here.")),
        (r"^Value must be one of", lambda *_a: _("Choose one of the listed values.")),
        (_UNEXPECTED.pattern, _not_a_choice),
        (r"^Date format incorrect", lambda *_a: _("Write the date as year-month-day.")),
        (r"^Required when \('(\w+)',\) is set to (.+)", _conditional),
        (
            r"^That Title is already in use",
            lambda *_a: _(
                "Another record has this title. If you cannot find it, it was deleted, and only"
                " the catalogue's administrators can free its title."
            ),
        ),
        (
            r"^(?:That URL is already in use|That name cannot be used)",
            lambda *_a: _("This name is taken: choose another one."),
        ),
        (
            r'^Tag "',
            lambda *_a: _("A keyword has 2 to 100 letters, digits, spaces, hyphens, _ or dots."),
        ),
        (r"length is less than minimum (\d{1,9})$", _too_short),
        (r"^Must be at least (\d{1,9}) characters", _too_short),
        (r"length is more than maximum (\d{1,9})$", _too_long),
        (r"^(?:Name|Version) must be a maximum of (\d{1,9})", _too_long),
        (
            r"^Must be purely lowercase",
            lambda *_a: _("Use lower-case letters, digits, - and _ only."),
        ),
        (r"^Invalid state valid choices are: (.+)", _next_states),
        (
            r"^You lack permission to move to this state",
            lambda *_a: _("Only an admin of the organization may make this move."),
        ),
        (
            r"^You cannot add a dataset to this organization",
            lambda *_a: _("You may not create records in this organization."),
        ),
        (r"(?i)^expecting list|^Select at least one", lambda *_a: _("Choose from the list.")),
        (r"(?i)^unmatched key", lambda *_a: _("The resource is no longer part of the record.")),
        (r"(?i)\bjson\b", lambda *_a: _("Write it as JSON in braces, as in { }.")),
        (r"^File upload too large", lambda *_a: _("The file is larger than the catalogue takes.")),
    )
)


def _sentence(text: str, field: Field, fields: Mapping[str, Field]) -> str:
    for pattern, say in _SAID:
        if found := pattern.search(text):
            return say(found, field, fields)
    said = shorten(" ".join(clean(_MARKUP.sub(" ", text)).split()), 200)
    return _("The catalogue says: {said}").format(said=said)


def _quoted(value: Json) -> str:
    text = shorten(" ".join(clean(str(value or "")).split()), 80)
    return f"“{text}”" if text else ""
