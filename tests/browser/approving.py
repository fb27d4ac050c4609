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


async def approve(house: SandboxHouse, window: SlackPage, look: Look) -> None:
    """Set a policy, ask, and see a request through each of its ends."""
    team = _Team(house, window, look)
    await team.connects()
    await house.guest("priya").connects("cfd-org-admin")
    await house.guest("alex").connects("cfd-ministry-admin")
    await team.asks_to_publish()
    await team.decides()
    await team.sets_the_policy()
    await team.asks_for_changes()
    await team.needs_two()
    await team.withdraws()
    await team.comes_too_late()


@dataclass(slots=True)
class _Team(Walker):
    house: SandboxHouse

    async def is_now(self, name: str, channel: str = "general") -> None:
        await self.window.choose_person(name)
        await self.window.open_channel(channel)

    async def asks_to_publish(self) -> None:
        await self.type(f"set-state {COMPLETE} published")
        await expect(self.modal.get_by_role("button", name="Apply")).to_be_visible()
        for box in await self.modal.get_by_role("checkbox").all():
            await box.check()
        await self.see("approval-preview")
        await self.window.click_button("Apply")
        await self.house.settled()
        await expect(self.modal).to_contain_text("to go on")
        await self.see("approval-asked")
        await self.close()

    async def decides(self) -> None:
        """Look at a request, say no for lack of a reason, then yes."""
        await self.is_now(ADMIN)
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
        await self.is_now(EDITOR)
        await self.change("Hours per family and month")
        await self.see("approval-waits")
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
        await self.see("approval-edit-again")

    async def needs_two(self) -> None:
        await self.house.guest("priya").types(f"/bcdc policy {BRANCH} approvers:2", "C0GENERAL")
        await self.window.open_channel("general")
        await self.change("Hours per family, month and region")
        await self.is_now(ADMIN, APP)
        await self.window.click_button("Approve")
        await self.house.settled()
        await self.see("approval-one-of-two")

    async def withdraws(self) -> None:
        await self.is_now(EDITOR)
        await self.type("pending")
        await self.window.click_button("Withdraw")
        await self.house.settled()
        await self.is_now(ADMIN, APP)
        await self.see("approval-withdrawn")

    async def comes_too_late(self) -> None:
        """Somebody else changed it meanwhile; and nobody decided in time."""
        await self.house.guest("priya").types(f"/bcdc policy {BRANCH} approvers:1", "C0GENERAL")
        await self.is_now(EDITOR)
        await self.change("A third wording")
        self.house.catalogue.catalogue.package(OTHER)["notes"] = "Written in the web form."
        await self.is_now(ADMIN, APP)
        await self.window.click_button("Approve")
        await self.house.settled()
        await self.see("approval-stale")
        await self.house.guest("priya").types(f"/bcdc policy {BRANCH} expires:1s", "C0GENERAL")
        await self.is_now(EDITOR)
        await self.change("A fourth wording")
        await self.is_now(ADMIN, APP)
        await expect(self.last).to_contain_text("Nobody decided in time")
        await self.see("approval-expired")

    async def change(self, notes: str) -> None:
        """Preview new words for a record, and ask for them."""
        await self.type(f'patch-package {OTHER} notes="{notes}"')
        await self.window.click_button("Ask for approval")
        await self.house.settled()
