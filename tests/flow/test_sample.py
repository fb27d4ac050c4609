"""The first rows of a table, in whatever way it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flow.editing.sample import Sample, columns_of, compared, sample_of


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("between", [",", ";", "\t", "|"])
def test_columns_are_found_in_every_usual_writing(encoding: str, between: str) -> None:
    rows = [["Année", "Régions côtières", "Total"], ["2020", "Île", "1"], ["2021", "Été", "2"]]
    text = "\r\n".join(between.join(row) for row in rows) + "\r\n"
    sample = sample_of(text.encode(encoding), True)
    assert sample
    assert sample.columns[2] == "Total"
    assert len(sample.columns) == 3
    assert sample.count == 2


def test_a_quoted_line_break_is_no_row() -> None:
    sample = sample_of(b'a,b\n"two\nlines",1\n3,4\n', True)
    assert sample
    assert (sample.rows, sample.count) == ((("two\nlines", "1"), ("3", "4")), 2)


def test_rows_that_do_not_fit_the_columns_are_counted() -> None:
    sample = sample_of(b"a,b\n1,2\n3\n\n4,5,6\n7,8\n9\n", True)
    assert sample
    assert (sample.count, sample.uneven) == (6, 3)
    cut = sample_of(b"a,b\n1,2\n3", False)
    assert cut
    assert cut.uneven == 0


def test_a_value_is_told_in_one_line() -> None:
    assert columns_of([("a", "b"), ("two\nlines", "1"), ("", "2")]) == [
        ("a", "two lines"),
        ("b", "1 · 2"),
    ]


def test_rows_of_what_was_cut_are_not_counted() -> None:
    sample = sample_of(b"a,b\n1,2\n3,", False)
    assert sample
    assert sample.count is None


@given(st.binary(max_size=300), st.booleans())
def test_nothing_in_a_file_breaks_a_preview(content: bytes, whole: bool) -> None:
    sample = sample_of(content, whole)
    if sample:
        assert columns_of((sample.columns, *sample.rows))


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "content",
    [b'x,"a","b",y\n' + b'"' * 300 + b"x\n", b',"a' * 20_000, b'\n"a' * 20_000],
    ids=["quotes", "open quotes", "open quotes in lines"],
)
def test_a_table_made_to_be_puzzling_is_looked_at_at_once(content: bytes) -> None:
    sample = sample_of(content, True)
    assert sample is None or sample.columns


@pytest.mark.timeout(60)
def test_tables_without_end_to_their_columns_are_compared_at_once() -> None:
    old = Sample(tuple(f"a{number}" for number in range(200_000)), (), 1)
    new = Sample((*(f"b{number}" for number in range(199_999)), "a1"), (), 1)
    gone, added = compared(old, new)
    assert (gone[-7:], added[-7:]) == ("a199999", "b199998")


def test_a_title_above_the_columns_hides_no_delimiter() -> None:
    sample = sample_of(b"Report\na;b;c,d\n1;2;3\n", True)
    assert sample
    assert sample.rows[0] == ("a", "b", "c,d")


def test_what_is_other_is_told() -> None:
    old = Sample(("a", "b"), (), 10)
    assert compared(old, Sample(("a", "b"), (), 10)) == ["The columns stay the same."]
    assert compared(old, Sample(("b", "a"), (), 10)) == ["The columns are in another order."]
    assert compared(old, Sample(("a", "c"), (), 12)) == [
        "Renamed columns: b → c",
        "Rows: 10 until now, then 12",
    ]
    assert compared(old, Sample(("c", "a", "d"), (), None)) == [
        "Columns that are no longer there: b",
        "New columns: c, d",
    ]
    assert compared(old, Sample(("c", "a"), (), None)) == [
        "Columns that are no longer there: b",
        "New columns: c",
    ]
