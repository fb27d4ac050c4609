from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import blocks
from sandbox.slack.blocks import check_message_blocks, check_view

HOSTILE = [
    "",
    " ",
    "<!channel> <@U012ABC> <#C012ABC> <https://evil.test|bank>",
    "&lt;!here&gt; &amp;",
    "*bold* _it_ ~gone~ `code` > quote",
    "```\nblock",
    "\u202egnp.exe",
    "zero\u200bwidth\u2060",
    "漢" * 4000,
    "👩‍👩‍👧‍👦" * 900,
    "e\u0301" * 4000,
    "&" * 4000,
    "a\r\nb\tc",
    "\x00\x07",
    ":smile: @here",
]
text = st.one_of(st.sampled_from(HOSTILE), st.text(), st.text().map(lambda some: some * 500))
INVISIBLE = set("\u202e\u200b\u2060\x00\x07")


def in_a_message(made: list[dict[str, Any]]) -> None:
    check_message_blocks(made)


def in_a_view(made: list[dict[str, Any]]) -> None:
    check_view(
        {"type": "modal", "title": blocks.plain("T", 24), "blocks": blocks.fit_view(made)},
        home=False,
    )


@given(st.datetimes(timezones=st.just(UTC)))
def test_any_moment_is_drawn(at: datetime) -> None:
    in_a_message([blocks.rich_text([blocks.moment(at)])])


@given(text, st.integers(10, 3000))
def test_escaped_text_fits_and_holds_no_markup(data: str, limit: int) -> None:
    escaped = blocks.escape(data, limit)
    assert len(escaped) <= limit
    assert not set(escaped) & {"<", ">"}
    assert not set(escaped) & INVISIBLE
    assert len(re.findall("&", escaped)) == len(re.findall("&(?:amp|lt|gt);", escaped))


def test_the_ampersand_is_escaped_first() -> None:
    assert blocks.escape("<a> &lt;") == "&lt;a&gt; &amp;lt;"


def test_a_sentence_too_long_for_a_heading_is_told_whole() -> None:
    sentence = f"There is no record “{'a' * 120}” that you may see. Did you mean one of these?"
    made = blocks.header(sentence)
    assert made["text"]["text"] == sentence
    in_a_message([made])


@given(text, text, text)
def test_any_text_fits_every_block(one: str, two: str, three: str) -> None:
    button = blocks.button(one, "bcdc:share", value="id", url=two, describe=three)
    made = [
        blocks.header(one),
        blocks.section(two, accessory=button),
        blocks.context(three),
        blocks.divider(),
        *blocks.actions([button | {"action_id": f"bcdc:{n}"} for n in range(30)]),
        blocks.rich_text((blocks.words(one, bold=True), blocks.link(two, three))),
        blocks.facts(
            [(one, two), (two, blocks.words(three, mono=True)), (three, blocks.person("U0X"))]
        ),
    ]
    in_a_view(made)
    in_a_message(blocks.fit_blocks(made))


@given(text)
def test_data_is_never_in_an_object_that_slack_parses(data: str) -> None:
    made = [
        blocks.header(data),
        blocks.section(data),
        blocks.context(data),
        blocks.facts([(data, data)]),
    ]
    assert "mrkdwn" not in types_in(made)


def types_in(value: object) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(types_in, value))
    if isinstance(value, dict):
        return {str(value.get("type"))}.union(*map(types_in, value.values()))
    return set()


def test_a_link_shows_its_words() -> None:
    assert blocks.link("https://x.test", "*here*") == {
        "type": "link",
        "url": "https://x.test",
        "text": "*here*",
    }


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://x.test",
        "https://" + "x" * 3000,
        "https://catalogue.data.gov.bc.ca@evil.test/x.csv",
        "https://evil.test\\@catalogue.data.gov.bc.ca/x.csv",
    ],
)
def test_an_address_slack_would_not_open_is_no_link(url: str) -> None:
    assert blocks.link(url, "here") == blocks.words("here")
    assert "url" not in blocks.button("here", "bcdc:x", url=url)


def test_ids_are_refused_rather_than_cut() -> None:
    with pytest.raises(ValueError, match="option"):
        blocks.option("x" * 76, "label")
    with pytest.raises(ValueError, match="option"):
        blocks.option("", "label")
    with pytest.raises(ValueError, match="button"):
        blocks.button("Go", "bcdc:x", value="x" * 2001)


@given(st.lists(st.integers(0, 3000), max_size=120), st.sampled_from([3, 50]))
def test_what_does_not_fit_a_message_is_counted(lengths: list[int], limit: int) -> None:
    made = [blocks.section("x" * length) for length in lengths]
    kept = blocks.fit_blocks(made, limit)
    assert len(kept) <= limit
    assert sum(map(blocks.characters_of, kept)) <= blocks.MESSAGE_CHARACTERS
    if kept != made:
        left = len(made) - len(kept) + 1
        assert kept[-1]["elements"][0]["text"].startswith(f"{left} more ")
        assert made[: len(kept) - 1] == kept[:-1]


def test_what_does_not_fit_a_view_is_counted() -> None:
    kept = blocks.fit_view([blocks.section("漢" * 3000)] * 60)
    in_a_view(kept)
    assert len(kept) == 27
    assert kept[-1]["elements"][0]["text"].startswith("34 more ")


def test_what_fits_is_left_alone() -> None:
    made = [blocks.section("x")] * 50
    assert blocks.fit_blocks(made) == made
