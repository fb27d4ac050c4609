from __future__ import annotations

from typing import Any

import pytest

from bot.context import Person, Place
from bot.slack.identity import person_of, place_of

TEAM, ENTERPRISE = "T1", "E1"


@pytest.mark.parametrize(
    ("body", "person"),
    [
        ({"user_id": "U1", "team_id": TEAM}, Person(TEAM, "U1")),
        ({"user_id": "U1", "team_id": TEAM, "enterprise_id": ENTERPRISE}, Person(ENTERPRISE, "U1")),
        ({"user": {"id": "U1", "team_id": TEAM}, "team": {"id": "T2"}}, Person(TEAM, "U1")),
        ({"user": {"id": "U1"}, "team": {"id": TEAM}}, Person(TEAM, "U1")),
        (
            {"user": {"id": "U1"}, "team": {"id": TEAM}, "enterprise": {"id": ENTERPRISE}},
            Person(ENTERPRISE, "U1"),
        ),
        ({"user": {"id": "U1"}, "team": {"id": TEAM}, "enterprise": None}, Person(TEAM, "U1")),
        ({"event": {"user": "U1"}, "team_id": TEAM}, Person(TEAM, "U1")),
    ],
)
def test_a_person_belongs_to_the_enterprise_else_to_the_own_team(
    body: dict[str, Any], person: Person
) -> None:
    assert person_of(body) == person


@pytest.mark.parametrize(
    ("body", "channel", "place"),
    [
        ({"team_id": TEAM, "channel_id": "C1"}, None, Place(TEAM, "C1")),
        ({"team": {"id": TEAM}, "channel": {"id": "C1"}}, None, Place(TEAM, "C1")),
        ({"team": {"id": TEAM}, "container": {"channel_id": "C1"}}, None, Place(TEAM, "C1")),
        ({"team": {"id": TEAM}}, "C2", Place(TEAM, "C2")),
        ({"team": {"id": TEAM}}, "", Place(TEAM, None)),
        ({"team": {"id": TEAM}, "channel": None}, None, Place(TEAM, None)),
    ],
)
def test_the_place_is_what_the_payload_names_else_what_was_remembered(
    body: dict[str, Any], channel: str | None, place: Place
) -> None:
    assert place_of(body, channel) == place
