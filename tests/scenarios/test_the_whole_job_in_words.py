"""An editor's whole job by words alone: a record made, edited in every field and submitted."""

from __future__ import annotations

import json
import secrets
from typing import Any, Final

import pytest

from bot.ckan import actions
from bot.ckan.models import Package
from tests.ckan.places import BRANCH, Place, Visit, stored
from tests.house import Guest, House
from tests.scenarios.test_the_whole_job import (
    CONTACTS,
    DATES,
    KINDS,
    LINKS,
    RECORD,
    TEXTS,
    assert_holds,
    fields_of,
)

MADE: Final = {**RECORD, **TEXTS, "license_id": "25"}
EDITED: Final = {
    "notes": "Edited,\n\nwith “marks” & 'more'.",
    "license_id": "41",
    "security_class": "PROTECTED A",
    "view_audience": "Government",
    "download_audience": "Not downloadable",
    "metadata_visibility": "IDIR",
    "resource_status": "completed",
    "purpose": "To know better",
    "data_quality": "Very good",
    "lineage_statement": 'From "near"',
    "support_url": "https://gov.bc.ca/help?a=1&b=2",
}
THIRD: Final = {"name": "Third", "email": "third@gov.bc.ca", "role": "distributor", "displayed": []}
LATER: Final = {"type": "Modified", "date": "2021-03-04"}


def quoted(text: str) -> str:
    """A value as it is typed: a value that holds double quotes goes in single ones."""
    return f"'{text}'" if '"' in text else f'"{text}"'


def in_words(values: dict[str, Any], first: int = 0) -> str:
    """Values as they are typed after a verb; rows of a composite count from `first`."""
    words = []
    for name, value in values.items():
        match value:
            case [dict(), *_]:
                rows = enumerate(value, start=first)
                words += [
                    in_words({f"{name}.{place}.{part}": one for part, one in row.items()})
                    for place, row in rows
                ]
            case dict():
                words.append(f"{name}={quoted(json.dumps(value))}")
            case list():
                words.append(f"{name}={quoted(', '.join(value))}")
            case _:
                words.append(f"{name}={quoted(value)}")
    return " ".join(words)


@pytest.fixture
def delivery() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "socket"


async def does(guest: Guest, line: str) -> None:
    """Type a command, and apply what it says it will do; nothing is filled in."""
    said = await guest.types(f"/bcdc {line}")
    assert "You are about to" in said, said
    await guest.presses("bcdc:change:apply")
    if guest.view:
        await guest.closes()


async def shown(visit: Visit, name: str) -> Package:
    found = await actions.package_show(visit.as_user("bcdc-sysadmin"), name)
    if found.id not in visit.made:
        visit.made.append(found.id)
    return found


@pytest.mark.parametrize("kind", KINDS)
async def test_what_an_editor_types_edits_and_submits_reads_back(
    house: House, place: Place, visit: Visit, kind: str
) -> None:
    title = f"The {kind} words {secrets.token_hex(4)}"
    name = title.lower().replace(" ", "-")
    links = [f"https://data.example.test/{kind}?n={number}&b=2" for number in range(2)]
    robin = house.guest("robin")
    await robin.connects("cfd-editor")

    composites: dict[str, list[Any]] = {
        "contacts": list(CONTACTS),
        "more_info": list(LINKS),
        "dates": list(DATES),
    }
    record = {"title": title, **MADE, "tags": ["one", "mental health"]} | composites
    await does(robin, f"create-package {BRANCH} {in_words(record)}")
    owner = (await shown(visit, name)).owner_org
    for link in links:
        fields = {"name": link[-8:], "bcdc_type": kind, "url": link, **fields_of(kind, 0)}
        await does(robin, f"create-resource {name} {in_words(fields)}")

    made = stored(await shown(visit, name))
    composites["contacts"] = [{**row, "org": owner} for row in CONTACTS]
    assert_holds(made, {"title": title, **MADE, **composites})
    assert (sorted(made["tags"]), made["publish_state"]) == (["mental health", "one"], "DRAFT")
    for link, resource in zip(links, made["resources"], strict=True):
        fields = {"name": link[-8:], "bcdc_type": kind, "url": link, **fields_of(kind, 0)}
        assert_holds(resource, fields)

    new = {"title": f"{title} again", "name": f"{name}-again"}
    await does(robin, f"patch-package {name} {in_words(new | EDITED)} +two -one")
    name = new["name"]
    rows = in_words({"contacts": [THIRD], "dates": [LATER]}, first=2).replace("dates.2", "dates.1")
    first = "contacts.0.email=new@gov.bc.ca more_info.0= contacts.1.displayed=displayed"
    await does(robin, f"patch-package {name} {first} {rows}")
    await does(robin, f"patch-package {name} contacts=2,1,0")
    for link, resource in zip(links, made["resources"], strict=True):
        fields = {"name": "Edited", "url": f"{link}&c=3", **fields_of(kind, 1)}
        await does(robin, f"patch-resource {resource['id']} {in_words(fields)}")
    await does(robin, f"set-state {name} pending publish")

    after = stored(await shown(visit, name))
    desk, eva = composites["contacts"]
    composites["contacts"] = [
        {**THIRD, "org": owner},
        {**eva, "displayed": ["displayed"]},
        {**desk, "email": "new@gov.bc.ca"},
    ]
    composites |= {"more_info": [LINKS[1]], "dates": [*DATES, LATER]}
    assert_holds(after, {**new, **EDITED, **composites, "publish_state": "PENDING PUBLISH"})
    assert sorted(after["tags"]) == ["mental health", "two"]
    for link, resource in zip(links, after["resources"], strict=True):
        fields = {"name": "Edited", "bcdc_type": kind, "url": f"{link}&c=3", **fields_of(kind, 1)}
        assert_holds(resource, fields)
