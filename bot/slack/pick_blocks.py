"""The blocks that ask for a record or a resource."""

from __future__ import annotations

from typing import Final

from bot.flow.pages import PickPage
from bot.slack.blocks import OPTION, Block, Element, context, plain, section
from bot.slack.suggest import entry_option
from bot.text import _

LISTED: Final = 100
"""Resources that a list shows; among more of them one types."""


def pick_blocks(page: PickPage) -> list[Block]:
    """What is asked, with what was chosen so far."""
    blocks: list[Block] = [section(page.hint)]
    if page.banner:
        blocks.append(context(page.banner))
    if page.error:
        blocks.append(section(f"⚠️ {page.error}"))
    match page.argument:
        case "package":
            return [*blocks, _package(page, page.label)]
        case "resource":
            return [*blocks, {**_package(page, _("Record")), "dispatch_action": True}, *_of(page)]
    element: Element = {"type": "plain_text_input", "action_id": "value", "max_length": 1000}
    if page.typed:
        element["initial_value"] = page.typed
    return [*blocks, _input(page.argument, page.label, element)]


def _package(page: PickPage, label: str) -> Block:
    element: Element = {
        "type": "external_select",
        "action_id": "value",
        "min_query_length": 0,
        "placeholder": plain(_("Type a part of its title, or paste a link"), 150),
    }
    if page.package:
        element["initial_option"] = entry_option(page.package)
    return _input("package_id", label, element)


def _of(page: PickPage) -> list[Block]:
    """The resources of the chosen record."""
    if page.package is None:
        return []
    if not page.resources:
        return [section(_("This record has no resources."))]
    options = {one.id: entry_option(one) for one in page.resources if 0 < len(one.id) <= OPTION}
    for one in options.values():
        one.pop("description", None)
    element: Element = {"type": "static_select", "options": list(options.values())}
    if len(options) > LISTED:
        element = {"type": "external_select", "min_query_length": 0}
    preset = page.resource_id or (next(iter(options)) if len(options) == 1 else "")
    if preset in options:
        element["initial_option"] = options[preset]
    return [_input("resource", _("Resource"), {**element, "action_id": "value"})]


def _input(block_id: str, label: str, element: Element) -> Block:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}
