"""How the values of a change are told, field by field."""

from __future__ import annotations

import pytest

from bot.change import ABSENT, FieldEdit, Json, Value, Write, WriteKind
from bot.ckan.schema import Field, Schema
from bot.flow.pages import Difference, differences

DESK: Json = {"name": "Desk", "role": "custodian"}
ROBIN: Json = {"name": "Robin", "role": "owner"}
MOVED: Json = {"name": "Robin", "role": "custodian"}
CONTACTS = Field("contacts", "Contacts", subfields=(Field("name", "Name"), Field("role", "Role")))
SCHEMA = Schema("dataset", (CONTACTS, Field("title", "Title")), ())


def told(
    field: str, before: Value, after: Value, kind: WriteKind = WriteKind.PATCH
) -> tuple[Difference, ...]:
    edit = FieldEdit(field, field.capitalize(), before, after)
    return differences((Write(kind, "a-record", None, "A record", (edit,)),), SCHEMA, {})


@pytest.mark.parametrize(
    ("before", "after", "sides"),
    [
        ([DESK, ROBIN], [DESK, MOVED],
         ("Name: Robin, Role: owner\n1 that stays as it is",
          "Name: Robin, Role: custodian\n1 that stays as it is")),
        ([DESK], [DESK, ROBIN],
         ("1 that stays as it is", "Name: Robin, Role: owner\n1 that stays as it is")),
        ([], [DESK, ROBIN], ("", "Name: Desk, Role: custodian\nName: Robin, Role: owner")),
        ([DESK, ROBIN], [], ("Name: Desk, Role: custodian\nName: Robin, Role: owner", "")),
        ([DESK, ROBIN], [ROBIN, DESK],
         ("Name: Desk, Role: custodian\nName: Robin, Role: owner",
          "Name: Robin, Role: owner\nName: Desk, Role: custodian")),
    ],
    ids=["one changed", "one added", "all new", "all gone", "another order"],
)  # fmt: skip
def test_of_rows_those_that_differ_are_told(
    before: Value, after: Value, sides: tuple[str, str]
) -> None:
    (row,) = told("contacts", before, after)
    assert (row.before, row.after) == sides


def test_what_is_made_has_no_before() -> None:
    (row,) = told("title", ABSENT, "A record", WriteKind.CREATE_PACKAGE)
    assert row == Difference("Title", "", "A record", whole=True)


def test_what_was_empty_before_is_not_whole() -> None:
    (row,) = told("title", ABSENT, "A record")
    assert not row.whole


def test_a_moment_is_told_to_the_minute() -> None:
    (row,) = told("title", ABSENT, "2026-11-22T03:30:37.711567")
    assert row.after == "2026-11-22 03:30 UTC"


def test_what_is_deleted_has_no_after() -> None:
    (row,) = told("title", "A record", ABSENT, WriteKind.DELETE_PACKAGE)
    assert row == Difference("Title", "A record", "", whole=True)
