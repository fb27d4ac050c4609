"""The pure parts of a revision, for whatever shape a record has."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.catalogue import merge

KEYS = st.text("abcdefgh", min_size=1, max_size=4)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@given(TREES)
def test_a_record_is_like_itself(tree: dict[str, Any]) -> None:
    assert list(merge.differences(tree, tree)) == []


@given(TREES)
def test_merging_a_record_into_itself_changes_nothing(tree: dict[str, Any]) -> None:
    merged = copy.deepcopy(tree)
    merge.merge(merged, tree)
    assert merged == tree


@given(TREES, TREES)
def test_what_was_merged_in_is_there_afterwards(
    tree: dict[str, Any], wanted: dict[str, Any]
) -> None:
    merged = copy.deepcopy(tree)
    try:
        merge.merge(merged, copy.deepcopy(wanted))
    except merge.PathError:
        return
    assert list(merge.differences(merged, wanted)) == []


@given(TREES)
def test_a_star_takes_everything_away(tree: dict[str, Any]) -> None:
    merge.take_away(tree, ["-*"])
    assert tree == {}


@given(TREES)
def test_every_difference_is_a_path_that_can_be_followed(tree: dict[str, Any]) -> None:
    changed = {key: [value, "other"] for key, value in tree.items()}
    for path in merge.differences(tree, changed):
        with_parent = merge.joined(path[:1])
        assert merge.find(tree, with_parent)[1] == path[:1]


def test_the_first_pattern_that_fits_wins() -> None:
    tree = {"a": 1, "b": 2, "c": {"d": 3, "e": 4}}
    merge.take_away(tree, ["+a", "+c", "-c__d", "-*"])
    assert tree == {"a": 1, "c": {"e": 4}}


@pytest.mark.parametrize("step", ["7", "-4", "x", "99999"])
def test_a_step_outside_a_list_leads_nowhere(step: str) -> None:
    with pytest.raises(merge.PathError, match=f"Unmatched key rows__{step}"):
        merge.find({"rows": [{"id": "12345-1"}, {"id": "12345-2"}, {}]}, f"rows__{step}")


def test_a_negative_step_counts_from_the_end() -> None:
    tree = {"rows": [{"id": "aaaaa"}, {"id": "bbbbb"}]}
    merge.merge_at(tree, "rows__-1__name", "last")
    assert tree["rows"][1] == {"id": "bbbbb", "name": "last"}
