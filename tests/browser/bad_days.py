"""What an editor is told on bad days, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import expect

from sandbox.catalogue.errors import Record
from tests.browser.journey import RECORD, SandboxHouse
from tests.browser.page import SlackPage
from tests.browser.walker import Look, Walker
from tests.proxy import ANY, abort, status

FOREIGN = "youth-mental-health-waiting-times"
KEPT = "To plan how many homes are needed, and where."
DRAFT = "respite-hours-granted"


async def have_bad_days(house: SandboxHouse, window: SlackPage, look: Look) -> None:
    """Meet what may go wrong as Robin Chen."""
    editor = _Editor(house, window, look, house.settings.data_dir)
    await editor.connects()
    await editor.is_too_late()
    await editor.is_refused()
    await editor.gives_too_large_a_file()
    await editor.meets_a_catalogue_that_is_away()
    await editor.has_a_dead_key()


@dataclass(slots=True)
class _Editor(Walker):
    house: SandboxHouse
    folder: Path

    def _record(self, name: str) -> Record:
        return self.house.catalogue.catalogue.package(name)

    async def is_too_late(self) -> None:
        """Apply what somebody else changed meanwhile, then start again from that."""
        await self.type(f"patch-package {RECORD}")
        await self.window.fill("Purpose", "To plan how many homes are needed.")
        await self._previews()
        record = self._record(RECORD)
        record["purpose"] = "To see where homes are needed."
        record["metadata_modified"] = "2026-01-05T10:00:00.000000"
        await self.window.click_button("Apply")
        await expect(self.modal.get_by_role("button", name="Start again")).to_be_visible()
        await self.house.settled()
        await self.see("stale")
        await self.window.click_button("Start again")
        await self.house.settled()
        await self.see("stale-again")
        await self.close()

    async def _previews(self) -> None:
        await self.window.click_button("Preview now")
        await expect(self.modal.get_by_role("button", name="Apply")).to_be_visible()

    async def is_refused(self) -> None:
        """Edit a record that the catalogue does not take back from this editor."""
        await self.type(f"patch-package {FOREIGN}")
        await self.window.fill("Purpose", "To see where waiting is longest.")
        await self.window.click_button("Preview now")
        await self.house.settled()
        await self.see("foreign-contact")
        await self.close()

    async def gives_too_large_a_file(self) -> None:
        """Be told of the limit before anything is sent, with all that was typed kept."""
        await self.type(f"create-resource {DRAFT}")
        path = self.folder / "all-years.csv"
        path.write_bytes(b"2025,North,97,1402\n" * 520_000)
        await self.window.give_file("File", path)
        await self.window.fill("Name", "All years")
        await self.window.select("Frequency of Resource Update", "Annually")
        await self.window.submit()
        await self.house.settled()
        await expect(self.modal.get_by_label("Name", exact=True)).to_have_value("All years")
        await self.see("file-too-large")
        await self.close()

    async def meets_a_catalogue_that_is_away(self) -> None:
        """Look something up, and save something, while the catalogue does not answer."""
        await self.type(f"patch-package {RECORD}")
        await self.window.fill("Purpose", KEPT)
        self.house.proxy.fault(ANY, abort())
        await self.window.click_button("Preview now")
        await self.house.settled()
        await self.see("away-form")
        self.house.proxy.heal()
        await self.window.click_button("Go on")
        await expect(self.modal.get_by_label("Purpose")).to_have_value(KEPT)
        await self.close()
        self.house.proxy.fault(ANY, abort())
        await self.type(f"show-package {RECORD}")
        await self.see("away")
        await self.type("status")
        await self.see("away-status")
        self.house.proxy.heal()
        self.house.proxy.fault("package_revise", status(502), times=1)
        await self.type(f'patch-package {RECORD} purpose="To plan homes."')
        await self.last.get_by_role("button", name="Apply").click()
        await self.house.settled()
        await self.see("saved-in-doubt")
        self.house.proxy.heal()

    async def has_a_dead_key(self) -> None:
        """Be asked for another key when the catalogue takes this one no more."""
        self.house.catalogue.catalogue.tokens.clear()
        await self.type(f'patch-package {RECORD} purpose="To plan."')
        await self.last.get_by_role("button", name="Apply").click()
        await self.house.settled()
        await self.see("dead-key")
