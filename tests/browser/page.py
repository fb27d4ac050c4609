"""Drive the sandbox's page as a person does: by what is written on it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

DESKTOP = (1280, 800)
PHONE = (390, 844)
PATIENCE = 20_000
"""Milliseconds that a busy machine may take for what a quick one shows at once."""


@dataclass(slots=True)
class SlackPage:
    """One person's window on the sandbox workspace.

    Every step waits until the page shows what the step is about; none waits for a fixed time.
    """

    page: Page

    async def open(self, url: str, *, user: str | None = None, channel: str | None = None) -> None:
        """Open the page at `url`, as this user id in this channel id when given."""
        query = {"user": user, "channel": channel}
        named = urlencode({key: value for key, value in query.items() if value})
        await self.page.goto(f"{url.rstrip('/')}/?{named}")
        await expect(self.page.get_by_test_id("channel-title")).not_to_be_empty()

    async def choose_person(self, name: str) -> None:
        """Become the person with this name, by the switch at the top."""
        await self.page.get_by_test_id("person-switch").click()
        await self.page.get_by_test_id("menu-item").filter(has_text=name).click()
        await expect(self.page.get_by_test_id("person-switch")).to_contain_text(name)

    async def open_channel(self, name: str) -> None:
        """Open a channel, a direct message or the app's conversation by its name without `#`."""
        menu = self.page.locator("#menu-button")
        if await menu.is_visible():
            await menu.click()
        written = self.page.get_by_text(name, exact=True)
        await self.page.get_by_test_id("channel").filter(has=written).click()
        await expect(self.page.get_by_test_id("channel-title")).to_have_text(name)

    async def open_home(self) -> Locator:
        """Show the Home tab of the app's conversation that is open, and answer it."""
        await self.page.get_by_test_id("tab-home").click()
        home = self.page.get_by_test_id("home")
        await expect(home.get_by_test_id("block").first).to_be_visible()
        return home

    async def send(self, text: str) -> None:
        """Send a message or a slash command from the message box, with no form open over it."""
        await expect(self.page.locator("dialog[open]")).to_have_count(0)
        box = self.page.get_by_test_id("composer")
        await box.fill(text)
        await self.page.get_by_test_id("send").click()
        await answered(self.page)

    async def attach(self, *paths: Path) -> None:
        """Attach files to the message that is being written."""
        before = await self.page.get_by_test_id("attached").count()
        await self.page.get_by_test_id("composer-files").set_input_files(list(paths))
        await expect(self.page.get_by_test_id("attached")).to_have_count(before + len(paths))

    async def click_button(self, name: str) -> None:
        """Press the button with this name: in the open dialog, else the last one on the page."""
        role = self._scope().get_by_role("button", name=name, exact=True)
        link = self._scope().get_by_role("link", name=name, exact=True)
        await role.or_(link).last.click()
        await answered(self.page)

    async def choose_overflow(self, name: str) -> None:
        """Choose an entry of the last "more" menu."""
        await self._scope().get_by_test_id("overflow").last.click()
        await self.page.get_by_test_id("menu-item").filter(has_text=name).click()

    async def confirm(self) -> None:
        """Say yes to the confirmation dialog."""
        await self.page.get_by_test_id("confirm-yes").click()
        await expect(self.page.get_by_test_id("confirm")).to_have_count(0)

    async def fill(self, label: str, text: str) -> None:
        """Type into the field with this label, in place of what it held."""
        await self._labelled(label).fill(text)

    async def select(self, label: str, option: str) -> None:
        """Choose from the list with this label by typing; the first option that begins so."""
        field = self._labelled(label)
        await field.click()
        await field.fill(option)
        box = self._scope().locator(f'[id="{await field.get_attribute("aria-controls")}"]')
        begins = re.compile(rf"^\s*{re.escape(option)}")
        await box.get_by_test_id("option").filter(has_text=begins).first.click()
        await expect(box).to_be_hidden()

    async def check(self, label: str, option: str) -> None:
        """Check a box or choose a radio button of the group with this label."""
        await self._block(label).get_by_label(option).first.check()

    async def give_file(self, label: str, path: Path) -> None:
        """Give a file to the file field with this label and wait until it is uploaded."""
        block = self._block(label)
        await block.get_by_test_id("file-picker").set_input_files(path)
        await expect(block.get_by_test_id("file").filter(has_text=path.name)).to_be_visible()

    async def submit(self) -> None:
        """Send the open form and wait until the answer is there: another view, an error, none."""
        await self.modal.get_by_test_id("modal-submit").click()
        await expect(self.modal.locator("form[aria-busy=true]")).to_have_count(0)

    async def close_modal(self) -> None:
        """Press the form's cancel or close button."""
        await self.modal.get_by_test_id("modal-close").click()

    @property
    def modal(self) -> Locator:
        """The open modal; hidden when there is none."""
        return self.page.get_by_test_id("modal")

    @property
    def toasts(self) -> Locator:
        """Slack's notices that are shown."""
        return self.page.get_by_test_id("toast")

    @property
    def messages(self) -> Locator:
        """The messages of the conversation, oldest first."""
        return self.page.get_by_test_id("message")

    def last_message(self) -> Locator:
        """The newest message of the conversation."""
        return self.messages.last

    def field_error(self, label: str) -> Locator:
        """The error under the field with this label; empty while there is none."""
        return self._block(label).get_by_test_id("field-error")

    async def sideways(self) -> list[str]:
        """What is wider than the window or cut off, each as a short description; none is good."""
        found: list[str] = await self.page.evaluate(_OVERFLOWING)
        return found

    async def beside(self, size: tuple[int, int] = DESKTOP) -> SlackPage:
        """Open one more window in this browser: another person at the same time."""
        browser = self.page.context.browser
        if browser is None:
            message = "this page is not of a browser that can open more"
            raise RuntimeError(message)
        return await _new_page(browser, size)

    async def resize(self, size: tuple[int, int]) -> None:
        """Give the window this width and height, and wait until the page has drawn itself anew."""
        await self.page.set_viewport_size({"width": size[0], "height": size[1]})
        await self.page.wait_for_function(_DRAWN, arg=size[0])

    async def screenshot(self, path: Path) -> None:
        """Save what is on the screen, once fonts and movements are settled."""
        path.parent.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=path, animations="disabled", caret="hide")

    def _scope(self) -> Locator:
        innermost = "dialog[open]:not(:has(dialog[open])), body:not(:has(dialog[open]))"
        return self.page.locator(innermost)

    def _labelled(self, label: str) -> Locator:
        # An optional field carries "(optional)" behind its label.
        name = re.compile(rf"^{re.escape(label)}( \(optional\))?$")
        return self._scope().get_by_label(name).and_(self.page.locator("input, textarea")).last

    def _block(self, label: str) -> Locator:
        name = re.compile(rf"^{re.escape(label)}( \(optional\))?$")
        labelled = self.page.locator(".label").filter(has_text=name)
        return self._scope().get_by_test_id("block").filter(has=labelled).last


_DRAWN = """async (width) => {
  // A frame tells of another size before it tells observers; a walk's clock is not that of frames.
  await new Promise((drawn) => new ResizeObserver(drawn).observe(document.body));
  return innerWidth === width;
}"""

_OVERFLOWING = """() => {
  const wide = [];
  if (document.scrollingElement.scrollWidth > innerWidth) wide.push("the page scrolls sideways");
  for (const node of document.querySelectorAll("body *")) {
    if (!node.checkVisibility() || node.closest(".table-scroll, .visually-hidden, .skip")) continue;
    if (node.closest("#sidebar:not(.open)") && innerWidth < 761) continue;
    const box = node.getBoundingClientRect();
    const name = `${node.tagName.toLowerCase()}.${node.className?.baseVal ?? node.className}`;
    const outside = box.right > innerWidth + 1 || box.left < -1;
    if (box.width && outside) wide.push(`${name} leaves the window`);
    const { overflowX, textOverflow } = getComputedStyle(node);
    const cut = overflowX !== "visible" && node.scrollWidth > node.clientWidth + 1;
    const scrolls = node.matches("input, textarea");
    if (cut && !scrolls && textOverflow !== "ellipsis") wide.push(`${name} is cut off`);
  }
  return wide;
}"""

_OVERLAPPING = """() => {
  const over = [];
  for (const list of document.querySelectorAll(".modal-body, .blocks")) {
    if (!list.checkVisibility()) continue;
    const parts = [...list.querySelectorAll("h3, label, .label, .hint, .field-error, .context-text,"
      + " .section-text, .rich-section, .button, .text-field, .select-box, .choice, .file-drop")];
    const boxes = parts.filter((node) => node.checkVisibility() && node.getClientRects().length)
      .map((node) => [node, node.getBoundingClientRect()]);
    boxes.forEach(([one, a], index) => {
      for (const [other, b] of boxes.slice(index + 1)) {
        const apart = a.right <= b.left + 1 || b.right <= a.left + 1
          || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
        if (apart || one.contains(other) || other.contains(one)) continue;
        over.push(`“${one.textContent.slice(0, 30)}” is over “${other.textContent.slice(0, 30)}”`);
      }
    });
  }
  return over;
}"""


async def faults(page: Page) -> list[str]:
    """What is wrong with the page as it is shown; none is good.

    Nothing may be wider than the window, cut off or over something else, and axe must find nothing
    against WCAG 2.2 AA: among others, contrast of 4.5 to 1, and a name for every control.
    """
    found = await SlackPage(page).sideways()
    found += await page.evaluate(_OVERLAPPING)
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_AXE.axe_script)
    # The library's own way brings the script and all that was found in order each time.
    for one in await page.evaluate(_VIOLATIONS, _WCAG):
        found += [f"{one['id']}: {node['html'][:200]}" for node in one["nodes"]]
    return found


async def answered(page: Page) -> None:
    """Wait until Slack has taken what was sent; the page shows it as sent before."""
    await page.wait_for_function("() => window.asked === 0")


_COUNTED = """
window.asked = 0;
const ask = window.fetch;
window.fetch = (...given) => {
  window.asked += 1;
  return ask(...given).finally(() => { window.asked -= 1; });
};
"""
"""Counts what the page has asked of Slack and is not answered yet."""
_AXE = Axe()
_VIOLATIONS = "(options) => axe.run(options).then(({violations}) => violations)"
_WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}


@asynccontextmanager
async def window(chromium: str, *, size: tuple[int, int] = DESKTOP) -> AsyncIterator[SlackPage]:
    """Start a headless browser at this path, with one page of this width and height."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--headless"]
        )
        yield await _new_page(browser, size)
        await browser.close()


async def _new_page(browser: Browser, size: tuple[int, int]) -> SlackPage:
    page = await browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        locale="en-CA",
        timezone_id="UTC",
        reduced_motion="reduce",
    )
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    await page.add_init_script(_COUNTED)
    return SlackPage(page)
