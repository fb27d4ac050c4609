"""What every command owes: each is read from `handlers`, none is named here."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot import docs
from bot.app import load_commands
from bot.command import Command, Parameter, Role, SettingCommand
from bot.context import Person
from bot.context import Place as SlackPlace
from bot.flow.commands.bind import bind
from bot.flow.commands.call import understood
from sandbox.catalogue import RunningCatalogue, start
from sandbox.slack.manifest_rules import checked_manifest
from sandbox.slack.records import SlackError
from tests.house import Guest, House, open_house

# One house for all: nothing here may change the catalogue, and that is what is tested.
pytestmark = pytest.mark.asyncio(loop_scope="module")

COMMANDS = list(load_commands())
RECORD = "children-in-care-by-community"
CHANNEL = "C0GENERAL"
README = Path("README.md").read_text(encoding="utf-8")


def each(commands: list[Command]) -> pytest.MarkDecorator:
    """Run the test for each of these."""
    return pytest.mark.parametrize("command", commands, ids=lambda command: command.name)


def takes_any_words(command: Command) -> bool:
    return any(one.arg.rest or one.arg.many for one in command.parameters)


every_command = each(COMMANDS)


@dataclass(frozen=True, slots=True)
class Place:
    """A house and the catalogue it is over; Robin has a key there and Dana has none."""

    house: House
    catalogue: RunningCatalogue
    robin: Guest
    dana: Guest

    def held(self) -> Any:
        """A copy of all that a command could write."""
        state = self.catalogue.catalogue
        return copy.deepcopy((state.packages, state.organizations, state.files))

    def sample(self, parameter: Parameter) -> str:
        """A word for the argument, as its name and help ask for."""
        asks = f"{parameter.name} {parameter.arg.help}".lower()
        package = self.catalogue.catalogue.package(RECORD)
        kinds = {
            "catalogue": "test",
            "resource": str(package["resources"][0]["id"]),
            "record": RECORD,
            "package": RECORD,
            "org": "information-management-cfd",
        }
        # The name says what it is; the help may speak of other things too.
        for text in (parameter.name, asks):
            found = next((word for kind, word in kinds.items() if kind in text), None)
            if found:
                return found
        return "something"

    def line(self, command: Command) -> str:
        """The command with a word for each argument it needs."""
        words = [self.sample(one) for one in command.parameters if one.required]
        return " ".join(["/bcdc", command.name, *words])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    catalogue = await start()
    async with open_house(tmp_path_factory.mktemp("house"), catalogue.url, catalogue.keys) as house:
        place = Place(house, catalogue, house.guest("robin"), house.guest("dana"))
        await place.robin.connects("cfd-editor")
        yield place
    await catalogue.stop()


@every_command
async def test_every_example_parses_and_binds(command: Command) -> None:
    for example in command.examples:
        call = understood(load_commands(), example, Person("T1", "U1"), SlackPlace("T1"))
        assert call.command.name == command.name
        assert isinstance(bind(command, call.words), command.args)


@every_command
async def test_help_lists_it_and_explains_it_within_slacks_limits(
    place: Place, command: Command
) -> None:
    # What is shown was taken by the sandbox, which refuses what Slack would refuse.
    assert command.name in await place.dana.types("/bcdc help", CHANNEL)
    said = await place.dana.types(f"/bcdc help {command.name}", CHANNEL)
    assert f"/bcdc {command.name} {command.usage}".strip() in said
    for example in command.examples:
        assert f"/bcdc {example}" in said


@each([one for one in COMMANDS if any(parameter.required for parameter in one.parameters)])
async def test_a_missing_argument_is_answered_with_the_usage_or_a_form(
    place: Place, command: Command
) -> None:
    said = await place.robin.types(f"/bcdc {command.name}", CHANNEL)
    if not isinstance(command, SettingCommand) and command.pick:
        assert place.robin.view
    else:
        assert f"/bcdc {command.name} {command.usage}" in said
        assert f"/bcdc {command.examples[0]}" in said
    if place.robin.view:
        await place.robin.closes()


@each([one for one in COMMANDS if not takes_any_words(one)])
async def test_a_word_too_many_is_answered_with_the_usage(place: Place, command: Command) -> None:
    words = " ".join(["something"] * (len(command.parameters) + 1))
    said = await place.robin.types(f"/bcdc {command.name} {words}", CHANNEL)
    if place.robin.view:
        await place.robin.closes()
    assert f"/bcdc {command.name}" in said


@every_command
async def test_what_needs_a_key_asks_a_person_without_one_to_connect(
    place: Place, command: Command
) -> None:
    said = await place.dana.types(place.line(command), CHANNEL)
    if place.dana.view:
        await place.dana.closes()
    if command.needs in {Role.CONNECTED, Role.CONNECTED_OR_OPERATOR}:
        assert "/bcdc connect" in said
    assert "Something went wrong" not in said


@every_command
async def test_nothing_is_written_before_apply_is_pressed(place: Place, command: Command) -> None:
    before, robin = place.held(), place.robin
    lines = [place.line(command), *(f"/bcdc {example}" for example in command.examples)]
    # Once the bot has forgotten the key, there is no more to see.
    for line in lines if command.name != "disconnect" else []:
        said = await robin.types(line, CHANNEL)
        assert "Something went wrong" not in said
        assert "One moment" not in said
        await fill(robin)
        assert place.held() == before


async def fill(guest: Guest) -> None:
    """Send the form in front, if there is one, with a word in its first plain text input."""
    view = guest.view
    if view and "submit" in view and view["callback_id"] != "bcdc:connect":
        texts = [
            block["block_id"]
            for block in view["blocks"]
            if block["type"] == "input" and block["element"]["type"] == "plain_text_input"
        ]
        if texts:
            await guest.fills(**{texts[0].replace(".", "__"): "Typed by a test"})
            assert "Something went wrong" not in guest.reads(CHANNEL)
    if guest.view:
        await guest.closes()


@every_command
async def test_the_table_of_the_readme_has_it(command: Command) -> None:
    words = f"/bcdc {command.name} {command.usage}".strip().replace("|", "\\|")
    assert f"| `{words}` | {command.summary} |" in README


@every_command
async def test_the_manifest_hints_at_it(command: Command) -> None:
    hint = docs.manifest(load_commands())["features"]["slash_commands"][0]["usage_hint"]
    assert hint == "help" or command.name in hint.split(" | ")


@pytest.mark.parametrize("url", ["", "https://bot.example.test/"])
async def test_slack_takes_the_manifest(url: str) -> None:
    manifest = json.loads(json.dumps(docs.manifest(load_commands(), url=url)))
    assert checked_manifest(manifest) == manifest
    assert manifest["settings"]["socket_mode_enabled"] == (not url)
    assert "/slack/events" in json.dumps(manifest) if url else "request_url" not in str(manifest)


async def test_a_manifest_that_slack_would_refuse_is_noticed() -> None:
    manifest = docs.manifest(load_commands())
    manifest["features"]["slash_commands"][0].pop("description")
    with pytest.raises(SlackError):
        checked_manifest(manifest)
