"""The rules a value is held to, by the names the schema gives them.

Each takes a Cell and changes its value, adds messages, or ends the checking of that cell. What
they demand and how they say it follows CKAN, ckanext-scheming and BCDC's own rules.
"""

from __future__ import annotations

import datetime as dt
import json
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as filled
from typing import Any, Final

from sandbox.catalogue.errors import NotFoundError, Record, ServerError
from sandbox.catalogue.formats import spelled
from sandbox.catalogue.permissions import may, organizations_for
from sandbox.catalogue.records import as_text
from sandbox.catalogue.schema import Field
from sandbox.catalogue.state import Catalogue, Person

MISSING: Final = object()
NAME_LENGTHS = (2, 100)


class Invalid(Exception):  # noqa: N818  # a message for one cell, not an error of the program
    """One message; the following rules of the cell still run."""


class Stop(Exception):  # noqa: N818  # control flow between the rules of one cell
    """The remaining rules of the cell are not asked."""


@dataclass(frozen=True, slots=True)
class Save:
    """What is being saved: by whom, over which stored record (None for a new one)."""

    catalogue: Catalogue
    person: Person | None
    given: Record
    stored: Record | None
    resource: Record = filled(default_factory=dict)
    """The resource whose values are checked, where they are one's."""


@dataclass(slots=True)
class Cell:
    """One value on its way through its rules."""

    save: Save
    field: Field
    value: Any
    errors: list[str] = filled(default_factory=list)

    def is_blank(self) -> bool:
        return self.value is MISSING or not self.value


Rule = Callable[[Cell], None]


def check(cell: Cell) -> None:
    """Run a cell through the rules its field names."""
    for rule in rules_of(cell.field):
        try:
            rule(cell)
        except Invalid as refusal:
            cell.errors.append(str(refusal))
        except Stop:
            return


def rules_of(field: Field) -> list[Rule]:
    names = field.get("validators")
    if names is None:
        names = "not_empty" if field.get("required") else "ignore_missing"
    return [RULES[name] for name in names.split()]


def not_empty(cell: Cell) -> None:
    if cell.value is MISSING or cell.value is None or cell.value in ("", [], {}, 0):
        cell.errors.append("Missing value")
        raise Stop


def ignore_missing(cell: Cell) -> None:
    if cell.value is MISSING or cell.value is None:
        cell.value = MISSING
        raise Stop


def required(cell: Cell) -> None:
    (not_empty if cell.field.get("required") else ignore_missing)(cell)


def choices(cell: Cell) -> None:
    if "choices" in cell.field:
        values = [choice["value"] for choice in cell.field["choices"]]
        if cell.value not in values and not (cell.value == "" and not cell.save.catalogue.older):
            raise Invalid(f"Value must be one of {values}")
        return
    # The one choice list made by a helper is a contact's organization: those the caller edits.
    if cell.value and cell.value not in [
        org.id for org in organizations_for(cell.save.catalogue, cell.save.person, "create_dataset")
    ]:
        raise Invalid(f'unexpected choice "{cell.value}"')


def multiple_choice(cell: Cell) -> None:
    if cell.errors:
        return
    given = [] if cell.value is MISSING else cell.value
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list):
        cell.errors.append("expecting list of strings")
        return
    _chosen(cell, given)


def iso_topics(cell: Cell) -> None:
    if cell.errors:
        return
    given = [] if cell.value is MISSING else cell.value
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            given = [given]
        given = given if isinstance(given, list) else [given]
    if not isinstance(given, list):
        cell.errors.append("expecting list of strings")
        return
    _chosen(cell, [topic for topic in given if topic != ""])


def _chosen(cell: Cell, given: list[Any]) -> None:
    order = [choice["value"] for choice in cell.field["choices"]]
    strange = [item for item in given if item not in order]
    cell.errors.extend(f'unexpected choice "{item}"' for item in strange)
    if not strange:
        cell.value = [item for item in order if item in given]


def conditional_required(cell: Cell) -> None:
    cell.value = "" if cell.is_blank() else cell.value
    # The deciding field is looked for among the record's own fields only, so a resource's type
    # never makes anything mandatory.
    name = cell.field["conditional_field"]
    decider = cell.save.given.get(name) if name in cell.save.catalogue.kind.dataset_fields else None
    if decider in cell.field["conditional_values"] and not cell.value:
        raise Invalid(f"Required when {(name,)} is set to {decider}")


def unicode_safe(cell: Cell) -> None:
    if cell.value is MISSING or cell.value is None:
        cell.value = ""
    elif not isinstance(cell.value, str):
        cell.value = json.dumps(cell.value, sort_keys=True, ensure_ascii=False)


def remove_whitespace(cell: Cell) -> None:
    if isinstance(cell.value, str):
        cell.value = cell.value.strip()


def same_as_name(cell: Cell) -> None:
    """`if_empty_same_as(name)`; on the name itself there is nothing to fall back on."""
    if cell.is_blank():
        cell.value = cell.save.given.get("name") or ""


def slug(cell: Cell) -> None:
    value, (least, most) = cell.value, NAME_LENGTHS
    if value in {"new", "edit", "search"}:
        raise Invalid("That name cannot be used")
    if len(value) < least:
        raise Invalid(f"Must be at least {least} characters long")
    if len(value) > most:
        raise Invalid(f"Name must be a maximum of {most} characters long")
    if not re.fullmatch(r"[a-z0-9_\-]*", value):
        raise Invalid(
            "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"
        )


def free_slug(cell: Cell) -> None:
    value = cell.value
    if any(pkg["name"] == value and pkg["state"] != "deleted" for pkg in _others(cell)):
        cell.errors.append("That URL is already in use.")
    _within(f'Name "{value}"', len(value))


def title(cell: Cell) -> None:
    if cell.errors:
        return
    if cell.value is MISSING or cell.value is None:
        if cell.save.catalogue.older:
            raise ServerError
        raise Invalid("Missing value")
    if not isinstance(cell.value, str):
        raise ServerError
    # A deleted record keeps its title taken.
    if any(pkg["title"] == cell.value for pkg in _others(cell)):
        cell.errors.append("That Title is already in use.")
    _within(f'Title "{cell.value}"', len(cell.value))


def _others(cell: Cell) -> list[Record]:
    own = cell.save.stored["id"] if cell.save.stored else None
    return [pkg for pkg in cell.save.catalogue.packages.values() if pkg["id"] != own]


def _within(what: str, length: int) -> None:
    least, most = NAME_LENGTHS
    if length < least:
        raise Invalid(f"{what} length is less than minimum {least}")
    if length > most:
        raise Invalid(f"{what} length is more than maximum {most}")


def owner_org(cell: Cell) -> None:
    if cell.value is MISSING or cell.value is None or cell.value == "":
        raise Invalid("An organization must be provided")
    save = cell.save
    try:
        organization = save.catalogue.organization(cell.value)
    except NotFoundError:
        raise Invalid("Organization does not exist") from None
    moves = save.stored is None or save.stored.get("owner_org") != organization.id
    if moves and not may(save.catalogue, save.person, organization, "create_dataset"):
        raise Invalid("You cannot add a dataset to this organization")
    cell.value = organization.id


def next_state(cell: Cell) -> None:
    """Hold `publish_state` to the moves, and to the roles for each, that the schema lists."""
    if cell.errors:
        return
    now = cell.save.stored.get("publish_state") if cell.save.stored else None
    if now is not None and now == cell.value:
        return
    moves: list[Record] = [cell.field["startState"]]
    if now is not None:
        by_state = {choice["value"]: choice for choice in cell.field["choices"]}
        moves = by_state.get(now, {}).get("validTo", [])
    roles: list[str] = next((move["by"] for move in moves if move["state"] == cell.value), [])
    if not any(move["state"] == cell.value for move in moves):
        listed = ",".join(f" {move['state']}" for move in moves)
        cell.errors.append(f"Invalid state valid choices are:{listed}")
    if not _roles_held(cell.save).intersection(roles):
        # BCDC cuts the last letter off, whichever it is.
        listed = "".join(f" {role}," for role in roles)
        text = f"You lack permission to move to this state, you must be one of{listed}"
        cell.errors.append(text[:-1])


def not_empty_if_new(cell: Cell) -> None:
    (not_empty if cell.save.stored is None else ignore_missing)(cell)


def e_mail(cell: Cell) -> None:
    if cell.value and not _E_MAIL.fullmatch(cell.value):
        raise Invalid(f"Email {cell.value} is not a valid format")


def version(cell: Cell) -> None:
    if len(cell.value) > NAME_LENGTHS[1]:
        raise Invalid(f"Version must be a maximum of {NAME_LENGTHS[1]} characters long")


def whole_number(cell: Cell) -> None:
    try:
        cell.value = None if cell.value == "" else int(cell.value)
    except (TypeError, ValueError):
        raise Invalid("Invalid integer") from None


def guess_format(cell: Cell) -> None:
    """Of a new resource that names no format, what its address ends with."""
    resource = cell.save.resource
    if cell.is_blank() and not resource.get("id"):
        told = mimetypes.guess_type(str(resource.get("url") or ""))[0]
        cell.value = told or cell.value


def own_format(cell: Cell) -> None:
    cell.value = spelled(str(cell.value))


def _roles_held(save: Save) -> set[str]:
    held: set[str] = {"sysadmin"} if save.person and save.person.sysadmin else set()
    try:
        owner = save.catalogue.organization((save.stored or save.given).get("owner_org"))
    except NotFoundError:
        return held
    for role, permission in (("admin", "admin"), ("editor", "update_dataset")):
        if may(save.catalogue, save.person, owner, permission):
            held.add(role)
    return held


def iso_date(cell: Cell) -> None:
    if cell.value == "":
        cell.value = None
        return
    try:
        # CKAN takes anything between the numbers, and a time it then drops.
        year, month, day, *_ = (int(part) for part in re.split(r"[^\d]+", cell.value)[:6])
        cell.value = dt.date(year, month, day).isoformat()
    except (TypeError, ValueError):
        raise Invalid("Date format incorrect") from None


def json_object(cell: Cell) -> None:
    value = cell.value
    if not value:
        cell.value = None
    elif isinstance(value, str):
        try:
            loaded = json.loads(value)
        except ValueError as problem:
            raise Invalid(f"Invalid JSON string: {problem}") from None
        if not isinstance(loaded, dict):
            raise Invalid(f"Unsupported value for JSON field: {value}")
        cell.value = loaded
    elif not isinstance(value, dict):
        raise Invalid(f"Unsupported type for JSON field: {type(value)}")


def nothing(_cell: Cell) -> None:
    """For rules that scheming never asks, or that another rule has already done the work of."""


def tag_problem(catalogue: Catalogue, name: str) -> str | None:
    """What is wrong with a keyword, None when nothing is."""
    least, most = NAME_LENGTHS
    if len(name) < least:
        return f'Tag "{name}" length is less than minimum {least}'
    if len(name) > most:
        return f'Tag "{name}" length is more than maximum {most}'
    if re.fullmatch(r"[\w \-.]*", name):
        return None
    if catalogue.older:
        return f'Tag "{name}" must be alphanumeric characters or symbols: -_.'
    return (
        f'Tag "{name}" can only contain alphanumeric characters, spaces (" "), '
        'hyphens ("-"), underscores ("_") or dots (".")'
    )


def text_of(value: Any) -> Any:
    """Plain text fields store whatever came as text."""
    return None if value is None else as_text(value)


_E_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")

RULES: dict[str, Rule] = {
    "not_empty": not_empty,
    "ignore_missing": ignore_missing,
    "scheming_required": required,
    "scheming_choices": choices,
    "scheming_multiple_choice": multiple_choice,
    "iso_topic_category": iso_topics,
    "conditional_required": conditional_required,
    "unicode_safe": unicode_safe,
    "remove_whitespace": remove_whitespace,
    "if_empty_same_as(name)": same_as_name,
    "name_validator": slug,
    "package_name_validator": free_slug,
    "title_validator": title,
    "owner_org_validator": owner_org,
    "valid_next_state": next_state,
    "isodate": iso_date,
    "not_empty_if_new": not_empty_if_new,
    "strip_value": remove_whitespace,
    "email_validator": e_mail,
    "package_version_validator": version,
    "int_validator": whole_number,
    "if_empty_guess_format": guess_format,
    "clean_format": own_format,
    "convert_to_json_if_date": nothing,
    "scheming_valid_json_object": json_object,
    "single_value_subfield": nothing,
    "tag_string_convert": nothing,
}
