"""What may be saved of an object and what not, told from the raw schema alone.

The rules are those of scheming's validators and of docs/catalogue.md, "What blocks a save", with
what the bot asks beyond the server: that conditions hold in resources too, and that dates, numbers
and addresses are such. Nothing here knows how the bot tells the same.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from tests.forms.scheming import Raw


def faults(fields: list[Raw], wanted: Raw) -> set[str]:
    """The paths of an object that must not be saved as they are."""
    found: set[str] = set()
    for field in fields:
        if not asked(field, wanted):
            continue
        name = field["field_name"]
        given = wanted.get(name)
        if "repeating_subfields" in field:
            for place, row in enumerate(rows(given)):
                found |= {f"{name}.{place}.{part}" for part in _parts(field, row)}
        elif _wrong(field, given):
            found.add(name)
    return found


def asked(field: Raw, wanted: Raw) -> bool:
    """Whether a field has a place in an object at all."""
    source = field.get("conditional_field")
    return source is None or wanted.get(source) in field["conditional_values"]


def rows(given: Any) -> list[Raw]:
    """The rows of a composite in which there is something."""
    return [row for row in given or [] if any(not blank(part) for part in row.values())]


def settled(field: Raw, given: Any) -> Any:
    """A value as it is the same as another: nothing in all its forms, choices in their order."""
    if "repeating_subfields" in field:
        return [
            {
                part["field_name"]: held
                for part in field["repeating_subfields"]
                if (held := settled(part, row.get(part["field_name"])))
            }
            for row in rows(given)
        ]
    if blank(given):
        return None
    if "choices" in field and isinstance(given, list):
        return [one["value"] for one in field["choices"] if one["value"] in given]
    if field.get("preset") == "json_object" and isinstance(given, str):
        return json.loads(given)
    return given


def blank(given: Any) -> bool:
    """Whether that is nothing to a person."""
    return not (given.strip() if isinstance(given, str) else given)


def _parts(field: Raw, row: Raw) -> set[str]:
    return {
        part["field_name"]
        for part in field["repeating_subfields"]
        if _wrong(part, row.get(part["field_name"]))
    }


def _wrong(field: Raw, given: Any) -> bool:
    validators = field.get("validators", "").split()
    if blank(given):
        return bool(field.get("required")) or "conditional_required" in validators
    if "choices" in field:
        allowed = {choice["value"] for choice in field["choices"]}
        return not allowed.issuperset([given] if isinstance(given, str) else given)
    if field.get("preset") == "date":
        return not _is_day(given)
    if field.get("preset") == "json_object":
        return not _is_object(given)
    if "title_validator" in validators or "name_validator" in validators:
        strange = "name_validator" in validators and re.search(r"[^a-z0-9_-]", given)
        return bool(strange) or not 2 <= len(given) <= 100
    return _unlike_its_name(field["field_name"], given)


def _unlike_its_name(name: str, given: str) -> bool:
    if name.endswith("url") or name.startswith("link_to"):
        return not re.fullmatch(r"https?://[^\s/]+\S*", given)
    if name == "email":
        return not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", given)
    if name.endswith(("latitude", "level")):
        if not re.fullmatch(r"-?\d+(\.\d+)?", given):
            return True
        return name.endswith("latitude") and abs(float(given)) > 90
    return False


def _is_day(given: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", given)) and bool(dt.date.fromisoformat(given))
    except ValueError:
        return False


def _is_object(given: Any) -> bool:
    if not isinstance(given, str):
        return isinstance(given, dict)
    try:
        return isinstance(json.loads(given, parse_constant=_refuse), dict)
    except ValueError:
        return False


def _refuse(constant: str) -> None:
    raise ValueError(constant)
