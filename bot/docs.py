"""Everything rendered from the declarations: the README's table and Slack's manifest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from bot.change import BORN, MOVES
from bot.registry import Registry

COMMAND = "/bcdc"
SCOPES = {
    "commands": "hear /bcdc",
    "chat:write": "confirm changes where they were asked for, and answer the person alone",
    "im:write": "tell outcomes in direct messages",
    "files:read": "take files that people attach in the forms",
    "files:write": "send long lists and results as files, in direct messages",
    "users:read": "know people's time zone and language",
    "channels:read": "see which public channels are archived or shared with others",
    "groups:read": "see the same of private channels it was invited to",
    "links:read": "see links to the catalogue",
    "links:write": "show what such a link leads to",
}
"""Slack's bot scopes, each with its reason. Never history."""

SHORTCUTS = {
    "find": ("global", "Find a record", "Look a record up by its title, name or link"),
    "create-package": ("global", "New record", "Describe a new record, as a draft"),
    "drafts": ("global", "My drafts and requests", "What you began, and what waits for you"),
    "create-resource": ("message", "Add to catalogue", "Add the file of this message to a record"),
    "update-resource": (
        "message",
        "Replace file of…",
        "Replace a resource's file by that of this message",
    ),
    "link-resource": (
        "message",
        "Make link a resource",
        "Add the link in this message to a record as a resource",
    ),
}
"""Shortcuts everywhere and in the menu of a message, by the end of their callback id: where they
stand, name and description."""

EVENTS = ("app_home_opened", "link_shared", "app_uninstalled", "tokens_revoked")
DOMAINS = 5
"""Domains whose links an app may show cards for: Slack takes no more."""


def table(registry: Registry) -> str:
    """The commands as a Markdown table."""
    rows = ["| command | what it does |", "|---|---|"]
    for command in registry:
        words = f"{COMMAND} {command.name} {command.usage}".strip().replace("|", "\\|")
        rows.append(f"| `{words}` | {command.summary} |")
    return "\n".join(rows) + "\n"


def scopes() -> str:
    """The scopes as a Markdown table."""
    rows = ["| scope | why |", "|---|---|"]
    return "\n".join([*rows, *(f"| `{scope}` | {why} |" for scope, why in SCOPES.items())]) + "\n"


def verbs(registry: Registry) -> list[dict[str, str]]:
    """The commands for the sandbox's completion."""
    return [
        {"verb": command.name, "usage": command.usage, "summary": command.summary}
        for command in registry
    ]


def manifest(
    registry: Registry, *, url: str = "", catalogues: Iterable[str] = ()
) -> dict[str, Any]:
    """Slack's app manifest: Socket Mode, or HTTP when the public address of the bot is given.

    Links to `catalogues`, by their addresses, are shown with a card.
    """
    domains = dict.fromkeys(urlsplit(address).hostname or "" for address in catalogues)
    names = " | ".join(command.name for command in registry)
    command: dict[str, Any] = {
        "command": COMMAND,
        "description": "Find and edit records of the BC Data Catalogue",
        "usage_hint": names if len(names) <= 1000 else "help",  # noqa: PLR2004  # Slack's limit
        "should_escape": True,
    }
    interactivity: dict[str, Any] = {"is_enabled": True}
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    settings: dict[str, Any] = {
        "interactivity": interactivity,
        "event_subscriptions": events,
        "org_deploy_enabled": False,
        "socket_mode_enabled": not url,
        "token_rotation_enabled": False,
    }
    if url:
        address = f"{url.rstrip('/')}/slack/events"
        command["url"] = address
        interactivity |= {"request_url": address, "message_menu_options_url": address}
        events["request_url"] = address
    return {
        "_metadata": {"major_version": 1},
        "display_information": {
            "name": "BC Data Catalogue",
            "description": "Find and edit records of the BC Data Catalogue without leaving Slack",
            "background_color": "#003366",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "bc-data-catalogue", "always_online": True},
            "slash_commands": [command],
            "shortcuts": [
                {
                    "type": kind,
                    "callback_id": f"bcdc:{ending}",
                    "name": name,
                    "description": told,
                }
                for ending, (kind, name, told) in SHORTCUTS.items()
            ],
            "unfurl_domains": [name for name in domains if name][:DOMAINS],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": settings,
    }


def states() -> str:
    """The states of a change and their moves, drawn (`bot.change.MOVES`)."""
    lines = ["```mermaid", "stateDiagram-v2", *(f"  [*] --> {state}" for state in BORN)]
    lines += [f"  {state} --> {to}" for state, ways in MOVES.items() for to in sorted(ways)]
    lines += [f"  {state} --> [*]" for state, ways in MOVES.items() if not ways]
    return "\n".join([*lines, "```", ""])


def between(text: str, name: str, generated: str) -> str:
    """The text with what stands between the markers of `name` replaced.

    Raises ValueError when the markers are not there.
    """
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    head, found, rest = text.partition(start)
    _old, closed, tail = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"the markers of {name} are missing")
    return f"{head}{start}{generated}{end}{tail}"
