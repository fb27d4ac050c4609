from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.form_state import KEPT, initial_state, state_after_update, state_with
from sandbox.slack.records import ImpossibleError


def option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value}, "value": value}


def field(block_id: str, kind: str, **more: Any) -> dict[str, Any]:
    element = {"type": kind, "action_id": "value", **more}
    return {"type": "input", "block_id": block_id, "element": element}


def choice(kind: str, *values: str, **more: Any) -> dict[str, Any]:
    return field("f", kind, options=[option(value) for value in values], **more)


def offered_nothing(_block_id: str, _action_id: str) -> list[dict[str, Any]]:
    return []


@pytest.mark.parametrize("kind", sorted(KEPT))
def test_an_untouched_element_is_in_the_state_with_nothing(kind: str) -> None:
    entry = initial_state([field("f", kind)])["f"]["value"]
    assert entry == {"type": kind, KEPT[kind].key: [] if KEPT[kind].several else None}


@given(st.dictionaries(st.sampled_from("abcdef"), st.text(max_size=20), max_size=6))
def test_what_was_typed_survives_an_update_with_the_same_blocks(typed: dict[str, str]) -> None:
    blocks = [field(name, "plain_text_input", initial_value="was") for name in "abcdef"]
    state = state_with(initial_state(blocks), blocks, typed, offered_nothing)
    assert state_after_update(state, blocks) == state
    for name in "abcdef":
        expected = typed.get(name, "was") or None
        assert state[name]["value"]["value"] == expected


def test_another_type_under_the_same_ids_starts_anew() -> None:
    old = initial_state([field("f", "plain_text_input", initial_value="1")])
    new = state_after_update(old, [field("f", "number_input", initial_value="2")])
    assert new["f"]["value"] == {"type": "number_input", "value": "2"}


def test_a_choice_that_is_offered_no_more_is_let_go() -> None:
    blocks = [choice("static_select", "a", "b")]
    state = state_with(initial_state(blocks), blocks, {"f": "b"}, offered_nothing)
    assert state_after_update(state, [choice("static_select", "a", "b", "c")]) == state
    gone = state_after_update(state, [choice("static_select", "a", initial_option=option("a"))])
    assert gone["f"]["value"]["selected_option"] == option("a")


@pytest.mark.parametrize(
    ("block", "typed"),
    [
        (choice("static_select", "a"), "b"),
        (choice("checkboxes", "a"), ["a", "b"]),
        (choice("multi_static_select", "a", "b", max_selected_items=1), ["a", "b"]),
        (field("f", "external_select"), "never offered"),
        (field("f", "datepicker"), "tomorrow"),
    ],
)
def test_what_is_not_offered_cannot_be_chosen(block: dict[str, Any], typed: object) -> None:
    with pytest.raises(ImpossibleError):
        state_with(initial_state([block]), [block], {"f": typed}, offered_nothing)


def test_several_choices_are_kept_as_the_app_wrote_them() -> None:
    block = choice("checkboxes", "a", "b", "c")
    state = state_with(initial_state([block]), [block], {"f": ["c", "a"]}, offered_nothing)
    assert state["f"]["value"]["selected_options"] == [option("c"), option("a")]
