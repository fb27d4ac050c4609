"""A file that does not arrive: its person is told why, and the resource is as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.ckan.models import Package
from bot.ckan.transport import Transport
from sandbox.catalogue import start
from sandbox.slack.faults import Spoilt
from tests.ckan.places import Place, Visit
from tests.files import adds, fetched, given, now
from tests.house import Guest, House, open_house, text_of
from tests.proxy import Fault, page, running_proxy

APPLY = "bcdc:change:apply"
OLD, NEW = b"a,b\n1,2\n", b"a,b\n3,4\n" * 1000
some_places = pytest.mark.parametrize(
    "place",
    [
        "sandbox as 2.12",
        pytest.param("CKAN 2.9", marks=pytest.mark.catalogue_29),
        pytest.param("CKAN 2.12", marks=pytest.mark.catalogue),
    ],
    indirect=True,
)


@pytest.fixture
def delivery() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "socket"


@dataclass(frozen=True, slots=True)
class Replacing:
    """Somebody at the preview of another file for a resource, which must stay as it is."""

    guest: Guest
    visit: Visit
    before: Package
    file_id: str

    @classmethod
    async def begin(cls, house: House, visit: Visit) -> Replacing:
        robin = house.guest("robin")
        await robin.connects("cfd-editor")
        package = await visit.make()
        await adds(robin, package, "old.csv", OLD)
        await robin.presses(APPLY)
        await robin.closes()
        before = await now(visit, package)
        await robin.types(f"/bcdc update-resource {before.resources[3].id}")
        file_id = given(robin, "new.csv", NEW)
        assert await robin.fills(upload=[file_id], description="New.") == {}
        assert "new.csv" in robin.reads()
        return cls(robin, visit, before, file_id)

    async def is_told(self, *said: str) -> None:
        """Apply, read why it did not happen, and look that nothing did."""
        await self.guest.presses(APPLY)
        for shown in (self.guest.reads(), text_of(self.guest.direct()[-1]["blocks"])):
            for words in ("Nothing was changed.", *said):
                assert words in shown
        after = await now(self.visit, self.before)
        assert after.raw == self.before.raw
        assert await fetched(self.visit.place, after.resources[3]) == OLD


@pytest.fixture
async def replacing(house: House, visit: Visit) -> Replacing:
    return await Replacing.begin(house, visit)


@some_places
@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ("page", ("a page to log in instead of the file", "scope files:read")),
        ("gone", ("Slack does not have that file any more",)),
        ("other", ("“new.csv” has changed since you gave it",)),
        ("half", ("could not be read to its end",)),
    ],
)
async def test_what_slack_sends_instead_of_a_file_never_becomes_the_file(
    replacing: Replacing, spoilt: Spoilt, said: tuple[str, ...]
) -> None:
    replacing.guest.house.slack.workspace.faults.spoil_download(spoilt, times=99)
    await replacing.is_told(*said)


async def test_a_table_that_slack_breaks_off_is_previewed_without_a_look_into_it(
    narrow: tuple[House, Visit],
) -> None:
    house, visit = narrow
    robin = (await Replacing.begin(house, visit)).guest
    assert "2 columns" in robin.reads()
    await robin.closes()
    house.slack.workspace.faults.spoil_download("half", times=99)
    await adds(robin, await visit.make(), "cut.csv", NEW)
    assert "cut.csv, 7.8 KB" in robin.reads()
    assert "2 columns" not in robin.reads()


@some_places
async def test_a_file_that_was_changed_in_slack_is_not_the_one_that_was_given(
    replacing: Replacing,
) -> None:
    replacing.guest.house.slack.workspace.files.of(replacing.file_id).content += b"5,6\n"
    await replacing.is_told("“new.csv” has changed since you gave it")


@some_places
async def test_a_bot_that_lost_its_right_to_read_files_says_so(replacing: Replacing) -> None:
    replacing.guest.house.slack.workspace.faults.error("files.info", "missing_scope", times=99)
    await replacing.is_told("Slack did not let the bot read that file")


@pytest.fixture
async def narrow(tmp_path: Path) -> AsyncIterator[tuple[House, Visit]]:
    """A house over a catalogue that takes 1 MB, and a bot that thinks it takes more."""
    running = await start(max_upload_mb=1)
    keys = running.keys
    async with (
        Transport({"here": running.url}) as transport,
        open_house(tmp_path, running.url, keys) as house,
    ):
        yield house, Visit(Place("2.9", running.url, keys), transport, [])
    await running.stop()


async def test_a_file_over_the_limit_of_the_catalogue_is_refused_by_it(
    narrow: tuple[House, Visit],
) -> None:
    house, visit = narrow
    replacing = await Replacing.begin(house, visit)
    robin = replacing.guest
    await robin.closes()
    await robin.types(f"/bcdc update-resource {replacing.before.resources[3].id}")
    await robin.fills(upload=[given(robin, "large.csv", b"1" * (1 << 20) + b"1")])
    await replacing.is_told("The file is larger than the catalogue takes")


@some_places
@pytest.mark.parametrize("fault", [page(413)], ids=lambda fault: fault.kind)
async def test_a_file_over_the_limit_of_what_stands_before_the_catalogue_is_not_sent_again(
    place: Place, visit: Visit, tmp_path: Path, fault: Fault
) -> None:
    async with (
        running_proxy(place.url) as proxy,
        open_house(tmp_path, proxy.url, place.keys) as house,
    ):
        replacing = await Replacing.begin(house, visit)
        sent = proxy.requests["package_revise"]
        proxy.fault("package_revise", fault)
        await replacing.is_told("The file is larger than the catalogue accepts")
        assert proxy.requests["package_revise"] == sent + 1
