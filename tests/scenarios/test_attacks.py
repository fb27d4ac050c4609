"""Colleagues, editors and chance try to learn or to change what is not theirs."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import Bot
from bot.change import State
from bot.ckan.actions import package_show
from bot.ckan.models import Package
from bot.store.tables import change
from tests.buttons import value_of
from tests.ckan.places import Place, Visit, contact
from tests.house import CHANNEL, Guest, House, open_house, text_of
from tests.proxy import running_proxy

APPLY = "bcdc:change:apply"
HIDDEN = {"name": "Hidden Person", "email": "hidden.person@example.test", "displayed": []}

OWN = {"bcdc:share", "bcdc:csv", "bcdc:more", "bcdc:page:next", "bcdc:change:apply"}
"""Buttons that belong to who asked."""

pytestmark = pytest.mark.parametrize("place", ["sandbox as 2.9"], indirect=True)


@pytest.fixture
def delivery() -> str:
    return "socket"


@dataclass(frozen=True, slots=True)
class Office:
    """An editor with a key, and a colleague in the same channel without one."""

    house: House
    visit: Visit
    robin: Guest
    priya: Guest

    async def record(self, *, hidden: bool = False) -> Package:
        """A public record, with a contact that is not displayed where `hidden`."""
        org = await self.visit.organization_id()
        contacts = [contact(org), contact(org, **HIDDEN)] if hidden else [contact(org)]
        return await self.visit.publish(await self.visit.make(contacts=contacts))

    def heard(self) -> str:
        """All that the colleague could read in the channel, fallback texts among it."""
        return json.dumps(self.priya.messages(CHANNEL), ensure_ascii=False)

    async def previews(self, words: str) -> str:
        """Ask for a change; the id of its preview."""
        await self.robin.types(f"/bcdc {words}")
        return value_of(self.robin.messages()[-1]["blocks"], APPLY)


@pytest.fixture
async def office(house: House, visit: Visit) -> Office:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    return Office(house, visit, robin, house.guest("priya"))


async def test_a_channel_never_reads_of_a_contact_that_is_not_displayed(office: Office) -> None:
    package = await office.record(hidden=True)
    line = f"patch-package {package.name} contacts.1.email=other@example.test"
    await office.previews(line)
    assert "hidden.person@" in office.robin.reads()
    await office.robin.presses(APPLY)
    assert "Changed" in office.heard()
    await office.previews(f"patch-package {package.name} contacts.0.email=told@example.test")
    await office.robin.presses(APPLY)
    assert "told@example.test" in office.heard()
    undo = office.robin.messages()[-1]
    await office.robin.presses("bcdc:change:undo", message=undo)
    await office.robin.presses(APPLY)
    assert "put back" in office.heard()
    for secret in ("Hidden Person", "hidden.person@", "other@example.test"):
        assert secret not in office.heard()


async def test_what_a_record_was_before_everyone_could_see_it_is_told_to_nobody(
    office: Office,
) -> None:
    restricted = {"metadata_visibility": "IDIR", "title": "Zebrafish census", "notes": "Quagga"}
    package = await office.visit.publish(await office.visit.make(**restricted))
    title = f"Fish {package.name}"
    await office.previews(
        f'patch-package {package.id} metadata_visibility=Public title="{title}" notes=All'
    )
    await office.robin.presses(APPLY)
    assert "Quagga" in text_of(office.robin.direct()[-1]["blocks"])
    assert "Fish" in await office.priya.types(f"/bcdc history {package.id}")
    for secret in ("Zebrafish", "Quagga"):
        assert secret not in office.heard()


async def test_what_somebody_has_not_applied_is_not_told_to_others(office: Office) -> None:
    package = await office.record()
    resource = package.resources[1]
    preview = await office.previews(f'patch-resource {resource.id} description="Not yet"')
    await office.robin.types(f"/bcdc patch-resource {resource.id}")
    assert office.robin.view
    draft = str(office.robin.view["private_metadata"])
    await office.robin.closes()
    dropped = await office.previews(f'patch-resource {resource.id} format="xlsx"')
    await office.robin.presses("bcdc:change:cancel")
    for change_id in (preview, draft, dropped):
        said = await office.priya.types(f"/bcdc history {change_id}")
        assert "There is no record" in said
        assert "Second" not in said
        # Nothing to be shown of a form is no defect either.
        assert "Second" in await office.robin.types(f"/bcdc history {change_id}")


async def test_why_a_change_failed_is_told_to_who_asked_alone(office: Office) -> None:
    package = await office.record()
    resource = package.resources[1]
    change_id = await office.previews(f'patch-resource {resource.id} description="In vain"')
    await office.robin.types("/bcdc disconnect")
    await office.robin.forges(APPLY, change_id)
    reason = "You disconnected your key"
    assert reason in await office.robin.types(f"/bcdc history {package.id}")
    said = await office.priya.types(f"/bcdc history {package.id}")
    assert "Not applied" in said
    assert reason not in said


async def test_undo_goes_to_the_catalogue_of_the_change(
    place: Place, visit: Visit, tmp_path: Path
) -> None:
    # Two catalogues may well hold the same records, as a test catalogue does.
    names = json.dumps({"test": place.url, "other": place.url})
    async with open_house(tmp_path, place.url, place.keys, CATALOGUES=names) as house:
        robin = house.guest("robin")
        await robin.connects("cfd-editor")
        package = await visit.publish(await visit.make())
        line = f'/bcdc patch-resource {package.resources[1].id} description="Elsewhere"'
        assert "Catalogue: test" in await robin.types(line)
        await robin.presses(APPLY)
        told = robin.messages()[-1]
        assert "other" in await robin.types("/bcdc use other")
        await robin.presses("bcdc:change:undo", message=told)
        assert "You are about to put this back" in robin.reads()
        assert "Catalogue: test" in robin.reads()
        await robin.presses(APPLY)
        assert "Put back as it was" in robin.reads()


async def test_what_is_being_saved_is_not_dropped(
    place: Place, visit: Visit, tmp_path: Path
) -> None:
    package = await visit.publish(await visit.make())
    async with (
        running_proxy(place.url) as proxy,
        open_house(tmp_path, proxy.url, place.keys) as house,
    ):
        robin = house.guest("robin")
        await robin.connects("cfd-editor")
        office = Office(house, visit, robin, house.guest("priya"))
        line = f'patch-resource {package.resources[1].id} description="On its way"'
        change_id = await office.previews(line)
        gate = proxy.hold("package_revise", "before")
        async with asyncio.timeout(60), asyncio.TaskGroup() as clicks:
            clicks.create_task(robin.forges(APPLY, change_id))
            await gate.reached.wait()
            # The same preview stands elsewhere too, and is on the screen until the answer comes.
            for late in ("bcdc:change:cancel", "bcdc:change:edit"):
                clicks.create_task(robin.forges(late, change_id))
            await house.slack.workspace.settled()
            gate.release()
        stored = await house.bot.changes.get(change_id)
        assert stored is not None
        assert stored.state is State.APPLIED
        assert "Dropped" not in json.dumps(robin.messages())
        assert "On its way" in office.heard()


@pytest.mark.timeout(60)
async def test_words_without_end_keep_nobody_waiting(office: Office) -> None:
    for line in ("list-packages information-management-cfd ", "list-packages "):
        await office.robin.types(f"/bcdc {line}" + "word " * 6_000)
        assert office.robin.reads()


async def test_a_preview_is_too_old_although_nobody_swept(office: Office) -> None:
    package = await office.record()
    change_id = await office.previews(f'patch-resource {package.resources[1].id} format="xlsx"')
    house = office.house
    await house.bot.stop()
    house.bot = Bot(house.settings, worker=False)
    await house.bot.start()
    async with house.bot.db.write() as connection:
        long_ago = datetime.now(UTC) - timedelta(days=1)
        await connection.execute(sa.update(change).values(due_at=long_ago))
    assert "too old" in await office.robin.forges(APPLY, change_id)
    stored = await house.bot.changes.get(change_id)
    assert stored is not None
    assert stored.state is State.PREVIEWED


@pytest.mark.parametrize("user_name", ["", "cfd-member", "forests-editor"])
async def test_a_draft_is_not_there_for_who_may_not_edit_it(office: Office, user_name: str) -> None:
    draft = await office.visit.make(title="Zebrafish census")
    first = draft.resources[0]
    if user_name:
        await office.priya.connects(user_name)
    for line in (
        "find-package zebrafish",
        "list-packages information-management-cfd zebrafish",
        "show-package zebrafish",
        f"show-package {draft.id}",
        f"list-resources {draft.name}",
        f"show-resource {first.id}",
        f"history {draft.id}",
        f"patch-package {draft.id} title=Mine",
        f"patch-package {draft.id}",
        f"patch-resource {first.id}",
        f"update-resource {first.id}",
        f"delete-resource {first.id}",
        f"create-resource {draft.id}",
        f"reorder-resources {draft.id}",
        f"create-package from:{draft.id}",
    ):
        said = await office.priya.types(f"/bcdc {line}")
        for secret in ("Zebrafish census", first.title, first.text("url")):
            assert secret not in said, line
        if office.priya.view:
            await office.priya.closes()


async def test_buttons_in_another_hand_show_and_change_nothing(office: Office) -> None:
    package = await office.record()
    await office.robin.types(f"/bcdc show-package {package.id}")
    await office.robin.types("/bcdc list-packages information-management-cfd")
    before = len(office.robin.messages())
    pressed = 0
    for message in office.robin.messages():
        for block in message["blocks"]:
            for button in block.get("elements", ()):
                if button.get("action_id") in OWN:
                    said = await office.priya.forges(button["action_id"], button["value"])
                    assert "somebody else" in said, button["action_id"]
                    pressed += 1
    assert pressed >= 3
    assert len(office.robin.messages()) == before
    assert office.priya.direct() == []


@pytest.mark.parametrize(
    "value", ["", "x y z", "0" * 32, "« ", '"', "a" * 2000, "key:value", "9" * 40]
)
async def test_values_nobody_gave_a_button_are_answered_with_a_sentence(
    office: Office, value: str
) -> None:
    decide = ("bcdc:change:approve", "bcdc:change:reject", "bcdc:change:view", "bcdc:details")
    own = (APPLY, "bcdc:change:undo", "bcdc:change:edit", "bcdc:choose", "bcdc:share")
    for action_id in (*own, *decide):
        said = await office.priya.forges(action_id, value)
        assert said, action_id
        assert "One moment" not in said, action_id
        assert "Something went wrong" not in said, action_id
        if office.priya.view:
            await office.priya.closes()


@pytest.mark.parametrize(
    "bomb",
    [
        "[" * 5000,
        '{"a":' * 3000 + "1" + "}" * 3000,
        '{"a":1e999}',
        '{"a":NaN}',
        '{"a":' + "9" * 5000 + "}",
        '{"a":"\\ud800"}',
    ],
    ids=lambda bomb: bomb[:12],
)
async def test_json_that_no_catalogue_could_read_is_refused(office: Office, bomb: str) -> None:
    package = await office.visit.make()
    line = f"/bcdc patch-resource {package.resources[1].id} json_table_schema='{bomb}'"
    said = await office.robin.types(line)
    assert "JSON Table Schema" in said
    assert "about to change" not in said
    assert "Python" not in said
    assert "sys." not in said
    assert text_of(office.robin.messages()[-1]["blocks"]).count("\n") < 3


async def test_nothing_is_saved_that_a_preview_does_not_show(office: Office) -> None:
    package = await office.record()
    await office.robin.types(f"/bcdc patch-resource {package.resources[1].id}")
    odd = "\u202eda\u200bta\u202c\0\ud83d\x1b"
    assert await office.robin.fills(description=odd, url="https://example.test/\u200bdata") == {}
    assert "https://example.test/data" in office.robin.reads()
    await office.robin.presses(APPLY)
    site = office.visit.as_user("bcdc-sysadmin")
    (now,) = [
        one for one in (await package_show(site, package.id)).resources if one.title == "Second"
    ]
    assert (now.text("description"), now.text("url")) == ("data", "https://example.test/data")


@pytest.mark.parametrize("odd", ["\ud83d", "half \ude00 of it", "\0", "\u202e"])
async def test_what_is_no_text_is_asked_for_without_harm(office: Office, odd: str) -> None:
    await office.record()
    for line in (
        "find-package",
        "find-org",
        "show-package",
        "subscribe search:x",
        "create-package",
    ):
        said = await office.robin.types(f"/bcdc {line} {odd}")
        assert "Something went wrong" not in said, line
        assert "One moment" not in said, line
        if office.robin.view:
            await office.robin.closes()
    await office.robin.types("/bcdc patch-package")
    await office.robin.looks_up("package_id", odd)
