"""What an editor asks of the admins, and what these decide, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import expect

from tests.browser.journey import BRANCH, SandboxHouse
from tests.browser.page import SlackPage
from tests.browser.walker import Look, Walker

APP = "BC Data Catalogue"
COMPLETE = "youth-transition-agreements"
OTHER = "caseload-forecast-to-2030"
EDITOR = "Robin Chen"
ADMIN = "Priya Gill"
HERE = "C0GENERAL"


async def approve(house: SandboxHouse, window: SlackPage, look: Look) -> None:
    """Set a policy, ask, and see each end of a request as both sides read it."""
    team = _Team(house, window, look)
    await team.connects()
    await house.guest("priya").connects("cfd-org-admin")
    await house.guest("alex").connects("cfd-ministry-admin")
    await team.decides()
    await team.sets_the_policy()
    await team.asks_for_changes()
    await team.asks_again()
    await team.rejects()
    await team.needs_two()
    await team.withdraws()
    await team.comes_too_late()
    await team.waits_too_long()


@dataclass(slots=True)
class _Team(Walker):
    house: SandboxHouse

    async def is_now(self, name: str, channel: str = "general") -> None:
        await self.window.choose_person(name)
        await self.window.open_channel(channel)

    async def decides(self) -> None:
        """Look at a request, say no for lack of a reason, then yes."""
        await self.window.choose_person(ADMIN)
        robin = self.house.guest("robin")
        await robin.types(f"/bcdc set-state {COMPLETE} published", HERE)
        await robin.ticks()
        await robin.presses("bcdc:change:apply")
        await robin.closes()
        await self.type("pending")
        await self.see("approval-pending")
        await self.window.open_channel(APP)
        await expect(self.last.get_by_role("button", name="Approve")).to_be_visible()
        await self.see("approval-card")
        await self.window.click_button("Reject")
        await expect(self.modal.get_by_label("Why")).to_be_visible()
        await self.window.fill("Why", "  ")
        await self.window.submit()
        await self.house.settled()
        await self.see("approval-reason")
        await self.close()
        await self.window.click_button("Approve")
        await self.house.settled()
        await self.see("approval-approved")

    async def sets_the_policy(self) -> None:
        await self.window.open_channel("general")
        await self.type(f"policy {BRANCH}")
        await self.window.select("Changes that wait", "Every change")
        await self.see("policy-form")
        await self.window.submit()
        await self.house.settled()
        await expect(self.modal).to_contain_text("Kept for")
        await self.see("policy-kept")
        await self.close()

    async def asks_for_changes(self) -> None:
        """See whom a change asks, ask, and have it sent back."""
        await self.is_now(EDITOR)
        await self.type(f'patch-package {OTHER} notes="Hours per family and month"')
        await self.see("approval-preview")
        await self.window.click_button("Ask for approval")
        await self.house.settled()
        await self.see("approval-asked")
        await self.is_now(ADMIN, APP)
        await self.window.click_button("Ask for changes")
        await self.window.fill("What should be changed", "Say which regions it covers.")
        await self.see("approval-ask")
        await self.window.submit()
        await self.house.settled()
        await self.close()
        await self.see("approval-sent-back")
        await self.is_now(EDITOR, APP)
        await expect(self.last).to_contain_text("asks for changes")
        await self.see("approval-sent-back-told")

    async def asks_again(self) -> None:
        """Go on with what was typed, from the message that told of it."""
        await self.window.click_button("Edit and ask again")
        words = self.modal.get_by_label("Description", exact=True)
        await expect(words).to_have_value("Hours per family and month")
        await self.see("approval-again-form")
        await words.fill("Hours per family, month and region of the Province")
        await self.window.click_button("Preview now")
        await self.modal.get_by_role("button", name="Ask for approval").click()
        await self.house.settled()
        await self.close()
        await self.is_now(ADMIN, APP)
        await self.see("approval-again")

    async def rejects(self) -> None:
        await self.window.click_button("Reject")
        await self.window.fill("Why", "We publish no forecasts this year.")
        await self.window.submit()
        await self.house.settled()
        await self.close()
        await self.see("approval-rejected")
        await self.is_now(EDITOR, APP)
        await expect(self.last).to_contain_text("rejected this")
        await self.see("approval-rejected-told")

    async def needs_two(self) -> None:
        await self._set("approvers:2")
        await self._asks("Hours per family and month, by region")
        await self.is_now(ADMIN, APP)
        await self.window.click_button("Approve")
        await self.house.settled()
        await self.see("approval-one-of-two")

    async def withdraws(self) -> None:
        await self.is_now(EDITOR)
        await self.type("pending")
        await expect(self.last).to_contain_text("1 change is waiting")
        await self.last.get_by_role("button", name="Withdraw").click()
        await self.house.settled()
        await expect(self.last).to_contain_text("Withdrawn")
        await self.see("approval-withdrawn-told")
        await self.is_now(ADMIN, APP)
        await self.see("approval-withdrawn")

    async def comes_too_late(self) -> None:
        """Approve what somebody else changed meanwhile."""
        await self._set("approvers:1")
        await self._asks("A third wording")
        self.house.catalogue.catalogue.package(OTHER)["notes"] = "Written in the web form."
        await self.window.click_button("Approve")
        await self.house.settled()
        await self.see("approval-stale")
        await self.is_now(EDITOR, APP)
        await expect(self.last).to_contain_text("Written in the web form.")
        await self.see("approval-stale-told")

    async def waits_too_long(self) -> None:
        """Have nobody decide in time."""
        await self._set("expires:1s")
        await self._asks("A fourth wording")
        await expect(self.last).to_contain_text("Nobody decided in time")
        await self.see("approval-expired-told")
        await self.is_now(ADMIN, APP)
        await expect(self.last).to_contain_text("Nobody decided in time")
        await self.see("approval-expired")

    async def _set(self, words: str) -> None:
        """Have an admin change the policy, past this window."""
        await self.house.guest("priya").types(f"/bcdc policy {BRANCH} {words}", HERE)

    async def _asks(self, notes: str) -> None:
        """Have the editor ask for new words, past this window."""
        robin = self.house.guest("robin")
        await robin.types(f'/bcdc patch-package {OTHER} notes="{notes}"', HERE)
        await robin.presses("bcdc:change:apply", channel=HERE)
