from __future__ import annotations

import pytest

from sandbox.catalogue import RunningCatalogue
from sandbox.catalogue.errors import Record
from tests.house import Guest, House

OPEN = "children-in-care-by-community"


def resources(catalogue: RunningCatalogue) -> list[Record]:
    found: list[Record] = catalogue.catalogue.package(OPEN)["resources"]
    return found


async def editor(house: House, key: str = "cfd-editor") -> Guest:
    guest = house.guest("robin")
    await guest.connects(key)
    return guest


async def test_what_nobody_mentions_stays(house: House, catalogue: RunningCatalogue) -> None:
    robin = await editor(house)
    before = dict(resources(catalogue)[0])
    await robin.types(f"/bcdc update-resource {before['id']} description=Newer.")
    await robin.presses("bcdc:change:apply")
    after = dict(resources(catalogue)[0])
    clock = "metadata_modified"
    assert {**before, "description": "Newer.", clock: after[clock]} == after


async def test_the_form_names_the_file_that_is_there(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    file, link = resources(catalogue)[:2]
    name = file["url"].rpartition("/")[2]
    assert name.endswith(".csv")
    said = await robin.types(f"/bcdc update-resource {file['id']}")
    assert f"Takes the place of {name}. Up to 10 MB here." in said
    await robin.closes()
    assert "Takes the place" not in await robin.types(f"/bcdc update-resource {link['id']}")


async def test_a_link_without_encryption_is_pointed_out(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    link = "http://data.example.test/a.csv"
    said = await robin.types(f"/bcdc update-resource {resources(catalogue)[0]['id']} url={link}")
    assert "starts with http://" in said


async def test_a_file_of_another_format_is_pointed_out(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    before = dict(resources(catalogue)[0])
    assert before["format"] != "pdf"
    await robin.types(f"/bcdc update-resource {before['id']}")
    await robin.fills(upload=[house.slack.workspace.files.add(robin.id, "a.pdf", b"PDF").id])
    assert "The file seems to be pdf, but the resource says" in robin.reads()


async def test_a_file_and_a_link_at_once_are_refused(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    await robin.types(f"/bcdc update-resource {resources(catalogue)[0]['id']}")
    file_id = house.slack.workspace.files.add(robin.id, "a.csv", b"a").id
    await robin.fills(upload=[file_id], url="https://data.example.test/other.csv")
    assert "Give a file or a link, not both." in robin.reads()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There is nothing in the file a.csv."),
        (
            b"id,name\n1,North\n2\n3,East,9\n",
            "2 of them have more or fewer values than there are columns",
        ),
    ],
)
async def test_a_table_that_went_wrong_on_its_way_is_pointed_out(
    house: House, catalogue: RunningCatalogue, content: bytes, said: str
) -> None:
    robin = await editor(house)
    await robin.types(f"/bcdc update-resource {resources(catalogue)[0]['id']}")
    await robin.fills(upload=[house.slack.workspace.files.add(robin.id, "a.csv", content).id])
    assert said in robin.reads()
