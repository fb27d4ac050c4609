"""What somebody else's save puts back by mistake is noticed and told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.ckan import actions
from bot.store.tables import change
from tests.ckan.places import Place, Visit
from tests.house import House

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def make_due(house: House) -> None:
    """Let the time pass, and wait for the sweep."""
    async with house.bot.db.write() as connection:
        moved = sa.update(change).where(change.c.due_at.is_not(None))
        await connection.execute(moved.values(due_at=LONG_AGO))
    for _tenth in range(100):
        await asyncio.sleep(0.1)
        async with house.bot.db.read() as connection:
            left = sa.select(sa.func.count()).where(change.c.due_at.is_not(None))
            if not await connection.scalar(left):
                break
    await house.settled()


async def test_a_description_that_was_put_back_is_told_and_saved_again(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc patch-package {package.name} notes=Better purpose=Clear")
    await robin.presses("bcdc:change:apply")
    told = len(robin.direct())
    old = {"match": {"id": package.id}, "update__notes": package.text("notes")}
    await visit.as_user("bcdc-sysadmin").write("package_revise", old)

    await make_due(house)

    assert len(robin.direct()) == told + 1
    message = robin.direct()[-1]
    assert "put back what you changed: Description." in str(message)
    await robin.presses("bcdc:change:edit", channel=house.direct_channel(robin.id), message=message)
    assert robin.holds("notes") == "Better"
    await robin.presses("bcdc:form:preview")
    await robin.presses("bcdc:change:apply")
    now = await actions.package_show(visit.as_user("bcdc-sysadmin"), package.id)
    assert now.text("notes") == "Better"
    assert now.text("purpose") == "Clear"


async def test_nothing_is_told_of_what_stands(house: House, place: Place, visit: Visit) -> None:
    package = await visit.make()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc patch-package {package.name} notes=Better")
    await robin.presses("bcdc:change:apply")
    told = len(robin.direct())
    await make_due(house)
    assert len(robin.direct()) == told
