"""What is offered while a person types: exactly what that person may see, whatever happens."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.ckan import actions
from bot.ckan.models import Package
from bot.flow.index.everyone import Pace
from bot.store.names import Kind
from tests.ckan.places import Place, Visit
from tests.house import Guest, House, Offer, open_house
from tests.proxy import ANY, Fault, FaultProxy, abort, running_proxy, slow

PEOPLE = (
    "bcdc-sysadmin",
    "cfd-org-admin",
    "cfd-ministry-admin",
    "cfd-editor",
    "forests-editor",
    "data-steward",
    "cfd-member",
    "no-org-user",
    None,
)
PUBLIC = {"PUBLISHED", "PENDING ARCHIVE"}
_PACKAGE = Kind.PACKAGE
FINDS_NOTHING = Fault(
    "behind",
    status=200,
    text='{"success": true, "result": {"count": 0, "results": []}}',
    content_type="application/json",
)


@pytest.fixture
async def proxy(place: Place) -> AsyncIterator[FaultProxy]:
    async with running_proxy(place.url) as proxy:
        yield proxy


@pytest.fixture
async def house(place: Place, proxy: FaultProxy, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, proxy.url, place.keys, delivery="http") as house:
        await house.indexed()
        yield house


async def asks(guest: Guest, query: str) -> Offer:
    """Type in the first question of a verb; without a key there is no such form to type in."""
    if guest.view is None:
        await guest.types("/bcdc patch-resource")
    return await guest.looks_up("package_id", query)


async def suggested(house: House, guest: Guest, block_id: str, query: str) -> set[str]:
    """What is answered to a `block_suggestion`, in time and without saying that it still reads."""
    async with asyncio.timeout(60):
        while True:
            ids, note = await _suggested(house, guest, block_id, query)
            if (ids or query) and "Still reading" not in note:
                return ids
            await asyncio.sleep(0.1)


async def _suggested(house: House, guest: Guest, block_id: str, query: str) -> tuple[set[str], str]:
    """What is answered to a `block_suggestion` that Slack sends, whatever form it stands in."""
    slack: Any = house.slack.workspace
    delivery = slack.payloads.interaction(
        "block_suggestion",
        slack.directory.person(guest.id),
        container={"type": "view", "view_id": "V1"},
        block_id=block_id,
        action_id="value",
        value=query,
    )
    body = (await slack.outbox.ask(delivery)).body
    if body is None:  # too late for Slack, which shows nothing then
        return set(), "Still reading"
    groups = body.get("option_groups") or [body]
    note = "".join(group["label"]["text"] for group in groups if "label" in group)
    return {one["value"] for group in groups for one in group["options"]}, note


async def published(visit: Visit, title: str, **more: Any) -> Package:
    """A record that has gone all the way to everybody."""
    record = await visit.make(by="bcdc-sysadmin", title=title, **more)
    for state in ("PENDING PUBLISH", "PUBLISHED"):
        body = {"id": record.id, "publish_state": state}
        await visit.as_user("bcdc-sysadmin").write("package_patch", body)
    return record


async def ask(place: Place, name: str | None, ckan_action: str, **arguments: Any) -> Any:
    """Ask the catalogue with somebody's key, by no code of the bot's."""
    headers = {"Authorization": place.keys[name].get_secret_value()} if name else {}
    url = f"{place.url}/api/3/action/{ckan_action}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json=arguments, headers=headers) as answer,
    ):
        told = await answer.json()
    return told["result"] if told.get("success") else None


async def may_see(place: Place, name: str | None, everything: list[Any]) -> set[str]:
    """Ids of the records a person may know of, worked out from what CKAN says to that person."""
    editor: set[str] = set()
    sysadmin = name == "bcdc-sysadmin"
    if name:
        rows = await ask(place, name, "organization_list_for_user", permission="create_dataset")
        editor = {row["id"] for row in rows or ()}
    seen = set()
    for record in everything:
        if record.get("state", "active") != "active":
            continue
        published = record.get("publish_state") in PUBLIC
        restricted = record["private"] or record.get("metadata_visibility") != "Public"
        if published and not restricted:
            seen.add(record["id"])
        elif published and name:
            if await ask(place, name, "package_show", id=record["id"]):
                seen.add(record["id"])
        elif not published and name and (sysadmin or record["owner_org"] in editor):
            seen.add(record["id"])
    return seen


@pytest.mark.alone
async def test_everyone_is_offered_exactly_what_they_may_see(
    house: House, place: Place, visit: Visit
) -> None:
    mark = f"zq{secrets.token_hex(4)}"
    private = {"metadata_visibility": "IDIR", "private": True}
    await visit.make(by="bcdc-sysadmin", title=f"Draft {mark}")
    await visit.make(by="bcdc-sysadmin", title=f"Restricted draft {mark}", **private)
    await published(visit, f"Public {mark}")
    await published(visit, f"Restricted {mark}", **private)
    everything = await visit.searchable()
    ours = {one["id"] for one in everything if mark in one["title"]}
    assert len(ours) == 4
    await house.bot.poller.poll("test")
    for name in PEOPLE:
        guest = house.guest("robin")
        if name:
            await guest.connects(name)
        else:
            await guest.types("/bcdc disconnect")
        expected = await may_see(place, name, everything)
        offered = await suggested(house, guest, "package_id", mark)
        assert offered == expected & ours, name
        offered = await suggested(house, guest, "package_id", "")
        assert offered == expected, name
        resources = {
            row["id"] for one in everything if one["id"] in expected for row in one["resources"]
        }
        offered = await suggested(house, guest, "resource", "First")
        firsts = {
            row["id"]
            for one in everything
            for row in one["resources"]
            if mark in one["title"] and row["name"] == "First"
        }
        assert offered & firsts == firsts & resources, name
    tree = await ask(place, None, "organization_list")
    assert len(await suggested(house, guest, "owner_org", "")) == min(100, len(tree))


async def test_two_people_are_never_mixed(house: House, visit: Visit) -> None:
    draft = await visit.make(title=f"Only ours {secrets.token_hex(4)}")
    ours, theirs = house.guest("robin"), house.guest("sam")
    await ours.connects("cfd-editor")
    await theirs.connects("forests-editor")
    for _ in range(3):
        mine, yours = await asyncio.gather(
            suggested(house, ours, "package_id", draft.title),
            suggested(house, theirs, "package_id", draft.title),
        )
        assert (mine, yours) == ({draft.id}, set())
    await ours.types("/bcdc disconnect")
    assert await suggested(house, ours, "package_id", draft.title) == set()


async def test_what_changes_in_the_catalogue_is_offered_as_it_is_then(
    house: House, visit: Visit
) -> None:
    guest, admin = house.guest("robin"), visit.as_user("bcdc-sysadmin")
    record = await published(visit, f"Was {secrets.token_hex(4)}")
    await house.bot.poller.poll("test")
    assert await suggested(house, guest, "package_id", record.title) == {record.id}

    await admin.write("package_patch", {"id": record.id, "title": "Will be " + record.title})
    await house.bot.poller.poll("test")
    found = await house.bot.index.find("test", _PACKAGE, record.title)
    assert [one.title for one in found] == ["Will be " + record.title]

    await admin.write("package_patch", {"id": record.id, "metadata_visibility": "IDIR"})
    await house.bot.poller.poll("test")
    assert await suggested(house, guest, "package_id", record.title) == set()

    await admin.write("package_patch", {"id": record.id, "metadata_visibility": "Public"})
    await house.bot.poller.poll("test")
    assert await suggested(house, guest, "package_id", record.title) == {record.id}

    await admin.write("package_delete", {"id": record.id})
    await house.bot.poller.poll("test")
    assert await suggested(house, guest, "package_id", record.title) == set()


async def test_a_record_that_moves_to_others_is_theirs_alone(house: House, visit: Visit) -> None:
    draft = await visit.make(by="bcdc-sysadmin", title=f"Ours {secrets.token_hex(4)}")
    ours, theirs = house.guest("robin"), house.guest("sam")
    await ours.connects("cfd-editor")
    await theirs.connects("forests-editor")
    assert await suggested(house, ours, "package_id", draft.title) == {draft.id}
    assert await suggested(house, theirs, "package_id", draft.title) == set()
    other = await visit.organization_id("forest-analysis-and-inventory")
    body = {"id": draft.id, "owner_org": other}
    await visit.as_user("bcdc-sysadmin").write("package_patch", body)
    await age(house, "cfd-editor", visit)
    await age(house, "forests-editor", visit)
    assert await suggested(house, ours, "package_id", draft.title) == set()
    assert await suggested(house, theirs, "package_id", draft.title) == {draft.id}


async def age(house: House, name: str, visit: Visit) -> None:
    """Make a person's own part as old as after a minute."""
    user = await actions.user_show(visit.as_user(name), name)
    part = await house.bot.index.part("test", user.id)
    assert part
    await house.bot.index.keep(replace(part, due_at=part.due_at - timedelta(minutes=2)))


@pytest.mark.parametrize("place", ["sandbox as 2.12"], indirect=True)
async def test_what_was_saved_just_before_stays_while_the_search_is_behind(
    house: House, visit: Visit, proxy: FaultProxy
) -> None:
    await house.bot.poller.stop()
    guest, mark = house.guest("robin"), f"zq{secrets.token_hex(4)}"
    await guest.connects("cfd-editor")
    kept, gone = [await visit.make(title=f"{title} {mark}") for title in ("Kept", "Gone")]
    assert await suggested(house, guest, "package_id", mark) == {kept.id, gone.id}
    await visit.as_user("bcdc-sysadmin").write("package_delete", {"id": gone.id})
    await age(house, "cfd-editor", visit)
    proxy.fault("package_search", FINDS_NOTHING, times=None)
    assert await suggested(house, guest, "package_id", mark) == {kept.id}
    proxy.heal()


@pytest.mark.parametrize("fault", [abort(), slow(30)], ids=["down", "hanging"])
async def test_what_is_known_is_offered_while_the_catalogue_is_away(
    house: House, visit: Visit, proxy: FaultProxy, fault: Any
) -> None:
    draft = await visit.make(title=f"Known {secrets.token_hex(4)}")
    guest = house.guest("robin")
    await guest.connects("cfd-editor")
    await guest.types("/bcdc patch-resource")
    assert list((await asks(guest, draft.title)).options) == [draft.id]
    await age(house, "cfd-editor", visit)
    proxy.fault(ANY, fault, times=None)
    for _ in range(4):
        assert list((await asks(guest, draft.title)).options) == [draft.id]
    await guest.chooses("package_id", draft.id)
    assert "First" in str(guest.view)
    proxy.heal()


async def test_a_cold_index_says_so_and_asks_the_catalogue(
    place: Place, visit: Visit, proxy: FaultProxy, tmp_path: Path
) -> None:
    record = await published(visit, f"Cold {secrets.token_hex(4)}")
    async with open_house(tmp_path, proxy.url, place.keys, delivery="http") as house:
        guest = house.guest("robin")
        await guest.connects("cfd-editor")
        await house.indexed()
        part = await house.bot.index.part("test")
        assert part
        await house.bot.poller.stop()
        await house.bot.index.forget("test", "", [record.id])
        await house.bot.index.keep(replace(part, complete=False))
        offer = await asks(guest, record.title)
        assert list(offer.options) == [record.id]
        assert "Still reading the catalogue" in offer.note
        proxy.fault(ANY, slow(30), times=None)
        offer = await asks(guest, record.title)
        assert list(offer.options) == [record.title]
        assert "Still reading" in offer.note
        proxy.heal()


@pytest.mark.parametrize("place", ["sandbox as 2.12"], indirect=True)
async def test_no_time_is_not_told_as_nothing_found(house: House, proxy: FaultProxy) -> None:
    guest = house.guest("robin")
    await guest.connects("cfd-editor")
    await guest.types("/bcdc patch-resource")
    house.bot.own_parts.pace = Pace(patience=60)
    proxy.fault(ANY, slow(30), times=None)
    offer = await guest.looks_up("package_id", "Children")
    assert list(offer.options) == ["Children"]
    assert "Still reading" in offer.note
    proxy.heal()


async def test_a_restart_keeps_what_is_known(house: House, visit: Visit, proxy: FaultProxy) -> None:
    draft = await visit.make(title=f"Kept {secrets.token_hex(4)}")
    guest = house.guest("robin")
    await guest.connects("cfd-editor")
    assert await suggested(house, guest, "package_id", draft.title) == {draft.id}
    proxy.fault(ANY, abort(), times=None)
    await house.restart()
    assert await suggested(house, guest, "package_id", draft.title) == {draft.id}
    proxy.heal()


async def test_an_idle_bot_asks_for_one_search_a_cycle(house: House, proxy: FaultProxy) -> None:
    await house.settled()
    await house.bot.poller.stop()
    before = proxy.requests.total()
    for _ in range(3):
        await house.bot.poller.poll("test")
    assert proxy.requests.total() - before == 3


async def test_what_the_bot_saves_is_offered_at_once(house: House, visit: Visit) -> None:
    draft = await visit.make(title=f"Ours {secrets.token_hex(4)}")
    guest = house.guest("robin")
    await guest.connects("cfd-editor")
    assert await suggested(house, guest, "package_id", draft.title) == {draft.id}
    name = f"Renamed {secrets.token_hex(4)}"
    await guest.types(f'/bcdc patch-resource {draft.resources[0].id} name="{name}"')
    await guest.presses("bcdc:change:apply")
    assert await suggested(house, guest, "resource", name) == {draft.resources[0].id}
