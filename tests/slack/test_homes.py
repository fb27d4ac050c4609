from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import Entry, Fact, Go
from bot.flow.home import HomePage, Section
from bot.flow.teams.links import Card
from bot.slack.homes import home_view
from bot.slack.unfurl import card_blocks
from sandbox.slack.blocks import check_unfurl, check_view

TEXT = st.text(max_size=40) | st.just("<!channel> *x* & <@U1> " * 200)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
FACTS = st.builds(Fact, TEXT, TEXT | st.just(NOW))
BUTTONS = st.builds(
    Go,
    st.text(min_size=1, max_size=100),
    st.sampled_from(["show-package", "change:edit"]),
    st.uuids().map(str),
    catalogue=st.sampled_from(["", "test", "a: b/c"]),
)
ENTRIES = st.builds(
    Entry,
    TEXT,
    st.sampled_from(["", "https://catalogue.test/dataset/a"]),
    st.lists(FACTS, max_size=4).map(tuple),
    TEXT,
    st.lists(BUTTONS, max_size=3, unique_by=lambda go: go.verb).map(tuple),
)


@given(title=TEXT, entries=st.lists(ENTRIES, max_size=4), times=st.integers(1, 40))
@settings(max_examples=20, deadline=None)
def test_slack_takes_home_whatever_is_on_it(title: str, entries: list[Entry], times: int) -> None:
    sections = (Section(title, tuple(entries), title),) * times
    view = home_view(HomePage(title, (Go("New", "create-package", ""),), sections, title))
    check_view(view, home=True)
    assert view["blocks"][-1]["elements"][0]["text"].startswith("Type /bcdc")


@given(entry=ENTRIES, catalogue=st.text(max_size=50))
@settings(max_examples=20, deadline=None)
def test_slack_takes_a_card_whatever_is_in_the_record(entry: Entry, catalogue: str) -> None:
    blocks = card_blocks(Card(entry, catalogue))
    check_unfurl({"blocks": blocks}, "/unfurls/a")
    # Nothing there is markup, so nothing in it can become a mention, a link or a broadcast.
    assert "mrkdwn" not in str([block["type"] for block in blocks] + _kinds(blocks))


def _kinds(value: object) -> list[str]:
    """The types of all text objects."""
    if isinstance(value, dict):
        own = [str(value["type"])] if "text" in value and "type" in value else []
        return own + [kind for one in value.values() for kind in _kinds(one)]
    return [kind for one in value for kind in _kinds(one)] if isinstance(value, list) else []
