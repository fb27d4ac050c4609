from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Entry, Fact, Go
from bot.change import State
from bot.context import Person
from bot.flow.pages import Difference, OutcomePage, PreviewPage
from bot.slack.differences import GLANCE, LEAD
from bot.slack.render import (
    Message,
    answer_message,
    confirmation,
    outcome_message,
    preview_message,
)
from bot.slack.views import answer_view, outcome_view, preview_view
from sandbox.slack.blocks import check_message_blocks, check_view
from tests.house import text_of

PREVIEW = PreviewPage(
    change_id="c1",
    about="You are about to change this",
    title="Children in care",
    url="https://catalogue.test/dataset/1",
    differences=(Difference("Format", "csv", "xlsx"),),
    warnings=("The licence does not fit the audience.",),
    banner="Catalogue: test",
    editable=True,
)
OUTCOME = OutcomePage(
    change_id="c1",
    title="Children in care",
    url="https://catalogue.test/dataset/1",
    state=State.APPLIED,
    sentence="Changed",
    differences=PREVIEW.differences,
    undoable=True,
    undoes=False,
    by=Person("T1", "U0ROBIN"),
    team="T1",
    banner="",
)
long_text = st.text(min_size=1, max_size=40).map(lambda some: some * 100)
sides = st.lists(st.tuples(long_text, long_text), min_size=1, max_size=70)


def buttons(blocks: list[dict[str, Any]]) -> list[str]:
    """The names of the buttons of the last row."""
    return [
        str(one["text"]["text"]) for one in blocks[-1].get("elements", ()) if "action_id" in one
    ]


def lines(message: Message) -> list[str]:
    """What a person reads, line by line."""
    runs = [run for block in message.blocks for run in _runs(block)]
    return "".join(runs).splitlines()


def _runs(block: dict[str, Any]) -> list[str]:
    if block["type"] != "rich_text":
        return []
    (only,) = block["elements"]
    return [run.get("text", run.get("user_id", "")) for run in only["elements"]] + ["\n"]


@given(sides)
def test_what_decides_is_there_however_much_changes(texts: list[tuple[str, str]]) -> None:
    rows = tuple(Difference(f"Field {at}", *both) for at, both in enumerate(texts))
    page = replace(PREVIEW, differences=rows)
    made = preview_message(page).blocks
    check_message_blocks(made)
    assert buttons(made) == ["Apply", "Edit", "Drop"]
    assert "The licence does not fit the audience." in text_of(made)
    view = preview_view(page, "patch-resource")
    check_view(view, home=False)
    assert buttons(view["blocks"]) == ["Apply", "Edit", "Drop"]
    done = replace(OUTCOME, differences=rows)
    assert buttons(outcome_message(done).blocks) == ["Undo"]
    assert buttons(outcome_view(done, "patch-resource")["blocks"]) == ["Undo"]


def test_the_note_and_the_buttons_of_a_long_answer_are_there() -> None:
    entries = tuple(Entry(f"Record {at}", text="x" * 600) for at in range(200))
    answer = Answer("Many", entries, note="Type more", buttons=(Go("Next", "list-packages", "2"),))
    made = answer_message(answer).blocks
    check_message_blocks(made)
    assert buttons(made) == ["Next"]
    assert "Type more" in text_of(made)
    assert buttons(answer_view("help", answer)["blocks"]) == ["Next"]


def test_a_long_text_is_shown_from_where_it_changes() -> None:
    same = "The same words over and over. " * 100
    row = Difference("Description", f"{same}old end", f"{same}new end")
    shown = lines(confirmation(replace(OUTCOME, differences=(row,))))[-1]
    before, after = shown.removeprefix("Description: ").split(" → ")
    assert before.startswith("…")
    assert before.endswith("old end")
    assert after.endswith("new end")
    assert max(len(before), len(after)) <= LEAD + len("… end old")


def test_what_was_added_at_the_end_of_a_long_text_is_shown() -> None:
    same = "x" * (2 * GLANCE)
    row = Difference("Description", same, f"{same} and more")
    assert lines(confirmation(replace(OUTCOME, differences=(row,))))[-1].endswith("x and more")


def test_what_is_made_has_one_side_and_is_not_told_again_when_it_is_there() -> None:
    rows = (
        Difference("Title", "", "Children in care", whole=True),
        Difference("Contacts", "", "Name: Desk\nName: Robin", whole=True),
    )
    assert lines(preview_message(replace(PREVIEW, differences=rows)))[1:] == [
        "Title: Children in care",
        "Contacts:",
        "Name: Desk",
        "Name: Robin",
    ]
    made = replace(OUTCOME, sentence="Record created", differences=rows)
    assert lines(outcome_message(made)) == ["✅ Record created: Children in care"]
    assert lines(confirmation(made)) == ["U0ROBIN · Record created: Children in care"]


def test_short_facts_share_a_line_where_many_are_listed_but_ids_stand_alone() -> None:
    entry = Entry(
        "Forests",
        facts=(
            Fact("Id", "2f8e4a1c", code=True),
            Fact("Part of", "Ministry"),
            Fact("Records", "4"),
            Fact("Name", "forests", code=True),
        ),
    )
    assert lines(answer_message(Answer("Two", (entry, entry))))[1:4] == [
        "Id: 2f8e4a1c",
        "Part of: Ministry · Records: 4",
        "Name: forests",
    ]
    assert lines(answer_message(Answer("One", (entry,))))[2:4] == [
        "Part of: Ministry",
        "Records: 4",
    ]


def test_a_moment_is_told_in_the_readers_zone() -> None:
    at = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    made = answer_message(Answer("One", (Entry("", facts=(Fact("When", at),)),))).blocks
    check_message_blocks(made)
    assert made[1]["elements"][0]["elements"][1] == {
        "type": "date",
        "timestamp": int(at.timestamp()),
        "format": "{date_short_pretty} {time}",
        "fallback": "2026-03-04 05:06 UTC",
    }


def test_a_long_address_says_where_it_leads() -> None:
    url = f"https://catalogue.test/dataset/{'1' * 36}/download/table.csv"
    made = answer_message(Answer("One", (Entry("", facts=(Fact("Resource", url),)),))).blocks
    shown = made[1]["elements"][0]["elements"][1]
    assert shown == {"type": "link", "url": url, "text": "catalogue.test/…/table.csv"}
