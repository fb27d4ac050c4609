"""A catalogue as CKAN comes, without schemas and states: the whole job, by forms and by words."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from bot.context import Person
from bot.store.names import Kind
from sandbox.catalogue import PLAIN, RunningCatalogue, start
from tests.house import CHANNEL, Guest, House, open_house
from tests.scenarios.test_the_whole_job import in_blocks
from tests.scenarios.test_the_whole_job_in_words import does, in_words

BRANCH: Final = "information-management-cfd"
FIRST: Final[dict[str, Any]] = {
    "notes": "Counts & rates,\n\nby *year*",
    "license_id": "2",
    "url": "https://gov.bc.ca/from?a=1&b=2",
    "version": "1.0",
    "author": "Éva O'Hara",
    "author_email": "eva@gov.bc.ca",
    "maintainer": "Desk",
    "maintainer_email": "desk@gov.bc.ca",
}
PAIRS: Final = [{"key": "Area", "value": "Interior"}, {"key": "Years", "value": "2018, 2019"}]
EDITED: Final[dict[str, Any]] = {
    "notes": "Edited",
    "license_id": "25",
    "url": "https://gov.bc.ca/else",
    "version": "2.0",
    "author": "Desk",
    "author_email": "desk@gov.bc.ca",
    "maintainer": "Éva",
    "maintainer_email": "eva@gov.bc.ca",
}
RESOURCE: Final = {"description": "All *years*", "format": "CSV", "resource_type": "data"}
RESOURCE_EDITED: Final = {
    "description": "Some years",
    "format": "XLSX",
    "resource_type": "report",
    "mimetype": "application/x-thing",
}


@dataclass(frozen=True, slots=True)
class Walk:
    """An editor in a house over a plain catalogue."""

    house: House
    catalogue: RunningCatalogue
    guest: Guest

    async def record(self, name: str) -> dict[str, Any]:
        """The record as its editor reads it in the catalogue."""
        return dict(await self.ask("package_show", id=name))

    async def ask(self, ckan_action: str, **args: Any) -> Any:
        headers = {"Authorization": self.catalogue.catalogue.person("cfd-editor").api_key}
        url = f"{self.catalogue.url}/api/3/action/{ckan_action}"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, json=args, headers=headers) as answer,
        ):
            return (await answer.json())["result"]

    async def fills_pages(self, act: str, *on: str, **entered: Any) -> None:
        """Fill in a form page by page; on the one with the pairs press `act` on these first."""
        while "You are about to" not in self.guest.reads():
            for block_id in on if "extras" in self.blocks() else ():
                await self.guest.presses(act, block_id=block_id)
            here = self.blocks()
            errors = await self.guest.fills(
                **{key: one for key, one in entered.items() if key.replace("__", ".") in here}
            )
            assert errors == {}

    def blocks(self) -> set[str]:
        """The blocks of the view in front."""
        assert self.guest.view
        return {block.get("block_id", "") for block in self.guest.view["blocks"]}

    async def applies(self) -> None:
        said = self.guest.reads()
        assert "You are about to" in said, said
        await self.guest.presses("bcdc:change:apply")
        if self.guest.view:
            await self.guest.closes()


@pytest.fixture
async def walk(tmp_path: Path) -> AsyncIterator[Walk]:
    running = await start(generation="2.12", kind=PLAIN)
    async with open_house(tmp_path, running.url, running.keys) as house:
        guest = house.guest("robin")
        await guest.connects("cfd-editor")
        yield Walk(house, running, guest)
    await running.stop()


def holds(held: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert {key: held[key] for key in wanted} == wanted


async def test_by_forms_what_is_entered_and_edited_in_every_field_reads_back(walk: Walk) -> None:
    guest, mark = walk.guest, secrets.token_hex(4)
    title, name = f"Plain {mark}", f"plain-{mark}"
    file = walk.house.slack.workspace.files.add(guest.id, "One.csv", b"a,b\n1,2\n")

    await guest.types(f"/bcdc create-package {BRANCH}")
    assert "1 of" in guest.reads()
    entered = FIRST | {"title": title, "private": "false", "tag_string": "one, two words"}
    pairs = in_blocks({"extras": PAIRS})
    await walk.fills_pages("bcdc:form:add", "extras", "extras", **entered, **pairs)
    await walk.applies()
    made = await walk.record(name)
    holds(made, {"title": title, **FIRST, "extras": PAIRS, "private": False, "type": "dataset"})
    assert [tag["name"] for tag in made["tags"]] == ["one", "two words"]
    assert "publish_state" not in made

    for given in ({"url": "https://data.example.test/a.csv?x=1&y=2"}, {"upload": [file.id]}):
        await guest.types(f"/bcdc create-resource {name}")
        assert await guest.fills(name="R", **RESOURCE, **given) == {}
        await walk.applies()
    linked, uploaded = (await walk.record(name))["resources"]
    holds(linked, {"name": "R", **RESOURCE, "url": "https://data.example.test/a.csv?x=1&y=2"})
    holds(uploaded, {"name": "R", **RESOURCE, "url_type": "upload", "size": 8})

    await guest.types(f"/bcdc patch-package {name}")
    entered = EDITED | {"title": f"{title} again", "name": f"{name}-again", "private": "true"}
    pairs = {"tag_string": "two words", "extras__1__value": "2020"}
    await walk.fills_pages("bcdc:form:remove", "extras.0", **entered, **pairs)
    await walk.applies()
    name = f"{name}-again"
    for resource in (linked, uploaded):
        await guest.types(f"/bcdc patch-resource {resource['id']}")
        assert await guest.fills(name="Edited", **RESOURCE_EDITED) == {}
        await walk.applies()

    other = walk.house.slack.workspace.files.add(guest.id, "Two.csv", b"a,b\n1,2\n3,4\n")
    await guest.types(f"/bcdc update-resource {uploaded['id']}")
    assert await guest.fills(upload=[other.id]) == {}
    await walk.applies()

    after = await walk.record(name)
    extras = [{"key": "Years", "value": "2020"}]
    holds(after, {"title": f"{title} again", **EDITED, "extras": extras, "private": True})
    assert [tag["name"] for tag in after["tags"]] == ["two words"]
    for resource in after["resources"]:
        holds(resource, {"name": "Edited", **RESOURCE_EDITED})
    link, replaced = after["resources"]
    assert link["url"] == linked["url"]
    assert replaced["url"].endswith("/two.csv")
    assert replaced["size"] == 12


async def test_by_words_what_is_typed_and_edited_reads_back_and_is_put_back(walk: Walk) -> None:
    guest, mark = walk.guest, secrets.token_hex(4)
    title, name = f"Plain words {mark}", f"plain-words-{mark}"
    entered = {"title": title, **FIRST, "tags": ["one", "two words"], "extras": PAIRS}
    await does(guest, f"create-package {BRANCH} {in_words(entered)} private=everyone")
    for number in range(2):
        link = f"https://data.example.test/{number}.csv"
        words = in_words({"name": f"R{number}", "url": link, **RESOURCE, "format": "text/csv"})
        await does(guest, f"create-resource {name} {words}")
    made = await walk.record(name)
    holds(made, {"title": title, **FIRST, "extras": PAIRS, "private": False})
    for number, resource in enumerate(made["resources"]):
        holds(resource, {"name": f"R{number}", **RESOURCE})

    changed = in_words({**EDITED, "title": f"{title} again"})
    rows = 'extras.0= extras.1.value=2020 extras.2.key=New extras.2.value="third one" -one'
    await does(guest, f"patch-package {name} {changed} private=true {rows}")
    undo = guest.direct()[-1]
    first = made["resources"][0]["id"]
    await does(guest, f"patch-resource {first} {in_words(RESOURCE_EDITED)}")
    await does(guest, f"reorder-resources {name} {made['resources'][1]['id']} {first}")
    after = await walk.record(name)
    extras = [{"key": "New", "value": "third one"}, {"key": "Years", "value": "2020"}]
    holds(after, {"title": f"{title} again", **EDITED, "extras": extras, "private": True})
    assert [row["id"] for row in after["resources"]] == [made["resources"][1]["id"], first]
    holds(after["resources"][1], RESOURCE_EDITED)

    direct = walk.house.direct_channel(guest.id)
    await guest.presses("bcdc:change:undo", channel=direct, message=undo)
    await walk.applies()
    again = await walk.record(name)
    kept = {**FIRST, "title": title, "extras": PAIRS, "private": False}
    holds(again, kept)
    assert [tag["name"] for tag in again["tags"]] == ["one", "two words"]

    told = await guest.types(f"/bcdc history {name}")
    assert "Who can see this record" in told
    assert "Additional information" in told
    await guest.types(f"/bcdc delete-resource {first}")
    await walk.applies()
    await guest.types(f"/bcdc delete-package {name}")
    assert await guest.fills(confirm=name) == {}
    assert "title stays taken" not in guest.reads()
    await walk.applies()
    assert walk.catalogue.catalogue.package(made["id"])["state"] == "deleted"


async def test_a_format_may_be_spelled_otherwise_and_is_guessed_and_put_back(walk: Walk) -> None:
    guest, mark = walk.guest, secrets.token_hex(4)
    await does(guest, f"create-package {BRANCH} title=“Formats {mark}”")
    name = f"formats-{mark}"
    assert (await walk.record(name))["private"] is True
    await does(guest, f"create-resource {name} name=A url=https://data.example.test/all.csv")
    await does(guest, f"create-resource {name} name=B url=https://data.example.test/page")
    one, other = (await walk.record(name))["resources"]
    assert (one["format"], other["format"]) == ("CSV", "")
    await does(guest, f"patch-resource {one['id']} format=geojson")
    assert (await walk.record(name))["resources"][0]["format"] == "GeoJSON"
    undo = guest.direct()[-1]
    direct = walk.house.direct_channel(guest.id)
    await guest.presses("bcdc:change:undo", channel=direct, message=undo)
    await walk.applies()
    assert (await walk.record(name))["resources"][0]["format"] == "CSV"


async def test_a_copy_takes_over_what_is_ckans_and_starts_private(walk: Walk) -> None:
    guest, mark = walk.guest, secrets.token_hex(4)
    words = in_words({"title": f"Copied {mark}", **FIRST, "extras": PAIRS, "tags": ["one"]})
    await does(guest, f"create-package {BRANCH} {words} private=false")
    await does(guest, f"create-package from:copied-{mark} title=“Copy {mark}”")
    copy = await walk.record(f"copy-{mark}")
    holds(copy, FIRST | {"extras": PAIRS, "private": True, "title": f"Copy {mark}"})
    assert [tag["name"] for tag in copy["tags"]] == ["one"]


async def test_there_are_no_states_and_everyone_sees_what_is_not_private(walk: Walk) -> None:
    guest, house = walk.guest, walk.house
    records = walk.catalogue.catalogue.packages.values()
    hidden = next(one for one in records if one["private"])
    shown = next(one for one in records if not one["private"])
    for line in ("set-state {} published", "set-state {}"):
        assert "have no states" in await guest.types("/bcdc " + line.format(shown["name"]))
        if guest.view:
            await guest.closes()
    assert "have no states" in await guest.types(f"/bcdc list-packages {BRANCH} state:draft")
    assert "Move to" not in await guest.types(f"/bcdc show-package {shown['name']}")
    told = await guest.types(f"/bcdc show-package {hidden['name']}")
    assert "Members of its organization" in told

    stranger = house.guest("sam")
    directory = house.slack.workspace.directory
    directory.channels[CHANNEL].members.add(stranger.id)
    assert shown["title"] in await stranger.types(f"/bcdc show-package {shown['name']}")
    assert "There is no record" in await stranger.types(f"/bcdc show-package {hidden['name']}")
    await house.indexed()
    everyone = await house.bot.index.find("test", Kind.PACKAGE, limit=1000)
    assert {one.id for one in everyone} == {one["id"] for one in records if not one["private"]}
    seen = await house.bot.own_parts.of(Person("T0BCDC", guest.id), "test")
    own = await house.bot.index.known("test", seen.sight.viewer)
    branch = walk.catalogue.catalogue.organization(BRANCH).id
    private = {one["id"] for one in records if one["private"] and one["owner_org"] == branch}
    assert private
    assert set(own) == private


async def test_fields_are_told_and_what_ckan_refuses_is_refused_before(walk: Walk) -> None:
    guest = walk.guest
    listed = await guest.types("/bcdc schema package")
    for label in ("Title", "Licence", "Who can see this record", "Author's e-mail"):
        assert label in listed
    name = next(
        one["name"]
        for one in walk.catalogue.catalogue.packages.values()
        if not one["private"]
        and walk.catalogue.catalogue.organization(one["owner_org"]).name == BRANCH
    )
    for words, said in {
        "author_email=x": "must be an e-mail address",
        f"version={'v' * 101}": "must have 1 to 100 characters",
        "private=perhaps": "is not a choice",
        "extras.0.key=a extras.0.value=1 extras.1.key=a extras.1.value=2": "twice",
        "extras.0.key=a": "mandatory",
        "extras.0.key=title extras.0.value=x": "field of its own",
        "publish_state=DRAFT": "There is no field",
        "groups.0.name=x": "groups",
        "tags=a": "2 to 100",
    }.items():
        told = await guest.types(f"/bcdc patch-package {name} {words}")
        assert said in told, (words, told)
