"""What a form that comes back says of what is wrong in it."""

from __future__ import annotations

from bot.change import Json
from bot.ckan.models import Package
from bot.ckan.schema import Field
from bot.command import Subject
from bot.errors import FieldErrors
from bot.flow.editing.drafts import form_of
from bot.forms.model import Note
from bot.forms.sheet import Sheet

CONTACTS = Field("contacts", "Contacts", subfields=(Field("name", "Name"), Field("org", "Org")))
STORED: dict[str, Json] = {"title": "A record", "contacts": [{"name": "Desk"}, {"name": "Robin"}]}
SUBJECT = Subject(
    Package({}), None, (Field("title", "Title"), CONTACTS, Field("notes", "Notes")), values=STORED
)


def told(*block_ids: str) -> list[str]:
    """The sentences over the inputs that are wrong, and those above all."""
    errors = FieldErrors(dict.fromkeys(block_ids, "Not so."))
    form, _page = form_of(SUBJECT, STORED, Sheet(), errors)
    return [item.text for item in form.items if isinstance(item, Note)]


def test_what_is_wrong_in_a_row_is_named_with_its_row() -> None:
    assert told("contacts.1.org") == ["Please look at: Contacts 2, Org", "Not so."]


def test_all_that_is_wrong_is_named() -> None:
    assert told("title", "notes") == ["Please look at: Title, Notes", "Not so.", "Not so."]


def test_the_first_input_of_a_form_needs_nobody_to_be_led_to_it() -> None:
    assert told("title") == ["Not so."]
