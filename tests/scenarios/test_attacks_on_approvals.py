"""People try to get past those who approve, or to read what is not for them in what is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.change import State
from bot.ckan.models import Package
from bot.store.tables import change
from sandbox.catalogue import start
from tests.ckan.places import BRANCH, Place, Visit, contact
from tests.house import CHANNEL, Guest, House, open_house, text_of

APPLY = "bcdc:change:apply"
APPROVE = "bcdc:change:approve"
HIDDEN = {"name": "Hidden Person", "email": "hidden.person@example.test", "displayed": []}

pytestmark = pytest.mark.parametrize("place", ["sandbox as 2.9"], indirect=True)


@pytest.fixture
def delivery() -> str:
    return "socket"


@pytest.fixture
async def robin(house: House) -> Guest:
    guest = house.guest("robin")
    await guest.connects("cfd-editor")
    return guest


@pytest.fixture
async def priya(house: House) -> Guest:
    guest = house.guest("priya")
    await guest.connects("cfd-org-admin")
    return guest


async def policy(guest: Guest, words: str) -> None:
    assert "Kept for" in await guest.types(f"/bcdc policy {BRANCH} {words}")


async def two_of_two(house: House) -> tuple[Guest, Guest]:
    """Two admins who both have to approve every change."""
    mei, alex = house.guest("mei"), house.guest("alex")
    await mei.connects("cfd-org-admin")
    await alex.connects("cfd-ministry-admin")
    await policy(alex, "when:always approvers:2")
    return mei, alex


async def record(visit: Visit, package: Package) -> Package:
    raw = await visit.as_user("bcdc-sysadmin").read("package_show", id=package.id)
    return Package(raw)


def cards(guest: Guest, channel: str = "") -> list[dict[str, Any]]:
    shown = guest.messages(channel) if channel else guest.direct()
    return [one for one in shown if "asks to" in text_of(one["blocks"])]


async def approves(guest: Guest, channel: str = "") -> str:
    place = channel or guest.house.direct_channel(guest.id)
    await guest.presses(APPROVE, channel=place, message=cards(guest, channel)[-1])
    return guest.reads(place)


async def states(house: House) -> list[State]:
    async with house.bot.db.read() as connection:
        rows = await connection.execute(sa.select(change.c.state).order_by(change.c.created_at))
        return [State(row.state) for row in rows]


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("tag_string", "patch-package {package} tags=one,three"),
        ("tag_string", "patch-package {package} +three"),
        ("url", "delete-resource {resource}"),
        ("upload", "delete-resource {resource}"),
        ("contacts", "patch-package {package} contacts.0.email=new@example.test"),
        ("url", "update-resource {resource} url=https://data.example.test/new.csv"),
    ],
)
async def test_a_named_field_waits_by_whatever_verb_it_is_changed(
    house: House, visit: Visit, robin: Guest, priya: Guest, named: str, words: str
) -> None:
    package = await visit.make()
    await policy(priya, f"when:fields:{named}")
    line = words.format(package=package.name, resource=package.resources[1].id)
    await robin.types(f"/bcdc {line}")
    await robin.presses(APPLY)
    assert State.PENDING in await states(house), robin.reads()


async def test_who_deletes_a_record_asks_those_who_guard_its_fields(
    house: House, visit: Visit, robin: Guest, priya: Guest
) -> None:
    package = await visit.make()
    await policy(priya, "when:fields:title")
    await robin.types(f"/bcdc delete-package {package.name}")
    await robin.fills(confirm=package.name)
    await robin.presses(APPLY)
    assert State.PENDING in await states(house)
    assert (await record(visit, package)).raw["state"] == "active"


async def test_a_policy_set_after_the_preview_is_told_before_anybody_is_asked(
    house: House, visit: Visit, robin: Guest, priya: Guest
) -> None:
    package = await visit.make()
    await robin.types(f'/bcdc patch-package {package.name} notes="Quickly"')
    preview = robin.messages()[-1]
    await policy(priya, "when:always")
    await robin.presses(APPLY, message=preview)
    assert "have to be approved by now" in robin.reads()
    assert not cards(priya)
    await robin.presses("bcdc:change:edit", message=preview)
    await robin.presses("bcdc:form:preview")
    assert "to approve it" in robin.reads()
    await robin.presses(APPLY)
    await approves(priya)
    assert (await record(visit, package)).text("notes") == "Quickly"


@pytest.mark.parametrize("other_user", ["", "data-steward"])
async def test_nobody_approves_their_own_by_another_name_while_their_key_is_away(
    house: House, visit: Visit, priya: Guest, other_user: str
) -> None:
    package = await visit.make()
    mei, alex = await two_of_two(house)
    await priya.types(f'/bcdc patch-package {package.name} notes="Mine"')
    await priya.presses(APPLY)
    if other_user:
        await priya.connects(other_user)
    else:
        await priya.types("/bcdc disconnect")
    assert "You asked for this yourself" in await approves(mei)
    await priya.connects(other_user or "cfd-org-admin")
    await approves(alex)
    assert (await record(visit, package)).text("notes") == "Made for a test."
    assert "1 of 2 approvals" in text_of(cards(alex)[-1]["blocks"])


async def test_nobody_writes_with_the_key_of_who_approved_it(
    house: House, visit: Visit, robin: Guest
) -> None:
    package = await visit.make()
    mei, alex = await two_of_two(house)
    await robin.types(f'/bcdc patch-package {package.name} notes="Mine"')
    await robin.presses(APPLY)
    assert "You approved this" in await approves(mei)
    await robin.connects("cfd-org-admin")
    await approves(alex)
    assert (await record(visit, package)).text("notes") == "Made for a test."
    assert "may not approve it" in text_of(cards(alex)[-1]["blocks"])


async def test_a_channel_of_approvers_never_reads_of_a_contact_that_is_not_displayed(
    house: House, visit: Visit, robin: Guest, priya: Guest
) -> None:
    org = await visit.organization_id()
    package = await visit.publish(await visit.make(contacts=[contact(org), contact(org, **HIDDEN)]))
    await policy(priya, "when:always channel:here")
    await robin.types(f"/bcdc patch-package {package.name} contacts.0.email=told@example.test")
    await robin.presses(APPLY)
    theirs = [contact(org, email="web@example.test"), contact(org, **HIDDEN)]
    body = {"match": {"id": package.id}, "update__contacts": theirs}
    await visit.as_user("bcdc-sysadmin").write("package_revise", body)
    await approves(priya)
    colleague = house.guest("alex")
    heard = json.dumps(colleague.messages(CHANNEL), ensure_ascii=False)
    assert "was not saved" in heard
    assert "hidden.person@" not in heard
    assert "Hidden Person" not in heard


async def test_a_channel_shared_with_another_company_reads_of_nothing_that_is_not_public(
    house: House, visit: Visit, robin: Guest, priya: Guest
) -> None:
    package = await visit.make()
    await policy(priya, "when:always channel:here")
    house.slack.workspace.directory.channels[CHANNEL].is_shared = True
    await robin.types(f'/bcdc patch-package {package.name} notes="Still secret"')
    await robin.presses(APPLY)
    guest = house.guest("alex")
    heard = json.dumps(guest.messages(CHANNEL), ensure_ascii=False)
    assert "Still secret" not in heard
    assert package.title not in heard
    assert "asks to change" in text_of(cards(priya)[-1]["blocks"])
    await priya.presses("bcdc:change:view", message=guest.messages(CHANNEL)[-1])
    assert "Still secret" in priya.reads()
    await priya.presses(APPROVE)
    assert (await record(visit, package)).text("notes") == "Still secret"
    heard = json.dumps(guest.messages(CHANNEL), ensure_ascii=False)
    assert "This waits no more" in heard
    assert package.title not in heard


async def test_a_channel_shared_with_another_company_reads_no_words_that_are_not_approved_yet(
    house: House, visit: Visit, robin: Guest, priya: Guest
) -> None:
    package = await visit.publish(await visit.make())
    await policy(priya, "when:always channel:here")
    house.slack.workspace.directory.channels[CHANNEL].is_shared = True
    await robin.types(f'/bcdc patch-package {package.name} notes="Not approved"')
    await robin.presses(APPLY)
    card = house.guest("alex").messages(CHANNEL)[-1]
    assert package.title in text_of(card["blocks"])
    assert "Not approved" not in json.dumps(card, ensure_ascii=False)
    await priya.presses("bcdc:change:view", message=card)
    assert "Not approved" in priya.reads()


async def test_no_record_is_moved_past_the_admins_of_where_it_goes(
    house: House, visit: Visit, priya: Guest
) -> None:
    package = await visit.make(by="data-steward", owner_org=await visit.organization_id("geobc"))
    there = await visit.organization_id()
    mei = house.guest("mei")
    await mei.connects("data-steward")
    await policy(priya, "when:always")
    line = f"/bcdc patch-package {package.name} owner_org={there}"
    assert "one of them has to move the record there" in await mei.types(line)
    await policy(priya, "when:never")
    await mei.types(line)
    await mei.presses(APPLY)
    assert (await record(visit, package)).owner_org == there


async def test_no_record_is_moved_past_admins_who_set_their_policy_after_the_preview(
    house: House, visit: Visit
) -> None:
    mei, alex = house.guest("mei"), house.guest("alex")
    await mei.connects("data-steward")
    await alex.connects("bcdc-sysadmin")
    there = await visit.organization_id("geobc")
    packages = [await visit.make(by="data-steward") for _ in range(2)]
    for guest, package in zip((mei, alex), packages, strict=True):
        await guest.types(f"/bcdc patch-package {package.name} owner_org={there}")
    assert "Kept for" in await alex.types("/bcdc policy geobc when:always")
    for guest, package in zip((mei, alex), packages, strict=True):
        preview = next(one for one in guest.messages() if APPLY in str(one["blocks"]))
        await guest.presses(APPLY, message=preview)
        moved = (await record(visit, package)).owner_org == there
        # Who decides there may take it.
        assert moved is (guest is alex)
    assert "have to be approved by now" in text_of(mei.direct()[-1]["blocks"])
    refused = await mei.types(f"/bcdc patch-package {packages[0].name} owner_org={there}")
    assert "so one of them has to move the record there" in refused


async def test_what_waits_in_a_channel_is_not_called_there_as_while_it_was_restricted(
    house: House, visit: Visit, robin: Guest, priya: Guest
) -> None:
    await policy(priya, "when:always")
    restricted = {"title": "Zebrafish census", "metadata_visibility": "IDIR"}
    package = await visit.publish(await visit.make(**restricted))
    await robin.types(f"/bcdc patch-package {package.id} notes=Waits")
    await robin.presses(APPLY)
    opened = {"title": f"Fish {package.name}", "metadata_visibility": "Public"}
    body = {"match": {"id": package.id}, "update": opened}
    await visit.as_user("bcdc-sysadmin").write("package_revise", body)
    stranger = house.guest("alex")
    said = await stranger.types("/bcdc pending here")
    assert f"Fish {package.name}" in said
    assert "Zebrafish" not in said
    assert "Zebrafish" in await priya.types("/bcdc pending here")


async def test_who_is_no_admin_any_more_reads_of_nothing_that_is_not_public(
    tmp_path: Path, place: Place
) -> None:
    running = await start(generation="2.9")
    draft = running.catalogue.package("youth-transition-agreements")
    async with open_house(tmp_path, running.url, running.keys) as house:
        robin, priya = house.guest("robin"), house.guest("priya")
        await robin.connects("cfd-editor")
        await priya.connects("cfd-org-admin")
        await policy(priya, "when:always")
        await robin.types(f'/bcdc patch-package {draft["id"]} notes="Still secret"')
        preview = robin.messages()[-1]
        branch = running.catalogue.organizations[draft["owner_org"]]
        (admin,) = [one for one in running.people if one.name == "cfd-org-admin"]
        del branch.members[admin.id]
        await house.restart()
        await robin.presses(APPLY, message=preview)
        told = json.dumps(priya.direct(), ensure_ascii=False)
        assert "a record that is not public" in told
        assert draft["title"] not in told
        assert "Still secret" not in told
    await running.stop()
