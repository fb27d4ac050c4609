"""Each person finds exactly what they may see: held against the catalogue itself, asked directly.

The oracle here shares no code with the bot: it asks CKAN with the person's key and applies the
rule of docs/catalogue.md, "Who sees what".
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

import pytest
from ckanapi import RemoteCKAN

from sandbox.catalogue import RunningCatalogue
from tests.ckan.places import BRANCH, Place
from tests.house import CHANNEL, Guest, House, open_house

PEOPLE = {
    "alex": "bcdc-sysadmin",
    "priya": "cfd-org-admin",
    "robin": "cfd-editor",
    "jordan": "forests-editor",
    "sam": "cfd-member",
    "casey": "no-org-user",
    "dana": None,
}
"""Who asks, and whose key they gave."""
PUBLIC = {"PUBLISHED", "PENDING ARCHIVE"}
T = TypeVar("T")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Oracle:
    """What the catalogue says to one key, and what its holder may see of it."""

    def __init__(self, place: Place, user: str | None) -> None:
        key = place.keys[user].get_secret_value() if user else None
        self._ckan = RemoteCKAN(place.url, apikey=key)
        self._keyed = user is not None
        self.edits = {
            row["id"] for row in self.ask("organization_list_for_user", permission="create_dataset")
        }

    def ask(self, ckan_action: str, **arguments: Any) -> Any:
        return self._ckan.call_action(ckan_action, arguments)

    def may_see(self, package: dict[str, Any]) -> bool:
        if package.get("state") != "active":
            return False
        if package["publish_state"] not in PUBLIC:
            return package["owner_org"] in self.edits
        return self._keyed or (
            not package["private"] and package["metadata_visibility"] == "Public"
        )

    def records(self, q: str = "", fq: str = "") -> list[dict[str, Any]]:
        """All of them in the catalogue's order, without paging."""
        more = {"include_private": True} if self._keyed else {}
        found = self.ask(
            "package_search",
            q=q,
            fq=fq,
            rows=1000,
            sort="score desc, metadata_modified desc, name asc",
            **more,
        )
        return [one for one in found["results"] if self.may_see(one)]

    def organizations(self) -> list[dict[str, Any]]:
        names = self.ask("organization_list", limit=1000)
        return [
            self.ask("organization_show", id=name, include_users=False, include_datasets=False)
            for name in names
        ]


@pytest.fixture
async def crowd(place: Place, tmp_path: Path) -> AsyncIterator[House]:
    """One house for everybody, each connected with the own key."""
    async with open_house(tmp_path, place.url, place.keys) as house:
        let_everybody_in(house)
        for name, user in PEOPLE.items():
            if user:
                await house.guest(name).connects(user)
        yield house


def let_everybody_in(house: House) -> None:
    directory = house.slack.workspace.directory
    directory.channels[CHANNEL].members.update(directory.people)


async def asked(ask: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """What the oracle answers; in a thread, since the sandbox's catalogue is in this one."""
    return await asyncio.to_thread(ask, *arguments, **named)


async def every_page(guest: Guest, line: str) -> list[tuple[str, str]]:
    """Name and id of each record that a list tells, over all its pages."""
    await guest.types(line)
    told = records_in(guest)
    while "bcdc:page:next" in str(guest.messages()[-1]["blocks"]):
        await guest.presses("bcdc:page:next")
        told += records_in(guest)
    return told


def records_in(guest: Guest) -> list[tuple[str, str]]:
    """Name and id of each record in the newest message, which stand as code."""
    told = []
    for block in guest.messages()[-1]["blocks"]:
        runs = [run for part in block.get("elements", ()) for run in part.get("elements", ())]
        codes = [run["text"] for run in runs if run.get("style", {}).get("code")]
        if len(codes) > 1 and ID.fullmatch(codes[1]):
            told.append((codes[0], codes[1]))
    return told


def named(records: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["name"], one["id"]) for one in records]


@pytest.mark.alone
async def test_lists_hold_exactly_what_a_person_may_see(crowd: House, place: Place) -> None:
    # Everybody may see the same organizations.
    organizations = await asked((await asked(Oracle, place, None)).organizations)
    below = {
        one["name"]: {one["id"]}
        | {
            row["id"]
            for row in organizations
            if one["name"] in map(itemgetter("name"), row["groups"])
        }
        for one in organizations
    }
    for name, user in PEOPLE.items():
        oracle, guest = await asked(Oracle, place, user), crowd.guest(name)
        records = await asked(oracle.records)
        for organization, ids in below.items():
            wanted = named([one for one in records if one["owner_org"] in ids])
            told = await every_page(guest, f"/bcdc list-packages {organization}")
            assert told == wanted, (name, organization)


@pytest.mark.alone
async def test_searches_find_exactly_what_a_person_may_see(crowd: House, place: Place) -> None:
    for name, user in PEOPLE.items():
        oracle, guest = await asked(Oracle, place, user), crowd.guest(name)
        for words in ("services", "forest", "child care", "caseload", "zzzz"):
            wanted = named(await asked(oracle.records, q=words))
            told = await every_page(guest, f"/bcdc find-package {words}")
            assert told == wanted, (name, words)


@pytest.mark.alone
async def test_mine_is_where_one_may_edit(crowd: House, place: Place) -> None:
    for name, user in PEOPLE.items():
        if user is None:
            continue
        oracle = await asked(Oracle, place, user)
        records = await asked(oracle.records)
        wanted = named([one for one in records if one["owner_org"] in oracle.edits])
        assert await every_page(crowd.guest(name), "/bcdc list-packages mine") == wanted, name


@pytest.mark.alone
async def test_what_a_person_may_not_see_is_not_shown_by_its_id(crowd: House, place: Place) -> None:
    every = await asked(
        (await asked(Oracle, place, "bcdc-sysadmin")).records, fq=f'organization:"{BRANCH}"'
    )
    for name, user in PEOPLE.items():
        seen = await asked((await asked(Oracle, place, user)).records)
        allowed = {one["id"] for one in seen}
        for one in every:
            said = await crowd.guest(name).types(f"/bcdc show-package {one['id']}")
            assert (one["name"] in said) == (one["id"] in allowed), (name, one["name"])


async def test_two_thousand_five_hundred_records_come_whole_and_in_order(
    catalogue: RunningCatalogue, tmp_path: Path
) -> None:
    for number in range(2500):
        catalogue.catalogue.add_package(
            f"sheet-{number:04}", f"Map sheet {number}", "geobc", publish_state="PUBLISHED"
        )
    keys = catalogue.keys
    oracle = await asked(Oracle, Place("2.9", catalogue.url, keys), None)
    async with open_house(tmp_path, catalogue.url, keys) as house:
        dana = house.guest("dana")
        let_everybody_in(house)
        said = await dana.types("/bcdc list-packages geobc")
        assert "1–10 of 2,5" in said
        await dana.presses("bcdc:csv")
        content = house.slack.workspace.files.of(dana.direct()[-1]["files"][0]["id"]).content
    lines = content.decode("utf-8-sig").splitlines()[1:]
    told = [line.split(",")[1] for line in lines]
    wanted: list[str] = []
    for first in range(0, 3000, 1000):
        found = await asked(
            oracle.ask,
            "package_search",
            fq='organization:"geobc"',
            rows=1000,
            start=first,
            sort="score desc, metadata_modified desc, name asc",
        )
        wanted += [one["name"] for one in found["results"]]
    assert len(wanted) > 2500
    assert told == wanted
