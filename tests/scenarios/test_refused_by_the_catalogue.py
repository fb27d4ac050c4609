"""What only the catalogue can know to be wrong: told, and the form comes back with all that was
typed and the sentence at its input."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.ckan import actions
from bot.ckan.models import Package
from tests.ckan.places import Place, Visit, contact, stored
from tests.files import now
from tests.house import Guest, House, open_house, text_of
from tests.proxy import Fault, FaultProxy, refusal, running_proxy

APPLY, EDIT = "bcdc:change:apply", "bcdc:change:edit"
EMPTY_409 = refusal(409, "Validation Error")
BARE_500 = refusal(500, "Internal Server Error")
UNINDEXED = refusal(500, "Search Index Error")
IMMENSE = "x" * 32_767
"""A letter more than the catalogue's search takes as one word."""


@pytest.fixture
def delivery() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "socket"


@pytest.fixture
async def robin(house: House) -> Guest:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    return robin


def above(guest: Guest, block_id: str) -> str:
    """What stands right above an input of the view in front."""
    assert guest.view
    blocks: list[dict[str, Any]] = guest.view["blocks"]
    place = next(n for n, block in enumerate(blocks) if block.get("block_id") == block_id)
    return text_of(blocks[place - 1])


async def test_a_title_that_was_taken_meanwhile_is_told_at_the_title(
    robin: Guest, visit: Visit
) -> None:
    package = await visit.make()
    title = f"{package.title} more"
    await robin.types(f"/bcdc patch-package {package.name}")
    assert await robin.fills(title=title, notes="Kept") == {}
    await robin.presses("bcdc:form:preview")
    await visit.make(title=title)
    await robin.presses(APPLY)
    for shown in (robin.reads(), text_of(robin.direct()[-1]["blocks"])):
        assert "Nothing was changed." in shown
        assert "Title: Another record has this title." in shown
    assert (await now(visit, package)).raw == package.raw

    await robin.presses(EDIT)
    assert (robin.holds("title"), robin.holds("notes")) == (title, "Kept")
    assert "Another record has this title." in above(robin, "title")
    await robin.fills(title=f"{title} again")
    await robin.presses("bcdc:form:preview")
    await robin.presses(APPLY)
    after = await now(visit, package)
    assert (after.title, after.text("notes")) == (f"{title} again", "Kept")


async def test_a_contact_that_became_somebody_elses_is_told_at_the_contact(
    robin: Guest, visit: Visit
) -> None:
    """Between the preview and the click: what the bot checked is not what is saved."""
    own = await visit.organization_id()
    package = await visit.make(contacts=[contact(own), contact(own, name="Kim Forester")])
    await robin.types(f"/bcdc patch-package {package.name}")
    await robin.fills(notes="Kept")
    await robin.presses("bcdc:form:preview")
    before = await _with_foreign_contact(visit, package)
    await robin.presses(APPLY)
    assert "Kim Forester" in robin.reads()
    assert "Forest Analysis" in robin.reads()
    assert stored(await now(visit, package)) == stored(before)
    await robin.presses(EDIT)
    assert "3 of 5: Contacts" in robin.reads()
    assert "“Kim Forester” is a contact from Forest Analysis" in above(robin, "contacts.1.org")


async def _with_foreign_contact(visit: Visit, package: Package) -> Package:
    """The record after somebody who may edit everywhere moved its second contact elsewhere."""
    foreign = await visit.organization_id("forest-analysis-and-inventory")
    body = {"match": {"id": package.id}, "update__contacts__1__org": foreign}
    return await actions.package_revise(visit.as_user("bcdc-sysadmin"), body)


async def test_a_text_too_long_for_the_search_is_told_before_it_is_sent(
    robin: Guest, visit: Visit
) -> None:
    package = await visit.make()
    resource = package.resources[0]
    for line, label in (
        (f"patch-package {package.name} purpose={IMMENSE}", "Purpose"),
        (f"patch-package {package.name} purpose={'é' * 16_384}", "Purpose"),
        (f"patch-package {package.name} contacts.0.name={IMMENSE}", "Contacts"),
        (f"patch-resource {resource.id} url=https://data.example.test/{IMMENSE}", "Resource"),
    ):
        said = await robin.types(f"/bcdc {line}")
        assert f"“{label}” is too long" in said
        assert APPLY not in str(robin.messages()[-1]["blocks"])
    line = f"patch-package {package.name} purpose={IMMENSE[1:]} notes={IMMENSE}"
    await robin.types(f"/bcdc {line}")
    await robin.presses(APPLY)
    after = await now(visit, package)
    assert (after.text("purpose"), after.text("notes")) == (IMMENSE[1:], IMMENSE)


# What a catalogue says nothing about, whatever its generation: made by the proxy.


@pytest.fixture
async def proxy(place: Place) -> AsyncIterator[FaultProxy]:
    async with running_proxy(place.url) as proxy:
        yield proxy


@pytest.fixture
async def shaky(proxy: FaultProxy, place: Place, tmp_path: Path) -> AsyncIterator[Guest]:
    """Robin, over a catalogue that may be made to say nothing."""
    async with open_house(tmp_path, proxy.url, place.keys) as house:
        robin = house.guest("robin")
        await robin.connects("cfd-editor")
        yield robin


silent = pytest.mark.parametrize(
    "fault", [EMPTY_409, BARE_500, UNINDEXED], ids=lambda fault: fault.kind
)
one_catalogue = pytest.mark.parametrize("place", ["sandbox as 2.9"], indirect=True)


@one_catalogue
@silent
async def test_a_refusal_without_a_word_is_explained_from_the_bots_own_rules(
    shaky: Guest, proxy: FaultProxy, visit: Visit, fault: Fault
) -> None:
    own = await visit.organization_id()
    package = await visit.make(contacts=[contact(own), contact(own, name="Kim Forester")])
    await shaky.types(f"/bcdc patch-resource {package.resources[0].id}")
    await shaky.fills(description="Kept")
    before = await _with_foreign_contact(visit, package)
    proxy.fault("package_revise", fault)
    await shaky.presses(APPLY)
    said = text_of(shaky.direct()[-1]["blocks"])
    assert "Nothing was changed. The catalogue did not say why. This may be it:" in said
    assert "Kim Forester is listed as a contact for Forest Analysis" in said
    assert stored(await now(visit, package)) == stored(before)
    proxy.heal()
    await shaky.presses(EDIT)
    assert shaky.holds("description") == "Kept"
    assert "Kim Forester is listed as a contact" in shaky.reads()


@one_catalogue
@silent
async def test_a_refusal_that_nobody_can_explain_says_so(
    shaky: Guest, proxy: FaultProxy, visit: Visit, fault: Fault
) -> None:
    package = await visit.make()
    await shaky.types(f"/bcdc patch-resource {package.resources[0].id} description=New")
    proxy.fault("package_revise", fault)
    await shaky.presses(APPLY)
    said = text_of(shaky.direct()[-1]["blocks"])
    assert "Nothing was changed." in said
    assert any(
        why in said for why in ("named no field", "did not say why", "could not take the record")
    )
    assert len(shaky.direct()) == 1
    assert stored(await now(visit, package)) == stored(package)
