from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import clean, ngettext, shorten, straight

INVISIBLE = (
    "\u202e\u202c\u2066\u2069\u200b\u200e\u200f\u00ad\ufeff\x00\x07\x1b\x7f\u2060\ud83d\ude00"
)
mixed = st.text(st.one_of(st.sampled_from(INVISIBLE), st.characters()))


@given(mixed)
def test_cleaned_text_hides_and_reorders_nothing(text: str) -> None:
    assert not set(clean(text)) & set(INVISIBLE)


@given(mixed)
def test_cleaning_takes_away_only_what_is_invisible_and_once_is_enough(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    gone = [letter for letter in text if letter not in cleaned]
    assert {unicodedata.category(letter) for letter in gone} <= {"Cc", "Cf", "Cn", "Cs"}


@pytest.mark.parametrize("text", ["a\tb\nc\r\n", "👩‍👩‍👧‍👦", "漢字", "नमस्ते", "می‌خواهم"])
def test_what_people_need_stays(text: str) -> None:
    assert clean(text) == text


@given(st.text(), st.integers(2, 60))
def test_shortened_text_fits_and_begins_as_the_whole_does(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    if len(text) <= limit:
        assert short == text
    else:
        assert short.endswith("…")
        assert text.startswith(short.removesuffix("…"))


@pytest.mark.parametrize(
    ("text", "short"),
    [("ab" + "e\u0301" + "xyz", "ab…"), ("a👩\u200d👧\u200d👦bcdef", "a…"), ("abcdef", "abc…")],
)
def test_what_belongs_together_is_not_cut_apart(text: str, short: str) -> None:
    assert shorten(text, 4) == short


@given(st.text())
def test_straight_text_keeps_its_length_and_holds_no_curly_quotes(text: str) -> None:
    assert len(straight(text)) == len(text)
    assert not set(straight(text)) & set("“”„«»‘’‚\u00a0")


def test_one_and_many_are_told_apart() -> None:
    assert ngettext("{n} record", "{n} records", 1) == "{n} record"
    assert ngettext("{n} record", "{n} records", 0) == "{n} records"
