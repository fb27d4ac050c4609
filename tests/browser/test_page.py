"""The page of the sandbox, driven by a browser against a real Bolt app in Socket Mode."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from sandbox.slack import RunningSlack, start
from tests.browser.kitchen import Kitchen, open_form
from tests.browser.page import SlackPage, faults

_SCROLLING_IS_NOT_TOLD = """() => {
  addEventListener("scroll", (event) => event.stopImmediatePropagation(), {capture: true});
}"""


async def test_newcomer_is_told_what_to_type(window: SlackPage) -> None:
    welcome = window.page.get_by_test_id("welcome")
    await expect(welcome).to_contain_text("/bcdc help")
    await expect(welcome.get_by_role("link", name="sandbox catalogue")).to_have_attribute(
        "href", "http://127.0.0.1:9/"
    )
    await welcome.get_by_role("button").click()
    await expect(window.page.get_by_test_id("composer")).to_have_value("/bcdc help")


async def test_completion_lists_verbs_and_is_driven_by_keys(window: SlackPage) -> None:
    box = window.page.get_by_test_id("composer")
    options = window.page.get_by_test_id("completion-option")
    await box.press_sequentially("/bcdc")
    await expect(options).to_have_count(4)
    await expect(options.nth(1)).to_contain_text("find-org <text>")
    await expect(options.nth(1)).to_contain_text("Find an organization")
    await box.press_sequentially(" patch")
    await expect(options).to_have_count(2)
    await box.press("ArrowDown")
    await box.press("Tab")
    await expect(box).to_have_value("/bcdc patch-resource ")
    await expect(options).to_have_count(0)
    await expect(window.page.get_by_test_id("usage")).to_contain_text("patch-resource <id>")


async def test_escape_closes_the_completion_and_keeps_the_text(window: SlackPage) -> None:
    box = window.page.get_by_test_id("composer")
    await box.press_sequentially("/bcdc fi")
    await expect(window.page.get_by_test_id("completion")).to_be_visible()
    await box.press("Escape")
    await expect(window.page.get_by_test_id("completion")).to_be_hidden()
    await expect(box).to_have_value("/bcdc fi")


@pytest.mark.usefixtures("kitchen")
async def test_answer_is_only_visible_to_the_one_who_asked(window: SlackPage) -> None:
    await window.send("/bcdc find-org <b>fish & chips</b>")
    message = window.last_message()
    await expect(message).to_contain_text("Only visible to you")
    await expect(message).to_contain_text("<b>fish & chips</b>")
    await window.choose_person("Priya Gill")
    await expect(window.page.get_by_test_id("welcome")).to_be_visible()
    await window.choose_person("Robin Chen")
    await expect(window.last_message()).to_contain_text("fish & chips")


async def test_message_of_another_person_appears_at_once(
    window: SlackPage, slack: RunningSlack
) -> None:
    await slack.workspace.post("U0PRIYA", "C0GENERAL", "Good *morning* :wave:")
    await expect(window.last_message().locator("strong")).to_have_text("morning")
    await expect(window.last_message()).to_contain_text("Good morning 👋")
    await slack.workspace.post("U0PRIYA", "C0PUBLISHING", "And here")
    there = window.page.locator("[data-channel=C0PUBLISHING]").first
    await expect(there).to_contain_text("1 unread")


async def test_whoever_reads_the_newest_message_keeps_it_in_sight(
    window: SlackPage, slack: RunningSlack
) -> None:
    for number in range(30):
        await slack.workspace.post("U0PRIYA", "C0GENERAL", f"Message {number}")
    await expect(window.last_message()).to_be_in_viewport()
    await window.resize((600, 400))
    await expect(window.last_message()).to_be_in_viewport()
    await slack.workspace.post("U0PRIYA", "C0GENERAL", "One more")
    await expect(window.last_message()).to_contain_text("One more")
    await expect(window.last_message()).to_be_in_viewport()
    await window.messages.first.scroll_into_view_if_needed()
    await slack.workspace.post("U0PRIYA", "C0GENERAL", "Not now")
    await expect(window.last_message()).to_contain_text("Not now")
    await expect(window.messages.first).to_be_in_viewport()


async def test_message_that_comes_right_after_scrolling_up_does_not_scroll_back(
    window: SlackPage, slack: RunningSlack
) -> None:
    for number in range(30):
        await slack.workspace.post("U0PRIYA", "C0GENERAL", f"Message {number}")
    await expect(window.last_message()).to_be_in_viewport()
    # A browser tells of scrolling with its next frame, which a busy one draws late.
    await window.page.evaluate(_SCROLLING_IS_NOT_TOLD)
    await window.messages.first.scroll_into_view_if_needed()
    await slack.workspace.post("U0PRIYA", "C0GENERAL", "Not now")
    await expect(window.last_message()).to_contain_text("Not now")
    await expect(window.messages.first).to_be_in_viewport()


async def test_file_is_attached_and_can_be_taken_back(
    window: SlackPage, slack: RunningSlack, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("id\n1\n")
    second.write_text("id\n2\n")
    await window.attach(first, second)
    await window.page.get_by_role("button", name="Remove first.csv").click()
    await window.send("Here it is")
    await expect(window.last_message().get_by_test_id("message-file")).to_have_count(1)
    await expect(window.last_message()).to_contain_text("second.csv")
    assert [len(one["files"]) for one in slack.workspace.timeline("U0ROBIN", "C0GENERAL")] == [1]


async def test_unsent_text_is_kept_by_channel_and_over_a_reload(window: SlackPage) -> None:
    box = window.page.get_by_test_id("composer")
    await box.fill("half a sentence")
    await window.open_channel("random")
    await expect(box).to_have_value("")
    await window.open_channel("general")
    await expect(box).to_have_value("half a sentence")
    await window.page.reload()
    await expect(box).to_have_value("half a sentence")


@pytest.mark.usefixtures("kitchen")
async def test_reload_takes_away_what_only_one_person_saw(window: SlackPage) -> None:
    await window.send("/bcdc find-org x")
    await expect(window.last_message()).to_contain_text("Only visible to you")
    await window.page.reload()
    await expect(window.page.get_by_test_id("welcome")).to_be_visible()


async def test_page_connects_again_after_the_server_was_away(
    window: SlackPage, slack: RunningSlack
) -> None:
    port = int(slack.url.rpartition(":")[2])
    await slack.stop()
    await expect(window.page.locator("body")).to_have_class("lost")
    again = await start("127.0.0.1", port, workspace=slack.workspace)
    try:
        await slack.workspace.post("U0PRIYA", "C0GENERAL", "Back again")
        await expect(window.last_message()).to_contain_text("Back again")
        await expect(window.page.locator("body")).not_to_have_class("lost")
    finally:
        await again.stop()


async def test_people_and_channels_are_completed_in_a_message(window: SlackPage) -> None:
    box = window.page.get_by_test_id("composer")
    await box.press_sequentially("Ask @pri")
    await box.press("Enter")
    await box.press_sequentially("in #data")
    await box.press("Tab")
    await expect(box).to_have_value("Ask @priya in #data-publishing ")
    await box.press("Enter")
    await expect(window.last_message()).to_contain_text("Ask @Priya Gill in #data-publishing")
    await window.last_message().get_by_role("button", name="#data-publishing").click()
    await expect(window.page.get_by_test_id("channel-title")).to_have_text("data-publishing")


async def test_command_that_nobody_answers_shows_the_notice_of_slack(window: SlackPage) -> None:
    await window.send("/bcdc help")
    await expect(window.toasts).to_contain_text("/bcdc failed with the error")
    await window.page.get_by_test_id("composer").press("ArrowUp")
    await expect(window.page.get_by_test_id("composer")).to_have_value("/bcdc help")


async def test_unknown_command_is_refused_and_comes_back(window: SlackPage) -> None:
    await window.send("/nonsense now")
    await expect(window.toasts).to_contain_text("/nonsense is not a valid command")
    await expect(window.page.get_by_test_id("composer")).to_have_value("/nonsense now")


async def test_text_of_the_catalogue_stays_text(window: SlackPage, kitchen: Kitchen) -> None:
    await window.send("/bcdc card")
    message = window.last_message()
    await expect(message.get_by_role("table")).to_contain_text("<img src=x onerror=")
    await expect(message).to_contain_text("<!channel>")
    await expect(message.locator("img, script")).to_have_count(0)
    assert await window.page.evaluate("window.pwned") is None
    assert kitchen.clicked == []


async def test_button_asks_before_it_acts(window: SlackPage, kitchen: Kitchen) -> None:
    await window.send("/bcdc card")
    await window.click_button("Undo")
    await expect(window.page.get_by_test_id("confirm")).to_contain_text("Undo this change?")
    await window.click_button("Keep")
    await expect(window.page.get_by_test_id("confirm")).to_have_count(0)
    await window.choose_overflow("History")
    overflow = window.last_message().get_by_test_id("overflow")
    await expect(overflow).not_to_have_attribute("aria-busy", "true")
    await window.click_button("Undo")
    await window.confirm()
    await expect(window.last_message().get_by_role("button", name="Undo")).not_to_have_attribute(
        "aria-busy", "true"
    )
    assert [one["action_id"] for one in kitchen.clicked] == ["more", "undo"]
    assert kitchen.clicked[0]["selected_option"]["value"] == "history"


async def test_home_tab_is_what_the_app_published(window: SlackPage, kitchen: Kitchen) -> None:
    await window.open_channel("BC Data Catalogue")
    home = await window.open_home()
    await expect(home.get_by_role("heading")).to_have_text("Welcome, editor")
    await window.click_button("My changes")
    await expect(home.get_by_role("button")).not_to_have_attribute("aria-busy", "true")
    assert [one["value"] for one in kitchen.clicked] == ["m-1"]


async def test_list_in_a_message_tells_the_app_at_once(window: SlackPage, kitchen: Kitchen) -> None:
    await window.send("/bcdc card")
    async with window.page.expect_response("**/page/click"):
        await window.select("Change state", "Published")
    await expect(window.last_message().get_by_label("Change state")).to_have_value("Published")
    assert [one["selected_option"]["value"] for one in kitchen.clicked] == ["PUBLISHED"]


@pytest.mark.usefixtures("kitchen")
async def test_shortcut_of_a_message_opens_the_form(window: SlackPage, slack: RunningSlack) -> None:
    await slack.workspace.post("U0ROBIN", "C0GENERAL", "New data", [("new.csv", b"id\n1\n")])
    message = window.last_message()
    await message.hover()
    await message.get_by_test_id("message-actions").click()
    await window.page.locator("[role=menuitem][data-value='bcdc:create-resource']").click()
    await expect(window.modal).to_contain_text("Record, for new.csv")


async def test_channel_without_the_bot_offers_to_add_it(
    window: SlackPage, slack: RunningSlack
) -> None:
    await window.open_channel("random")
    await window.page.get_by_test_id("invite").click()
    await expect(window.page.get_by_test_id("invite")).to_have_count(0)
    assert slack.workspace.app.bot_user_id in slack.workspace.directory.channels["C0RANDOM"].members


async def test_archived_channel_can_only_be_read(window: SlackPage) -> None:
    await window.open_channel("old-catalogue")
    await expect(window.page.get_by_test_id("composer-closed")).to_contain_text("is archived")
    await expect(window.page.get_by_test_id("composer")).to_be_hidden()


@pytest.mark.usefixtures("kitchen")
async def test_every_part_is_readable_and_named_at_both_widths(any_window: SlackPage) -> None:
    window = any_window
    assert await faults(window.page) == []
    await window.page.get_by_test_id("composer").press_sequentially("/bcdc")
    assert await faults(window.page) == []
    await window.send("/bcdc card")
    await expect(window.last_message().get_by_role("table")).to_be_visible()
    await window.send("/bcdc find-org x")
    await expect(window.last_message()).to_contain_text("Only visible to you")
    assert await faults(window.page) == []
    await window.page.get_by_test_id("person-switch").click()
    assert await faults(window.page) == []
    await window.page.keyboard.press("Escape")
    await window.click_button("Undo")
    assert await faults(window.page) == []
    await window.click_button("Keep")

    await open_form(window)
    assert await faults(window.page) == []
    await window.submit()
    await expect(window.field_error("Format")).not_to_be_empty()
    assert await faults(window.page) == []
    await window.modal.get_by_label("Format").click()
    assert await faults(window.page) == []
    await window.page.keyboard.press("Escape")
    await window.close_modal()
    await expect(window.modal).to_be_hidden()

    await window.open_channel("BC Data Catalogue")
    assert await faults(window.page) == []
    await window.open_home()
    assert await faults(window.page) == []
    menu = window.page.locator("#menu-button")
    if await menu.is_visible():
        await menu.click()
        await expect(window.page.locator("#sidebar")).to_be_visible()
        assert await faults(window.page) == []


async def test_mrkdwn_reads_as_in_slack(window: SlackPage) -> None:
    expected = {
        "a *b* _c_ ~d~ `e`": "<strong>b</strong> <em>c</em> <s>d</s> <code>e</code>",
        "snake_case_name 2*3*4": "snake_case_name 2*3*4",
        "*_both_*": "<strong><em>both</em></strong>",
        "&amp;lt; &lt;b&gt;": "&amp;lt; &lt;b&gt;",
        "&lt;!channel&gt; &lt;@U0ROBIN&gt;": "&lt;!channel&gt; &lt;@U0ROBIN&gt;",
        "<@U0ROBIN>": '<span class="mention">@Robin Chen</span>',
        "<javascript:alert(1)|x>": "<span>x</span>",
        "<https://a.test/?b=c&amp;d|see>": 'href="https://a.test/?b=c&amp;d"',
        "`*not bold*`": "<code>*not bold*</code>",
        "&gt; said\nunsaid": "<blockquote>said</blockquote>",
        "```\n*a*\n```": "<pre>*a*</pre>",
        "<!date^0^{date_num}|then>": ">1970-01-01</time>",
        "<!date^0^{nonsense}|then>": ">then</time>",
        ":white_check_mark: :no-such-thing:": "✅ :no-such-thing:",
    }
    rendered: list[str] = await window.page.evaluate(
        """async (texts) => {
          const { mrkdwn } = await import("/page/static/mrkdwn.js");
          return texts.map((text) => {
            const box = document.createElement("div");
            box.append(...mrkdwn(text));
            return box.innerHTML;
          });
        }""",
        list(expected),
    )
    wrong = {
        written: shown
        for (written, wanted), shown in zip(expected.items(), rendered, strict=True)
        if wanted not in shown
    }
    assert wrong == {}
