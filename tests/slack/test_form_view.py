from __future__ import annotations

import pytest

from bot.forms.build import build
from bot.forms.model import Form, FormValue, Heading, Input, InputKind, Note
from bot.slack.form_view import form_blocks, typed_values
from tests.forms.bcdc import FIELDS, document, geographic


def test_each_kind_is_read_from_the_state_slack_sends() -> None:
    state = {
        "name": {"value": {"type": "plain_text_input", "value": "Text"}},
        "url": {"value": {"type": "url_text_input", "value": None}},
        "format": {
            "value": {
                "type": "static_select",
                "selected_option": {"text": {"type": "plain_text", "text": "x"}, "value": "csv"},
            }
        },
        "bcdc_type": {"value": {"type": "static_select", "selected_option": None}},
        "iso_topic_category": {
            "value": {
                "type": "multi_static_select",
                "selected_options": [{"value": "biota"}, {"value": "oceans"}],
            }
        },
        "displayed": {"value": {"type": "checkboxes", "selected_options": []}},
        "temporal_extent.0.end_date": {
            "value": {"type": "datepicker", "selected_date": "2020-01-31"}
        },
        "temporal_extent.0.beginning_date": {
            "value": {"type": "datepicker", "selected_date": None}
        },
        "another": {"search": {"type": "plain_text_input", "value": "not of the form"}},
    }
    expected: dict[str, FormValue] = {
        "name": "Text",
        "url": None,
        "format": "csv",
        "bcdc_type": None,
        "iso_topic_category": ("biota", "oceans"),
        "displayed": (),
        "temporal_extent.0.end_date": "2020-01-31",
        "temporal_extent.0.beginning_date": None,
    }
    assert typed_values(state) == expected


def test_an_input_is_drawn_with_its_label_hint_and_limits() -> None:
    asked = Input(
        "title",
        "Title",
        InputKind.TEXT,
        value="Old",
        help="What people read.",
        placeholder="A title",
        required=True,
        max_length=100,
    )
    assert form_blocks(Form("", (asked,))) == [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title", "emoji": False},
            "hint": {"type": "plain_text", "text": "What people read.", "emoji": False},
            "element": {
                "type": "plain_text_input",
                "action_id": "value",
                "initial_value": "Old",
                "placeholder": {"type": "plain_text", "text": "A title", "emoji": False},
                "max_length": 100,
            },
            "optional": False,
        }
    ]


def test_headings_notes_and_warnings_are_words() -> None:
    form = Form(
        "",
        (
            Heading("Contacts 1"),
            Note("It stays as it is."),
            Note("Too long:", "*text* <!here>"),
            Note("Choose one.", warning=True),
        ),
    )
    heading, note, detail, warning = form_blocks(form)
    assert heading["type"] == "header"
    assert note["text"]["text"] == "It stays as it is."
    assert detail["elements"][0]["elements"][-1] == {"type": "text", "text": "*text* <!here>"}
    assert warning["text"] == {"type": "plain_text", "text": "⚠️ Choose one.", "emoji": False}


@pytest.mark.parametrize("stored", [document(), geographic()])
def test_block_ids_are_the_names_of_ckan_and_action_ids_are_value(
    stored: dict[str, object],
) -> None:
    inputs = [block for block in form_blocks(build(FIELDS, stored)) if block["type"] == "input"]
    assert {block["element"]["action_id"] for block in inputs} == {"value"}
    assert {"name", "format", "temporal_extent.0.end_date"} <= {one["block_id"] for one in inputs}
    values = {option["value"] for one in inputs for option in one["element"].get("options", ())}
    assert {"csv", "bc geographic warehouse", "asNeeded"} <= values
