"""Files given in Slack, and as a catalogue gives them out again."""

from __future__ import annotations

import aiohttp

from bot.ckan import actions
from bot.ckan.models import Package, Resource
from tests.ckan.places import Place, Visit
from tests.house import CHANNEL, Guest

OF_A_FILE = {"url", "url_type", "size", "last_modified", "metadata_modified", "mimetype"}


def given(guest: Guest, name: str, content: bytes) -> str:
    """A file as the person picks it in a form: its id."""
    return str(guest.house.slack.workspace.files.add(guest.id, name, content).id)


async def adds(guest: Guest, package: Package, name: str, content: bytes) -> None:
    """Fill the form for a new resource with a file, up to the preview."""
    await guest.types(f"/bcdc create-resource {package.name}")
    file_id = given(guest, name, content)
    errors = await guest.fills(name="Uploaded", resource_update_cycle="monthly", upload=[file_id])
    assert errors == {}


async def posts(guest: Guest, *files: tuple[str, bytes]) -> str:
    """A message with files: its ts."""
    slack = guest.house.slack.workspace
    return str((await slack.post(guest.id, CHANNEL, "Look", files=files)).ts)


async def now(visit: Visit, package: Package) -> Package:
    """The record as the editor sees it now."""
    return await actions.package_show(visit.as_user("cfd-editor"), package.id)


async def fetched(place: Place, resource: Resource) -> bytes:
    """The bytes behind the link of a resource."""
    key = place.keys["cfd-editor"].get_secret_value()
    async with (
        aiohttp.ClientSession() as session,
        session.get(resource.text("url"), headers={"Authorization": key}) as answer,
    ):
        assert answer.status == 200
        return await answer.read()


def kept(resource: Resource) -> dict[str, object]:
    """What a resource holds beside its file."""
    return {key: value for key, value in resource.raw.items() if key not in OF_A_FILE}
