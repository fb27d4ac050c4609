"""An editor's whole job by forms alone: a record made, edited and submitted, for each type."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import pytest

from bot.ckan import actions
from bot.ckan.models import Package
from tests.ckan.places import BRANCH, Place, Visit, stored
from tests.house import Guest, House

APPLY: Final = "bcdc:change:apply"
RECORD: Final = {
    "notes": "Made in a form.",
    "license_id": "2",
    "security_class": "PUBLIC",
    "view_audience": "Public",
    "download_audience": "Public",
    "metadata_visibility": "Public",
    "resource_status": "onGoing",
}
TEXTS: Final = {
    "purpose": "To know & tell",
    "data_quality": "Good",
    "lineage_statement": "From “afar”",
}
CONTACTS: Final = (
    {"name": "Desk", "email": "desk@gov.bc.ca", "role": "custodian", "displayed": ["displayed"]},
    {"name": "Éva O'Hara", "email": "eva@gov.bc.ca", "role": "businessExpert", "displayed": []},
)
LINKS: Final = (
    {"description": "More", "url": "https://gov.bc.ca/more?a=b&c=d"},
    {"description": "Even more", "url": "https://gov.bc.ca/even"},
)
DATES: Final = ({"type": "Created", "date": "2020-02-03"},)
EDITED: Final = {"purpose": "To know better", "tag_string": "two, mental health"}

OF_EVERY_RESOURCE: Final = (
    {
        "description": "The first\n\n*one*",
        "supplemental_info": "Read me & them",
        "resource_update_cycle": "monthly",
        "resource_storage_location": "web or ftp site",
        "resource_type": "data",
        "resource_access_method": "direct access",
        "format": "csv",
        "object_name": "WHSE.ONE",
        "json_table_schema": {"fields": [{"name": "a"}]},
        "temporal_extent": [{"beginning_date": "2018-04-01", "end_date": "2019-03-31"}],
    },
    {
        "description": "Edited",
        "supplemental_info": "",
        "resource_update_cycle": "annually",
        "resource_storage_location": "file system",
        "resource_type": "reports",
        "resource_access_method": "other",
        "format": "xml",
        "object_name": "WHSE.TWO",
        "json_table_schema": {"fields": []},
        "temporal_extent": [{"beginning_date": "2020-04-01", "end_date": "2021-03-31"}],
    },
)
PROJECTION: Final = ({"projection_name": "epsg3005"}, {"projection_name": "epsg4326"})
OF_MAPS: Final = (
    {
        "spatial_datatype": "SDO_GEOMETRY",
        "iso_topic_category": ["biota", "health"],
        "preview_info": [{"layer_name": "roads", "preview_zoom_level": "7"}],
        "geographic_extent": [
            {
                "north_bound_latitude": "60",
                "south_bound_latitude": "48",
                "east_bound_longitude": "-113.5",
                "west_bound_longitude": "-139.5",
            }
        ],
    },
    {
        "spatial_datatype": "NA",
        "iso_topic_category": ["oceans"],
        "preview_info": [{"layer_name": "rivers", "preview_zoom_level": "8"}],
        "geographic_extent": [
            {
                "north_bound_latitude": "59.5",
                "south_bound_latitude": "50",
                "east_bound_longitude": "-120",
                "west_bound_longitude": "-130",
            }
        ],
    },
)
KINDS: Final = ("document", "geographic", "webservice", "application")


def fields_of(kind: str, turn: int) -> dict[str, Any]:
    """Every field of a resource of this type, as first entered (0) and as edited (1)."""
    fields: dict[str, Any] = dict(OF_EVERY_RESOURCE[turn])
    if kind in {"geographic", "webservice"}:
        fields |= PROJECTION[turn]
    if kind == "geographic":
        fields |= OF_MAPS[turn]
    return fields


def in_blocks(values: dict[str, Any]) -> dict[str, Any]:
    """Values as they are filled into the blocks of a form."""
    blocks: dict[str, Any] = {}
    for name, value in values.items():
        match value:
            case [dict(), *_]:
                blocks |= {
                    f"{name}__{number}__{part}": one
                    for number, row in enumerate(value)
                    for part, one in row.items()
                }
            case dict():
                blocks[name] = json.dumps(value)
            case _:
                blocks[name] = value
    return blocks


@dataclass(frozen=True, slots=True)
class Editor:
    """A person at the forms, and the catalogue in which the result is looked up."""

    guest: Guest
    visit: Visit

    async def record(self, name: str) -> Package:
        found = await actions.package_show(self.visit.as_user("bcdc-sysadmin"), name)
        if found.id not in self.visit.made:
            self.visit.made.append(found.id)
        return found

    async def enters(self, **values: Any) -> None:
        errors = await self.guest.fills(**values)
        assert errors == {}

    async def applies(self) -> None:
        said = self.guest.reads()
        assert "You are about to" in said, said
        await self.guest.presses(APPLY)
        await self.guest.closes()

    async def makes_a_record(self, title: str) -> None:
        await self.guest.types(f"/bcdc create-package {BRANCH}")
        await self.enters(title=title, tag_string="one, two", **RECORD)
        await self.guest.presses("bcdc:form:add")
        await self.enters(**in_blocks({"contacts": list(CONTACTS)}))
        await self.enters(**TEXTS)
        for composite in ("more_info", "more_info", "dates"):
            await self.guest.presses("bcdc:form:add", block_id=composite)
        await self.enters(**in_blocks({"more_info": list(LINKS), "dates": list(DATES)}))
        await self.applies()

    async def adds_a_resource(self, record: str, kind: str, **values: Any) -> None:
        await self.guest.types(f"/bcdc create-resource {record}")
        await self.guest.chooses("bcdc_type", kind)
        await self.enters(**in_blocks(fields_of(kind, 0) | values))
        await self.applies()

    async def edits_a_resource(self, resource_id: str, kind: str, **values: Any) -> None:
        await self.guest.types(f"/bcdc patch-resource {resource_id}")
        await self.enters(**in_blocks(fields_of(kind, 1) | values))
        await self.applies()

    async def edits_the_record(self, name: str) -> None:
        await self.guest.types(f"/bcdc patch-package {name}")
        await self.enters(**EDITED)
        await self.guest.presses("bcdc:form:page:2")
        await self.guest.presses("bcdc:form:up")
        await self.guest.presses("bcdc:form:preview")
        await self.applies()

    async def submits(self, name: str) -> None:
        await self.guest.types(f"/bcdc set-state {name}")
        await self.enters(publish_state="PENDING PUBLISH")
        await self.guest.ticks()
        await self.applies()


@pytest.fixture
def delivery() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "socket"


@pytest.fixture
async def editor(house: House, visit: Visit) -> Editor:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    return Editor(robin, visit)


def assert_holds(held: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert {key: held.get(key) or "" for key in wanted} == wanted


@pytest.mark.parametrize("kind", KINDS)
async def test_what_an_editor_enters_edits_and_submits_reads_back(
    editor: Editor, place: Place, kind: str
) -> None:
    title = f"The {kind} job {secrets.token_hex(4)}"
    name = title.lower().replace(" ", "-")
    content = kind.encode() * 100
    file = editor.guest.house.slack.workspace.files.add(editor.guest.id, "One.csv", content)
    link = f"https://data.example.test/{kind}?a=1&b=2"

    await editor.makes_a_record(title)
    owner = (await editor.record(name)).owner_org
    await editor.adds_a_resource(name, kind, name="Uploaded", upload=[file.id])
    await editor.adds_a_resource(name, kind, name="Linked", url=link)

    made = stored(await editor.record(name))
    contacts = [{**row, "org": owner} for row in CONTACTS]
    composites = {"contacts": contacts, "more_info": list(LINKS), "dates": list(DATES)}
    assert_holds(made, {"title": title, **RECORD, **TEXTS, **composites})
    assert (made["tags"], made["publish_state"]) == (["one", "two"], "DRAFT")
    uploaded, linked = made["resources"]
    assert_holds(uploaded, {"name": "Uploaded", "bcdc_type": kind, **fields_of(kind, 0)})
    assert_holds(linked, {"name": "Linked", "bcdc_type": kind, "url": link, **fields_of(kind, 0)})

    await editor.edits_the_record(name)
    await editor.edits_a_resource(uploaded["id"], kind, name="File")
    await editor.edits_a_resource(linked["id"], kind, name="Link", url=link + "&c=3")
    await editor.submits(name)

    after = stored(await editor.record(name))
    composites["contacts"] = contacts[::-1]
    changed = {"purpose": EDITED["purpose"], "publish_state": "PENDING PUBLISH"}
    assert_holds(after, {"title": title, **RECORD, **TEXTS, **composites, **changed})
    assert sorted(after["tags"]) == ["mental health", "two"]
    first, second = after["resources"]
    assert_holds(first, {"name": "File", "url": uploaded["url"], **fields_of(kind, 1)})
    assert_holds(second, {"name": "Link", "url": link + "&c=3", **fields_of(kind, 1)})
    key = place.keys["cfd-editor"].get_secret_value()
    async with (
        aiohttp.ClientSession() as session,
        session.get(first["url"], headers={"Authorization": key}) as answer,
    ):
        assert await answer.read() == content
