from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.blocks import check_message_blocks, check_view
from sandbox.slack.records import SlackError


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value or "x"), "value": value}


def select(count: int = 2, **more: Any) -> dict[str, Any]:
    options = [option(str(number)) for number in range(count)]
    return {"type": "static_select", "action_id": "value", "options": options, **more}


def entry(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def section(text: str = "hello", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    view = {"type": "modal", "title": plain("A title"), "submit": plain("Save")}
    return {**view, "blocks": list(blocks), **more}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def table(rows: int, cells: int) -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * cells] * rows}


TEXT_INPUT = {"type": "plain_text_input", "action_id": "value"}
NUMBERS = {"type": "number_input", "action_id": "value", "is_decimal_allowed": True}
FILES = {"type": "file_input", "action_id": "value"}


def view_faults(view: object, *, home: bool = False) -> list[str]:
    try:
        check_view(view, home=home)
    except SlackError as error:
        return error.faults or [error.code]
    return []


def block_faults(*blocks: object) -> list[str]:
    try:
        check_message_blocks(list(blocks))
    except SlackError as error:
        return error.faults or [error.code]
    return []


@pytest.mark.parametrize(
    "view",
    [
        modal(entry(TEXT_INPUT), entry(FILES), entry(select(100))),
        modal(section(), *[{"type": "divider"}] * 99),
        modal(section("x" * 3000), submit=plain("x" * 24), private_metadata="x" * 3000),
        modal({"type": "alert", "text": plain("Careful"), "level": "warning"}),
        modal(entry(select(initial_option=option("1")))),
        modal(entry({"type": "radio_buttons", "options": [option("a")]})),
        {"type": "modal", "title": plain("Nothing to send"), "blocks": [section()]},
    ],
)
def test_views_within_the_limits_are_taken(view: dict[str, Any]) -> None:
    assert view_faults(view) == []


@pytest.mark.parametrize(
    ("view", "text", "pointer"),
    [
        (modal(title=plain("x" * 25)), "must be less than 25 characters", "/view/title/text"),
        (modal(title=plain("")), "must be more than 0 characters", "/view/title/text"),
        (modal(submit=plain("x" * 25)), "must be less than 25 characters", "/view/submit/text"),
        (
            modal(private_metadata="x" * 3001),
            "must be less than 3001 characters",
            "/view/private_metadata",
        ),
        (modal(callback_id="x" * 256), "must be less than 256 characters", "/view/callback_id"),
        (modal(*[section()] * 101), "no more than 100 items allowed", "/view/blocks"),
        (modal(id="V1"), "invalid additional property: id", "/view"),
        (
            {"type": "modal", "title": plain("t"), "blocks": [entry(TEXT_INPUT)]},
            "missing required field: submit",
            "/view",
        ),
        ({"type": "home", "blocks": []}, "unsupported type: home", "/view/type"),
        (modal(table(1, 1)), "unsupported type: table", "/view/blocks/0/type"),
        (modal(section("")), "must be more than 0 characters", "/view/blocks/0/text/text"),
        (
            modal(section("x" * 3001)),
            "must be less than 3001 characters",
            "/view/blocks/0/text/text",
        ),
        (modal({"type": "section"}), "must define either `text` or `fields`", "/view/blocks/0"),
        (
            modal(section(accessory=TEXT_INPUT)),
            "unsupported type: plain_text_input",
            "/view/blocks/0/accessory/type",
        ),
        (modal(entry(button())), "unsupported type: button", "/view/blocks/0/element/type"),
        (
            modal(entry(select(101))),
            "no more than 100 items allowed",
            "/view/blocks/0/element/options",
        ),
        (
            modal(entry(select(0))),
            "no fewer than 1 items allowed",
            "/view/blocks/0/element/options",
        ),
        (
            modal(entry(select(initial_option=option("9")))),
            "initial_option must be one of the options",
            "/view/blocks/0/element/initial_option",
        ),
        (
            modal(entry({**TEXT_INPUT, "max_length": 3, "initial_value": "four"})),
            "must be less than 4 characters",
            "/view/blocks/0/element/initial_value",
        ),
        (
            modal(entry({**TEXT_INPUT, "max_length": 3001})),
            "must be less than or equal to 3000",
            "/view/blocks/0/element/max_length",
        ),
        (
            modal(entry({"type": "checkboxes", "options": [option(str(n)) for n in range(11)]})),
            "no more than 10 items allowed",
            "/view/blocks/0/element/options",
        ),
        (
            modal(entry(FILES, dispatch_action=True)),
            "file_input does not support dispatch_action",
            "/view/blocks/0/dispatch_action",
        ),
        (
            modal(entry({**NUMBERS, "min_value": "2", "max_value": "1.5"})),
            "min_value must not be more than max_value",
            "/view/blocks/0/element/min_value",
        ),
        (
            modal(entry({**FILES, "max_files": 11})),
            "must be less than or equal to 10",
            "/view/blocks/0/element/max_files",
        ),
        (
            modal(section(block_id="a"), section(block_id="a")),
            "block_id `a` already exists",
            "/view/blocks/1/block_id",
        ),
        (
            modal(actions(button(), button())),
            "action_id `go` already exists in this block",
            "/view/blocks/0",
        ),
        (
            modal(actions(button(value="x" * 2001))),
            "must be less than 2001 characters",
            "/view/blocks/0/elements/0/value",
        ),
        (
            modal(actions({"type": "overflow", "options": [option(str(n)) for n in range(6)]})),
            "no more than 5 items allowed",
            "/view/blocks/0/elements/0/options",
        ),
        (
            modal(
                entry({**TEXT_INPUT, "focus_on_load": True}),
                entry({**TEXT_INPUT, "focus_on_load": True}),
            ),
            "only one element may have focus_on_load",
            "/view/blocks",
        ),
    ],
)
def test_a_view_beyond_a_limit_is_refused_with_its_pointer(
    view: dict[str, Any],
    text: str,
    pointer: str,
) -> None:
    assert view_faults(view) == [f"{text} [json-pointer:{pointer}]"]


def test_a_view_larger_than_250_kb_is_too_large() -> None:
    wide = [section("é" * 3000) for _ in range(50)]
    assert view_faults(modal(*wide)) == ["view_too_large"]


def test_a_file_input_stands_in_modals_only() -> None:
    assert view_faults({"type": "home", "blocks": [entry(FILES)]}, home=True) == [
        "unsupported type: file_input [json-pointer:/view/blocks/0/element/type]",
    ]
    assert block_faults(entry(FILES)) == [
        "unsupported type: file_input [json-pointer:/blocks/0/element/type]",
    ]


@pytest.mark.parametrize(
    "blocks",
    [
        [table(100, 20)],
        [{"type": "markdown", "text": "x" * 12_000}],
        [{"type": "header", "text": plain("x" * 150)}, {"type": "divider"}],
        [{"type": "context", "elements": [plain("x")] * 10}],
        [actions(*[button(action_id=str(number)) for number in range(25)])],
        [{"type": "section", "fields": [plain("x" * 1000)] * 10}],
        [entry(TEXT_INPUT)],
    ],
)
def test_blocks_within_the_limits_are_taken_in_messages(blocks: list[Any]) -> None:
    assert block_faults(*blocks) == []


@pytest.mark.parametrize(
    ("blocks", "fault"),
    [
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([table(101, 1)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
        ([table(1, 21)], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
        (
            [{"type": "header", "text": plain("x" * 151)}],
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        (
            [{"type": "context", "elements": [plain("x")] * 11}],
            "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            [{"type": "markdown", "text": "x" * 12_001}],
            "must be less than 12001 characters [json-pointer:/blocks/0/text]",
        ),
        (
            [{"type": "alert", "text": plain("x")}],
            "unsupported type: alert [json-pointer:/blocks/0/type]",
        ),
        ([{"type": "markdown", "text": "x" * 6001}] * 2, "msg_too_long"),
        (
            [{"type": "file", "external_id": "x", "source": "remote"}],
            "unsupported type: file [json-pointer:/blocks/0/type]",
        ),
        (
            [{"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}],
            "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]",
        ),
        ([table(1, 1), table(1, 1)], "only_one_table_allowed"),
        ([section("x" * 3000) for _ in range(5)], "msg_blocks_too_long"),
    ],
)
def test_message_blocks_beyond_a_limit_are_refused(blocks: list[Any], fault: str) -> None:
    assert block_faults(*blocks) == [fault]


def test_a_rich_text_part_must_be_one_slack_knows() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "marquee", "text": "b"}]
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}
    where = "/blocks/0/elements/0/elements/1/type"
    assert block_faults(block) == [f"unsupported type: marquee [json-pointer:{where}]"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "blocks", "element", "options", "title"]),
            inner | st.sampled_from(["modal", "section", "input", "plain_text", "static_select"]),
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_taken_or_refused_but_never_breaks_the_check(value: object) -> None:
    view_faults(value)
    view_faults({"type": "modal", "title": plain("t"), "blocks": value})
    block_faults(value)
