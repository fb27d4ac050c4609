"""What a schema field is, as far as a form and a check have to know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from bot.change import Json, Value
from bot.ckan.keywords import TAG_STRING
from bot.ckan.schema import Field
from bot.forms.model import FormValue

TITLE_LENGTH: Final = (2, 100)
"""Of record titles and names (docs/catalogue.md)."""

_MANY = frozenset({"scheming_multiple_choice", "iso_topic_category"})
_MANY_SNIPPETS = frozenset({"multiple_checkbox.html", "multiple_select.html", "autocomplete.html"})
_LONG = frozenset({"markdown.html", "textarea.html", "json.html"})
_LENGTHS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "title_validator": TITLE_LENGTH,
        "name_validator": TITLE_LENGTH,
        "package_version_validator": (1, 100),
    }
)
# The schema keeps numbers and addresses as text and does not say so: they are known by name.
_NUMBER_NAME = re.compile(r"(latitude|longitude|zoom_level)$")
_URL_NAME = re.compile(r"(^|_)url$|^link_to_")
_EMAIL_NAME = re.compile(r"(^|_)email$")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def asked(
    field: Field, stored: Mapping[str, Json], typed: Mapping[str, FormValue] | None = None
) -> bool:
    """Whether the field's condition holds, by what is typed, else by what is stored."""
    if field.condition is None:
        return True
    source = field.condition.field
    now: object = (typed or {}).get(source, stored.get(source))
    return isinstance(now, str) and now in field.condition.values


def demanded(field: Field) -> bool:
    """Whether a field that is asked for must be filled."""
    return field.required or "conditional_required" in field.validators


def takes_many(field: Field) -> bool:
    """Whether the field holds a list of choices."""
    return bool(field.choices) and (
        field.snippet in _MANY_SNIPPETS or not _MANY.isdisjoint(field.validators)
    )


def takes_json(field: Field) -> bool:
    """Whether the field holds a JSON object."""
    return field.preset == "json_object" or "scheming_valid_json_object" in field.validators


def takes_keywords(field: Field) -> bool:
    """Whether the field holds keywords, as one text with commas."""
    return field.name == TAG_STRING


def takes_paragraphs(field: Field) -> bool:
    """Whether the field holds text of several lines."""
    return field.snippet in _LONG or takes_json(field)


def takes_dates(field: Field) -> bool:
    """Whether the field holds an ISO date."""
    return field.preset == "date" or field.snippet == "date.html" or "isodate" in field.validators


def takes_numbers(field: Field) -> bool:
    """Whether the field holds a number, as text."""
    return _NUMBER_NAME.search(field.name) is not None


def takes_files(field: Field) -> bool:
    """Whether the field is a file, told by its id in Slack."""
    return field.preset == "file"


def takes_urls(field: Field) -> bool:
    """Whether the field holds a web address."""
    return bool(_URL_NAME.search(field.name)) or field.preset == "resource_url_upload"


def takes_emails(field: Field) -> bool:
    """Whether the field holds an e-mail address."""
    return _EMAIL_NAME.search(field.name) is not None


def takes_formats(field: Field) -> bool:
    """Whether the field holds a format that CKAN spells in its own way."""
    return "clean_format" in field.validators


def takes_yes_or_no(field: Field) -> bool:
    """Whether the field holds a truth value, of which the choices are the names."""
    return "boolean_validator" in field.validators


def lengths(field: Field) -> tuple[int, int] | None:
    """How many characters the catalogue takes in the field, at least and at most."""
    return next((_LENGTHS[name] for name in field.validators if name in _LENGTHS), None)


def valid_date(text: str) -> bool:
    """Whether the text is a day of the calendar, as 2020-01-31."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def valid_url(text: str) -> bool:
    """Whether the text is a web address, http or https."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", text)


def valid_number(text: str) -> bool:
    """Whether the text is a decimal number that Slack's number input takes."""
    return _NUMBER.fullmatch(text) is not None


def valid_email(text: str) -> bool:
    """Whether the text could be an e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def meant(field: Field, value: Value) -> bool:
    """Whether a stored text is such as the field is for; nothing, and other values, always are."""
    if not isinstance(value, str) or not value or field.choices:
        return True
    if takes_dates(field):
        return valid_date(value)
    if takes_numbers(field):
        return valid_number(value)
    if takes_urls(field):
        return valid_url(value)
    if takes_emails(field):
        return valid_email(value)
    # Blanks around an object name break the warehouse's refresh.
    return takes_paragraphs(field) or value == value.strip()
