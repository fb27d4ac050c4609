from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change import ABSENT, LIVE, MOVES, FieldEdit, State, Value, Write, WriteKind, same

plain = st.none() | st.booleans() | st.integers() | st.text()
json = st.recursive(
    plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
NOTHING: list[Value] = [None, "", [], {}, ABSENT]


@given(json)
def test_everything_is_the_same_as_itself(value: object) -> None:
    assert same(value, value)


@given(json, json)
def test_it_does_not_matter_which_comes_first(one: object, other: object) -> None:
    assert same(one, other) == same(other, one)


@pytest.mark.parametrize("one", NOTHING, ids=repr)
@pytest.mark.parametrize("other", NOTHING, ids=repr)
def test_nothing_is_nothing_however_it_is_written(one: object, other: object) -> None:
    assert same(one, other)


@pytest.mark.parametrize("value", [0, False, "0", ["a"], {"a": 1}], ids=repr)
def test_something_is_not_nothing(value: object) -> None:
    assert not same(value, None)


@given(st.lists(st.text(min_size=1)))
def test_choices_have_no_order(choices: list[str]) -> None:
    assert same(choices, list(reversed(choices)))


def test_rows_of_a_composite_keep_their_order_and_forget_what_is_empty() -> None:
    one, other = {"email": "a@b.test", "name": ""}, {"email": "c@d.test"}
    assert same([one, other], [{"email": "a@b.test"}, other])
    assert not same([one, other], [other, one])


def test_line_ends_of_browsers_are_no_difference() -> None:
    assert same("a\r\nb", "a\nb")
    assert not same("a", "b")


@pytest.mark.parametrize("state", State)
def test_no_move_leads_back_and_every_end_is_an_end(state: State) -> None:
    seen, next_ones = set[State](), set(MOVES[state])
    while next_ones:
        seen |= next_ones
        next_ones = {after for one in next_ones for after in MOVES[one]} - seen
    assert state not in seen
    assert (state in LIVE) == bool(MOVES[state])


@given(st.text(min_size=1), json, json)
def test_a_write_turned_round_twice_is_the_write(field: str, before: object, after: object) -> None:
    edit = FieldEdit(field, field.title(), before, after)
    write = Write(WriteKind.PATCH, "p1", None, "A record", (edit,))
    assert write.reversed().edits[0].after == before
    assert write.reversed().reversed() == write


def test_the_value_of_a_missing_key_is_false_and_says_what_it_is() -> None:
    assert not ABSENT
    assert repr(ABSENT) == "ABSENT"
