"""What has to be confirmed before a record is asked to be published under an open licence."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.change import State
from bot.ckan import actions
from bot.store.tables import audit, change
from tests.buttons import value_of
from tests.ckan.places import Place, Visit
from tests.house import CONFIRMATIONS, House, text_of

APPLY = "bcdc:change:apply"
REFUSED = "Nothing was applied yet"


@pytest.fixture
def delivery() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "socket"


async def state_of(visit: Visit, package_id: str) -> str:
    record = await actions.package_show(visit.as_user("bcdc-sysadmin"), package_id)
    return record.publish_state


async def confirmed(house: House, package_id: str) -> list[list[str]]:
    """What the audit says was confirmed for changes of a record."""
    query = (
        sa.select(audit.c.detail)
        .join(change, change.c.id == audit.c.change_id)
        .where(change.c.package_id == package_id, audit.c.to_state == State.APPROVED)
    )
    async with house.bot.db.read() as connection:
        return [row.detail.get("confirmed", []) for row in await connection.execute(query)]


@pytest.mark.parametrize("words", ["pending publish", "publish_state=“PENDING PUBLISH”"])
async def test_apply_waits_until_every_box_is_ticked(
    house: House, place: Place, visit: Visit, words: str
) -> None:
    package = await visit.make()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc set-state {package.name} {words}")
    in_view = robin.view is not None
    assert in_view is (words == "pending publish")
    assert "The Deputy Minister, or their delegate, has approved" in robin.reads()

    await robin.presses(APPLY)
    assert REFUSED in robin.reads()
    await robin.ticks("0", "2")
    await robin.presses(APPLY)
    assert REFUSED in robin.reads()
    assert (robin.view is not None) is in_view
    assert await state_of(visit, package.id) == "DRAFT"
    assert await confirmed(house, package.id) == []

    await robin.ticks()
    await robin.presses(APPLY)
    assert await state_of(visit, package.id) == "PENDING PUBLISH"
    ((first, *others),) = await confirmed(house, package.id)
    assert first == "The Ministry Information Security Officer has approved the release"
    assert len(others) == 3


async def test_what_is_public_already_is_taken_back_without_confirming_its_release(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.publish(await visit.make())
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    told = await robin.types(f"/bcdc set-state {package.name} pending publish")
    assert "Before: Published" in told
    assert "Deputy Minister" not in told


async def test_what_is_ticked_stays_ticked_when_apply_is_refused(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc set-state {package.name} pending publish")
    await robin.ticks("1", "3")
    await robin.presses(APPLY)
    assert robin.view
    (boxes,) = (block for block in robin.view["blocks"] if block["block_id"] == CONFIRMATIONS)
    taken = [option["value"] for option in boxes["accessory"]["initial_options"]]
    assert taken == ["1", "3"]
    assert REFUSED in text_of(boxes["text"])
    # A press of the same button without any tick, from a preview somebody kept open.
    held = value_of(robin.view["blocks"], APPLY)
    assert REFUSED in await robin.forges(APPLY, held)
    assert await state_of(visit, package.id) == "DRAFT"


async def test_another_licence_and_other_moves_ask_for_no_ticks(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make(license_id="22")
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    for words in ("pending publish", "draft"):
        assert CONFIRMATIONS not in await robin.types(f"/bcdc set-state {package.name} {words}")
        assert robin.view
        assert CONFIRMATIONS not in str(robin.view["blocks"])
        await robin.presses(APPLY)
        await robin.closes()
    assert await state_of(visit, package.id) == "DRAFT"
