"""What an editor does with files and links, step by step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import expect

from tests.browser.journey import SandboxHouse
from tests.browser.page import SlackPage
from tests.browser.walker import Look, Walker

DRAFT = "respite-hours-granted"
FIRST = "year,region,hours\n2023,North,1250\n2024,North,1310\n"
NEXT = "year,region,families,hours\n2023,North,88,1250\n2024,North,91,1310\n2025,North,97,1402\n"
LARGE = b"2025,North,97,1402\n" * 500_000


async def give_files(house: SandboxHouse, window: SlackPage, look: Look) -> None:
    """Add a file to a record as Robin Chen, replace it, and stop a third on its way."""
    editor = _Editor(house, window, look, house.settings.data_dir)
    await editor.connects()
    await editor.adds_a_file()
    await editor.replaces_it()
    await editor.stops_one_on_its_way()
    await editor.opens_the_longest_forms()
    await editor.deletes_one()


@dataclass(slots=True)
class _Editor(Walker):
    house: SandboxHouse
    folder: Path
    resource_id: str = ""

    async def _give(self, name: str, content: str | bytes) -> None:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        await self.window.give_file("File", path)

    async def _preview(self) -> None:
        await self.window.submit()
        await expect(self.modal.get_by_role("button", name="Apply")).to_be_visible()

    async def adds_a_file(self) -> None:
        """Give a table to a record that has no resources, and see how it begins."""
        await self.type(f"create-resource {DRAFT}")
        await self.see("file-form")
        await self.window.submit()
        await self.see("file-form-empty")
        await self._give("hours.csv", FIRST)
        await self.window.fill("Name", "Hours by region")
        await self.window.select("Frequency of Resource Update", "Annually")
        await self.see("file-given")
        await self._preview()
        await self.see("file-preview")
        await self.window.click_button("Apply")
        await expect(self.modal).to_contain_text("Resource added")
        await self.house.settled()
        await self.see("file-added")
        await self.close()

    async def replaces_it(self) -> None:
        """Put another table in its place, after a look at what is other."""
        await self.type(f"show-package {DRAFT}")
        row = self.last.get_by_test_id("block").filter(has_text="Hours by region")
        self.resource_id = await row.locator("code").inner_text()
        await self.type(f"update-resource {self.resource_id}")
        await self._give("hours.csv", NEXT)
        await self.see("file-replace-form")
        await self._preview()
        await self.see("file-compared")
        await self.window.click_button("Apply")
        await expect(self.modal).to_contain_text("Changed")
        await self.house.settled()
        await self.see("file-replaced")
        await self.close()

    async def stops_one_on_its_way(self) -> None:
        """See how much of a large file is on its way, and stop it."""
        await self.type(f"update-resource {self.resource_id}")
        await self._give("all-years.pdf", LARGE[:8_000_000])
        await self._preview()
        await self.see("file-of-another-kind")
        gate = self.house.proxy.hold("package_revise", "within")
        await self.modal.get_by_role("button", name="Apply").click()
        await expect(self.modal).to_contain_text(re.compile(r"[1-9][\d.]* MB of 7.6 MB"))
        await self.see("file-on-its-way")
        async with self.window.page.expect_response("**/page/click"):
            await self.window.click_button("Stop")
        await self.house.slack.workspace.settled()
        gate.go_on()
        await expect(self.modal).to_contain_text("Stopped")
        gate.release()
        await self.house.settled()
        await self.see("file-stopped")
        await self.close()

    async def opens_the_longest_forms(self) -> None:
        """See the type of a resource with most fields, and a page of sixty."""
        await self.type(f"create-resource {DRAFT}")
        await self.window.select("Type", "Geographic")
        await expect(self.modal.get_by_label("Spatial Datatype")).to_be_visible()
        await self.house.settled()
        await self.see("form-geographic")
        await self.close()
        record = self.house.catalogue.catalogue.package(DRAFT)
        (contact,) = record["contacts"][:1]
        record["contacts"] = [{**contact, "name": f"Contact {number}"} for number in range(1, 13)]
        await self.type(f"patch-package {DRAFT}")
        await self.window.click_button("3. Contacts")
        await expect(self.modal.get_by_role("heading", name="Contacts 12")).to_be_attached()
        await self.house.settled()
        fields = self.modal.locator(".block-input")
        await expect(fields).to_have_count(12 * 5)
        await self.see("form-of-sixty")
        await self.close()

    async def deletes_one(self) -> None:
        """Delete it for good."""
        await self.type(f"delete-resource {self.resource_id}")
        await self.see("resource-delete")
        await self.last.get_by_role("button", name="Apply").click()
        await expect(self.last).to_contain_text("deleted")
        await self.house.settled()
        await self.see("resource-deleted")
