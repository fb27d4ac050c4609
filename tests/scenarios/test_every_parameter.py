"""Each parameter of CKAN's `package_patch`: edited here, or answered with where or why not."""

from __future__ import annotations

from typing import Final

import pytest

from tests.ckan.places import Place, Visit
from tests.house import House
from tests.scenarios.test_a_plain_catalogue import Walk, walk

__all__ = ["walk"]

PREVIEW: Final = "You are about to change this"
PARAMETERS: Final = frozenset(
    [
        "id",
        "name",
        "title",
        "private",
        "author",
        "author_email",
        "maintainer",
        "maintainer_email",
        "license_id",
        "notes",
        "url",
        "version",
        "state",
        "type",
        "resources",
        "tags",
        "extras",
        "plugin_data",
        "relationships_as_object",
        "relationships_as_subject",
        "groups",
        "owner_org",
    ]
)
"""As CKAN's own description of the action names them."""
UNUSED: Final = "The catalogue's records do not use it"
EVERYWHERE: Final = {
    "id=x": "A record keeps its id",
    "name=another-name-of-it": PREVIEW,
    "title=“Another title of it”": PREVIEW,
    "license_id=22": PREVIEW,
    "notes=x": PREVIEW,
    "state=deleted": "/bcdc delete-package",
    "type=dataset": "A record keeps its type",
    "resources=x": "Resources have commands of their own",
    "tags=one,three": PREVIEW,
    "plugin_data={}": "Only the catalogue's administrators may set it",
    "relationships_as_object=x": UNUSED,
    "relationships_as_subject=x": UNUSED,
    "groups=x": "leaves the groups of a record as they are",
    "owner_org=geobc": PREVIEW,
}
AT_BCDC: Final = EVERYWHERE | {
    "private=true": "The catalogue sets it by who can view the record",
    "author=x": UNUSED,
    "author_email=x@gov.bc.ca": UNUSED,
    "maintainer=x": UNUSED,
    "maintainer_email=x@gov.bc.ca": UNUSED,
    "url=https://gov.bc.ca": UNUSED,
    "version=2": UNUSED,
    "extras=x": UNUSED,
}
OF_A_PLAIN_CKAN: Final = EVERYWHERE | {
    "private=true": PREVIEW,
    "author=x": PREVIEW,
    "author_email=x@gov.bc.ca": PREVIEW,
    "maintainer=x": PREVIEW,
    "maintainer_email=x@gov.bc.ca": PREVIEW,
    "url=https://gov.bc.ca": PREVIEW,
    "version=2": PREVIEW,
    "extras.0.key=Area extras.0.value=Interior": PREVIEW,
}


@pytest.fixture
def delivery() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "socket"


@pytest.mark.parametrize("said", [AT_BCDC, OF_A_PLAIN_CKAN])
def test_no_parameter_is_forgotten(said: dict[str, str]) -> None:
    assert {words.partition("=")[0].partition(".")[0] for words in said} == PARAMETERS


async def test_bcdcs_records_are_edited_in_theirs_and_the_rest_says_where(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make(by="data-steward")
    mei = house.guest("mei")
    await mei.connects("data-steward")
    for words, said in AT_BCDC.items():
        assert said in await mei.types(f"/bcdc patch-package {package.name} {words}"), words


async def test_records_of_a_plain_ckan_are_edited_in_all_that_is_theirs(walk: Walk) -> None:
    mei = walk.house.guest("mei")
    await mei.connects("data-steward")
    title = "A record to change"
    made = "create-package geobc title=“{}” notes=Made private=everyone"
    await mei.types(f"/bcdc {made.format(title)}")
    await mei.presses("bcdc:change:apply")
    words = dict(OF_A_PLAIN_CKAN)
    words["owner_org=information-management-cfd"] = words.pop("owner_org=geobc")
    for typed, said in words.items():
        assert said in await mei.types(f"/bcdc patch-package a-record-to-change {typed}"), typed
