"""Files on their way from Slack to a catalogue: added, replaced, stopped, and refused."""

from __future__ import annotations

import asyncio
import hashlib
import io
import random
import zipfile
from pathlib import Path

import pytest

from bot.ckan.models import Package
from tests.ckan.places import Place, Visit, stored
from tests.files import adds, fetched, given, kept, now, posts
from tests.house import CHANNEL, Guest, House, open_house
from tests.proxy import running_proxy

APPLY = "bcdc:change:apply"
TEN_MEGABYTES = random.Random(7).randbytes(10_000_000)


@pytest.fixture
def delivery() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "socket"


@pytest.fixture
async def robin(house: House) -> Guest:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    return robin


def shapes() -> bytes:
    """A zip with the three files that a shape cannot do without."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, ending in enumerate(("shp", "shx", "dbf")):
            archive.writestr(f"roads.{ending}", random.Random(number).randbytes(5_000))
    return packed.getvalue()


SHAPES = shapes()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("All years.csv", TEN_MEGABYTES, "csv"),
        ('Größe “1” "a" b.tsv', b"", "tsv"),
        ("roads.zip", SHAPES, "zip"),
        ("notes.docx", b"1", "other"),
    ],
)  # fmt: skip
async def test_a_file_becomes_a_resource_byte_for_byte(
    robin: Guest, visit: Visit, place: Place, name: str, content: bytes, told: str
) -> None:
    package = await visit.make()
    await adds(robin, package, name, content)
    assert name.split(".", maxsplit=1)[0] in robin.reads()
    await robin.presses(APPLY)
    assert "Resource added" in robin.reads()
    new = (await now(visit, package)).resources[3]
    assert new.is_upload
    assert new.raw["size"] == len(content)
    assert (new.text("name"), new.text("format")) == ("Uploaded", told)
    assert new.text("resource_storage_location") == "catalogue data store"
    assert new.text("resource_access_method") == "direct access"
    sent = await fetched(place, new)
    assert hashlib.sha256(sent).digest() == hashlib.sha256(content).digest()


async def test_a_replaced_file_keeps_its_metadata_and_links_the_old_one_first(
    robin: Guest, visit: Visit, place: Place
) -> None:
    package = await visit.make()
    second = package.resources[1]
    await robin.types(f"/bcdc update-resource {second.id}")
    await robin.fills(upload=[given(robin, "one.csv", b"a,b\n1,2\n")])
    await robin.presses(APPLY)
    one = (await now(visit, package)).resources[1]
    assert kept(one) == kept(second)
    assert await fetched(place, one) == b"a,b\n1,2\n"
    await robin.closes()

    await robin.types(f"/bcdc update-resource {second.id}")
    await robin.fills(upload=[given(robin, "two.csv", b"a,c\n3,4\n5,6\n")], description="Newer.")
    assert "This cannot be undone" in robin.reads()
    assert one.text("url") in str(robin.view)
    assert "2 columns, 2 rows" in robin.reads()
    assert "Renamed columns: b → c" in robin.reads()
    assert "Rows: 1 until now, then 2" in robin.reads()
    await robin.presses(APPLY)
    two = (await now(visit, package)).resources[1]
    assert kept(two) == kept(one) | {"description": "Newer."}
    assert await fetched(place, two) == b"a,c\n3,4\n5,6\n"
    assert "bcdc:change:undo" not in str(robin.view)


async def test_a_file_becomes_a_link_and_comes_back(
    robin: Guest, visit: Visit, place: Place
) -> None:
    package = await visit.make()
    await adds(robin, package, "one.csv", b"1")
    await robin.presses(APPLY)
    await robin.closes()
    before = await now(visit, package)
    new = before.resources[3]
    await robin.types(f"/bcdc update-resource {new.id} url=https://data.example.test/one.csv")
    await robin.presses(APPLY)
    linked = (await now(visit, package)).resources[3]
    assert linked.text("url") == "https://data.example.test/one.csv"
    assert not linked.is_upload
    told = robin.direct()[-1]
    channel = robin.house.direct_channel(robin.id)
    await robin.presses("bcdc:change:undo", channel=channel, message=told)
    await robin.presses(APPLY)
    again = await now(visit, package)
    assert stored(again) == stored(before)
    assert await fetched(place, again.resources[3]) == b"1"


async def test_a_form_that_comes_back_still_has_its_file_and_takes_another(
    robin: Guest, visit: Visit, place: Place
) -> None:
    package = await visit.make()
    await robin.types(f"/bcdc create-resource {package.name}")
    await robin.fills(
        name="Uploaded",
        resource_update_cycle="monthly",
        bcdc_type="document",
        url="https://data.example.test/a.csv",
        upload=[given(robin, "wrong.csv", b"wrong")],
    )
    assert "Give a file or a link, not both." in robin.reads()
    assert "wrong.csv" in robin.reads()
    await robin.presses("bcdc:form:another")
    await robin.fills(url="", upload=[given(robin, "right.csv", b"right")])
    await robin.presses(APPLY)
    assert await fetched(place, (await now(visit, package)).resources[3]) == b"right"


async def test_a_file_that_slack_lost_leaves_the_record_alone(robin: Guest, visit: Visit) -> None:
    package = await visit.make()
    await adds(robin, package, "one.csv", b"1")
    robin.house.slack.workspace.faults.error("files.info", "file_not_found")
    await robin.presses(APPLY)
    assert "Slack does not have that file any more" in robin.reads()
    assert stored(await now(visit, package)) == stored(package)


async def test_a_shortcut_on_a_file_that_the_bot_may_not_read_says_so(robin: Guest) -> None:
    message = await robin.house.slack.workspace.post(robin.id, CHANNEL, "", [("one.csv", b"1")])
    robin.house.slack.workspace.faults.error("files.info", "file_not_found")
    said = await chooses(robin, "bcdc:create-resource", message.ts)
    assert "Slack does not have that file any more, or the bot may not read it" in said
    assert "/invite" in said


async def chooses(guest: Guest, callback_id: str, ts: str) -> str:
    """Choose a shortcut in the menu of a message, and read what came of it."""
    await guest.house.slack.workspace.message_shortcut(guest.id, callback_id, CHANNEL, ts)
    await guest.house.settled()
    return guest.reads()


async def picks(guest: Guest, title: str, package: Package) -> None:
    """Choose a record in the view in front."""
    slack, view = guest.house.slack.workspace, guest.view
    assert view
    where = {"view_id": view["id"], "block_id": "package_id", "action_id": "value"}
    async with asyncio.timeout(60):
        while package.id not in str(await slack.type_ahead(guest.id, query=title, **where)):
            await asyncio.sleep(0.1)


async def test_a_file_of_a_message_is_added_whatever_its_size(
    robin: Guest, visit: Visit, place: Place
) -> None:
    package = await visit.make()
    content = TEN_MEGABYTES + TEN_MEGABYTES[:3_000_000]
    ts = await posts(robin, ("All_years.csv", content))
    assert "All_years.csv, 12.4 MB" in await chooses(robin, "bcdc:create-resource", ts)
    await picks(robin, package.title, package)
    await robin.fills(package_id=package.id)
    assert "All_years.csv, 12.4 MB" in robin.reads()
    assert robin.holds("name") == "All years"
    await robin.fills(resource_update_cycle="monthly")
    await robin.presses(APPLY)
    new = (await now(visit, package)).resources[3]
    assert (new.text("name"), new.text("format")) == ("All years", "csv")
    assert await fetched(place, new) == content


@pytest.mark.parametrize(
    "place",
    [
        "sandbox as 2.12",
        pytest.param("CKAN 2.9", marks=pytest.mark.catalogue_29),
        pytest.param("CKAN 2.12", marks=pytest.mark.catalogue),
    ],
    indirect=True,
)
async def test_the_largest_file_arrives_byte_for_byte(
    robin: Guest, visit: Visit, place: Place
) -> None:
    package = await visit.make()
    second = package.resources[1]
    content = random.Random(8).randbytes(140_000_000)
    ts = await posts(robin, ("Ortho 2024.zip", content))
    assert "Ortho 2024.zip, 133.5 MB" in await chooses(robin, "bcdc:update-resource", ts)
    await picks(robin, package.title, package)
    await robin.chooses("package_id", package.id)
    await robin.fills(resource=second.id)
    await robin.fills()
    await robin.presses(APPLY)
    new = (await now(visit, package)).resources[1]
    assert kept(new) == kept(second)
    sent = await fetched(place, new)
    assert hashlib.sha256(sent).digest() == hashlib.sha256(content).digest()


@pytest.mark.parametrize(
    ("times", "arrives"),
    [pytest.param(1, True, id="once"), pytest.param(99, False, id="always")],
)
@pytest.mark.parametrize(
    "place",
    ["sandbox as 2.12", pytest.param("CKAN 2.9", marks=pytest.mark.catalogue_29)],
    indirect=True,
)
async def test_a_file_that_slack_cuts_half_way_replaces_another_whole_or_not_at_all(
    robin: Guest, visit: Visit, place: Place, times: int, *, arrives: bool
) -> None:
    package = await visit.make()
    await adds(robin, package, "one.zip", SHAPES)
    await robin.presses(APPLY)
    await robin.closes()
    before = await now(visit, package)
    old = before.resources[3]
    await robin.types(f"/bcdc update-resource {old.id}")
    await robin.fills(upload=[given(robin, "two.zip", TEN_MEGABYTES)])
    robin.house.slack.workspace.faults.spoil_download("half", times=times)
    await robin.presses(APPLY)
    after = await now(visit, package)
    if arrives:
        assert await fetched(place, after.resources[3]) == TEN_MEGABYTES
    else:
        assert "Nothing was changed." in robin.reads()
        assert after.raw == before.raw
        assert await fetched(place, after.resources[3]) == SHAPES


async def test_a_file_of_a_message_takes_the_place_of_another(
    robin: Guest, visit: Visit, place: Place
) -> None:
    package = await visit.make()
    ts = await posts(robin, ("newer.csv", b"a\n1\n"))
    await chooses(robin, "bcdc:update-resource", ts)
    await picks(robin, package.title, package)
    await robin.chooses("package_id", package.id)
    assert "newer.csv, 4 bytes" in robin.reads()
    await robin.fills(resource=package.resources[1].id)
    await robin.fills()
    await robin.presses(APPLY)
    after = await now(visit, package)
    assert await fetched(place, after.resources[1]) == b"a\n1\n"
    assert kept(after.resources[1]) == kept(package.resources[1])


@pytest.mark.parametrize(
    ("files", "said"),
    [((), "no file in that message"), ((("a.csv", b"1"), ("b.csv", b"2")), "several files")],
)
async def test_a_message_without_one_file_is_told(
    robin: Guest, files: tuple[tuple[str, bytes], ...], said: str
) -> None:
    ts = await posts(robin, *files)
    assert said in await chooses(robin, "bcdc:create-resource", ts)


async def test_a_file_over_the_limit_is_refused_before_a_record_is_asked_for(
    place: Place, tmp_path: Path
) -> None:
    async with open_house(tmp_path, place.url, place.keys, MAX_UPLOAD_MB="1") as house:
        robin = house.guest("robin")
        await robin.connects("cfd-editor")
        ts = await posts(robin, ("large.csv", b"1" * (1 << 20) + b"1"))
        said = await chooses(robin, "bcdc:create-resource", ts)
        assert "“large.csv” has 1.0 MB; the catalogue takes files of up to 1.0 MB" in said


async def test_a_file_on_its_way_is_stopped(place: Place, visit: Visit, tmp_path: Path) -> None:
    package = await visit.make()
    async with (
        running_proxy(place.url) as proxy,
        open_house(tmp_path, proxy.url, place.keys) as house,
    ):
        robin = house.guest("robin")
        await robin.connects("cfd-editor")
        await adds(robin, package, "all.csv", TEN_MEGABYTES)
        gate = proxy.hold("package_show", "after")
        slack = house.slack.workspace
        block = next(one for one in robin.view["blocks"] if one["type"] == "actions")
        where = {"view_id": robin.view["id"], "block_id": block["block_id"]}
        await slack.click(robin.id, action_id=APPLY, **where)
        await gate.reached.wait()
        async with asyncio.timeout(60):
            while "The file is on its way: 0 bytes of 9.5 MB" not in robin.reads():
                await asyncio.sleep(0.05)
        block = next(one for one in robin.view["blocks"] if one["type"] == "actions")
        await slack.click(
            robin.id,
            action_id="bcdc:change:cancel",
            view_id=robin.view["id"],
            block_id=block["block_id"],
        )
        gate.release()
        await house.settled()
        assert "Stopped. Nothing was changed." in robin.reads()
        assert proxy.requests["package_revise"] == 0
    assert stored(await now(visit, package)) == stored(package)
