"""Many records at once, a busy Slack, and places where nobody can be told any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.store.columns import new_id
from bot.store.notice_tables import subscription
from bot.store.subscriptions import Subscriptions, row_of
from tests.ckan.places import BRANCH, Place, Visit
from tests.house import House, open_house, text_of
from tests.proxy import FaultProxy, running_proxy
from tests.scenarios.test_teams import known, polled
from tests.scenarios.test_teams_allowed import allows

HERE = "C0PUBLISHING"
MANY = 30
SUBSCRIBED = 200

pytestmark = pytest.mark.parametrize("place", ["sandbox as 2.12"], indirect=True)


@pytest.fixture
def delivery() -> str:
    return "socket"


def messages(house: House, channel: str = HERE) -> list[dict[str, Any]]:
    return [one for one in house.guest("dana").messages(channel) if not one["ephemeral"]]


async def change_all(visit: Visit, packages: list[str], purpose: str) -> None:
    for package in packages:
        body = {"match": {"id": package}, "update__purpose": purpose}
        await visit.as_user("bcdc-sysadmin").write("package_revise", body)


@pytest.fixture
async def packages(house: House, visit: Visit) -> list[str]:
    made = [await visit.publish(await visit.make(license_id="22")) for _each in range(MANY)]
    await known(house)
    return [package.id for package in made]


async def test_a_burst_is_one_message_with_the_whole_list_as_a_file(
    house: House, place: Place, visit: Visit, packages: list[str]
) -> None:
    dana = house.guest("dana")
    await dana.types(f"/bcdc subscribe org:{BRANCH}", HERE)
    house.slack.workspace.faults.rate_limit("chat.postMessage", retry_after=1, times=2)
    await change_all(visit, packages, "For all of them.")
    await polled(house)
    burst, file = messages(house)
    assert f"{MANY} records of Information Management - CFD changed" in text_of(burst["blocks"])
    assert "and 10 more, in the file below" in text_of(burst["blocks"])
    assert file["thread_ts"] == burst["ts"]
    listed = house.slack.workspace.files.of(file["files"][0]["id"]).content.decode("utf-8-sig")
    assert len(listed.splitlines()) == MANY + 1
    assert "Metadata changed: Purpose" in listed

    await polled(house)
    assert len(messages(house)) == 2


async def test_a_channel_that_is_closed_is_told_no_more_and_its_person_is_told_that(
    house: House, place: Place, visit: Visit, packages: list[str]
) -> None:
    dana = house.guest("dana")
    await dana.types(f"/bcdc subscribe org:{BRANCH}", HERE)
    await dana.types("/bcdc subscribe search:test", HERE)
    channel = house.slack.workspace.directory.channels[HERE]
    channel.is_archived = True
    for purpose in ("Once.", "Twice."):
        await change_all(visit, packages[:2], purpose)
        await polled(house)
    (note,) = [text_of(one["blocks"]) for one in dana.direct()]
    assert "the channel is archived" in note
    channel.is_archived = False
    assert "Rests, because: \nthe channel was archived" in await dana.types(
        "/bcdc subscriptions", HERE
    )
    await dana.types(f"/bcdc subscribe org:{BRANCH}", HERE)
    await change_all(visit, packages[:1], "Thrice.")
    await polled(house)
    assert len(messages(house)) == 1

    channel.members.remove(house.slack.workspace.directory.app.bot_user_id)
    await change_all(visit, packages[:1], "Four times.")
    await polled(house)
    assert len(dana.direct()) == 2
    assert "invite it with /invite" in text_of(dana.direct()[-1]["blocks"])


async def test_a_card_that_cannot_be_kept_is_made_anew(
    house: House, place: Place, visit: Visit, packages: list[str]
) -> None:
    dana = house.guest("dana")
    await dana.types(f"/bcdc subscribe org:{BRANCH}", HERE)
    await change_all(visit, packages[:1], "Once.")
    await polled(house)
    workspace = house.slack.workspace
    (card,) = messages(house)
    shown = workspace.messages.lasting(workspace.directory.channels[HERE], card["ts"])
    workspace.messages.remove(shown)
    await change_all(visit, packages[:1], "Twice.")
    await polled(house)
    (card,) = messages(house)
    assert "thread_ts" not in card
    workspace.faults.error("chat.update", "edit_window_closed")
    await change_all(visit, packages[:1], "Thrice.")
    await polled(house)
    assert ["thread_ts" in one for one in messages(house)] == [False, False]


@pytest.fixture
async def idle(place: Place, tmp_path: Path) -> AsyncIterator[tuple[House, FaultProxy]]:
    """A bot that knows its catalogue, and the way between them."""
    async with (
        running_proxy(place.url) as proxy,
        open_house(tmp_path, proxy.url, place.keys) as house,
    ):
        await known(house)
        yield house, proxy


async def test_an_idle_bot_asks_one_search_a_cycle_and_reader_whatever_is_subscribed_to(
    idle: tuple[House, FaultProxy],
) -> None:
    house, proxy = idle
    dana = house.guest("dana")
    await dana.types("/bcdc subscribe search:word", HERE)
    subscriptions = Subscriptions(house.bot.db)
    (one,) = await subscriptions.of_channel(house.slack.workspace.directory.team_id, HERE)
    more = [replace(one, id=new_id(), about=f"word{number}") for number in range(SUBSCRIBED - 1)]
    async with house.bot.db.write() as connection:
        rows = [row_of(each, one.created_at) for each in more]
        await connection.execute(sa.insert(subscription), rows)
    assert len(await subscriptions.of_channel(one.person.tenant, HERE)) == SUBSCRIBED
    before = proxy.requests.copy()
    for _cycle in range(3):
        await house.bot.poller.poll("test")
    assert proxy.requests - before == {"package_search": 3}

    # An admin's token is one more reader, of which it is asked each time what it still may.
    await allows(house, HERE)
    before = proxy.requests.copy()
    for _cycle in range(3):
        await house.bot.poller.poll("test")
        await house.bot.teams.watch.look_at_all()
    asked = proxy.requests - before
    assert asked.pop("package_search") == 6
    assert asked == {"whoami": 3, "user_show": 3, "organization_list_for_user": 6}
