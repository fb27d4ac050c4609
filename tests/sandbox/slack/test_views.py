from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.slack.records import ImpossibleError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import Workspace

ROBIN = "U0ROBIN"


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def text_field(block_id: str, **more: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "value", **more}
    return {"type": "input", "block_id": block_id, "label": plain("Label"), "element": element}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    view = {"type": "modal", "title": plain("A title"), "submit": plain("Save")}
    return {**view, "blocks": list(blocks), **more}


SAY = {
    "type": "actions",
    "block_id": "say",
    "elements": [{"type": "button", "action_id": "go", "text": plain("Go")}],
}


async def test_a_trigger_opens_one_view_within_three_seconds(
    ws: Workspace,
    client: AsyncWebClient,
    clock: Any,
    refused: Any,
) -> None:
    trigger = ws.views.new_trigger(ROBIN)
    late = ws.views.new_trigger(ROBIN)
    await client.views_open(trigger_id=trigger, view=modal(SAY))
    again = client.views_open(trigger_id=trigger, view=modal(SAY))
    assert await refused(again) == "exchanged_trigger_id"
    clock.now += 3.1
    assert await refused(client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
    assert await refused(client.views_open(trigger_id="1.2", view=modal())) == "invalid_trigger_id"
    assert [view["blocks"][0]["block_id"] for view in ws.view_stack(ROBIN)] == ["say"]


async def test_a_refused_view_does_not_spend_its_trigger(
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    trigger = ws.views.new_trigger(ROBIN)
    wrong = client.views_open(trigger_id=trigger, view=modal(title=plain("x" * 25)))
    assert await refused(wrong) == "invalid_arguments"
    await client.views_open(trigger_id=trigger, view=modal(SAY))


async def test_a_stack_holds_three_views(
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    root = await client.views_open(trigger_id=ws.views.new_trigger(ROBIN), view=modal(SAY))
    for _ in range(2):
        trigger = ws.views.new_trigger(ROBIN, from_modal=True)
        pushed = await client.views_push(trigger_id=trigger, view=modal(SAY))
        assert pushed["view"]["root_view_id"] == root["view"]["id"]
    trigger = ws.views.new_trigger(ROBIN, from_modal=True)
    push = client.views_push(trigger_id=trigger, view=modal(SAY))
    assert await refused(push) == "push_limit_reached"


async def test_only_a_trigger_out_of_a_modal_pushes(
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    push = client.views_push(trigger_id=ws.views.new_trigger(ROBIN), view=modal(SAY))
    assert await refused(push) == "invalid_trigger_id"


async def test_an_update_keeps_what_was_typed_under_the_same_ids(
    ws: Workspace,
    client: AsyncWebClient,
) -> None:
    first = modal(text_field("title", initial_value="old"), text_field("notes"))
    opened = await client.views_open(trigger_id=ws.views.new_trigger(ROBIN), view=first)
    view_id = opened["view"]["id"]
    ws.views.of(ROBIN, view_id).state["notes"]["value"]["value"] = "typed"
    second = modal(
        text_field("title", initial_value="not looked at"),
        text_field("notes"),
        text_field("fresh", initial_value="new"),
    )
    updated = await client.views_update(view_id=view_id, view=second)
    assert updated["view"]["hash"] != opened["view"]["hash"]
    values = ws.view_stack(ROBIN)[0]["state"]["values"]
    assert {block: actions["value"]["value"] for block, actions in values.items()} == {
        "title": "old",
        "notes": "typed",
        "fresh": "new",
    }


async def test_another_action_id_starts_a_field_anew(ws: Workspace, client: AsyncWebClient) -> None:
    first = modal(text_field("title", initial_value="old"))
    opened = await client.views_open(trigger_id=ws.views.new_trigger(ROBIN), view=first)
    second = modal(text_field("title", initial_value="new", action_id="other"))
    await client.views_update(view_id=opened["view"]["id"], view=second)
    assert ws.view_stack(ROBIN)[0]["state"]["values"]["title"] == {
        "other": {"type": "plain_text_input", "value": "new"},
    }


async def test_a_stale_hash_and_a_closed_view_are_refused(
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    opened = await client.views_open(trigger_id=ws.views.new_trigger(ROBIN), view=modal(SAY))
    view_id, old_hash = opened["view"]["id"], opened["view"]["hash"]
    await client.views_update(view_id=view_id, view=modal(SAY), hash=old_hash)
    stale = client.views_update(view_id=view_id, view=modal(SAY), hash=old_hash)
    assert await refused(stale) == "hash_conflict"
    await ws.close_view(ROBIN, view_id)
    assert await refused(client.views_update(view_id=view_id, view=modal(SAY))) == "not_found"


async def test_an_external_id_names_one_view(
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    named = modal(SAY, external_id="mine")
    await client.views_open(trigger_id=ws.views.new_trigger(ROBIN), view=named)
    twice = client.views_open(trigger_id=ws.views.new_trigger("U0PRIYA"), view=named)
    assert await refused(twice) == "duplicate_external_id"
    retitled = {**named, "title": plain("Other")}
    updated = await client.views_update(external_id="mine", view=retitled)
    assert updated["view"]["title"]["text"] == "Other"


async def test_a_home_tab_is_published_to_one_person(
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    await client.views_publish(user_id=ROBIN, view={"type": "home", "blocks": [SAY]})
    home = ws.home(ROBIN)
    assert home is not None
    assert home["blocks"] == [SAY]
    assert ws.home("U0PRIYA") is None
    assert (
        await refused(client.views_publish(user_id=ROBIN, view=modal(SAY))) == "invalid_arguments"
    )


async def test_nobody_presses_what_is_not_there(ws: Workspace, client: AsyncWebClient) -> None:
    opened = await client.views_open(trigger_id=ws.views.new_trigger(ROBIN), view=modal(SAY))
    view_id = opened["view"]["id"]
    with pytest.raises(ImpossibleError):
        await ws.click(ROBIN, view_id=view_id, block_id="say", action_id="gone")
    with pytest.raises(ImpossibleError):
        await ws.click("U0PRIYA", view_id=view_id, block_id="say", action_id="go")
    with pytest.raises(ImpossibleError):
        await ws.submit(ROBIN, view_id, {"nowhere": "x"})


@pytest.mark.parametrize(
    ("element", "typed", "error"),
    [
        ({"type": "plain_text_input"}, "", "Please complete this required field."),
        ({"type": "plain_text_input", "max_length": 2}, "abc", "Must be less than 3 characters"),
        ({"type": "plain_text_input", "min_length": 4}, "abc", "Must be more than 3 characters"),
        ({"type": "email_text_input"}, "robin", "Please enter a valid email address"),
        ({"type": "url_text_input"}, "no link", "Please enter a valid URL"),
        (
            {"type": "number_input", "is_decimal_allowed": False},
            "1.5",
            "Please enter a valid number",
        ),
        (
            {"type": "number_input", "is_decimal_allowed": True, "max_value": "2"},
            "2.5",
            "Must be at most 2",
        ),
    ],
)
async def test_slack_itself_refuses_a_wrong_entry_and_the_app_hears_nothing(
    ws: Workspace,
    client: AsyncWebClient,
    element: dict[str, Any],
    typed: str,
    error: str,
) -> None:
    field = {"type": "input", "block_id": "f", "label": plain("L")}
    view = modal({**field, "element": {**element, "action_id": "value"}})
    opened = await client.views_open(trigger_id=ws.views.new_trigger(ROBIN), view=view)
    assert await ws.submit(ROBIN, opened["view"]["id"], {"f": typed}) == {"f": error}
    assert ws.deliveries == []
