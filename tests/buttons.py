"""The buttons of what Slack shows: which there are, where, and what they carry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Block = dict[str, Any]


def _elements(blocks: Sequence[Block]) -> Iterator[tuple[Block, dict[str, Any]]]:
    for block in blocks:
        for element in (*block.get("elements", ()), block.get("accessory") or {}):
            if "action_id" in element:
                yield block, element


def action_ids(blocks: Sequence[Block]) -> set[str]:
    """What can be pressed."""
    return {element["action_id"] for _block, element in _elements(blocks)}


def block_with(blocks: Sequence[Block], action_id: str) -> str:
    """The id of the first block with such a button."""
    return str(_first(blocks, action_id)[0]["block_id"])


def value_of(blocks: Sequence[Block], action_id: str) -> str:
    """What the first such button carries."""
    return str(_first(blocks, action_id)[1]["value"])


def _first(blocks: Sequence[Block], action_id: str) -> tuple[Block, dict[str, Any]]:
    for block, element in _elements(blocks):
        if element["action_id"] == action_id:
            return block, element
    raise AssertionError(f"there is no button {action_id} among {sorted(action_ids(blocks))}")
