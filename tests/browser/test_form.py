"""Forms on the page: every kind of value, faults, updates and the stack."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from sandbox.slack import RunningSlack
from tests.browser.kitchen import Kitchen, open_form
from tests.browser.page import SlackPage

SHORT_OF_A_PAUSE = 199
"""Milliseconds between two letters of somebody who still types."""


async def test_form_hands_over_every_kind_of_value(
    window: SlackPage, kitchen: Kitchen, tmp_path: Path
) -> None:
    sheet = tmp_path / "data é.csv"
    sheet.write_text("id\n1\n")
    await open_form(window)
    await window.fill("Name", "Children & youth <in> care")
    await window.fill("Notes", "Two\nlines")
    await window.select("Format", "SHP")
    await window.select("Organization", "Forest")
    await expect(window.modal).to_contain_text("Record, version 2")
    await window.select("Tags", "water")
    await window.check("Datum", "NAD 83")
    await window.check("Flags", "Mailable")
    await window.fill("Day", "2025-06-01")
    await window.fill("Count", "42")
    await window.fill("E-mail", "a@example.test")
    await window.fill("Link", "https://example.test/a?b=c&d")
    await window.give_file("File", sheet)
    await window.select("Reviewer", "Priya")
    await window.submit()
    await expect(window.modal).to_be_hidden()

    values = {name: entry["value"] for name, entry in kitchen.submitted[0].items()}
    assert values["name"]["value"] == "Children & youth <in> care"
    assert values["notes"]["value"] == "Two\nlines"
    assert values["format"]["selected_option"]["value"] == "shp"
    assert values["owner_org"]["selected_option"]["value"] == "Forest Analysis"
    assert [one["value"] for one in values["tags"]["selected_options"]] == ["children", "water"]
    assert values["datum"]["selected_option"]["value"] == "NAD 83"
    assert [one["value"] for one in values["flags"]["selected_options"]] == ["Mailable"]
    assert values["day"]["selected_date"] == "2025-06-01"
    assert values["count"]["value"] == "42"
    assert values["mail"]["value"] == "a@example.test"
    assert values["link"]["value"] == "https://example.test/a?b=c&d"
    assert [one["name"] for one in values["upload"]["files"]] == ["data é.csv"]
    assert values["reviewer"]["selected_user"] == "U0PRIYA"


async def test_faults_stand_under_their_fields_and_nothing_is_lost(
    window: SlackPage, kitchen: Kitchen
) -> None:
    kitchen.errors = {"name": "This name is taken.", "count": "Too many."}
    await open_form(window)
    await window.fill("Name", "x" * 41)
    await window.submit()
    await expect(window.field_error("Name")).to_have_text("Enter at most 40 characters.")
    await expect(window.field_error("Format")).to_have_text("Please complete this required field.")
    await expect(window.modal.get_by_label("Name")).to_be_focused()

    await window.fill("Name", "Taken")
    await expect(window.field_error("Name")).to_be_empty()
    await window.select("Format", "CSV")
    await window.select("Organization", "Water")
    await window.check("Datum", "WGS 84")
    await window.fill("Count", "7")
    await window.submit()
    await expect(window.field_error("Name")).to_have_text("This name is taken.")
    await expect(window.field_error("Count")).to_have_text("Too many.")
    await expect(window.modal.get_by_label("Name")).to_be_focused()
    await expect(window.modal.get_by_label("Name")).to_have_value("Taken")
    await expect(window.modal.get_by_label("Format")).to_have_value("CSV")
    assert kitchen.submitted == []


@pytest.mark.usefixtures("kitchen")
async def test_typing_goes_on_while_the_app_updates_the_form(
    window: SlackPage, slack: RunningSlack
) -> None:
    await open_form(window)
    name = window.modal.get_by_label("Name")
    await name.fill("Children care")
    await name.evaluate("field => field.setSelectionRange(9, 9)")
    view = slack.workspace.view_stack("U0ROBIN")[0]
    await slack.workspace.type_ahead(
        "U0ROBIN", view_id=view["id"], block_id="owner_org", action_id="value", query="wa"
    )
    choice = {"selected_option": {"value": "Water Stewardship"}}
    await slack.workspace.click(
        "U0ROBIN", view_id=view["id"], block_id="owner_org", action_id="value", element=choice
    )
    await expect(window.modal).to_contain_text("As people will see it, version 2")
    await expect(name).to_be_focused()
    await window.page.keyboard.type("in ")
    await expect(name).to_have_value("Children in care")


@pytest.mark.usefixtures("kitchen")
async def test_pushed_form_goes_back_to_what_was_typed(window: SlackPage) -> None:
    await open_form(window)
    await window.fill("Name", "Kept")
    await window.click_button("More fields")
    await expect(window.page.get_by_test_id("modal-title")).to_have_text("More fields")
    await expect(window.modal.get_by_label("Extra")).to_be_focused()
    await window.page.keyboard.press("Escape")
    await expect(window.page.get_by_test_id("modal-title")).to_have_text("Everything")
    await expect(window.modal.get_by_label("Name")).to_have_value("Kept")
    await window.page.keyboard.press("Escape")
    await expect(window.modal).to_be_hidden()
    await expect(window.page.get_by_test_id("composer")).to_be_focused()


@pytest.mark.usefixtures("kitchen")
async def test_focus_stays_inside_the_form(window: SlackPage) -> None:
    await open_form(window)
    for _ in range(40):
        await window.page.keyboard.press("Tab")
        assert await window.page.evaluate("!!document.activeElement.closest('dialog')")
    for _ in range(40):
        await window.page.keyboard.press("Shift+Tab")
        assert await window.page.evaluate("!!document.activeElement.closest('dialog')")


async def test_search_waits_for_enough_letters_and_a_pause(
    window: SlackPage, kitchen: Kitchen
) -> None:
    await open_form(window)
    # By a clock that stands still between steps, however slow the machine is.
    clock = window.page.clock
    await clock.install(time=0)
    await clock.pause_at(1_000)
    field = window.modal.get_by_label("Organization")
    await field.press_sequentially("f")
    sentence = window.modal.get_by_text("Type at least 2 characters to search")
    await expect(sentence).to_be_visible()
    for letter in "orest":
        await field.press_sequentially(letter)
        await clock.run_for(SHORT_OF_A_PAUSE)
    await expect(window.modal.get_by_text("Loading…")).to_be_visible()
    await clock.run_for(1)
    option = window.modal.get_by_role("option", name="Forest Analysis")
    await expect(option).to_be_visible()
    await field.press("Enter")
    await expect(field).to_have_value("Forest Analysis")
    await expect(window.modal).to_contain_text("Record, version 2")
    assert kitchen.queries == ["forest"]
    assert kitchen.clicked[0]["selected_option"]["value"] == "Forest Analysis"
