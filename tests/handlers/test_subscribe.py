from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.flow.index.everyone import Pace
from sandbox.catalogue import RunningCatalogue
from tests.house import House, open_house

ORG = "information-management-cfd"
OPEN = "children-in-care-by-community"


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (f"org:{ORG} event:published", "Information Management - CFD: at once"),
        (f"package:{OPEN} digest:daily at:8:30", "daily at 08:30, America/Vancouver"),
        ('search:"foster homes" NOT format:pdf', "records with “foster homes”"),
    ],
)
async def test_a_channel_is_subscribed_by_words(house: House, words: str, title: str) -> None:
    dana = house.guest("dana")
    said = await dana.types(f"/bcdc subscribe {words}")
    assert "This channel now hears of" in said
    assert title in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("event:published", "org:<name>"),
        ("org:nowhere-at-all", "There is no organization"),
        ("package:nothing-of-this-name", "There is no record"),
        ("package:youth-transition-agreements", "There is no record"),
        (f"org:{ORG} event:exploded", "There is no event “exploded”"),
        (f"org:{ORG} restricted:yes", "/bcdc connect"),
        ("search:health restricted:yes", "for an organization or a record"),
    ],
)
async def test_what_cannot_be_subscribed_to_is_said(house: House, words: str, said: str) -> None:
    assert said in await house.guest("dana").types(f"/bcdc subscribe {words}")


async def test_without_words_a_form_asks(house: House) -> None:
    dana = house.guest("dana")
    await dana.types("/bcdc subscribe")
    await dana.fills(
        scope="org",
        named=ORG,
        event=["published", "archived"],
        filters="NOT format:pdf",
        digest="daily",
        at="7:15",
    )
    assert "daily at 07:15" in dana.reads()
    await dana.closes()
    said = await dana.types("/bcdc subscriptions")
    assert "event:published,archived AND NOT format:pdf" in said


async def test_what_is_wrong_in_the_form_is_said_there(house: House) -> None:
    dana = house.guest("dana")
    await dana.types("/bcdc subscribe")
    await dana.fills(scope="org", named="nowhere-at-all", digest="instant")
    assert "There is no organization" in dana.reads()
    assert dana.holds("named") == "nowhere-at-all"
    await dana.fills(scope="org", named="wildfyre servise", digest="instant")
    assert "Did you mean one of these? “BC Wildfire Service”" in dana.reads()


async def test_where_the_bot_cannot_post_nothing_is_subscribed(house: House) -> None:
    said = await house.guest("dana").types(f"/bcdc subscribe org:{ORG}", "C0RANDOM")
    assert "/invite" in said


async def test_the_same_again_takes_the_place_of_the_first(house: House) -> None:
    dana = house.guest("dana")
    await dana.types(f"/bcdc subscribe org:{ORG}")
    await dana.types(f"/bcdc subscribe org:{ORG} digest:weekly on:fri")
    said = await dana.types("/bcdc subscriptions")
    assert "This channel hears of 1 thing" in said
    assert "weekly on Friday at 09:00" in said


async def test_a_dry_run_tells_what_would_have_been_told_and_sets_nothing(house: House) -> None:
    dana = house.guest("dana")
    said = await dana.types(f"/bcdc subscribe org:{ORG} dry-run:yes")
    assert "this would have told 0 events" in said
    assert "Nothing was set" in said
    assert "subscribed to nothing" in await dana.types("/bcdc subscriptions")


async def test_the_form_tries_it_too_and_tells_the_words_that_subscribe(house: House) -> None:
    dana = house.guest("dana")
    await dana.types("/bcdc subscribe")
    options = ["branches", "threads", "automated", "dry-run"]
    await dana.fills(scope="org", named=ORG, event=["published"], digest="instant", options=options)
    words = f"/bcdc subscribe org:{ORG} event:published"
    assert f"Nothing was set. To subscribe, type {words}" in dana.reads()
    await dana.closes()
    assert "subscribed to nothing" in await dana.types("/bcdc subscriptions")
    assert "now hears of" in await dana.types(words)


@pytest.mark.parametrize(("days", "says_so"), [(29, True), (31, False)])
async def test_a_dry_run_says_when_the_bot_has_not_looked_for_a_month(
    house: House, days: int, says_so: bool
) -> None:
    await house.indexed()
    house.bot.poller.pace = Pace(cycle=timedelta(days=1))
    index, since = house.bot.index, datetime.now(UTC) - timedelta(days=days)
    part = await index.part("test")
    assert part
    assert part.complete_since
    await index.keep(replace(part, complete_since=since, due_at=since + timedelta(days=90)))
    said = await house.guest("dana").types(f"/bcdc subscribe org:{ORG} dry-run:yes")
    day = since.astimezone(ZoneInfo("America/Vancouver")).date()
    assert (f"since it began to look, on {day}." in said) is says_so


async def test_only_an_admin_may_allow_what_is_restricted(house: House) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    said = await robin.types(f"/bcdc subscribe org:{ORG} restricted:yes")
    assert "Only an admin of the organization" in said


@pytest.mark.parametrize(
    ("subscribers", "said"),
    [("connected", "/bcdc connect"), ("operators", "only the people who run this bot")],
)
async def test_who_may_say_what_a_channel_hears_is_a_setting(
    catalogue: RunningCatalogue, tmp_path: Path, subscribers: str, said: str
) -> None:
    more = {"SUBSCRIBERS": subscribers, "BOT_ADMINS": "U0ALEX"}
    async with open_house(tmp_path, catalogue.url, catalogue.keys, **more) as house:
        robin, alex = house.guest("robin"), house.guest("alex")
        await alex.connects("cfd-org-admin")
        assert said in await robin.types(f"/bcdc subscribe org:{ORG}")
        assert "now hears of" in await alex.types(f"/bcdc subscribe org:{ORG}")
        assert said in await robin.types("/bcdc unsubscribe")
