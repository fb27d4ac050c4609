from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.ckan.schema import Field
from bot.errors import FieldErrors
from bot.forms.build import build
from bot.forms.model import FormValue, Input
from bot.forms.parts import LONGEST, TEXT_LIMIT, joined, parts_of, units
from bot.forms.read import read
from bot.slack.blocks import plain
from bot.slack.form_view import form_blocks, typed_values
from sandbox.slack.blocks import check_view
from sandbox.slack.form_state import initial_state
from tests.forms.bcdc import FIELDS, document

NOTES = (Field("notes", "Description", snippet="markdown.html"),)
WORDS = "Count of children in care, by year and area; see the notes. "
PARAGRAPHS = "\n\n".join(f"{number}. {WORDS * 6}".strip() for number in range(30))

_pieces = st.sampled_from(
    [WORDS.strip(), " ", "\n", "\n\n", "\n\n\n", "  ", "\t", "x" * 700, "👩\u200d👧" * 90, "é", "—"]
)
long_texts = st.lists(_pieces, min_size=1, max_size=60).map("".join)


def shown(text: str, typed: dict[str, FormValue] | None = None) -> dict[str, FormValue]:
    """What Slack holds of the form of a text."""
    blocks = form_blocks(build(NOTES, {"notes": text}, typed))
    view = {"type": "modal", "title": plain("x", 24), "submit": plain("y", 24), "blocks": blocks}
    check_view(view, home=False)
    return typed_values(initial_state(blocks))


@given(long_texts)
@example("👩\u200d👧" * 2000)
def test_a_text_in_parts_joins_again_to_the_same_text(text: str) -> None:
    parts = parts_of("notes", text, {}, grows=True)
    typed: dict[str, FormValue] = {part.block_id: part.text for part in parts}
    assert joined("notes", typed) == (text or None)
    assert all(units(part.text) <= TEXT_LIMIT for part in parts)
    assert len({part.block_id for part in parts}) == len(parts)


@given(st.text("ab\n ", min_size=3001, max_size=9000))
def test_no_part_begins_or_ends_with_blanks_that_a_form_might_lose(text: str) -> None:
    first, *others = parts_of("notes", text, {}, grows=False)
    if re.search(r"\S\S", text[1250:2500]) is None:
        return
    assert first.text == first.text.rstrip()
    assert all(part.text == part.text.lstrip() for part in others)


@given(long_texts)
def test_an_untouched_form_in_parts_changes_nothing(text: str) -> None:
    typed = shown(text)
    assert read(NOTES, {"notes": text}, typed) == {}
    # Drawn again with what was typed it is the same form.
    assert shown(text, typed) == typed


@given(long_texts, st.data())
def test_a_change_in_one_part_changes_that_place_only(text: str, data: st.DataObject) -> None:
    typed = shown(text)
    parts = [part for part in parts_of("notes", text, {}, grows=False) if part.text.strip()]
    if not parts:
        return
    chosen = data.draw(st.sampled_from(parts))
    typed[chosen.block_id] = "Something new."
    whole = "".join(
        (part.seam.text if part.seam else "") + ("Something new." if part == chosen else part.text)
        for part in parts_of("notes", text, {}, grows=False)
    )
    assert read(NOTES, {"notes": text}, typed) == ({"notes": whole} if whole != text else {})


def test_a_text_is_cut_between_paragraphs_and_says_so() -> None:
    inputs = [one for one in build(NOTES, {"notes": PARAGRAPHS}).items if isinstance(one, Input)]
    assert len(inputs) > 3
    assert [one.block_id for one in inputs[:2]] == ["notes", f"notes.2of{len(inputs)}.paragraph"]
    assert inputs[1].label == f"Description (part 2 of {len(inputs)})"
    assert "new paragraph" in inputs[1].help


def test_an_emptied_part_goes_with_what_stood_before_it() -> None:
    typed = shown(PARAGRAPHS)
    first, second, third, *_rest = parts_of("notes", PARAGRAPHS, {}, grows=False)
    typed[second.block_id] = None
    changed = str(read(NOTES, {"notes": PARAGRAPHS}, typed)["notes"])
    assert changed.startswith(f"{first.text}\n\n{third.text}")
    assert len(changed) == len(PARAGRAPHS) - len(second.text) - 2


def test_a_full_input_gets_another_one_for_more() -> None:
    assert [*shown("short")] == ["notes"]
    typed = shown("", {"notes": "x" * 2900})
    assert typed == {"notes": "x" * 2900, "notes.more.1": None}
    typed |= {"notes.more.1": "y" * 2900}
    assert [*shown("", typed)] == ["notes", "notes.more.1", "notes.more.2"]
    assert read(NOTES, {}, typed) == {"notes": "x" * 2900 + "\n\n" + "y" * 2900}


def test_what_was_typed_in_parts_stays_so_when_somebody_changed_the_record() -> None:
    typed = shown(PARAGRAPHS) | {"notes": "Mine."}
    first = parts_of("notes", PARAGRAPHS, {}, grows=False)[0]
    mine = PARAGRAPHS.replace(first.text, "Mine.")
    for now in ("short", PARAGRAPHS[1000:], PARAGRAPHS * 2):
        assert read(NOTES, {"notes": now}, typed) == {"notes": mine}
        assert [*shown(now, typed)] == [*shown(PARAGRAPHS)]


def test_parts_that_found_no_room_leave_the_text_as_it_is_or_say_so() -> None:
    typed = shown(PARAGRAPHS)
    typed.popitem()
    assert read(NOTES, {"notes": PARAGRAPHS}, typed) == {}
    with pytest.raises(FieldErrors, match="too long for this page"):
        read(NOTES, {"notes": PARAGRAPHS}, typed | {"notes": "Mine."})


def test_what_is_longer_than_all_parts_stays_and_a_part_of_a_row_is_cut_too() -> None:
    assert shown("x" * (LONGEST + 1)) == {}
    rows = [{"beginning_date": "2018-04-01", "end_date": "z" * 4000}]
    form = build(FIELDS, document(temporal_extent=rows))
    typed = {block_id: one.value for block_id, one in form.inputs.items()}
    assert "temporal_extent.0.end_date.2of2.joint" in typed
    assert read(FIELDS, document(temporal_extent=rows), typed) == {}
    typed["temporal_extent.0.beginning_date"] = "2019-04-01"
    assert read(FIELDS, document(temporal_extent=rows), typed) == {
        "temporal_extent": [{"beginning_date": "2019-04-01", "end_date": "z" * 4000}]
    }
