from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from bot.store.tables import person
from sandbox.catalogue import RunningCatalogue
from tests.house import Guest, House

RECORD = "children-in-care-by-community"


def file_of(guest: Guest) -> str:
    """The text of the newest file in the person's direct messages with the bot."""
    files = guest.house.slack.workspace.files
    (file_id,) = guest.direct()[-1]["files"][0:1]
    return str(files.of(file_id["id"]).content.decode("utf-8-sig"))


def lines_of(guest: Guest) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file_of(guest).splitlines()]


@pytest.fixture
async def robin(house: House) -> Guest:
    """An editor, who changed a title and prepared what was dropped."""
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f'/bcdc patch-package {RECORD} title="Children in care, by community"')
    await robin.presses("bcdc:change:apply")
    return robin


def applied(rows: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    (row,) = (row for row in rows if row["event"] == "write.settled")
    return row


async def test_an_operator_gets_who_asked_before_and_after_and_the_result_as_csv(
    house: House, robin: Guest
) -> None:
    alex = house.guest("alex")
    said = await alex.types("/bcdc audit")
    assert "in your direct messages" in said
    rows = list(csv.DictReader(file_of(alex).splitlines()))
    row = applied(rows)
    assert row["asked by"] == robin.id
    assert row["by"] == "the bot"
    assert json.loads(row["after"]) == {"title": "Children in care, by community"}
    assert json.loads(row["before"]) == {"title": "Children in Care by Community"}
    assert row["result"] == "applied"
    assert row["time"].endswith("+00:00")
    decided = next(row for row in rows if row["to"] == "approved")
    assert (decided["by"], decided["rights"]) == (robin.id, "editor")
    assert [row["to"] for row in rows if row["change"] == decided["change"] and row["to"]] == [
        "previewed",
        "approved",
        "applying",
        "applied",
    ]


async def test_what_is_asked_of_admins_is_told(
    house: House, robin: Guest, catalogue: RunningCatalogue
) -> None:
    catalogue.catalogue.package(RECORD)["publish_state"] = "DRAFT"
    await robin.types(f"/bcdc set-state {RECORD} published")
    await robin.ticks()
    await robin.presses("bcdc:change:apply")
    priya = house.guest("priya")
    await priya.connects("cfd-org-admin")
    await priya.types("/bcdc audit format:jsonl")
    asked = next(row for row in lines_of(priya) if row.get("to") == "pending")
    assert (asked["by"], asked["rights"]) == (robin.id, "editor")
    assert asked["before"] == {"publish_state": "PENDING PUBLISH"}
    assert asked["after"] == {"publish_state": "PUBLISHED"}


async def test_each_of_two_moves_is_told(house: House, catalogue: RunningCatalogue) -> None:
    catalogue.catalogue.package(RECORD)["publish_state"] = "DRAFT"
    priya = house.guest("priya")
    await priya.connects("cfd-org-admin")
    await priya.types(f"/bcdc set-state {RECORD} published")
    await priya.ticks()
    await priya.presses("bcdc:change:apply")
    await priya.types("/bcdc audit format:jsonl")
    decided = next(row for row in lines_of(priya) if row.get("to") == "approved")
    assert list(decided["before"].values()) == [
        {"publish_state": "DRAFT"},
        {"publish_state": "PENDING PUBLISH"},
    ]


async def test_the_reason_of_a_pause_is_told_after_its_end_too(house: House) -> None:
    alex = house.guest("alex")
    await alex.types("/bcdc pause to look around")
    await alex.types("/bcdc resume")
    await alex.types("/bcdc audit format:jsonl")
    paused = next(row for row in lines_of(alex) if row["event"] == "paused")
    assert paused["reason"] == "to look around"


async def test_as_json_lines_the_values_are_json(house: House, robin: Guest) -> None:
    alex = house.guest("alex")
    await alex.types("/bcdc audit format:jsonl")
    row = applied(lines_of(alex))
    assert row["after"] == {"title": "Children in care, by community"}


async def test_an_admin_of_an_organization_gets_its_changes_and_no_others(
    house: House, robin: Guest
) -> None:
    jordan, priya = house.guest("jordan"), house.guest("priya")
    await jordan.connects("forests-editor")
    await jordan.types('/bcdc patch-package timber-supply-areas purpose="To be seen by Forests"')
    await jordan.presses("bcdc:change:apply")
    await priya.connects("cfd-org-admin")
    await priya.types("/bcdc audit format:jsonl")
    rows = lines_of(priya)
    assert {row["asked by"] for row in rows if "asked by" in row} == {robin.id}
    assert "To be seen by Forests" not in file_of(priya)
    assert applied(rows)


@pytest.mark.parametrize("words", ["", "org:information-management-cfd"])
async def test_who_is_no_admin_gets_nothing(house: House, robin: Guest, words: str) -> None:
    before = robin.direct()
    assert "admins" in await robin.types(f"/bcdc audit {words}")
    assert robin.direct() == before
    assert "admins" in await house.guest("dana").types(f"/bcdc audit {words}")


async def test_an_operator_without_rights_there_reads_no_draft_and_no_hidden_contact(
    house: House, robin: Guest, catalogue: RunningCatalogue
) -> None:
    draft = next(
        package
        for package in catalogue.catalogue.packages.values()
        if package["publish_state"] == "DRAFT" and package["owner_org"] == owner(catalogue)
    )
    await robin.types(f"/bcdc patch-package {draft['id']} purpose='A secret plan'")
    await robin.presses("bcdc:change:apply")
    alex, priya = house.guest("alex"), house.guest("priya")
    await alex.types("/bcdc audit")
    assert "A secret plan" not in file_of(alex)
    assert str(draft["title"]) not in file_of(alex)
    assert draft["id"] in file_of(alex)
    await priya.connects("cfd-org-admin")
    await priya.types("/bcdc audit")
    assert "A secret plan" in file_of(priya)


def owner(catalogue: RunningCatalogue) -> str:
    return str(catalogue.catalogue.package(RECORD)["owner_org"])


async def test_it_can_be_of_a_record_a_person_or_a_time(house: House, robin: Guest) -> None:
    alex = house.guest("alex")
    await alex.types("/bcdc pause to look around")
    await alex.types(f"/bcdc audit format:jsonl record:{RECORD}")
    assert {row["event"] for row in lines_of(alex)} == {"change.moved", "write.settled"}
    await alex.types("/bcdc audit format:jsonl person:@alex")
    rows = lines_of(alex)
    assert {row["by"] for row in rows} == {alex.id}
    assert next(row for row in rows if row["event"] == "paused")["reason"] == "to look around"
    await alex.types("/bcdc audit format:jsonl until:2020-01-01")
    assert "There is nothing to send" in alex.reads()
    await alex.types("/bcdc audit format:jsonl since:2020-01-01 org:geobc")
    assert "There is nothing to send" in alex.reads()


@pytest.mark.parametrize(
    "words", ["format:pdf", "since:yesterday", "until:9999-12-31", "person:somebody"]
)
async def test_what_is_no_format_day_or_person_is_said(house: House, words: str) -> None:
    alex = house.guest("alex")
    before = alex.direct()
    said = await alex.types(f"/bcdc audit {words}")
    assert "Choose" in said or "choose" in said or "is no day" in said
    assert alex.direct() == before


async def test_that_it_was_read_is_in_it(house: House, robin: Guest) -> None:
    alex = house.guest("alex")
    await alex.types("/bcdc audit format:jsonl")
    await alex.types("/bcdc audit format:jsonl")
    assert next(row["by"] for row in lines_of(alex) if row["event"] == "audit.read") == alex.id


async def test_it_names_people_by_slacks_ids_and_holds_no_key(house: House, robin: Guest) -> None:
    alex = house.guest("alex")
    await alex.types("/bcdc audit format:jsonl")
    text = file_of(alex)
    assert house.keys["cfd-editor"].get_secret_value() not in text
    async with house.bot.db.read() as connection:
        ids = (await connection.scalars(sa.select(person.c.id))).all()
    assert not any(one in text for one in ids)


async def test_why_nothing_was_saved_quotes_no_hidden_contact_to_an_operator(
    house: House, robin: Guest, catalogue: RunningCatalogue
) -> None:
    await robin.types(f"/bcdc patch-package {RECORD} contacts.0.name='Somebody else'")
    contacts = catalogue.catalogue.package(RECORD)["contacts"]
    hidden = {"name": "Hidden Person", "email": "hidden.person@example.test", "displayed": []}
    contacts.append({**contacts[0], **hidden})
    await robin.presses("bcdc:change:apply")
    alex, priya = house.guest("alex"), house.guest("priya")
    await alex.types("/bcdc audit")
    assert "stale" in file_of(alex)
    assert "hidden.person@" not in file_of(alex)
    await priya.connects("cfd-org-admin")
    await priya.types("/bcdc audit")
    assert "hidden.person@" in file_of(priya)
