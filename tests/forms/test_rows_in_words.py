"""Rows of a composite in the words of a command: new ones, fewer, and in another order."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FieldErrors
from bot.forms.inline import read_words
from tests.forms.bcdc import SCHEMA

FIELDS: Final = SCHEMA.dataset_fields
DAYS: Final = ("2001-01-01", "2002-02-02", "2003-03-03")
STORED: Final[dict[str, Any]] = {"dates": [{"type": "Created", "date": day} for day in DAYS]}


def days(*words: tuple[str, str]) -> list[str]:
    """The dates that the words leave, in their order."""
    rows: Any = read_words(FIELDS, STORED, words).get("dates", STORED["dates"])
    return [row["date"] for row in rows]


def refused(*words: tuple[str, str]) -> str:
    with pytest.raises(FieldErrors) as caught:
        read_words(FIELDS, STORED, words)
    return str(dict(caught.value.by_field))


def test_several_new_rows_come_with_one_command() -> None:
    words = [("dates.4.date", "2005-05-05"), ("dates.3.date", "2004-04-04")]
    words += [("dates.3.type", "Modified"), ("dates.4.type", "Archived")]
    assert days(*words) == [*DAYS, "2004-04-04", "2005-05-05"]


def test_a_new_row_starts_with_what_such_rows_have() -> None:
    values = read_words(
        FIELDS,
        {},
        [("contacts.0.name", "Desk"), ("contacts.1.name", "Ann"), ("contacts.1.displayed", "")],
        defaults={"contacts.org": "cfd", "contacts.displayed": ["displayed"], "dates.type": "x"},
    )
    assert values == {
        "contacts": [
            {"org": "cfd", "displayed": ["displayed"], "name": "Desk"},
            {"org": "cfd", "displayed": [], "name": "Ann"},
        ]
    }


@given(st.permutations(range(3)), st.sets(st.integers(0, 2)))
def test_rows_are_put_in_order_and_taken_away_as_they_are_stored(
    order: list[int], gone: set[int]
) -> None:
    words = [("dates", ", ".join(map(str, order))), *((f"dates.{one}", "") for one in gone)]
    assert days(*words) == [DAYS[one] for one in order if one not in gone]


def test_a_row_may_change_move_and_be_joined_by_another_at_once() -> None:
    words = [("dates", "2,0,1"), ("dates.0.date", "2001-12-31"), ("dates.1", "")]
    words += [("dates.3.date", "2004-04-04"), ("dates.3.type", "Created")]
    assert days(*words) == ["2003-03-03", "2001-12-31", "2004-04-04"]


def test_an_empty_value_takes_all_rows_away() -> None:
    assert read_words(FIELDS, STORED, [("dates", "")]) == {"dates": []}
    added = [("dates", ""), ("dates.3.date", "2004-04-04"), ("dates.3.type", "Created")]
    assert days(*added) == ["2004-04-04"]


@pytest.mark.parametrize(
    ("word", "text", "said"),
    [
        ("dates.5.date", "2005-05-05", "has no row 5"),
        ("dates.5", "", "has no row 5"),
        ("dates.x.date", "2005-05-05", "has no row x"),
        ("dates.1", "2005-05-05", "write dates.1.type=…"),
        ("dates", "0,1", "there are 3"),
        ("dates", "0,1,1", "there are 3"),
        ("dates", "1,2,3", "there are 3"),
        ("dates", "first", "write dates.0.type=…"),
    ],
)
def test_rows_that_are_not_there_are_told(word: str, text: str, said: str) -> None:
    assert said in refused((word, text))


def test_what_the_schema_means_once_stays_once() -> None:
    fields = SCHEMA.resource_fields
    words = [
        ("temporal_extent.0.end_date", "2020-01-01"),
        ("temporal_extent.1.end_date", "2021-01-01"),
    ]
    with pytest.raises(FieldErrors, match="has no row 1"):
        read_words(fields, {}, words)
