"""A house that keeps all that people were shown, and what in it was never translated."""

from __future__ import annotations

import copy
import html
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from typing_extensions import override

from bot.app import load_commands
from sandbox.catalogue import RunningCatalogue
from sandbox.catalogue.schema import BCDC, Kind, licences
from tests.house import House, open_house
from tests.language.pseudo import CLOSE, OPEN

_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(ord("A"), ord("z") + 1)})
_READ: Final = frozenset({"text", "accessibility_label", "alt_text", "initial_comment"})
_WORD = re.compile(r"[A-Za-z]+")
_TOLD_APART: Final = 4
"""Letters of a beginning that is known again."""
TYPED: Final = "zz"
"""Begins all that is typed in another language."""
_NEUTRAL = re.compile(
    rf"\b{TYPED}[\w.-]*|"
    r"\b[a-z_]+(\.\d+)?(\.[a-z_]+)?=|"
    r"https?://\S+"
    r"|[\w.]+@[\w.]+"
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32}\b"
    r"|\b\d{4}-\d\d-\d\d(T[\d:.]+)?\b|\bUTC\b|America/Vancouver"
)


def foreign_kind() -> Kind:
    """BCDC's schema in another alphabet: so no label of it looks like English."""
    schema = copy.deepcopy(BCDC.expanded)
    for part in ("dataset_fields", "resource_fields"):
        for one in schema[part]:
            _widen(one)
    for licence in licences().values():
        licence["title"] = licence["title"].translate(_WIDE)
    return Kind(schema)


def _widen(schema_field: dict[str, Any]) -> None:
    name = schema_field["field_name"]
    schema_field["label"] = schema_field.get("label") or name.replace("_", " ").capitalize()
    for key in ("label", "help_text", "form_placeholder"):
        if schema_field.get(key):
            schema_field[key] = schema_field[key].translate(_WIDE)
    # The choices of fields with one preset are one list.
    schema_field["choices"] = [
        {**choice, "label": (choice.get("label") or choice["value"]).translate(_WIDE)}
        for choice in schema_field.get("choices") or ()
    ] or schema_field.get("choices")
    if not schema_field["choices"]:
        del schema_field["choices"]
    for sub in schema_field.get("repeating_subfields") or ():
        _widen(sub)


@dataclass
class WatchedHouse(House):
    """Notes, whenever all is done, what stands in views, messages and Home tabs."""

    seen: dict[str, None] = field(default_factory=dict)
    past: set[str] = field(default_factory=set)

    @override
    async def settled(self) -> None:
        await super().settled()
        workspace = self.slack.workspace
        for user_id in workspace.directory.people:
            for view in workspace.view_stack(user_id):
                self.note(view)
            self.note((workspace.home(user_id) or {}).get("blocks"))
            for channel in workspace.directory.channels.values():
                if user_id in channel.members:
                    self.note(workspace.timeline(user_id, channel.id))

    def forget(self) -> None:
        """Begin anew: what stands there already is not read again."""
        self.past.update(self.seen)
        self.slack.workspace.calls.clear()
        self.slack.workspace.deliveries.clear()
        self.seen.clear()

    def note(self, shown: object) -> None:
        self.seen.update(dict.fromkeys(text for text in texts(shown) if text not in self.past))

    def all_seen(self) -> list[str]:
        """Every text, also of what was shown for a moment only."""
        workspace = self.slack.workspace
        for call in workspace.calls:
            self.note(call.arguments)
        for delivery in workspace.deliveries:
            body = delivery.ack.body if delivery.ack else None
            self.note(body)
            if isinstance(body, dict):
                self.note([{"text": said} for said in (body.get("errors") or {}).values()])
        return list(self.seen)

    def refused(self) -> list[tuple[str, str, object]]:
        """What Slack did not take."""
        return [
            (call.method, str(call.response.get("error")), call.response.get("response_metadata"))
            for call in self.slack.workspace.calls
            if not call.response.get("ok")
        ]


def texts(shown: object) -> Iterator[str]:
    """All that a person reads or hears, at any depth; Slack's forms carry it as JSON too."""
    match shown:
        case str() if shown.startswith(("{", "[")):
            try:
                yield from texts(json.loads(shown))
            except ValueError:
                return
        case dict():
            for key, value in shown.items():
                if isinstance(value, str) and key in _READ:
                    yield value
                elif key != "state":
                    yield from texts(value)
        case list():
            for one in shown:
                yield from texts(one)


class Data:
    """What may be shown as it is: what the catalogue held, what was typed, and commands."""

    def __init__(self, catalogue: RunningCatalogue, *typed: str) -> None:
        commands = list(load_commands())
        self._verbs = {one.name for one in commands}
        lines = {f"{one.name} {one.usage}".strip() for one in commands}
        lines |= {example for one in commands for example in one.examples}
        # A single word may be a part of what the catalogue holds.
        self._lines = {line for line in lines if " " in line}
        self._pieces = {*typed, *(word for line in lines for word in line.split())}
        self._pieces |= {word for line in lines for word in re.findall(r'[:="]([\w-]+)', line)}
        self._catalogue = catalogue
        self.look()

    def look(self) -> None:
        """Learn what the catalogue holds now."""
        held, pieces = self._catalogue.catalogue, self._pieces
        for package in held.packages.values():
            pieces |= set(_strings(package, _HELD)) | {package["publish_state"].title()}
            pieces |= {row["format"] for row in package["resources"]}
            pieces |= set(package["tags"])
        for organization in held.organizations.values():
            pieces |= {organization.name, organization.title}
        for person in held.people.values():
            pieces |= {person.name, person.fullname}
        self._passes = [_any_of(self._lines), _NEUTRAL, _any_of(pieces)]

    def untranslated(self, text: str) -> list[str]:
        """The words in a text that are neither translated nor data."""
        left = self._without_beginning(html.unescape(text).replace("/bcdc", "").strip())
        if OPEN not in left and left.partition(" ")[0] in self._verbs:
            # A whole command, to be typed.
            return []
        for known in self._passes:
            left = known.sub(" ", left)
        return _WORD.findall(left)

    def _without_beginning(self, text: str) -> str:
        """The text without the beginning of what is known, where it was shortened."""
        left = text.removesuffix("…")
        if left == text:
            return text
        ends = (
            len(left) - length
            for piece in self._pieces
            for length in range(_TOLD_APART, min(len(piece), len(left)) + 1)
            if left.endswith(piece[:length])
        )
        return left[: min(ends, default=len(left))]


def _any_of(pieces: set[str]) -> re.Pattern[str]:
    longest_first = sorted(filter(None, map(str.strip, pieces)), key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in longest_first))


_HELD = frozenset(
    {"title", "name", "notes", "purpose", "description", "display_name", "short_name"}
)


def _strings(value: object, keys: frozenset[str]) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if isinstance(one, str) and key in keys:
                yield one
            else:
                yield from _strings(one, keys)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one, keys)


def cut(text: str) -> bool:
    """Whether a sentence in the text lacks its end; one that goes on elsewhere has no ellipsis."""
    return text.endswith("…") and text.count(OPEN) != text.count(CLOSE)


@asynccontextmanager
async def watched_house(
    folder: Path, catalogue: RunningCatalogue, url: str
) -> AsyncIterator[WatchedHouse]:
    """A house over the catalogue, found at this address, whose people's screens are read."""
    async with open_house(folder, url, catalogue.keys) as house:
        yield WatchedHouse(house.slack, house.settings, house.keys, house.bot)
