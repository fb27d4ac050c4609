"""Links that people share in channels, and what everyone there may see of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.ckan.models import Package
from tests.ckan.places import BRANCH, Place, Visit
from tests.house import CHANNEL, Guest, House, open_house, text_of
from tests.proxy import ANY, Fault, abort, page, running_proxy, status


async def share(guest: Guest, text: str, channel: str = CHANNEL) -> list[dict[str, Any]]:
    """Send a message, and read the cards under it."""
    message = await guest.house.slack.workspace.post(guest.id, channel, text)
    await guest.house.settled()
    shown = next(one for one in guest.messages(channel) if one["ts"] == message.ts)
    return list(shown.get("attachments", ()))


@pytest.fixture
async def record(visit: Visit) -> Package:
    """A record for everyone, without conditions on how it may be used."""
    return await visit.publish(await visit.make(license_id="22"))


@pytest.fixture
def robin(house: House) -> Guest:
    return house.guest("robin")


@pytest.fixture
def url(house: House) -> str:
    return house.settings.catalogues["test"].rstrip("/")


async def test_a_record_is_shown_with_what_matters(robin: Guest, url: str, record: Package) -> None:
    (card,) = await share(robin, f"Have a look: {url}/dataset/{record.name}, please")
    told = text_of(card["blocks"])
    for expected in (record.title, "Record of: ", "Licence: Access Only", "Formats: csv"):
        assert expected in told
    assert "State: Published" in told
    assert "Catalogue: test" in told


async def test_its_resource_and_its_organization_are_shown_too(
    robin: Guest, url: str, house: House, record: Package
) -> None:
    resource = record.resources[0]
    cards = await share(
        robin,
        f"{url}/dataset/{record.name}/resource/{resource.id} of {url}/organization/{BRANCH}",
    )
    of_resource, of_branch = (text_of(card["blocks"]) for card in cards)
    assert resource.title in of_resource
    assert f"Resource of: {record.title}" in of_resource
    assert "Information Management" in of_branch
    assert "Records: " in of_branch


async def test_what_not_everyone_may_see_is_not_shown_whoever_shares_it(
    robin: Guest, url: str, visit: Visit
) -> None:
    draft = await visit.make()
    restricted = await visit.publish(await visit.make(metadata_visibility="IDIR", private=True))
    await robin.connects("cfd-editor")
    for hidden in (draft, restricted):
        assert hidden.title in await robin.types(f"/bcdc show-package {hidden.name}")
        assert await share(robin, f"{url}/dataset/{hidden.name}") == []
        resource = hidden.resources[0]
        assert await share(robin, f"{url}/dataset/{hidden.id}/resource/{resource.id}") == []
    for elsewhere in ("dataset/no-such-record", "about", ""):
        assert await share(robin, f"{url}/{elsewhere}") == []
    calls = [one.method for one in robin.house.slack.workspace.calls]
    assert "chat.unfurl" not in calls


async def test_the_same_link_is_shown_once_in_a_channel_and_again_in_another(
    robin: Guest, url: str, record: Package
) -> None:
    link = f"{url}/dataset/{record.name}"
    assert len(await share(robin, f"{link} and {link}/ and {link}")) == 1
    assert await share(robin, f"Again: {link}") == []
    assert len(await share(robin, link, "C0GENERAL")) == 1


async def test_of_many_links_none_is_shown(robin: Guest, url: str, record: Package) -> None:
    places = [record.name, "a-1", "a-2"]
    links = [f"{url}/dataset/{name}" for name in places] + [f"{url}/organization/{BRANCH}"]
    assert await share(robin, " ".join(links)) == []
    assert len(await share(robin, " ".join(links[:3]))) == 1


async def test_a_card_is_there_before_its_message_is_sent(
    robin: Guest, url: str, record: Package
) -> None:
    link = f"{url}/dataset/{record.name}"
    workspace = robin.house.slack.workspace
    workspace.write(robin.id, f"Look at {link}")
    await robin.house.settled()
    assert list(workspace.links.shown_while_writing(robin.id)) == [link]
    assert len(await share(robin, f"Look at {link}")) == 1


async def test_an_event_that_names_its_message_alone_gets_a_card_too(
    robin: Guest, url: str, record: Package
) -> None:
    link = f"{url}/dataset/{record.name}"
    workspace = robin.house.slack.workspace
    message = workspace.messages.add(workspace.directory.channels[CHANNEL], robin.id, link)
    event = {
        "type": "link_shared",
        "channel": CHANNEL,
        "user": robin.id,
        "message_ts": message.ts,
        "links": [{"domain": "127.0.0.1", "url": link}],
    }
    workspace.outbox.tell(workspace.payloads.event(event))
    await robin.house.settled()
    (shown,) = [one for one in robin.messages() if one["ts"] == message.ts]
    assert record.title in text_of(shown["attachments"])


async def test_a_press_asks_with_the_rights_of_the_one_who_presses(
    robin: Guest, url: str, house: House, record: Package
) -> None:
    await robin.connects("cfd-editor")
    await share(robin, f"{url}/dataset/{record.name}", "C0GENERAL")
    dana = house.guest("dana")
    await _press(dana, "show-package")
    assert record.title in text_of(dana.messages("C0GENERAL")[-1]["blocks"])
    await _press(dana, "patch-package")
    assert "needs your API key" in dana.reads()
    await _press(robin, "patch-package")
    assert robin.view
    assert robin.view["callback_id"] == "bcdc:patch-package"
    assert robin.holds("title") == record.title


async def _press(guest: Guest, verb: str) -> None:
    """Press a button under the newest link of #general."""
    message = next(one for one in guest.messages("C0GENERAL")[::-1] if one.get("attachments"))
    blocks = [block for card in message["attachments"] for block in card["blocks"]]
    await guest.presses(
        f"bcdc:in:test:{verb}", channel="C0GENERAL", message={**message, "blocks": blocks}
    )


async def test_a_press_works_in_the_catalogue_of_the_link_whatever_the_person_uses(
    robin: Guest, url: str, record: Package
) -> None:
    cards = await share(robin, f"{url}/dataset/{record.name}")
    buttons = [
        element["action_id"]
        for block in cards[0]["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    assert buttons == [
        "bcdc:in:test:show-package",
        "bcdc:in:test:patch-package",
        "bcdc:in:test:create-resource",
    ]


@pytest.mark.parametrize("code", ["cannot_find_message", "cannot_unfurl_url", "invalid_auth"])
async def test_a_card_that_slack_refuses_is_no_error_to_anybody(
    robin: Guest, url: str, record: Package, code: str
) -> None:
    robin.house.slack.workspace.faults.error("chat.unfurl", code)
    assert await share(robin, f"{url}/dataset/{record.name}") == []
    assert len(robin.messages()) == 1
    assert robin.direct() == []


@pytest.mark.parametrize("fault", [abort(), status(502), page(200)], ids=["down", "502", "HTML"])
async def test_a_catalogue_that_does_not_answer_is_no_error_to_anybody(
    place: Place, record: Package, tmp_path: Path, fault: Fault
) -> None:
    async with (
        running_proxy(place.url) as proxy,
        open_house(tmp_path, proxy.url, place.keys) as house,
    ):
        robin, link = house.guest("robin"), f"{proxy.url}/dataset/{record.name}"
        proxy.fault(ANY, fault)
        assert await share(robin, link) == []
        assert len(robin.messages()) == 1
        assert robin.direct() == []
        proxy.heal()
        # What could not be shown was not shown, so it is no repetition.
        assert len(await share(robin, link)) == 1
