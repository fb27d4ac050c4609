"""A whole record against the schema: what would be stored, or every message by field."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from sandbox.catalogue.errors import IntegrityError, NotFoundError, Record, ValidationError
from sandbox.catalogue.records import PLAIN_FIELDS, show_resource
from sandbox.catalogue.schema import Field, Kind
from sandbox.catalogue.validators import MISSING, Cell, Invalid, Save, check, tag_problem, text_of

COMPOSITE = "repeating_subfields"

# What CKAN itself keeps on a resource, whatever the schema says.
RESOURCE_TEXTS = ("hash", "url_type", "mimetype", "mimetype_inner", "cache_url")
RESOURCE_KEPT = ("size", "created", "cache_last_updated")
# And what it holds these to, of a resource and of a record.
KEPT_TO = {
    "size": "int_validator",
    "created": "isodate",
    "author_email": "unicode_safe email_validator",
    "maintainer_email": "unicode_safe email_validator",
    "version": "unicode_safe package_version_validator",
}
RESOURCE_OWN = frozenset({"package_id", "position", "state", "id", "metadata_modified"})


CORE_FIELDS = frozenset((
    *PLAIN_FIELDS,
    *("id", "state", "type", "log_message", "private", "resources", "tags", "extras", "groups"),
    *("save", "return_to", "relationships_as_object", "relationships_as_subject"),
))  # fmt: skip


def validated(save: Save) -> Record:
    """The record as it would be stored, without ids, dates and owner of the system's.

    Raises ValidationError with CKAN's nesting, IntegrityError for a value of the wrong shape.
    """
    kind = save.catalogue.kind
    if save.given.get("groups"):
        raise NotFoundError("Group was not found.")  # there are none here
    _check_shapes(kind, save.given)
    clean: Record = {}
    errors: Record = {}
    for name, field in kind.dataset_fields.items():
        if name == "tag_string":
            continue
        _one_field(save, field, save.given.get(name, MISSING), clean, errors)
    for name in PLAIN_FIELDS:
        if name not in kind.dataset_fields:
            errors |= _of_ckan(save, name, save.given.get(name))
            if save.given.get(name) is not None:
                clean[name] = text_of(save.given[name])
    clean["tags"] = _keywords(save, errors)
    clean["resources"] = _resources(save, errors)
    _extras(kind, save.given, clean, errors)
    unexpected = junk(save.given, CORE_FIELDS | kind.dataset_fields.keys())
    if unexpected and save.catalogue.older:
        errors["__junk"] = [unexpected]
    author = save.person
    if save.stored is None and save.given.get("id") and not (author and author.sysadmin):
        errors["id"] = ["The input field id was not expected."]
    if errors:
        raise ValidationError(errors)
    return clean


def _one_field(save: Save, field: Field, value: Any, clean: Record, errors: Record) -> None:
    name = field["field_name"]
    if COMPOSITE in field:
        if value is not MISSING:
            rows, problems = _composite(save, field, value)
            if any(problems):
                errors[name] = problems
            if rows or value == []:
                clean[name] = rows
        return
    cell = Cell(save, field, value)
    check(cell)
    if cell.errors:
        errors[name] = cell.errors
    elif cell.value is not MISSING and cell.value is not None:
        plain = "validators" not in field
        clean[name] = text_of(cell.value) if plain else cell.value


def _composite(save: Save, field: Field, value: Any) -> tuple[list[Record], list[Record]]:
    rows: list[Record] = []
    problems: list[Record] = []
    for given in value:
        if not given:  # CKAN loses an empty object on the way in
            continue
        row: Record = {}
        problem: Record = {}
        for sub in field[COMPOSITE]:
            _one_field(save, sub, given.get(sub["field_name"], MISSING), row, problem)
        rows.append(row)
        problems.append(problem)
    return rows, problems


def _resources(save: Save, errors: Record) -> list[Record]:
    untouched = {} if save.catalogue.older else _stored_resources(save)
    rows: list[Record] = []
    problems: list[Record] = []
    for given in save.given.get("resources", []):
        if not given:
            continue
        shown, stored = untouched.get(given.get("id", ""), ({}, {}))
        if shown == given:
            # CKAN 2.12 does not look at resources that stay as they are.
            row, problem = dict(stored), Record()
        else:
            row, problem = _resource(save, given)
        rows.append(row)
        problems.append(problem)
    if any(problems):
        if not save.catalogue.older:
            while not problems[-1]:
                problems.pop()
        errors["resources"] = problems
    return rows


def _stored_resources(save: Save) -> dict[str, tuple[Record, Record]]:
    """The stored resources by id, each as it is shown and as it is kept."""
    if save.stored is None:
        return {}
    return {
        stored["id"]: (show_resource(save.catalogue, save.stored, at), stored)
        for at, stored in enumerate(save.stored["resources"])
    }


def _resource(save: Save, given: Record) -> tuple[Record, Record]:
    row: Record = {}
    problem: Record = {}
    save = replace(save, resource=given)
    known = set(RESOURCE_OWN)
    for field in save.catalogue.kind.expanded["resource_fields"]:
        known.add(field["field_name"])
        _one_field(save, field, given.get(field["field_name"], MISSING), row, problem)
    for name in RESOURCE_TEXTS:
        if given.get(name) is not None:
            row[name] = text_of(given[name])
    for name in RESOURCE_KEPT:
        problem |= _of_ckan(save, name, given.get(name))
        if given.get(name) is not None:
            row[name] = given[name]
    known.update(RESOURCE_TEXTS, RESOURCE_KEPT)
    # A plain CKAN shows a null for what is not there, which comes back with the next save.
    nulls = save.catalogue.kind.bcdc
    loose = {key: one for key, one in given.items() if key not in known}
    row.update({key: one for key, one in loose.items() if nulls or one is not None})
    if given.get("id"):
        row["id"] = given["id"]
        problem.update(_resource_id(save, given["id"]))
    return row, problem


def _of_ckan(save: Save, name: str, value: Any) -> Record:
    """What CKAN itself says to a value, whatever the schema says."""
    if value is None or name not in KEPT_TO:
        return {}
    cell = Cell(save, {"field_name": name, "validators": KEPT_TO[name]}, value)
    check(cell)
    return {name: cell.errors} if cell.errors else {}


def _resource_id(save: Save, wanted: str) -> Record:
    own = {res["id"] for res in (save.stored or {}).get("resources", [])}
    if wanted in own:
        return {}
    messages = []
    if re.search(r"[^0-9a-zA-Z _-]", wanted):
        messages.append("Invalid characters in resource id")
    elif not 7 <= len(wanted) <= 100:
        older = save.catalogue.older
        messages.append("Invalid length for resource id" if older else "Invalid id provided")
    taken = {res["id"] for pkg in save.catalogue.packages.values() for res in pkg["resources"]}
    if wanted in taken:
        messages.append("Resource id already exists.")
    return {"id": messages} if messages else {}


def _keywords(save: Save, errors: Record) -> list[str]:
    """The exact list of `tags`, and what `tag_string` adds to it."""
    names: list[str] = []
    problems: list[str] = []
    for tag in save.given.get("tags", []):
        if not tag:
            continue
        name = str(tag.get("name") or "")
        problem = tag_problem(save.catalogue, name) if name else "Missing value"
        if problem:
            problems.append(problem)
        names.append(name)
    if problems:
        errors["tags"] = problems
    text = save.given.get("tag_string")
    if text is not None:
        added = [word.strip() for word in text.split(",")] if isinstance(text, str) else list(text)
        added = [word for word in added if word]
        try:
            for word in added:
                problem = tag_problem(save.catalogue, word)
                if problem:
                    raise Invalid(problem)  # noqa: TRY301  # one bad keyword ends the list
        except Invalid as refusal:
            errors["tag_string"] = [str(refusal)]
        names += added
    return sorted(set(names))


def _extras(kind: Kind, given: Record, clean: Record, errors: Record) -> None:
    """CKAN's own loose pairs of key and value; BCDC's fields have no need of them."""
    extras = [
        {"key": extra.get("key"), "value": text_of(extra.get("value")) or ""}
        for extra in given.get("extras", [])
    ]
    keys = [extra["key"] for extra in extras]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        errors["extras_validation"] = [f'Duplicate key "{key}"' for key in sorted(twice)]
    problems = [_extra_problem(kind, extra) for extra in given.get("extras", [])]
    if any(problems):
        errors["extras"] = problems
    if extras:
        clean["extras"] = sorted(extras, key=lambda extra: str(extra["key"]))


def _extra_problem(kind: Kind, extra: Record) -> Record:
    problem: Record = {}
    if not extra.get("key"):
        problem["key"] = ["Missing value"]
    elif extra["key"] in CORE_FIELDS | kind.dataset_fields.keys():
        problem["key"] = ["There is a schema field with the same name"]
    if "value" not in extra:
        problem["value"] = ["Missing value"]
    return problem


def junk(given: Record, known: AbstractSet[str]) -> str | None:
    """CKAN's message about lists of objects under names that it does not know."""
    found = [
        (name, at, key)
        for name, rows in given.items()
        if name not in known and isinstance(rows, list)
        for at, row in enumerate(rows)
        if isinstance(row, dict)
        for key in row
    ]
    return f"The input field {found} was not expected." if found else None


def _check_shapes(kind: Kind, given: Record) -> None:
    """Only lists of objects may stand where the schema has sub-fields."""
    schema = kind.expanded
    composites = {f["field_name"] for f in schema["dataset_fields"] if COMPOSITE in f}
    inner = {f["field_name"] for f in schema["resource_fields"] if COMPOSITE in f}
    for name in (*sorted(composites), "extras", "groups", "resources", "tags"):
        _check_shape(given, name, ())
    for at, resource in enumerate(given.get("resources", [])):
        for name in sorted(inner):
            _check_shape(resource, name, ("resources", at))


def _check_shape(given: Record, name: str, path: tuple[str | int, ...]) -> None:
    value = given.get(name, [])
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return
    where = (*path, name)
    raise IntegrityError(
        f"Only lists of dicts can be placed against subschema {where}, not {type(value)}"
    )
