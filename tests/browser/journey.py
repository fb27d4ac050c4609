"""What a newcomer does with the product, step by step, on the sandbox's pages with the real bot.

The test of the walk judges every view of it, and the pictures of the documents are taken of the
same views.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import expect

from bot import docs
from bot.__main__ import prepare
from bot.app import Bot, load_commands
from sandbox import catalogue
from sandbox.catalogue import RunningCatalogue
from sandbox.slack import new_workspace, start
from tests.browser.page import SlackPage
from tests.browser.walker import MORNING, Look, Walker
from tests.house import House, settings_for
from tests.ports import free_port
from tests.proxy import FaultProxy

RECORD = "children-in-care-by-community"
RESOURCE = "What the columns mean"
BRANCH = "information-management-cfd"
DESCRIPTION = "What each column holds, and why counts below five are left out."


@dataclass(slots=True)
class SandboxHouse(House):
    """The product with the sandbox's catalogue, and the proxy through which the bot reaches it."""

    catalogue: RunningCatalogue
    proxy: FaultProxy


@asynccontextmanager
async def sandbox_house(folder: Path) -> AsyncIterator[SandboxHouse]:
    """The product as `python -m bot` starts it without settings, with everything in `folder`.

    Its limit on files is one that a form reaches.
    """
    began = time.monotonic()
    registry = load_commands()
    catalogue_server = await catalogue.start()
    proxy = FaultProxy(catalogue_server.url)
    await proxy.start()
    catalogue_server.catalogue.site_url = proxy.url
    workspace = new_workspace(
        manifest=docs.manifest(registry, catalogues=["http://127.0.0.1"]),
        verbs=docs.verbs(registry),
        clock=lambda: MORNING + time.monotonic() - began,
    )
    workspace.catalogue_url = proxy.url
    slack = await start(workspace=workspace)
    settings = settings_for(
        slack,
        folder,
        proxy.url,
        port=free_port(),
        CATALOGUES=json.dumps({"sandbox": proxy.url}),
        DEFAULT_CATALOGUE="sandbox",
        MAX_UPLOAD_MB="9",
    )
    prepare(settings)
    house = SandboxHouse(
        slack, settings, catalogue_server.keys, Bot(settings), catalogue_server, proxy
    )
    await house.bot.start()
    try:
        yield house
    finally:
        await house.bot.stop()
        await slack.stop()
        await proxy.stop()
        await catalogue_server.stop()


async def walk(house: House, window: SlackPage, look: Look) -> None:
    """Go through the whole of it, in the order of the README."""
    newcomer = _Walk(house, window, look)
    await newcomer.arrives()
    await newcomer.finds_a_key()
    await newcomer.finds()
    await newcomer.edits()
    await newcomer.takes_back()
    await newcomer.looks_around()
    await newcomer.is_a_stranger()


@dataclass(slots=True)
class _Walk(Walker):
    resource_id: str = ""

    async def arrives(self) -> None:
        """Open the page, see what can be typed, and be refused what needs a key."""
        await self.window.page.clock.install(time=MORNING)
        await self.window.open(self.house.slack.url)
        await self.see("welcome")
        await self.type("help")
        await expect(self.last).to_contain_text("find-org <text>")
        await self.see("help")
        await self.type("help patch-resource")
        await self.see("help-verb")
        await self.type("show-pakage x")
        await expect(self.last).to_contain_text("show-package")
        await self.see("unknown-command")

    async def finds_a_key(self) -> None:
        """Give a wrong key, find the right one in the catalogue, and give that."""
        await self.window.page.get_by_test_id("composer").fill("/bcdc connect")
        await self.window.page.keyboard.press("Enter")
        await expect(self.modal).to_contain_text("API key")
        await self.see("connect")
        await self.window.fill("API key", "too short")
        await self.window.submit()
        await expect(self.window.field_error("API key")).not_to_be_empty()
        await self.see("connect-malformed")
        await self.window.fill("API key", "0" * 36)
        await self.window.submit()
        await expect(self.modal).to_contain_text("does not know this key")
        await self.see("connect-unknown")
        await self.window.fill("API key", await self._key_of("Robin Chen"))
        await self.window.page.keyboard.press("Enter")
        await expect(self.modal).to_contain_text("Connected as Robin Chen")
        await self.see("connected")
        # By keys alone: whoever closes a form goes on typing where they were.
        await self.window.page.keyboard.press("Escape")
        await expect(self.modal).to_be_hidden()
        await self.window.page.keyboard.type("/bcdc whoami")
        await self.window.page.keyboard.press("Enter")
        await expect(self.last).to_contain_text("You are Robin Chen")
        await self.see("whoami")

    async def _key_of(self, name: str) -> str:
        """Go where the form leads, and copy the key there."""
        page = self.window.page
        async with page.context.expect_page() as opened:
            await self.modal.get_by_role("link", name=re.compile("catalogue")).first.click()
        tab = await opened.value
        await tab.get_by_label("Log in as").select_option(label=f"{name} (cfd-editor)")
        await self.look("catalogue", tab)
        await tab.get_by_role("button", name="Log in").click()
        await expect(tab.get_by_role("heading", name="Account Settings")).to_be_visible()
        await self.look("catalogue-key", tab)
        key = await tab.locator("code.key").inner_text()
        await tab.close()
        return key

    async def finds(self) -> None:
        """Find the organization and look at one of its records."""
        await self.type("find-org services")
        await self.see("find-org-many")
        await self.type("find-org zebra")
        await self.see("find-org-nothing")
        await self.type(f"find-org {BRANCH}")
        await expect(self.last).to_contain_text("Editor")
        await self.see("find-org")
        await self.type(f"show-package {RECORD}")
        await expect(self.last).to_contain_text(RESOURCE)
        await self.see("show-package")
        row = self.last.get_by_test_id("block").filter(has_text=RESOURCE)
        self.resource_id = await row.locator("code").inner_text()

    async def edits(self) -> None:
        """Open a resource's form, get it wrong, get it right, look at the change and apply it."""
        await self.last.get_by_role("button", name=f"Edit: {RESOURCE}").click()
        await expect(self.modal.get_by_label("Resource Description")).to_be_visible()
        await self.see("form")
        await self.window.submit()
        await expect(self.modal).to_contain_text("Nothing would change")
        await self.see("form-nothing")
        await self.window.fill("Resource Description", DESCRIPTION)
        await self.window.fill("Name", "")
        await self.window.submit()
        await expect(self.window.field_error("Name")).not_to_be_empty()
        await self.see("form-empty")
        await self.window.fill("Name", "What the columns mean, and why")
        await self.window.fill("JSON Table Schema", "no JSON at all")
        await self.window.submit()
        await expect(self.modal).to_contain_text("“JSON Table Schema” is not JSON")
        await self.see("form-errors")
        await self.window.fill("JSON Table Schema", "")
        await self.window.submit()
        await expect(self.modal.get_by_role("button", name="Apply")).to_be_visible()
        await self.see("preview")
        await self.window.click_button("Apply")
        await expect(self.modal).to_contain_text("Changed")
        await self.see("applied")
        await self.close()
        await expect(self.last).to_contain_text(DESCRIPTION)
        await self.see("confirmation")

    async def takes_back(self) -> None:
        """Put it back, from the message in the channel."""
        await self.window.click_button("Undo")
        await expect(self.modal.get_by_role("button", name="Apply")).to_be_visible()
        await self.see("undo")
        await self.window.click_button("Apply")
        await expect(self.modal).to_contain_text("Put back")
        await self.close()
        await self.house.settled()
        await self.see("undone")

    async def looks_around(self) -> None:
        """See what waits, what was done, and the Home tab."""
        resource = self.resource_id
        await self.type(f'patch-resource {resource} description="All years" format=html')
        await expect(self.last.get_by_role("button", name="Apply")).to_be_visible()
        await self.see("preview-in-a-message")
        await self.type("pending")
        await expect(self.last).to_contain_text("waiting")
        await self.see("pending")
        await self.type(f"history {RECORD}")
        await expect(self.last).to_contain_text("Undone")
        await self.see("history")
        await self.type(f"show-resource {resource}")
        await self.see("show-resource")
        await self.type(f"patch-resource {resource} format=papyrus bcdc_type=geographic")
        await self.see("refused-values")
        await self.type("patch-resource")
        await expect(self.modal.get_by_role("button", name="Next")).to_be_visible()
        await self.see("pick")
        await self.close()
        await self.window.open_channel("BC Data Catalogue")
        await self.see("direct")
        await self.window.open_home()
        await self.house.settled()
        await self.see("home")

    async def is_a_stranger(self) -> None:
        """Be somebody without a key, then with the key of another branch's editor."""
        await self.window.choose_person("Dana Kim")
        await self.window.open_channel("BC Data Catalogue")
        await self.window.open_home()
        await self.house.settled()
        await self.see("stranger-home")
        await self.window.open_channel("general")
        await self.type(f"show-package {RECORD}")
        await expect(self.last).to_contain_text(RESOURCE)
        edit = self.last.get_by_role("button", name=re.compile("^Edit"))
        await expect(edit).to_have_count(0)
        await self.see("stranger-looks")
        await self.type(f"patch-resource {self.resource_id}")
        await expect(self.modal).to_contain_text("needs your API key")
        await self.see("stranger-without-key")
        await self.close()
        await self.type("show-package respite-hours-granted")
        await expect(self.last).to_contain_text("There is no record")
        await self.see("stranger-draft")
        await self._is_refused("Casey Brown", "no-org-user")
        await self.see("stranger-without-organization")
        await self.close()
        await self._is_refused("Jordan Hall", "forests-editor")
        await self.see("stranger-refused")
        await self.close()

    async def _is_refused(self, name: str, user_name: str) -> None:
        """Connect with a key of one's own, and be kept from another branch's record."""
        await self.window.choose_person(name)
        await self.type("connect")
        await self.window.fill("API key", self.house.keys[user_name].get_secret_value())
        await self.window.submit()
        await expect(self.modal).to_contain_text(f"Connected as {name}")
        await self.close()
        await self.type(f"patch-resource {self.resource_id}")
        await expect(self.modal).to_contain_text("You may not change this record")
