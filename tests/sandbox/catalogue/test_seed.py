"""What the catalogue holds at the start is what a catalogue would have saved."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.catalogue import BCDC, PLAIN, Kind, start
from tests.sandbox.catalogue.conftest import Caller
from tests.sandbox.catalogue.test_validation import SPOILT

if TYPE_CHECKING:
    import aiohttp

    from sandbox.catalogue.state import Generation

ADMIN = "bcdc-sysadmin"
TIMES = {"metadata_modified", "record_last_modified"}


@pytest.mark.parametrize(
    ("kind", "generation", "spoilt"),
    [
        pytest.param(BCDC, "2.9", {SPOILT}, id="BCDC on 2.9"),
        pytest.param(BCDC, "2.12", set(), id="BCDC on 2.12"),
        pytest.param(PLAIN, "2.9", set(), id="plain 2.9"),
        pytest.param(PLAIN, "2.12", set(), id="plain 2.12"),
    ],
)
async def test_every_record_but_the_spoilt_one_stays_as_it_is_when_it_is_saved_again(
    session: aiohttp.ClientSession, kind: Kind, generation: Generation, spoilt: set[str]
) -> None:
    running = await start(generation=generation, kind=kind)
    call = Caller(running, session)
    refused = set()
    for package_id, stored in list(running.catalogue.packages.items()):
        shown = (await call("package_show", ADMIN, id=package_id)).result
        note = {"match": {"id": package_id}, "update": {"notes": shown["notes"]}}
        for ckan_action, args in (("package_update", shown), ("package_revise", note)):
            answer = await call(ckan_action, ADMIN, **args)
            if answer.status == HTTPStatus.OK:
                again = (await call("package_show", ADMIN, id=package_id)).result
                assert untimed(again) == untimed(shown)
            else:
                assert set(answer.error) == {"resources"}
                refused.add(stored["name"])
    await running.stop()
    assert refused == spoilt


def untimed(record: dict[str, Any]) -> dict[str, Any]:
    """A record without the times of its last save."""
    resources = [{**row, "metadata_modified": ""} for row in record["resources"]]
    kept = {key: value for key, value in record.items() if key not in TIMES}
    return kept | {"resources": resources}
