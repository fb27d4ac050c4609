"""What was true when it was decided may be so no more when it is told."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.flow.applying.notify import OUTCOME
from bot.store.deliveries import Audience, AudienceKind
from tests.buttons import value_of
from tests.ckan.places import Visit
from tests.house import CHANNEL, House

APPLY = "bcdc:change:apply"

pytestmark = pytest.mark.parametrize("place", ["sandbox as 2.9"], indirect=True)


@pytest.fixture
def delivery() -> str:
    return "socket"


async def test_what_waits_behind_another_message_is_asked_about_before_it_is_told(
    house: House, visit: Visit
) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    packages = [await visit.publish(await visit.make()) for _ in range(2)]
    ids = []
    for package in packages:
        line = f'/bcdc patch-resource {package.resources[1].id} description="Zebrafish"'
        await robin.types(line)
        ids.append(value_of(robin.messages()[-1]["blocks"], APPLY))
    house.slack.workspace.faults.error("chat.postMessage", "internal_error")
    pressed = [asyncio.create_task(robin.forges(APPLY, one)) for one in ids]
    here = Audience(AudienceKind.CHANNEL, CHANNEL)
    async with asyncio.timeout(60):
        while not all([await house.bot.deliveries.find(one, OUTCOME, here) for one in ids]):
            await asyncio.sleep(0.05)
    for package in packages:
        restricted = {"match": {"id": package.id}, "update__metadata_visibility": "IDIR"}
        await visit.as_user("cfd-org-admin").write("package_revise", restricted)
    await asyncio.gather(*pressed)
    assert "Zebrafish" not in json.dumps(house.guest("sam").messages())
    assert json.dumps(robin.direct()).count("not public any more") >= len(packages)
