"""What Slack delivers late, twice, out of order or from the wrong hand does no harm."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
import sqlalchemy as sa

from bot.ckan import actions
from bot.ckan.models import Package, Resource
from bot.flow.applying.notify import OUTCOME
from bot.slack.surfaces import TOO_LATE
from bot.store.deliveries import Audience, AudienceKind, Delivery
from bot.store.tables import DeliveryState, change
from sandbox.slack.workspace import Workspace
from tests.buttons import value_of
from tests.ckan.places import Visit, stored
from tests.house import CHANNEL, Guest, House, text_of
from tests.outside import until

APPLY = "bcdc:change:apply"
WANTED = "As wanted"

pytestmark = pytest.mark.parametrize("place", ["sandbox as 2.9"], indirect=True)
over_both = pytest.mark.parametrize("delivery", ["socket", "http"], indirect=True)


@pytest.fixture
def delivery(request: pytest.FixtureRequest) -> str:
    return getattr(request, "param", "socket")


@dataclass(frozen=True, slots=True)
class Desk:
    """An editor with a key, and a record to work on."""

    house: House
    visit: Visit
    robin: Guest
    package: Package
    saved_before: int = 0

    @property
    def resource(self) -> Resource:
        return self.package.resources[1]

    @property
    def slack(self) -> Workspace:
        return self.house.slack.workspace

    async def previews(self, channel: str = CHANNEL, description: str = WANTED) -> str:
        """Ask for a change of the description; the id of its preview."""
        words = f'/bcdc patch-resource {self.resource.id} description="{description}"'
        assert description in await self.robin.types(words, channel)
        return value_of(self.robin.messages(channel)[-1]["blocks"], APPLY)

    async def now(self) -> Resource:
        package = await actions.package_show(self.visit.as_user("cfd-editor"), self.package.id)
        return package.resources[1]

    async def elsewhere(self, description: str) -> None:
        """Change the description behind the bot's back."""
        await self.visit.as_user("cfd-org-admin").write(
            "package_revise",
            {
                "match": {"id": self.package.id},
                f"update__resources__{self.resource.id}__description": description,
            },
        )

    async def is_applied_once(self) -> None:
        assert (await self.now()).value("description") == WANTED
        assert await self.visit.saves(self.package.id) == self.saved_before + 1
        assert len(self.told()) == 1

    async def is_as_before(self) -> None:
        package = await actions.package_show(self.visit.as_user("cfd-editor"), self.package.id)
        assert stored(package) == stored(self.package)

    def told(self) -> list[str]:
        return [text_of(message["blocks"]) for message in self.robin.direct()]


@pytest.fixture
async def desk(house: House, visit: Visit) -> Desk:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    return Desk(house, visit, robin, await visit.make())


@pytest.fixture
async def public(house: House, visit: Visit) -> Desk:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    package = await visit.publish(await visit.make())
    return Desk(house, visit, robin, package, saved_before=2)


@over_both
async def test_a_command_delivered_twice_is_answered_once(desk: Desk) -> None:
    before = len(desk.robin.messages())
    desk.slack.faults.duplicate_delivery("command")
    await desk.previews()
    assert len(desk.robin.messages()) == before + 1


async def test_a_command_too_late_for_a_form_is_answered_with_what_to_do(desk: Desk) -> None:
    desk.slack.faults.delay_delivery(3.5, "command")
    await desk.slack.command(desk.robin.id, CHANNEL, f"/bcdc patch-resource {desk.resource.id}")
    await desk.house.settled()
    assert desk.robin.view is None
    assert TOO_LATE in desk.robin.reads()


@over_both
async def test_two_commands_that_name_the_same_press_are_both_answered(desk: Desk) -> None:
    slack, robin = desk.slack, desk.robin
    person, channel = slack.directory.person(robin.id), slack.directory.channels[CHANNEL]
    before = len(robin.messages())
    for text in ("whoami", f"show-package {desk.package.name}"):
        url = slack.response_urls.new(robin.id, channel)
        trigger_id = "1.2.the-same"
        await slack.outbox.ask(
            slack.payloads.command(
                person, channel, "/bcdc", text, trigger_id=trigger_id, response_url=url
            )
        )
        await desk.house.settled()
    assert len(robin.messages()) == before + 2


@over_both
async def test_a_click_on_apply_delivered_twice_writes_once(desk: Desk) -> None:
    await desk.previews()
    desk.slack.faults.duplicate_delivery("block_actions")
    await desk.robin.presses(APPLY)
    await desk.is_applied_once()


async def test_two_quick_clicks_on_apply_write_once(desk: Desk) -> None:
    change_id = await desk.previews()
    await asyncio.gather(*(desk.robin.forges(APPLY, change_id) for _ in range(3)))
    assert "Changed" in desk.robin.reads()
    await desk.is_applied_once()


@over_both
async def test_a_form_delivered_twice_leads_to_one_preview(desk: Desk) -> None:
    await desk.robin.types(f"/bcdc patch-resource {desk.resource.id}")
    desk.slack.faults.duplicate_delivery("view_submission")
    assert await desk.robin.fills(description=WANTED) == {}
    assert WANTED in desk.robin.reads()
    await desk.robin.presses(APPLY)
    await desk.is_applied_once()


async def test_a_redraw_that_comes_after_the_preview_does_not_bring_the_form_back(
    desk: Desk,
) -> None:
    await desk.robin.types(f"/bcdc patch-resource {desk.resource.id}")
    desk.slack.faults.delay_delivery(0.5, "block_actions")
    late = asyncio.create_task(desk.robin.chooses("bcdc_type", "application"))
    await asyncio.sleep(0)
    assert await desk.robin.fills(description=WANTED) == {}
    await late
    assert WANTED in desk.robin.reads()
    await desk.robin.presses(APPLY)
    assert (await desk.now()).value("description") == WANTED


async def test_apply_in_somebody_elses_hand_does_nothing_and_says_so(desk: Desk) -> None:
    change_id = await desk.previews()
    priya = desk.house.guest("priya")
    for _ in range(2):
        assert "somebody else's change" in await priya.forges(APPLY, change_id)
        assert "somebody else's change" in await priya.forges("bcdc:change:cancel", change_id)
        await priya.connects("cfd-org-admin")
    await desk.is_as_before()
    await desk.robin.presses(APPLY)
    await desk.is_applied_once()


@pytest.mark.parametrize("value", ["", "0" * 32, "no-such-change", "'; drop table change; --"])
@pytest.mark.parametrize("action_id", [APPLY, "bcdc:change:cancel"])
async def test_a_made_up_button_stands_for_nothing(desk: Desk, action_id: str, value: str) -> None:
    assert "no longer does anything" in await desk.robin.forges(action_id, value)
    await desk.is_as_before()


async def test_a_cancelled_preview_cannot_be_applied(desk: Desk) -> None:
    change_id = await desk.previews()
    await desk.robin.presses("bcdc:change:cancel")
    assert "Nothing was changed" in desk.robin.reads()
    assert "dropped or edited" in await desk.robin.forges(APPLY, change_id)
    await desk.is_as_before()


async def test_a_preview_that_was_edited_cannot_be_applied(desk: Desk) -> None:
    change_id = await desk.previews()
    await desk.robin.presses("bcdc:change:edit")
    assert desk.robin.holds("description") == WANTED
    await desk.robin.closes()
    assert "dropped or edited" in await desk.robin.forges(APPLY, change_id)
    await desk.is_as_before()


async def test_an_expired_preview_cannot_be_applied(desk: Desk) -> None:
    change_id = await desk.previews()
    async with desk.house.bot.db.write() as connection:
        long_ago = datetime.now(UTC) - timedelta(days=1)
        await connection.execute(
            sa.update(change).where(change.c.id == change_id).values(due_at=long_ago)
        )
    async with asyncio.timeout(60):
        while (await desk.house.bot.changes.get(change_id)).state != "expired":
            await asyncio.sleep(0.05)
    await desk.robin.presses(APPLY)
    assert "too old" in desk.robin.reads()
    await desk.is_as_before()


async def test_a_preview_of_what_somebody_changed_since_is_told_and_can_be_started_again(
    desk: Desk,
) -> None:
    await desk.previews()
    await desk.elsewhere("Theirs")
    await desk.robin.presses(APPLY)
    for said in (desk.robin.reads(), *desk.told()):
        assert "Somebody changed this meanwhile" in said
        assert "is now: Theirs" in said
        assert WANTED in said
    assert len(desk.told()) == 1
    assert (await desk.now()).value("description") == "Theirs"

    await desk.robin.presses("bcdc:change:edit")
    assert desk.robin.holds("description") == WANTED
    assert await desk.robin.fills() == {}
    assert "Theirs" in desk.robin.reads()
    await desk.robin.presses(APPLY)
    assert (await desk.now()).value("description") == WANTED


async def test_undo_is_refused_when_somebody_changed_it_since(desk: Desk) -> None:
    await desk.previews()
    await desk.robin.presses(APPLY)
    await desk.elsewhere("Theirs")
    await _undo(desk)
    assert "Somebody changed this meanwhile" in desk.robin.reads()
    assert "Resource Description is now: Theirs" in desk.robin.reads()
    assert (await desk.now()).value("description") == "Theirs"


async def test_undo_is_stale_when_somebody_changes_it_after_the_preview(desk: Desk) -> None:
    await desk.previews()
    await desk.robin.presses(APPLY)
    await _undo(desk)
    await desk.elsewhere("Theirs")
    await desk.robin.presses(APPLY)
    assert "Somebody changed this meanwhile" in desk.robin.reads()
    assert (await desk.now()).value("description") == "Theirs"


async def test_a_change_is_undone_once(desk: Desk) -> None:
    change_id = await desk.previews()
    await desk.robin.presses(APPLY)
    first, second = [await _undo_preview(desk, change_id) for _ in range(2)]
    assert first != second
    await desk.robin.forges(APPLY, first)
    await desk.is_as_before()
    refused = await desk.robin.forges(APPLY, second)
    assert "nothing was done" in refused
    assert "undone already" in await desk.robin.types(f"/bcdc undo {change_id}")
    assert await desk.visit.saves(desk.package.id) == 2


async def test_undo_in_somebody_elses_hand_does_nothing(public: Desk) -> None:
    await public.previews()
    await public.robin.presses(APPLY)
    priya = public.house.guest("priya")
    await priya.connects("cfd-org-admin")
    await priya.presses("bcdc:change:undo")
    assert "Only the person who made this change" in priya.reads()
    assert (await public.now()).value("description") == WANTED


async def put_off(desk: Desk, change_id: str, audience: Audience) -> Delivery:
    """The confirmation, once a try to send it was put off."""
    async with asyncio.timeout(60):
        while True:
            waiting = await desk.house.bot.deliveries.find(change_id, OUTCOME, audience)
            if waiting and waiting.attempts and waiting.state is DeliveryState.DUE:
                return waiting
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("retry_after", [1, 2])
async def test_a_confirmation_waits_as_long_as_slack_says_and_comes_once(
    desk: Desk, retry_after: int
) -> None:
    await desk.previews()
    desk.slack.faults.rate_limit("chat.postMessage", retry_after=retry_after, times=2)
    await desk.robin.presses(APPLY)
    await desk.is_applied_once()
    assert "twice" not in desk.told()[0]


async def test_a_confirmation_that_must_wait_long_is_put_off_and_not_held_for_sent(
    desk: Desk,
) -> None:
    change_id = await desk.previews()
    desk.slack.faults.rate_limit("chat.postMessage", retry_after=40)
    pressed = asyncio.create_task(desk.robin.presses(APPLY))
    waiting = await put_off(desk, change_id, Audience(AudienceKind.USER, desk.robin.id))
    assert not waiting.in_doubt
    due_at = await desk.house.bot.deliveries.next_due()
    assert due_at
    assert timedelta(seconds=30) < due_at - datetime.now(UTC) <= timedelta(seconds=40)
    pressed.cancel()


async def test_a_change_of_a_public_record_is_confirmed_where_it_was_asked_for(
    public: Desk,
) -> None:
    await public.previews()
    await public.robin.presses(APPLY)
    confirmed = [m for m in public.house.guest("sam").messages() if WANTED in text_of(m["blocks"])]
    assert len(confirmed) == 1
    assert public.told() == []


@pytest.mark.parametrize("channel", ["C0RANDOM", "C0STEWARDS"], ids=["public", "private"])
async def test_a_channel_the_bot_is_not_in_is_answered_privately_with_how_to_invite(
    public: Desk, channel: str
) -> None:
    await public.previews(channel)
    await public.robin.presses(APPLY, channel=channel)
    await public.is_applied_once()
    assert "/invite" in public.told()[0]


async def test_a_late_confirmation_asks_again_whether_a_channel_may_hear_it(public: Desk) -> None:
    change_id = await public.previews()
    public.slack.faults.error("chat.postMessage", "internal_error")
    pressed = asyncio.create_task(public.robin.presses(APPLY))
    await put_off(public, change_id, Audience(AudienceKind.CHANNEL, CHANNEL))
    await public.visit.as_user("cfd-org-admin").write(
        "package_revise",
        {"match": {"id": public.package.id}, "update__metadata_visibility": "IDIR"},
    )
    await pressed
    told = [text_of(m["blocks"]) for m in public.robin.messages() if not m["ephemeral"]]
    assert not [text for text in told if WANTED in text]
    assert "not public any more" in text_of(public.robin.direct()[-1]["blocks"])


async def test_a_channel_archived_meanwhile_is_told_privately(public: Desk) -> None:
    change_id = await public.previews()
    public.slack.faults.delay_delivery(0.1, "block_actions")
    pressed = asyncio.create_task(public.robin.forges(APPLY, change_id))
    await asyncio.sleep(0)
    public.slack.archive(CHANNEL)
    await pressed
    await public.is_applied_once()
    assert "archived" in public.told()[0]
    assert "/invite" not in public.told()[0]


async def test_an_answer_finds_its_person_when_slacks_address_for_it_is_used_up(
    desk: Desk,
) -> None:
    heard = len(desk.slack.deliveries)
    desk.slack.faults.delay_delivery(0.3, "command")
    asked = asyncio.create_task(desk.robin.types("/bcdc find-org information-management-cfd"))
    await until(lambda: len(desk.slack.deliveries) > heard, "the command")
    async with aiohttp.ClientSession() as session:
        for _ in range(5):
            address = desk.slack.deliveries[-1].payload["response_url"]
            await session.post(address, json={"text": "spent"})
    await asked
    assert "information-management-cfd" in desk.robin.reads()


async def test_an_answer_finds_its_person_when_the_connection_breaks(desk: Desk) -> None:
    desk.slack.faults.lose_answer("response_url")
    assert "You are Robin Chen" in await desk.robin.types("/bcdc whoami")


async def test_a_form_that_was_closed_waits_with_what_was_typed(desk: Desk) -> None:
    await desk.robin.types(f"/bcdc patch-resource {desk.resource.id}")
    await desk.robin.chooses("bcdc_type", "geographic")
    await desk.robin.closes()
    assert "A form you have not finished" in await desk.robin.types("/bcdc pending")
    await desk.robin.presses("bcdc:change:edit")
    assert "Spatial" in desk.robin.reads()


async def test_each_form_closed_untouched_is_forgotten(desk: Desk) -> None:
    for _time in range(2):
        await desk.robin.types(f"/bcdc patch-resource {desk.resource.id}")
        await desk.robin.closes()
        await desk.house.settled()
    assert "Nothing is waiting" in await desk.robin.types("/bcdc pending")


async def test_a_form_closed_while_it_is_checked_waits_as_a_preview(desk: Desk) -> None:
    await desk.robin.types(f"/bcdc patch-resource {desk.resource.id}")
    view_id = desk.robin.view["id"]
    typed = {"description": {"value": WANTED}}
    await desk.slack.submit(desk.robin.id, view_id, typed)
    await desk.robin.closes()
    await desk.robin.types("/bcdc pending")
    await desk.robin.presses("bcdc:change:preview")
    await desk.robin.presses(APPLY)
    await desk.is_applied_once()


@over_both
async def test_a_restart_in_the_middle_of_a_form_loses_nothing(desk: Desk) -> None:
    await desk.robin.types(f"/bcdc patch-resource {desk.resource.id}")
    await desk.house.restart()
    assert await desk.robin.fills(description=WANTED) == {}
    assert WANTED in desk.robin.reads()
    await desk.house.restart()
    await desk.robin.presses(APPLY)
    await desk.is_applied_once()


async def _undo(desk: Desk) -> None:
    if desk.robin.view:
        await desk.robin.closes()
    told = desk.robin.direct()[-1]
    channel = desk.house.direct_channel(desk.robin.id)
    await desk.robin.presses("bcdc:change:undo", channel=channel, message=told)


async def _undo_preview(desk: Desk, change_id: str) -> str:
    await desk.robin.types(f"/bcdc undo {change_id}")
    return value_of(desk.robin.messages()[-1]["blocks"], APPLY)
