"""Every field of a record, by forms alone: what was entered is what reads back."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from bot.ckan import actions
from tests.ckan.places import Place, Visit, stored
from tests.house import House

PAGES: tuple[dict[str, Any], ...] = (
    {
        "notes": "Two\n\nparagraphs, *marked* & “quoted” <b>",
        "purpose": "To know",
        "data_quality": "As good as it gets",
        "lineage_statement": "From afar",
        "support_url": "https://gov.bc.ca/help",
        "tag_string": "one, three, mental health",
    },
    {
        "license_id": "22",
        "security_class": "PROTECTED A",
        "view_audience": "Government",
        "download_audience": "NA",
        "metadata_visibility": "IDIR",
    },
)
CONTACTS = (
    {"name": "Desk", "email": "desk@gov.bc.ca", "role": "custodian", "displayed": ["displayed"]},
    {"name": "Éva O'Hara", "email": "eva@gov.bc.ca", "role": "AccessApprover", "displayed": []},
)
LINKS = (
    {"description": "More", "url": "https://gov.bc.ca/more?a=b&c=d"},
    {"description": "Even more", "url": "https://gov.bc.ca/even"},
)
DATES = ({"type": "Published", "date": "2021-02-03"},)


@pytest.fixture
def delivery() -> str:
    return "socket"


def rows(name: str, rows: tuple[dict[str, Any], ...], first: int = 0) -> dict[str, Any]:
    return {
        f"{name}__{number}__{part}": value
        for number, row in enumerate(rows, start=first)
        for part, value in row.items()
    }


async def test_what_is_entered_in_every_field_reads_back(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make(resources=[])
    replaced = await visit.make(resources=[])
    name = f"renamed-{secrets.token_hex(4)}"
    robin = house.guest("robin")
    await robin.connects("cfd-editor")

    await robin.types(f"/bcdc patch-package {package.name}")
    assert await robin.fills(title=name.title(), name=name, **PAGES[0]) == {}
    assert await robin.fills(**PAGES[1]) == {}
    await robin.presses("bcdc:form:add")
    assert await robin.fills(**rows("contacts", CONTACTS)) == {}
    for _link in LINKS:
        await robin.presses("bcdc:form:add")
    await robin.fills(**rows("more_info", LINKS), **rows("dates", DATES))
    await robin.chooses("resource_status", "obsolete")
    assert await robin.fills(replacement_record=replaced.name) == {}
    preview = robin.reads()
    assert "You are about to change this" in preview, preview
    assert "Access Only" in preview
    await robin.presses("bcdc:change:apply")

    now = stored(await actions.package_show(visit.as_user("bcdc-sysadmin"), package.id))
    entered = {**PAGES[0], **PAGES[1]}
    words = entered.pop("tag_string").split(", ")
    assert {key: now.get(key) for key in entered} == entered
    assert (now["title"], now["name"]) == (name.title(), name)
    assert now["private"] is True
    assert sorted(now["tags"]) == sorted(words)
    assert now["more_info"] == list(LINKS)
    assert now["dates"] == list(DATES)
    assert now["contacts"] == [{**row, "org": package.owner_org} for row in CONTACTS]
    assert (now["resource_status"], now["replacement_record"]) == ("obsolete", replaced.name)

    told = robin.direct()[-1]
    await robin.closes()
    await robin.presses("bcdc:change:undo", channel=house.direct_channel(robin.id), message=told)
    await robin.presses("bcdc:change:apply")
    again = stored(await actions.package_show(visit.as_user("bcdc-sysadmin"), package.id))
    before = stored(package)
    assert {key: value for key, value in again.items() if value} == {
        key: value for key, value in before.items() if value
    }
