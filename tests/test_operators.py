from __future__ import annotations

import json
import sqlite3

import pytest

from bot.errors import UserError
from bot.operators import erase_person, print_audit
from bot.trail import Span
from sandbox.catalogue import RunningCatalogue
from tests.buttons import action_ids
from tests.handlers.conftest import house
from tests.house import Guest, House, text_of

__all__ = ["house"]

RECORD = "children-in-care-by-community"
WHO = "T0BCDC:U0ROBIN"


@pytest.fixture
async def robin(house: House) -> Guest:
    """Somebody of whom there is something in every table that may hold it."""
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types("/bcdc use test")
    await robin.types("/bcdc find-org geobc")
    await robin.types("/bcdc subscribe org:geobc")
    await robin.types(f'/bcdc patch-package {RECORD} title="Children in care, by community"')
    await robin.presses("bcdc:change:apply")
    await robin.types('/bcdc patch-package youth-transition-agreements purpose="Told robin alone"')
    await robin.presses("bcdc:change:apply")
    await robin.types(f"/bcdc patch-package {RECORD}")
    await robin.fills(purpose="A form that robin typed")
    await robin.closes()
    return robin


def everything(house: House) -> dict[str, str]:
    """All that the database holds, by table."""
    connection = sqlite3.connect(str(house.settings.database.database))
    listed = "SELECT name FROM sqlite_master WHERE type = 'table'"
    try:
        return {
            name: str(connection.execute(f'SELECT * FROM "{name}"').fetchall())  # noqa: S608  # its own names
            for (name,) in connection.execute(listed).fetchall()
        }
    finally:
        connection.close()


async def test_nothing_names_an_erased_person_and_the_audit_stays_as_it_was(
    house: House, robin: Guest
) -> None:
    before = everything(house)
    holding = {name for name, rows in before.items() if "U0ROBIN" in rows}
    assert {"person", "api_key", "asked", "preference", "delivery", "subscription"} <= holding
    said = await erase_person(house.settings, WHO)
    assert "is erased" in said
    after = everything(house)
    for name, rows in after.items():
        assert "U0ROBIN" not in rows, name
        assert "Robin Chen" not in rows, name
        assert "cfd-editor" not in rows, name
        assert "A form that robin typed" not in rows or name == "change_write", name
    assert after["audit"].startswith(before["audit"][:-1])


async def test_afterwards_the_export_says_erased_person(
    house: House, robin: Guest, capsys: pytest.CaptureFixture[str]
) -> None:
    await erase_person(house.settings, WHO)
    capsys.readouterr()
    await print_audit(house.settings, "jsonl", Span())
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    decided = next(row for row in rows if row.get("to") == "approved")
    assert decided["by"] == decided["asked by"] == "erased person"
    assert "U0ROBIN" not in str(rows)
    assert any(row["event"] == "person.erased" for row in rows)


async def test_what_an_erased_person_asked_for_can_no_longer_be_decided(
    house: House, robin: Guest
) -> None:
    priya = house.guest("priya")
    await priya.connects("cfd-org-admin")
    await priya.types("/bcdc policy information-management-cfd when:always channel:here")
    await robin.types(f'/bcdc patch-package {RECORD} purpose="To be approved"')
    await robin.presses("bcdc:change:apply")
    cards = priya.direct()[-1], priya.messages()[-1]
    assert all(text_of(card["blocks"]).startswith("@U0ROBIN\n asks to") for card in cards)
    await erase_person(house.settings, WHO)
    await house.settled()
    for card in (priya.direct()[-1], priya.messages()[-1]):
        assert card["ts"] in {one["ts"] for one in cards}
        assert "erased person" in text_of(card["blocks"])
        assert "no longer here. Nothing was changed." in text_of(card["blocks"])
        assert not action_ids(card["blocks"])
    assert "erased person" in await priya.types(f"/bcdc history {RECORD}")


async def test_a_person_who_comes_back_is_somebody_new(house: House, robin: Guest) -> None:
    await erase_person(house.settings, WHO)
    assert "no key" in await robin.types("/bcdc whoami")
    assert "Nothing is waiting" in await robin.types("/bcdc pending")
    await robin.connects("cfd-editor")
    await robin.types(f'/bcdc patch-package {RECORD} title="Another"')
    await robin.presses("bcdc:change:apply")
    assert "Another" in robin.reads()


async def test_a_token_that_the_bot_minted_is_worth_nothing_afterwards(
    house: House, robin: Guest, catalogue: RunningCatalogue
) -> None:
    minted = set(catalogue.catalogue.tokens)
    assert minted
    await erase_person(house.settings, WHO)
    assert not minted & set(catalogue.catalogue.tokens)


async def test_a_token_that_cannot_be_revoked_is_told(
    house: House, robin: Guest, catalogue: RunningCatalogue
) -> None:
    await catalogue.stop()
    assert "could not be revoked: revoke it there" in await erase_person(house.settings, WHO)


async def test_while_a_change_is_being_saved_nothing_is_erased(house: House, robin: Guest) -> None:
    await house.guest("alex").types("/bcdc pause")
    await robin.types(f'/bcdc patch-package {RECORD} title="Held"')
    await robin.presses("bcdc:change:apply")
    with pytest.raises(UserError, match="is being saved"):
        await erase_person(house.settings, WHO)
    assert "Robin Chen" in await robin.types("/bcdc whoami")


async def test_who_is_not_known_and_what_is_no_person_is_said(house: House) -> None:
    assert "Nothing was kept" in await erase_person(house.settings, "T0BCDC:U0NOBODY")
    with pytest.raises(UserError, match="TEAM:USER"):
        await erase_person(house.settings, "robin")
