from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.forms.build import build
from bot.forms.model import FormValue, Input, InputKind
from bot.forms.read import read
from bot.slack.blocks import plain
from bot.slack.form_view import form_blocks, typed_values
from sandbox.slack.blocks import check_view
from sandbox.slack.form_state import initial_state
from tests.forms import odd
from tests.forms.bcdc import FIELDS, SCHEMA, document, geographic, record


def untouched(stored: dict[str, Any]) -> dict[str, FormValue]:
    form = build(FIELDS, stored)
    return {block_id: one.value for block_id, one in form.inputs.items()}


@given(odd.objects)
def test_an_untouched_form_changes_nothing(stored: dict[str, Any]) -> None:
    assert read(FIELDS, stored, untouched(stored)) == {}


@given(odd.objects)
def test_a_form_is_a_view_that_slack_takes_and_gives_back_unchanged(stored: dict[str, Any]) -> None:
    blocks = form_blocks(build(FIELDS, stored, title="Resource"))
    check_view(
        {
            "type": "modal",
            "title": plain("Resource", 24),
            "submit": plain("Next", 24),
            "blocks": blocks,
        },
        home=False,
    )
    typed = typed_values(initial_state(blocks))
    assert read(FIELDS, stored, typed) == {}
    # Drawn again with the same values, as after an error, it is the same form.
    assert form_blocks(build(FIELDS, stored, typed)) == blocks


@given(odd.objects)
def test_a_line_end_of_another_system_is_no_change(
    stored: dict[str, Any],
) -> None:
    typed: dict[str, FormValue] = {
        block_id: value.replace("\n", "\r\n") if isinstance(value, str) else value
        for block_id, value in untouched(stored).items()
    }
    assert read(FIELDS, stored, typed) == {}


@given(odd.objects, st.data())
def test_one_changed_text_changes_that_field_only(
    stored: dict[str, Any], data: st.DataObject
) -> None:
    form = build(FIELDS, stored)
    texts = [
        one
        for one in form.inputs.values()
        if one.kind is InputKind.LONG_TEXT and one.block_id != "json_table_schema"
    ]
    typed = untouched(stored)
    if not texts:
        return
    chosen: Input = data.draw(st.sampled_from(texts))
    name, _dot, rest = chosen.block_id.partition(".")
    if rest:
        return
    assert read(FIELDS, stored, typed | {chosen.block_id: "something new"}) == {
        name: "something new"
    }


@given(st.lists(odd.values, max_size=4))
def test_rows_with_anything_in_them_stay_as_they_are(rows: list[Any]) -> None:
    stored = geographic() | {"geographic_extent": rows, "temporal_extent": rows}
    assert read(FIELDS, stored, untouched(stored)) == {}


@pytest.mark.parametrize("stored", [document(), geographic(), {}, {"bcdc_type": "geographic"}])
def test_a_full_view_fits_slack(stored: dict[str, Any]) -> None:
    blocks = form_blocks(build(FIELDS, stored))
    assert len(blocks) < 60


def test_the_fields_of_a_record_round_trip_too() -> None:
    stored = record(document())
    form = build(SCHEMA.dataset_fields, stored)
    typed = {block_id: one.value for block_id, one in form.inputs.items()}
    assert read(SCHEMA.dataset_fields, stored, typed) == {}
    assert "contacts.0.email" in typed
