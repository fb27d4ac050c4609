from __future__ import annotations

import re

import pytest

from bot.app import load_commands
from tests.house import House


@pytest.mark.parametrize("typed", ["/bcdc", "/bcdc help", "/bcdc HELP"])
async def test_help_and_nothing_at_all_list_every_command(house: House, typed: str) -> None:
    said = await house.guest("dana").types(typed)
    for command in load_commands():
        assert command.name in said
        assert command.summary in said


async def test_help_groups_the_commands_by_what_they_are_for(house: House) -> None:
    said = await house.guest("dana").types("/bcdc help")
    before, look_up, rest = re.split("Look up\n|Change\n", said)
    assert "Begin here" in before
    change, rest = rest.split("Your key and settings, and this bot\n")
    own, run = rest.split("For the people who run this bot\n")
    for part, names in (
        (look_up, ("find-org", "history", "schema", "show-package", "who ")),
        (change, ("create-package", "patch-resource", "set-state", "undo")),
        (own, ("connect", "help", "pending", "status", "use", "whoami")),
        (run, ("pause", "resume", "suspend")),
    ):
        begun = [line for line in part.splitlines() if line.startswith(names)]
        assert len(begun) == len(names), part


async def test_who_is_connected_is_not_told_to_begin(house: House) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    assert "Begin here" not in await robin.types("/bcdc help")


async def test_help_explains_one_command_in_any_case(house: House) -> None:
    said = await house.guest("dana").types("/bcdc help Find-Org")
    assert "/bcdc find-org <text>" in said
    assert "/bcdc find-org information-management-cfd" in said


async def test_help_explains_each_word_that_follows_a_verb(house: House) -> None:
    said = await house.guest("dana").types("/bcdc help create-package")
    assert "[org]: the organization's name, id or title" in said.replace("\n", "")
    assert "[from:…]: a record to copy" in said.replace("\n", "")
    assert "without it the form opens" in said


async def test_help_on_an_unknown_verb_names_the_nearest(house: House) -> None:
    said = await house.guest("dana").types("/bcdc help fnd-org")
    assert "fnd-org" in said
    assert "/bcdc find-org" in said


async def test_an_unknown_verb_gets_the_nearest_names(house: House) -> None:
    said = await house.guest("dana").types("/bcdc pach-resource")
    assert "Did you mean" in said
    assert "/bcdc patch-resource" in said


async def test_a_verb_like_no_other_is_told_where_help_is(house: House) -> None:
    assert "/bcdc help" in await house.guest("dana").types("/bcdc qqqqqqqq")


@pytest.mark.parametrize(
    ("word", "verbs"),
    [
        ("publish", ["set-state"]),
        ("Edit", ["patch-package", "patch-resource"]),
        ("search", ["find-package"]),
        ("approve", ["pending"]),
    ],
)
async def test_the_word_that_people_have_for_a_job_leads_to_its_command(
    house: House, word: str, verbs: list[str]
) -> None:
    named = ", ".join(f"/bcdc {verb}" for verb in verbs)
    for typed in (f"/bcdc {word} something", f"/bcdc help {word}"):
        assert f"Did you mean {named}?" in await house.guest("dana").types(typed)


def test_no_other_word_for_a_command_is_a_command_itself() -> None:
    commands = list(load_commands())
    others = {word for command in commands for word in command.also}
    assert others.isdisjoint(command.name for command in commands)
