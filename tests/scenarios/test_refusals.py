"""What cannot be done is refused with a sentence that helps, and nothing is written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.ckan import actions
from bot.ckan.models import Package, Resource
from bot.context import Person
from tests.ckan.places import Place, Visit, contact, stored
from tests.house import Guest, House, open_house, text_of
from tests.outside import until
from tests.proxy import (
    ANY,
    Fault,
    FaultProxy,
    abort,
    page,
    redirect,
    running_proxy,
    slow,
    status,
    truncated,
)

APPLY = "bcdc:change:apply"
NO_ID = "00000000-0000-4000-8000-000000000000"
WRONG_KEY = "9e107d9d-372b-4b68-9f0c-0a1b2c3d4e5f"
SOMEWHERE_ELSE = "http://127.0.0.1:9/api/3/action/package_show"
EVERYBODYS = "C0GENERAL"
TOLD_WITHIN = 20.0


@pytest.fixture
def delivery() -> str:
    return "socket"


@dataclass(frozen=True, slots=True)
class Case:
    """A record that must stay as it is."""

    house: House
    visit: Visit
    package: Package

    @property
    def resource(self) -> Resource:
        return self.package.resources[1]

    async def guest(self, name: str, user_name: str = "") -> Guest:
        guest = self.house.guest(name)
        if user_name:
            assert "Connected as" in await guest.connects(user_name, EVERYBODYS)
        return guest

    async def patches(self, guest: Guest, words: str) -> str:
        # Everybody is in this channel.
        line = f"/bcdc patch-resource {self.resource.id} {words}"
        return await guest.types(line, EVERYBODYS)

    async def is_as_before(self) -> None:
        site = self.visit.as_user("bcdc-sysadmin")
        now = await actions.package_show(site, self.package.id)
        assert stored(now) == stored(self.package)
        assert now.metadata_modified == self.package.metadata_modified

    async def kill_key(self, guest: Guest) -> None:
        """Revoke the token that the bot keeps for this person, behind its back."""
        tenant = self.house.slack.workspace.directory.team_id
        binding = await self.house.bot.keys.get(Person(tenant, guest.id), "test")
        assert binding is not None
        site = self.visit.transport.site("here", binding.secret)
        await actions.api_token_revoke(site, binding.secret)


@pytest.fixture
async def case(house: House, visit: Visit) -> AsyncIterator[Case]:
    case = Case(house, visit, await visit.make())
    yield case
    await case.is_as_before()


@pytest.fixture
async def public_case(house: House, visit: Visit) -> AsyncIterator[Case]:
    case = Case(house, visit, await visit.publish(await visit.make()))
    yield case
    await case.is_as_before()


async def test_a_wrong_key_is_not_taken(house: House) -> None:
    robin = house.guest("robin")
    await robin.types("/bcdc connect")
    assert await robin.fills(api_key="two words") == {
        "api_key": "This is not an API key: copy the whole key, without spaces."
    }
    assert await robin.fills(api_key=WRONG_KEY) == {}
    assert "does not know this key" in robin.reads()
    assert "Account Settings" in robin.reads()
    await robin.closes()
    assert "You have no key" in await robin.types("/bcdc whoami")


async def test_a_dead_key_is_said_and_asked_for_again(case: Case) -> None:
    robin = await case.guest("robin", "cfd-editor")
    assert "Dead" in await case.patches(robin, "description=Dead")
    await case.kill_key(robin)
    await robin.presses(APPLY, channel=EVERYBODYS)
    assert "no longer knows your key" in robin.reads(EVERYBODYS)
    assert "/bcdc connect" in text_of(robin.direct()[-1]["blocks"])

    await case.house.restart()
    for command in (
        f"show-package {case.package.id}",
        f"patch-resource {case.resource.id} description=Dead",
        "find-org information-management-cfd",
        "whoami",
    ):
        said = await robin.types(f"/bcdc {command}")
        assert "no longer knows your key" in said, command
        assert "/bcdc connect" in said, command


async def test_a_key_in_the_text_of_a_command_is_refused(house: House) -> None:
    robin = house.guest("robin")
    key = house.keys["cfd-editor"].get_secret_value()
    for words in (
        "connect {key}",
        "connect my key is {key}",
        "patch-resource x key={key}",
        "{key}",
    ):
        said = await robin.types("/bcdc " + words.format(key=key))
        assert "looks like an API key, so nothing was done" in said, words
        assert "replace it" in said
        assert key not in said
    assert "You have no key" in await robin.types("/bcdc whoami")


async def test_without_a_key_nothing_can_be_changed(case: Case) -> None:
    robin = case.house.guest("robin")
    for words in ("description=New", ""):
        said = await case.patches(robin, words)
        assert "needs your API key" in said
        assert "/bcdc connect" in said


STRANGERS = {"jordan": "forests-editor", "sam": "cfd-member", "casey": "no-org-user"}


async def test_who_is_no_editor_there_is_told_whom_to_ask(public_case: Case) -> None:
    for name, user_name in STRANGERS.items():
        guest = await public_case.guest(name, user_name)
        for words in ("description=New", ""):
            said = await public_case.patches(guest, words)
            assert "You may not change this record" in said, user_name
            assert "belongs to Information Management" in said
            assert "Ask one of its editors or admins" in said


async def test_a_draft_of_others_is_not_there_for_a_stranger(case: Case) -> None:
    for name, user_name in STRANGERS.items():
        guest = await case.guest(name, user_name)
        assert "There is no resource" in await case.patches(guest, "description=New"), user_name


SENSELESS = [
    ("ptach-resource {id} description=New", ["patch-resource"]),
    ("patch-resource {id} descripton=New", ["no field “descripton”", "Did you mean desc"]),
    ("patch-resource {id} format=excel-ish", ["excel-ish", "Format"]),
    ("patch-resource {id} temporal_extent.0.end_date=2020-13-45", ["day of the calendar"]),
    ("patch-resource {id} url=nowhere", ["address"]),
    ("patch-resource {id} name=", ["mandatory"]),
    ("patch-resource {id} resource_update_cycle=monthly", ["Nothing would change"]),
    (f"patch-resource {NO_ID} description=New", ["There is no resource", NO_ID]),
    (f"show-package {NO_ID}", ["There is no record", NO_ID]),
    ("patch-resource {id} description=“New", ["quotation mark"]),
    ("patch-resource {id} more words description=New", ["more words", "/bcdc patch-resource"]),
]


async def test_words_that_mean_nothing_are_told_with_what_would(case: Case) -> None:
    robin = await case.guest("robin", "cfd-editor")
    for line, said in SENSELESS:
        answer = await robin.types("/bcdc " + line.format(id=case.resource.id))
        for piece in said:
            assert piece in answer, line


async def test_a_value_over_its_limit_is_told_on_its_field(case: Case) -> None:
    robin = await case.guest("robin", "cfd-editor")
    said = await robin.types(
        f'/bcdc patch-package {case.package.id} title="{"x" * 101}"', EVERYBODYS
    )
    assert "Title" in said
    assert "100" in said

    await robin.types(f"/bcdc patch-package {case.package.id}", EVERYBODYS)
    errors = await robin.fills(title="x" * 101, purpose="Kept")
    assert set(errors) == {"title"}
    assert robin.holds("purpose") == "Kept"


async def test_a_geographic_resource_needs_its_three_fields(case: Case) -> None:
    robin = await case.guest("robin", "cfd-editor")
    said = await case.patches(robin, "bcdc_type=geographic iso_topic_category=")
    for label in ("Spatial Datatype", "Spatial Reference System", "ISO Topic Category"):
        assert label in said

    await case.patches(robin, "")
    await robin.chooses("bcdc_type", "geographic")
    errors = await robin.fills(description="Kept", iso_topic_category=[])
    assert set(errors) == {"spatial_datatype", "projection_name", "iso_topic_category"}
    assert robin.holds("description") == "Kept"


async def test_a_foreign_contact_that_blocks_the_save_is_named_with_what_to_do(
    house: House, visit: Visit
) -> None:
    ours, theirs = [
        await visit.organization_id(name)
        for name in ("information-management-cfd", "forest-analysis-and-inventory")
    ]
    contacts = [contact(ours), contact(theirs, name="Kim Forester")]
    case = Case(house, visit, await visit.make(by="bcdc-sysadmin", contacts=contacts))
    robin = await case.guest("robin", "cfd-editor")
    await _is_told_whose_contact(await case.patches(robin, "description=New"))

    await case.patches(robin, "")
    assert await robin.fills(description="Kept") == {}
    await _is_told_whose_contact(robin.reads())
    assert robin.holds("description") == "Kept"
    await case.is_as_before()


async def _is_told_whose_contact(said: str) -> None:
    assert "Kim Forester" in said
    assert "Forest Analysis" in said
    assert "may edit in both organizations" in said


# A catalogue on a bad day. The proxy makes the same faults before every catalogue, so one will do.


@dataclass(frozen=True, slots=True)
class Shaky:
    """A case over a catalogue whose faults are at hand."""

    case: Case
    proxy: FaultProxy
    robin: Guest


@pytest.fixture
async def shaky(place: Place, visit: Visit, tmp_path: Path) -> AsyncIterator[Shaky]:
    async with (
        running_proxy(place.url) as proxy,
        open_house(tmp_path, proxy.url, place.keys) as house,
    ):
        case = Case(house, visit, await visit.make())
        yield Shaky(case, proxy, await case.guest("robin", "cfd-editor"))


one_catalogue = pytest.mark.parametrize("place", ["sandbox as 2.9"], indirect=True)
bad_days = pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param(abort(), "cannot be reached right now", id="down"),
        pytest.param(status(502), "not available right now", id="502"),
        pytest.param(status(429, retry_after="60"), "Try again in 60 seconds", id="429"),
        pytest.param(page(), "a web page instead of data", id="HTML"),
        pytest.param(redirect(SOMEWHERE_ELSE), "on to another address", id="redirect"),
    ],
)


@one_catalogue
@bad_days
async def test_a_catalogue_on_a_bad_day_is_told_and_what_was_typed_is_kept(
    shaky: Shaky, fault: Fault, said: str
) -> None:
    case, robin = shaky.case, shaky.robin
    await case.patches(robin, "")
    shaky.proxy.fault(ANY, fault)
    assert await robin.fills(description="Kept") == {}
    assert said in robin.reads()
    assert "/bcdc pending" in robin.reads()
    await robin.closes()
    for command in (f"show-resource {case.resource.id}", f"patch-resource {case.resource.id} a=b"):
        assert said in await robin.types(f"/bcdc {command}"), command

    shaky.proxy.heal()
    await robin.types("/bcdc pending")
    await robin.presses("bcdc:change:edit")
    assert robin.holds("description") == "Kept"
    await case.is_as_before()


@one_catalogue
@bad_days
async def test_a_key_is_not_taken_on_a_bad_day(shaky: Shaky, fault: Fault, said: str) -> None:
    shaky.proxy.fault(ANY, fault)
    priya = shaky.case.house.guest("priya")
    assert said in await priya.connects("cfd-org-admin")
    shaky.proxy.heal()
    assert "You have no key" in await priya.types("/bcdc whoami")


@one_catalogue
@pytest.mark.parametrize(
    ("ckan_action", "fault", "said"),
    [
        pytest.param("package_show", status(502), "not available right now", id="away"),
        pytest.param("package_revise", redirect(SOMEWHERE_ELSE), "another address", id="moved"),
    ],
)
async def test_a_catalogue_that_stays_away_is_told_and_nothing_is_written(
    shaky: Shaky, ckan_action: str, fault: Fault, said: str
) -> None:
    case, robin = shaky.case, shaky.robin
    await case.patches(robin, "description=New")
    shaky.proxy.fault(ckan_action, fault)
    await robin.presses(APPLY, channel=EVERYBODYS)
    told = [text_of(message["blocks"]) for message in robin.direct()]
    assert len(told) == 1
    assert "Nothing was changed." in told[0]
    assert said in told[0]
    await case.is_as_before()


@one_catalogue
@pytest.mark.parametrize(
    "fault",
    [
        abort(),
        abort(after=True),
        status(502),
        status(502, after=True),
        status(429, retry_after="1"),
        page(),
        page(after=True),
        page(500),
        truncated(),
        redirect(SOMEWHERE_ELSE),
    ],
    ids=lambda fault: f"{fault.kind}{' after' if fault.after else ''}",
)
async def test_a_write_in_doubt_is_made_once(shaky: Shaky, fault: Fault) -> None:
    case, robin = shaky.case, shaky.robin
    await case.patches(robin, "description=New")
    shaky.proxy.fault("package_revise", fault, times=1)
    await robin.presses(APPLY, channel=EVERYBODYS)
    assert "Changed" in text_of(robin.direct()[-1]["blocks"])
    assert len(robin.direct()) == 1
    now = await actions.package_show(case.visit.as_user("cfd-editor"), case.package.id)
    assert now.resources[1].value("description") == "New"
    assert await case.visit.saves(case.package.id) == 1


@one_catalogue
async def test_a_hanging_catalogue_is_told_within_twenty_seconds(shaky: Shaky) -> None:
    robin, casey = shaky.robin, shaky.case.house.guest("casey")
    await shaky.case.house.restart()
    shaky.proxy.fault(ANY, slow(3600))
    started = time.monotonic()
    asked = [
        asyncio.create_task(asking)
        for asking in (
            robin.types(f"/bcdc show-package {shaky.case.package.id}"),
            shaky.case.patches(robin, ""),
            casey.types("/bcdc find-org information-management-cfd", EVERYBODYS),
        )
    ]

    def told() -> bool:
        in_passing = "\n".join(text_of(message["blocks"]) for message in robin.messages())
        seen = (in_passing, robin.reads(), casey.reads(EVERYBODYS))
        return all("too slow to answer" in said for said in seen)

    await until(told, "that it is told", TOLD_WITHIN - (time.monotonic() - started))
    shaky.proxy.heal()
    await asyncio.gather(*asked)
