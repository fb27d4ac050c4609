"""Drafts and restricted records: only where an organization's admin lets a channel hear of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.ckan import actions
from bot.context import Person
from bot.flow.index.everyone import Pace
from bot.flow.teams.telling import MOST
from bot.slack.channels import SlackChannels
from tests.ckan.places import BRANCH, Place, Visit
from tests.house import CHANNEL, Guest, House, text_of
from tests.scenarios.test_teams import ELSEWHERE, NOT_OPEN, known, polled, revise, said, searchable

# What others change at the same moment would be told in the same messages.
pytestmark = pytest.mark.alone

SHARED = "C0GENERAL"


@pytest.fixture
def delivery() -> str:
    return "socket"


async def looked(house: House) -> None:
    """Let the bot look at everything now."""
    watch = house.bot.teams.watch
    watch.pace = Pace(cycle=timedelta(days=1))
    while watch.is_looking:
        await asyncio.sleep(0.02)
    await watch.look_at_all()
    await polled(house)


async def allows(house: House, channel: str, words: str = f"org:{BRANCH}") -> Guest:
    """An admin lets a channel hear of everything in the branch."""
    alex = house.guest("alex")
    await alex.connects("cfd-org-admin")
    told = await alex.types(f"/bcdc subscribe {words} restricted:yes", channel)
    assert "This channel now hears of" in told, told
    await looked(house)
    return alex


async def test_an_allowed_channel_hears_of_drafts_and_others_do_not(
    house: House, place: Place, visit: Visit
) -> None:
    await known(house)
    robin = house.guest("robin")
    await robin.types(f"/bcdc subscribe org:{BRANCH}", ELSEWHERE)
    await allows(house, CHANNEL)

    package = await searchable(visit, await visit.make(license_id=NOT_OPEN))
    await looked(house)
    assert "Created" in said(robin, package)[0]
    await revise(visit, package, purpose="Not for everyone.")
    await looked(house)
    assert "Metadata changed: Purpose" in said(robin, package)[-1]
    await revise(visit, package, publish_state="PENDING PUBLISH")
    await looked(house)
    assert "Waiting for approval" in said(robin, package)[-1]
    await revise(visit, package, "cfd-org-admin", publish_state="DRAFT")
    await looked(house)
    assert "Sent back" in said(robin, package)[-1]
    assert said(robin, package, ELSEWHERE) == []

    await searchable(visit, await visit.publish(package))
    await looked(house)
    assert "Published" in said(robin, package)[-1]
    assert "Published" in said(robin, package, ELSEWHERE)[0]
    assert "purpose" not in str(said(robin, package, ELSEWHERE)).lower()
    assert len(said(robin, package, ELSEWHERE)) == 1


async def test_the_bots_own_changes_of_drafts_are_told_there_once(
    house: House, place: Place, visit: Visit
) -> None:
    await known(house)
    package = await searchable(visit, await visit.make(license_id=NOT_OPEN))
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc subscribe org:{BRANCH}", ELSEWHERE)
    await allows(house, CHANNEL, f"package:{package.id}")
    await robin.types(f'/bcdc patch-package {package.name} purpose="A draft."', SHARED)
    await robin.presses("bcdc:change:apply", channel=SHARED)
    await house.settled()
    await looked(house)
    assert len(said(robin, package)) == 1
    assert said(robin, package, ELSEWHERE) == []


async def test_a_channel_shared_with_another_company_hears_public_facts_only(
    house: House, place: Place, visit: Visit
) -> None:
    await known(house)
    robin = house.guest("robin")
    await allows(house, CHANNEL)
    share(house, CHANNEL)
    draft = await searchable(visit, await visit.make(license_id=NOT_OPEN))
    public = await searchable(visit, await visit.publish(await visit.make(license_id=NOT_OPEN)))
    await looked(house)
    assert said(robin, draft) == []
    assert len(said(robin, public)) == 1
    alex = house.guest("alex")
    refused = await alex.types(f"/bcdc subscribe org:{BRANCH} restricted:yes event:created")
    assert "other companies" in refused


async def test_what_a_channel_was_subscribed_to_is_not_named_to_another_company(
    house: House, place: Place, visit: Visit
) -> None:
    await known(house)
    robin = house.guest("robin")
    draft = await searchable(visit, await visit.make(title="Zebrafish census"))
    public = [await visit.publish(await visit.make(license_id=NOT_OPEN)) for _ in range(MOST + 1)]
    await house.bot.poller.poll("test")
    await allows(house, CHANNEL, f"package:{draft.id}")
    await robin.types(f"/bcdc subscribe org:{BRANCH}")
    telling = house.bot.teams.telling
    telling.settle = timedelta(hours=1)
    for package in (draft, *public):
        await revise(visit, package, notes="Changed before the channel was shared.")
    await house.bot.teams.watch.look_at_all()
    await house.bot.poller.poll("test")
    share(house, CHANNEL)
    telling.settle = timedelta(0)
    await polled(house)
    told = [text_of(one["blocks"]) for one in robin.messages() if not one["ephemeral"]]
    assert f"{len(public)} records of Information Management - CFD changed" in told[-1]
    assert "Zebrafish" not in str(told)


async def test_restricted_records_stay_where_they_are_allowed(
    house: House, place: Place, visit: Visit
) -> None:
    await known(house)
    robin = house.guest("robin")
    await robin.types(f"/bcdc subscribe org:{BRANCH}", ELSEWHERE)
    await allows(house, CHANNEL)
    package = await visit.publish(
        await visit.make(license_id=NOT_OPEN, metadata_visibility="IDIR", private=True)
    )
    await searchable(visit, package)
    await looked(house)
    assert "Published" in said(robin, package)[0]
    await revise(visit, package, "bcdc-sysadmin", purpose="Still restricted.")
    await looked(house)
    assert "Purpose" in said(robin, package)[-1]
    assert said(robin, package, ELSEWHERE) == []


async def test_a_revoked_token_ends_in_one_message_to_its_person(
    house: House, place: Place, visit: Visit
) -> None:
    await known(house)
    alex = await allows(house, CHANNEL)
    binding = await house.bot.keys.get(person_of(house, alex), "test")
    assert binding is not None
    await actions.api_token_revoke(visit.as_user("cfd-org-admin"), binding.secret)
    package = await searchable(visit, await visit.make(license_id=NOT_OPEN))
    for _look in range(2):
        await looked(house)
    notes = [text_of(one["blocks"]) for one in alex.direct()]
    assert len([note for note in notes if "Your subscriptions rest" in note]) == 1
    assert "may not do so any more" in await alex.types("/bcdc subscriptions")
    assert said(alex, package) == []


def person_of(house: House, guest: Guest) -> Person:
    return Person(house.slack.workspace.directory.team_id, guest.id)


def share(house: House, channel: str) -> None:
    house.slack.workspace.directory.channels[channel].is_shared = True
    channels = house.bot.teams.told._channels  # noqa: SLF001
    assert isinstance(channels, SlackChannels)
    channels._known.clear()  # noqa: SLF001  # as if a minute had passed
