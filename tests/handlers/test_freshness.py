from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from sandbox.catalogue import RunningCatalogue
from tests.house import Guest, House, text_of

BRANCH = "information-management-cfd"
RECORD = "children-in-care-by-community"


def moment(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).replace(tzinfo=None).isoformat()


@pytest.fixture(autouse=True)
def ages(catalogue: RunningCatalogue) -> Iterator[None]:
    """Have one record with data of every standing, and nothing else promise a date."""
    branch = next(one for one in catalogue.catalogue.organizations.values() if one.name == BRANCH)
    branch.title += " <!channel>"
    packages = catalogue.catalogue.packages.values()
    for package in packages:
        for resource in package["resources"]:
            resource["resource_update_cycle"] = "unknown"
    record = next(one for one in packages if one["name"] == RECORD)
    record["resource_status"] = "onGoing"
    record["resources"] = [
        {**record["resources"][0], "id": f"{n}" * 8 + "-0000-4000-8000-000000000000", **given}
        for n, given in enumerate(
            [
                {
                    "name": "On time",
                    "resource_update_cycle": "annually",
                    "last_modified": moment(9),
                },
                {"name": "Late", "resource_update_cycle": "monthly", "last_modified": moment(90)},
                {
                    "name": "Never",
                    "resource_update_cycle": "quarterly",
                    "last_modified": None,
                    "created": moment(400),
                },
                {"name": "Soon", "resource_update_cycle": "monthly", "last_modified": moment(26)},
            ]
        )
    ]
    return iter(())


@pytest.fixture
async def robin(house: House) -> Guest:
    await house.indexed()
    return house.guest("robin")


async def test_what_is_late_is_told_first_with_the_longest_before(robin: Guest) -> None:
    told = await robin.types(f"/bcdc freshness {BRANCH}")
    assert "2 of 4 resources of Information Management" in told
    assert told.index("Never · ") < told.index("Late · ") < told.index("Soon · ")
    assert "On time · " not in told
    assert "working days late, never updated" in told
    assert "working days late, last updated" in told
    assert "next update due by" in told


async def test_who_may_edit_uploads_the_new_file_from_there(robin: Guest) -> None:
    await robin.types(f"/bcdc freshness {BRANCH}")
    assert "Upload the new file" not in robin.reads()
    await robin.connects("cfd-editor")
    told = await robin.types("/bcdc freshness")
    assert "resources where you may edit are late" in told
    await robin.presses("bcdc:in:test:update-resource")
    assert robin.view
    assert robin.view["callback_id"] == "bcdc:update-resource"
    assert robin.holds("name") == "Never"


async def test_without_a_key_an_organization_has_to_be_named(robin: Guest) -> None:
    assert "Name an organization" in await robin.types("/bcdc freshness")


async def test_while_the_catalogue_is_still_read_that_is_said(house: House) -> None:
    await house.indexed()
    part = await house.bot.index.part("test")
    assert part
    later = part.due_at + timedelta(days=1)
    await house.bot.index.keep(replace(part, complete=False, due_at=later))
    told = await house.guest("robin").types(f"/bcdc freshness {BRANCH}")
    assert "The bot is still reading this catalogue" in told


async def test_the_whole_list_comes_as_a_file(robin: Guest) -> None:
    await robin.types(f"/bcdc freshness {BRANCH}")
    await robin.presses("bcdc:csv")
    (file,) = robin.direct()[-1]["files"]
    content = _content(robin, file["id"]).decode("utf-8-sig")
    assert content.startswith("Resource,Record,Organization,Frequency,Last updated,Due by,")
    assert "Never,Children in Care by Community" in content
    assert ",quarterly,," in content


async def test_a_picture_comes_with_all_it_says_as_text(robin: Guest) -> None:
    await robin.types(f"/bcdc freshness {BRANCH}")
    await robin.presses("bcdc:picture")
    assert "The picture is in your direct messages" in text_of(robin.messages()[-1]["blocks"])
    message = robin.direct()[-1]
    assert "1 on time, 1 due soon, 1 late, 1 never updated" in message["text"]
    # A comment is markup, and a title is data.
    assert "CFD &lt;!channel&gt;" in message["text"]
    assert "<!channel>" not in message["text"]
    (file,) = message["files"]
    picture = Image.open(BytesIO(_content(robin, file["id"])))
    assert (picture.format, picture.width) == ("PNG", 1200)
    call = next(
        one
        for one in robin.house.slack.workspace.calls
        if one.method == "files.getUploadURLExternal"
    )
    assert "1 late" in call.arguments["alt_txt"]


def _content(guest: Guest, file_id: str) -> bytes:
    return bytes(guest.house.slack.workspace.files.of(file_id).content)


async def test_where_nothing_is_promised_there_is_no_picture(robin: Guest) -> None:
    told = await robin.types("/bcdc freshness forest-analysis-and-inventory")
    assert "No resource of Forest Analysis and Inventory says when it is to be updated" in told
    assert "No date promised" in told
    await robin.presses("bcdc:picture")
    assert "nothing to draw" in text_of(robin.messages()[-1]["blocks"])


async def test_the_months_are_drawn_once_there_are_some(robin: Guest, house: House) -> None:
    await house.bot.upkeep.round()
    await robin.types(f"/bcdc freshness {BRANCH}")
    await robin.presses("bcdc:picture")
    assert "Information Management" in robin.direct()[-1]["text"].splitlines()[1]


async def test_everyone_sees_a_shared_answer_without_buttons(robin: Guest) -> None:
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc freshness {BRANCH}")
    await robin.presses("bcdc:share")
    shared = next(one for one in robin.messages()[::-1] if not one["ephemeral"])
    assert "Late · " in text_of(shared["blocks"])
    assert "Upload the new file" not in text_of(shared["blocks"])
