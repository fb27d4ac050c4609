"""What a channel is told of records, from asking for it to the digest, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from playwright.async_api import expect

from bot.flow.index.everyone import Pace
from bot.store.notice_tables import subscription
from tests.browser.journey import BRANCH, RECORD, SandboxHouse
from tests.browser.page import SlackPage
from tests.browser.walker import Look, Walker

CHANNEL = "data-publishing"
ELSEWHERE = "C0CFD"
DRAFT = "youth-transition-agreements"
RECORDS = (
    RECORD,
    "foster-homes-available-beds",
    "service-delivery-areas",
    "find-a-family-services-office",
    "youth-mental-health-waiting-times",
    "adoption-placements-2001-to-2012",
    DRAFT,
)
"""What a script changes, past the bot: more than are told one by one."""


async def hear(house: SandboxHouse, window: SlackPage, look: Look) -> None:
    """Subscribe a channel, and see each kind of message that it gets."""
    house.bot.poller.pace = Pace(cycle=timedelta(days=1))
    await house.indexed()
    team = _Team(house, window, look)
    await team.connects()
    await house.guest("priya").connects("cfd-org-admin", ELSEWHERE)
    await window.open_channel(CHANNEL)
    await team.subscribes()
    await team.sees_a_record_published()
    await team.sees_it_change()
    await team.looks_what_a_month_would_tell()
    await team.sees_many_change()
    await team.reads_a_digest()


@dataclass(slots=True)
class _Team(Walker):
    house: SandboxHouse

    async def subscribes(self) -> None:
        """Say in a form what the channel hears of, and look at it afterwards."""
        await self.type("subscribe")
        await self.window.fill("Which one, or which words", BRANCH)
        await self.see("subscribe-form")
        await self.window.submit()
        await self.house.settled()
        await expect(self.modal).to_contain_text("now hears of")
        await self.see("subscribed")
        await self.close()
        await self.type("subscriptions")
        await expect(self.last).to_contain_text("Set by")
        await self.see("subscriptions")
        await self.last.get_by_role("button", name="Edit").click()
        await expect(self.modal).to_contain_text("Edit the subscription")
        await self.see("subscription-form")
        await self.close()

    async def sees_a_record_published(self) -> None:
        """Read the card of a record that an admin publishes elsewhere."""
        priya = self.house.guest("priya")
        await priya.types(f"/bcdc set-state {DRAFT} published", ELSEWHERE)
        await priya.ticks()
        await priya.presses("bcdc:change:apply")
        await priya.closes()
        await self.house.settled()
        await expect(self.last).to_contain_text("Published: ")
        await self.see("notice-card")

    async def sees_it_change(self) -> None:
        """Read the card kept current with the news below it, and both sides of the change."""
        priya = self.house.guest("priya")
        words = 'notes="Agreements with young people who leave care, by year and region."'
        await priya.types(f"/bcdc patch-package {DRAFT} {words}", ELSEWHERE)
        await priya.presses("bcdc:change:apply", channel=ELSEWHERE)
        await self.house.settled()
        await expect(self.last).to_contain_text("In a thread")
        await self.see("notice-thread")
        await self.last.get_by_role("button", name="What changed").click()
        await self.house.settled()
        await expect(self.last).to_contain_text("Before")
        await self.see("notice-details")

    async def looks_what_a_month_would_tell(self) -> None:
        await self.type(f"subscribe org:{BRANCH} event:published,metadata-changed dry-run:yes")
        await expect(self.last).to_contain_text("would have told")
        await self.see("subscribe-dry-run")

    async def sees_many_change(self) -> None:
        """Read the one message about all that a script changed."""
        await self._changes(RECORDS, "purpose", "To plan services for families.")
        await expect(self.last).to_contain_text(f"{len(RECORDS)} records of")
        await self.see("notice-burst")

    async def reads_a_digest(self) -> None:
        """Have all of a day told at once, and let its hour come."""
        await self.type(f"subscribe org:{BRANCH} digest:daily at:08:30")
        await self._changes(RECORDS[:3], "notes", "Counted anew each spring.")
        await self._changes(RECORDS[1:2], "title", "Foster Homes and Beds")
        async with self.house.bot.db.write() as connection:
            await connection.execute(sa.update(subscription).values(due_at=datetime.now(UTC)))
        await self.house.bot.teams.telling.round()
        await self.house.settled()
        await expect(self.last).to_contain_text("the digest")
        await self.see("notice-digest")

    async def _changes(self, names: Sequence[str], field: str, value: str) -> None:
        """Change records past the bot, and let the bot find that."""
        for name in names:
            record = self.house.catalogue.catalogue.package(name)
            record[field] = value
            record["metadata_modified"] = datetime.now(UTC).replace(tzinfo=None).isoformat()
        await self.house.bot.poller.poll("sandbox")
        await self.house.settled()
