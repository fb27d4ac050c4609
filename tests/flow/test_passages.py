from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flow.editing.passages import LONG, passages

TEXT = " ".join(f"Sentence {number} tells of table {number}." for number in range(100))


def test_each_passage_that_differs_is_told_with_what_is_around_it() -> None:
    after = TEXT.replace("table 20.", "chart 20.").replace("table 80.", "chart 80.")
    old, new = passages(TEXT, after)
    assert "table 20." in old.split("\n")[0]
    assert len(old.split("\n")) == len(new.split("\n")) == 2
    assert "chart 20." in new.split("\n")[0]
    assert "chart 80." in new.split("\n")[1]
    assert all(line.startswith("…") and line.endswith("…") for line in new.split("\n"))
    assert max(map(len, new.split("\n"))) < 90


def test_what_is_added_and_what_is_taken_away_shows_where() -> None:
    longer = TEXT + " One more at the end."
    old, new = passages(TEXT, longer)
    assert new.endswith("One more at the end.")
    assert old.startswith("…")
    assert passages(longer, TEXT) == (new, old)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("after", ["b. c. ", "c. b. ", "b. {again}c. ", "c. {again}b. {again}"])
def test_sentences_without_end_that_repeat_keep_nobody_waiting(after: str) -> None:
    again = "a. " * 50_000
    old, new = passages(again + "c. ", after.format(again=again))
    assert "b." not in old
    assert "b." in new


def test_short_texts_and_new_ones_are_told_whole() -> None:
    assert passages("one", "two") == ("one", "two")
    assert passages("", TEXT) == ("", TEXT)


_texts = st.lists(st.sampled_from(["One. ", "Two! ", "three ", "\n", "x" * 150, "…"])).map("".join)


@given(_texts, _texts)
def test_what_is_new_is_always_among_what_is_told(before: str, after: str) -> None:
    old, new = passages(before, after)
    if before == after and len(after) >= LONG:
        assert (old, new) == ("", "")
    if before != after:
        assert old != new
