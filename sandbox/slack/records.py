"""What the workspace remembers: people, conversations, messages, views, files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
State = dict[str, dict[str, Json]]
ChannelKind = Literal["public", "private", "im"]


class SlackError(Exception):
    """A refusal of the Web API: the code, and what stands beside it in the answer.

    `faults` are texts with a JSON pointer, which Slack lists in `response_metadata.messages`.
    """

    def __init__(self, code: str, *, faults: list[str] | None = None, **beside: object) -> None:
        super().__init__(code, *(faults or []))
        self.code = code
        self.faults = faults or []
        self.beside = beside

    def answer(self) -> Json:
        """The body of the answer, which Slack sends with status 200."""
        body: Json = {"ok": False, "error": self.code, **self.beside}
        if self.faults:
            body["response_metadata"] = {"messages": [f"[ERROR] {fault}" for fault in self.faults]}
            if self.code == "invalid_blocks":
                body["errors"] = self.faults
        return body


class ImpossibleError(Exception):
    """A person cannot do this in Slack: there is no such button, view or choice."""


@dataclass(slots=True)
class Person:
    """A member of the workspace, or the app's own bot user."""

    id: str
    name: str
    real_name: str
    title: str = ""
    color: str = "4a5d8a"
    tz: str = "America/Vancouver"
    locale: str = "en-CA"
    is_bot: bool = False


@dataclass(slots=True)
class Channel:
    """A conversation; a direct message is one of kind `im` whose name is empty.

    A shared one is read by people of another company too.
    """

    id: str
    name: str
    kind: ChannelKind
    members: set[str]
    is_archived: bool = False
    is_shared: bool = False
    last_read: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Message:
    """One message; `ephemeral_for` names the only person who sees it, until a reload."""

    ts: str
    channel_id: str
    user_id: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    ephemeral_for: str | None = None
    edited_ts: str | None = None
    thread_ts: str | None = None
    file_ids: list[str] = field(default_factory=list)
    metadata: Json | None = None
    unfurls: Json = field(default_factory=dict)
    unfurl_id: str | None = None

    @property
    def all_blocks(self) -> list[Json]:
        """Its own blocks, and those that the app shows under its links."""
        shown = [block for one in self.unfurls.values() for block in one["blocks"]]
        return [*self.blocks, *shown]

    def unfurl_of(self, block_id: str) -> str | None:
        """The link under which a block is shown, None for one of the message itself."""
        for url, one in self.unfurls.items():
            if any(block["block_id"] == block_id for block in one["blocks"]):
                return str(url)
        return None


@dataclass(slots=True)
class View:
    """A modal on somebody's stack, or somebody's Home tab."""

    id: str
    user_id: str
    definition: Json
    hash: str
    state: State
    root_id: str
    previous_id: str | None = None

    @property
    def blocks(self) -> list[Json]:
        """The blocks as stored, each with its block_id and its elements' action_ids."""
        blocks: list[Json] = self.definition["blocks"]
        return blocks

    @property
    def external_id(self) -> str:
        """The developer's own name of the view, empty without one."""
        return str(self.definition.get("external_id") or "")


@dataclass(slots=True)
class File:
    """A file of a person or of the app; `form_given` once it was sent in a form of the app."""

    id: str
    user_id: str
    name: str
    content: bytes
    created: int
    title: str = ""
    alt_text: str = ""
    channel_ids: set[str] = field(default_factory=set)
    form_given: bool = False


@dataclass(slots=True)
class Call:
    """One call of the Web API, for tests to read."""

    method: str
    arguments: Json
    response: Json


@dataclass(slots=True)
class Ack:
    """What came back for a delivery: a body, or why Slack treats it as failed."""

    body: object = None
    error: str | None = None
    stop_retries: bool = False


@dataclass(slots=True)
class Delivery:
    """One payload handed to the app, for tests to read."""

    kind: Literal["slash_commands", "interactive", "events_api"]
    payload: Json
    name: str
    ack: Ack | None = None
    attempt: int = 0
