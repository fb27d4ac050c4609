"""What an editor does to make a record and to edit it, step by step."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.journey import BRANCH
from tests.browser.page import SlackPage
from tests.browser.walker import Look, Walker
from tests.house import House

TITLE = "Families who were granted respite"
TAKEN = "Children in Care by Community"
NAME = "families-who-were-granted-respite"


async def create(house: House, window: SlackPage, look: Look) -> None:
    """Make a record as Robin Chen, over two days, then edit it and take that back."""
    editor = _Editor(house, window, look)
    await editor.connects()
    await editor.begins_a_record()
    await editor.names_contacts()
    await editor.comes_back_after_a_restart()
    await editor.saves_it()
    await editor.edits_it()
    await editor.takes_that_back()


class _Editor(Walker):
    async def begins_a_record(self) -> None:
        """Send the first page empty, get one answer wrong, and get it right."""
        await self.type(f"create-package {BRANCH}")
        await expect(self.modal).to_contain_text("1 of 4")
        await self.see("record-new")
        await self.window.submit()
        await expect(self.window.field_error("Title")).not_to_be_empty()
        await self.see("record-empty")
        await self.window.fill("Title", TAKEN)
        await self.window.fill(
            "Description", "How many families were granted respite, by region and month."
        )
        await self._choose_licence()
        await self.window.select("Security Classification", "Public")
        await self.window.select("Who can view this data?", "Public")
        await self.window.select("Who can download this data?", "Public")
        await self.window.select("Who can view this record?", "Public")
        await self.window.fill("Keywords", "families, respite, children")
        await self.window.select("Resource Status", "On Going")
        await self.see("record-filled")
        await self._turn("2 of 4")

    async def _choose_licence(self) -> None:
        field = self.modal.get_by_label("Licence")
        await field.click()
        await field.fill("open gov")
        await expect(self.modal.get_by_role("option").first).to_be_visible()
        await self.see("licence")
        await self.modal.get_by_role("option").first.click()

    async def _turn(self, told: str) -> None:
        await self.window.submit()
        await expect(self.modal).to_contain_text(told)

    async def names_contacts(self) -> None:
        """Add a second contact, be refused its address, move it up, hide one, remove one."""
        await self.see("contacts-first")
        await self._is_contact("Respite desk", "respite@gov.bc.ca", "Point of Contact")
        await self._add("Contacts", "Contacts 2")
        await self._is_contact("Robin Chen", "robin.chen", "Custodian")
        await self.window.submit()
        await expect(self.window.field_error("Email")).not_to_be_empty()
        await self.see("contacts-refused")
        await self.window.fill("Email", "robin.chen@gov.bc.ca")
        await self._add("Contacts", "Contacts 3")
        await self.see("contacts")
        await self.window.click_button("Remove Contacts 3")
        await expect(self.modal).not_to_contain_text("Contacts 3")
        await self.house.settled()
        await self.modal.get_by_label("Contact Displayed").last.uncheck()
        await self.window.click_button("Move up Contacts 2")
        await self.house.settled()
        await expect(self.modal.get_by_label("Name").first).to_have_value("Robin Chen")
        await self.see("contacts-moved")

    async def _is_contact(self, name: str, email: str, role: str) -> None:
        await self.window.fill("Name", name)
        await self.window.fill("Email", email)
        await self.window.select("Role", role)

    async def _add(self, label: str, told: str) -> None:
        await self.window.click_button(f"Add: {label}")
        await expect(self.modal.get_by_role("heading", name=told, exact=True)).to_be_visible()
        await self.house.settled()

    async def comes_back_after_a_restart(self) -> None:
        """Keep it for another day, and go on when the bot was started anew meanwhile."""
        await self.window.click_button("Save draft")
        await expect(self.modal).to_contain_text("Saved")
        await self.see("draft-saved")
        await self.close()
        await self.house.restart()
        await self.type("pending")
        await expect(self.last).to_contain_text(TAKEN)
        await self.see("draft-pending")
        await self.window.click_button(f"Continue: {TAKEN}")
        await self.house.settled()
        await expect(self.modal.get_by_label("Name").first).to_have_value("Robin Chen")
        await self.see("draft-continued")

    async def saves_it(self) -> None:
        """Fill in the rest; a title that is taken comes back to its page."""
        await self._turn("3 of 4")
        await self.see("record-about")
        await self.window.fill("Purpose", "To plan respite where it is asked for most.")
        await self._turn("4 of 4")
        await self.see("record-dates")
        await self._row_of("Related Links", "Title of Web Asset")
        await self.window.fill("Title of Web Asset", "Respite for families")
        await self.window.fill("URL", "https://www2.gov.bc.ca/respite")
        await self._row_of("Lifecycle Event", "Type")
        await self.window.select("Type", "Created")
        await self.window.fill("Date", "2026-01-05")
        await self.see("record-dates-filled")
        await self.window.submit()
        await expect(self.modal).to_contain_text("Another record has this title")
        await self.see("record-refused")
        await self.window.fill("Title", TITLE)
        await self.window.click_button("Preview now")
        await expect(self.modal.get_by_role("button", name="Apply")).to_be_visible()
        await self.see("record-preview")
        await self.window.click_button("Apply")
        await expect(self.modal).to_contain_text("Record created")
        await self.house.settled()
        await self.see("record-created")
        await self.close()

    async def _row_of(self, label: str, field: str) -> None:
        await self.window.click_button(f"Add: {label}")
        await expect(self.modal.get_by_label(field)).to_be_visible()
        await self.house.settled()

    async def edits_it(self) -> None:
        """Turn to a page of a record's form, and change two of its fields."""
        await self.type(f"patch-package {NAME}")
        await expect(self.modal).to_contain_text("1 of 5")
        await self.see("record-form")
        await self.window.fill("Keywords", "families, respite")
        await self.window.click_button("2. Access")
        await expect(self.modal).to_contain_text("2 of 5")
        await self.see("record-access")
        await self.window.select("Who can download this data?", "Government")
        await self.window.click_button("Preview now")
        await expect(self.modal.get_by_role("button", name="Apply")).to_be_visible()
        await self.see("record-changed")
        await self.window.click_button("Apply")
        await expect(self.modal).to_contain_text("Changed")
        await self.house.settled()
        await self.see("record-applied")
        await self.close()

    async def takes_that_back(self) -> None:
        """Undo it from the message that told of it."""
        await self.window.open_channel("BC Data Catalogue")
        await self.see("record-told")
        await self.window.click_button("Undo")
        await expect(self.modal.get_by_role("button", name="Apply")).to_be_visible()
        await self.see("record-undo")
        await self.window.click_button("Apply")
        await expect(self.modal).to_contain_text("Put back")
        await self.house.settled()
        await self.see("record-undone")
        await self.close()
        await self.window.open_channel("general")
        await self.type(f"show-package {NAME}")
        await self.see("record-shown")
