from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Entry, Fact, Go, Part
from bot.context import Person, Place
from bot.flow.commands.asking import file_name
from bot.flow.pages import AnswerPage, SharedPage
from bot.slack.asked import page_message, part_of, shared_message
from bot.slack.export import harmless
from bot.slack.views import page_view
from bot.text import clean
from sandbox.slack.blocks import check_message_blocks
from tests.house import text_of

HOSTILE = (
    "Wells <!channel> <@U0ROBIN> <https://evil.test|safe> *b* _i_ ~s~ `c` ```x``` > q :tada: &amp;"
)
TITLES = [
    HOSTILE,
    "漢字のデータ" * 17,
    "🏕️ 👩‍👩‍👧‍👦 camping",
    "a\u202eb\u200bc\u2066d\ufefe",
    "x" * 5000,
]


def answer(*titles: str, part: Part | None = None) -> Answer:
    return Answer(
        titles[0],
        tuple(Entry(one, facts=(Fact("Name", "some-name", code=True),)) for one in titles),
        part=part,
    )


def shown(page: AnswerPage) -> str:
    return str(page_message(page).blocks)


@pytest.mark.parametrize("title", TITLES)
def test_titles_are_data_in_lists_and_in_channels(title: str) -> None:
    page = AnswerPage(answer(title, title), asked_id="a" * 32, shares=True)
    shared = SharedPage(page.answer, Place("T", "C"), Person("T", "U0ROBIN"), "")
    for message in (page_message(page), shared_message(shared)):
        check_message_blocks(message.blocks)
        assert "mrkdwn" not in str(message.blocks)
        assert "<!" not in message.text
        assert "\u202e" not in text_of(message.blocks)
        assert "\u200b" not in text_of(message.blocks)
    assert text_of(page_message(page).blocks).count(title[:80].split("\u202e", maxsplit=1)[0]) >= 2


def test_what_can_be_done_next_and_sharing_stand_in_one_row() -> None:
    given = Answer("A record", (Entry("It"),), buttons=(Go("History", "history", "its-id"),))
    blocks = page_message(AnswerPage(given, asked_id="a" * 32, shares=True)).blocks
    (row,) = (block for block in blocks if block["type"] == "actions")
    assert [one["text"]["text"] for one in row["elements"]] == ["History", "Share"]


@given(st.lists(st.text(max_size=400), min_size=1, max_size=30))
def test_any_list_fits_a_message_and_a_view_and_keeps_its_buttons(titles: list[str]) -> None:
    part = Part(1, len(titles), 10_000, 1)
    page = AnswerPage(
        answer(*titles, part=part), asked_id="a" * 32, exports=True, shares=True, aged="Old."
    )
    message = page_message(page)
    check_message_blocks(message.blocks)
    for action_id in ("bcdc:page:next", "bcdc:csv", "bcdc:share"):
        assert action_id in str(message.blocks[-1])
        assert action_id in str(page_view("list-packages", page)["blocks"][-1])
    assert "bcdc:page:previous" not in shown(page)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (None, ""),
        (Part(1, 3, 3, 1), ""),
        (Part(1, 0, 0, 1), ""),
        (Part(1, 10, 2500, 1), "1–10 of 2,500"),
        (Part(2491, 2500, 2500, 250), "2,491–2,500 of 2,500"),
    ],
)
def test_a_part_is_told_by_its_places(part: Part | None, told: str) -> None:
    assert part_of(answer("x", part=part)) == told


def test_what_is_kept_back_is_shown_when_asked_for() -> None:
    kept = Answer("x", (Entry("first"),), more=(Entry("the rest"),))
    closed = AnswerPage(kept, asked_id="a" * 32)
    assert "the rest" not in shown(closed)
    assert "bcdc:more" in shown(closed)
    opened = AnswerPage(kept, asked_id="a" * 32, expanded=True)
    assert "the rest" in shown(opened)
    assert "bcdc:more" not in shown(opened)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@x", "\t=1", "  =1", "\r=1", "\u200b=1", "＝1", "＠x"]
)
def test_no_cell_is_computed(cell: str) -> None:
    assert harmless(cell).startswith("'")


@given(st.text())
def test_a_cell_keeps_its_text(cell: str) -> None:
    assert harmless(cell) in {clean(cell), f"'{clean(cell)}"}


@given(st.text() | st.text("\U0001d49c漢é/..", min_size=200))
def test_any_words_name_a_file_that_a_folder_takes(words: str) -> None:
    name = file_name(words)
    assert len(name.encode()) <= 255
    assert "/" not in name
