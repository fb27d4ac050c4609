"""The people and channels a new sandbox starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.records import Person

if TYPE_CHECKING:
    from sandbox.slack.directory import Directory

# First names as in the sandbox's catalogue, so that it is plain who has which rights there.
PEOPLE = (
    Person("U0ROBIN", "robin", "Robin Chen", "Editor, Information Management - CFD", "2b6cb0"),
    Person("U0PRIYA", "priya", "Priya Gill", "Organization admin, CFD", "8b3a62"),
    Person("U0ALEX", "alex", "Alex Morin", "Ministry admin, Children and Family", "7a4f01"),
    Person("U0SAM", "sam", "Sam Okafor", "Member of CFD, may only read", "3d6b35"),
    Person("U0JORDAN", "jordan", "Jordan Hall", "Editor, Forests", "2f5d50"),
    Person("U0MEI", "mei", "Mei Tanaka", "Data steward in three organizations", "5b4b9a"),
    Person("U0CASEY", "casey", "Casey Brown", "In no organization yet", "9a4a2f"),
    Person("U0DANA", "dana", "Dana Kim", "No account in the catalogue", "4a5568"),
)


def seed(directory: Directory) -> None:
    """Fill a directory: the people above, and the channels they share."""
    for person in PEOPLE:
        directory.add_person(
            Person(person.id, person.name, person.real_name, person.title, person.color),
        )
    everybody = {person.id for person in PEOPLE}
    bot = directory.app.bot_user_id
    cfd = {"U0ROBIN", "U0PRIYA", "U0ALEX", "U0SAM", "U0MEI"}
    directory.add_channel("general", everybody | {bot}, channel_id="C0GENERAL")
    directory.add_channel("data-publishing", everybody | {bot}, channel_id="C0PUBLISHING")
    directory.add_channel("cfd-data", cfd | {bot}, channel_id="C0CFD")
    directory.add_channel("forests-data", {"U0JORDAN", "U0MEI", bot}, channel_id="C0FORESTS")
    directory.add_channel("random", set(everybody), channel_id="C0RANDOM")
    directory.add_channel(
        "cfd-stewards",
        {"U0ROBIN", "U0PRIYA", "U0ALEX"},
        kind="private",
        channel_id="C0STEWARDS",
    )
    directory.add_channel(
        "old-catalogue",
        everybody | {bot},
        channel_id="C0OLD",
        is_archived=True,
    )
