"""What Slack asks of an app's manifest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.slack.records import Json, SlackError
from sandbox.slack.schema import (
    Rule,
    choice,
    fault,
    flag,
    listed,
    matching,
    record,
    string,
    whole,
)

# The scope without which Slack takes no subscription to an event.
EVENT_SCOPES = {
    "app_home_opened": "",
    "app_uninstalled": "",
    "tokens_revoked": "",
    "link_shared": "links:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_rename": "channels:read",
    "group_archive": "groups:read",
    "group_unarchive": "groups:read",
    "group_deleted": "groups:read",
    "user_change": "users:read",
    "team_join": "users:read",
    "file_shared": "files:read",
    "file_deleted": "files:read",
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "app_mention": "app_mentions:read",
}


def _events_have_scopes(manifest: dict[str, Any], pointer: str) -> Iterator[str]:
    scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])
    subscriptions = manifest.get("settings", {}).get("event_subscriptions", {})
    for position, event in enumerate(subscriptions.get("bot_events", [])):
        where = f"{pointer}/settings/event_subscriptions/bot_events/{position}"
        if event not in EVENT_SCOPES:
            yield fault(f"unknown event: {event}", where)
        elif EVENT_SCOPES[event] and EVENT_SCOPES[event] not in scopes:
            yield fault(f"requires scope: {EVENT_SCOPES[event]}", where)


def _features_have_scopes(manifest: dict[str, Any], pointer: str) -> Iterator[str]:
    scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])
    features = manifest.get("features", {})
    for feature in ("slash_commands", "shortcuts"):
        if features.get(feature) and "commands" not in scopes:
            yield fault("requires scope: commands", f"{pointer}/features/{feature}")
    if features.get("unfurl_domains") and not {"links:read", "links:write"} <= set(scopes):
        yield fault(
            "requires scopes: links:read, links:write", f"{pointer}/features/unfurl_domains"
        )


def _urls_without_sockets(manifest: dict[str, Any], pointer: str) -> Iterator[str]:
    """Socket Mode needs no addresses; without it commands and interactivity need theirs."""
    settings = manifest.get("settings", {})
    if settings.get("socket_mode_enabled") is not False:
        return
    for position, command in enumerate(manifest.get("features", {}).get("slash_commands", [])):
        if "url" not in command:
            where = f"{pointer}/features/slash_commands/{position}"
            yield fault("missing required field: url", where)
    interactivity = settings.get("interactivity", {})
    if interactivity.get("is_enabled") and "request_url" not in interactivity:
        yield fault("missing required field: request_url", f"{pointer}/settings/interactivity")


_URL = matching(r"https?://\S{1,2990}", "a valid URL")
_COMMAND: Rule = record(
    {"command": matching(r"/[^\s/]{1,31}", "a valid command"), "description": string(1, 2000)},
    {"url": _URL, "usage_hint": string(0, 1000), "should_escape": flag},
)
_SHORTCUT: Rule = record(
    {
        "name": string(1, 24),
        "type": choice("global", "message"),
        "callback_id": string(1, 255),
        "description": string(1, 150),
    },
)
_FEATURES: Rule = record(
    {},
    {
        "app_home": record(
            {},
            {
                "home_tab_enabled": flag,
                "messages_tab_enabled": flag,
                "messages_tab_read_only_enabled": flag,
            },
        ),
        "bot_user": record(
            {"display_name": matching(r"[a-z0-9._-]{1,80}", "a valid display name")},
            {"always_online": flag},
        ),
        "slash_commands": listed(_COMMAND, 0, 50),
        "shortcuts": listed(_SHORTCUT, 0, 10),
        "unfurl_domains": listed(matching(r"[\w.-]+", "a valid domain"), 0, 5),
    },
)
_SETTINGS: Rule = record(
    {},
    {
        "allowed_ip_address_ranges": listed(string(1), 0, 50),
        "event_subscriptions": record(
            {},
            {"request_url": _URL, "bot_events": listed(string(1), 0, 100)},
        ),
        "interactivity": record(
            {"is_enabled": flag},
            {"request_url": _URL, "message_menu_options_url": _URL},
        ),
        "org_deploy_enabled": flag,
        "socket_mode_enabled": flag,
        "token_rotation_enabled": flag,
    },
)
_MANIFEST: Rule = record(
    {
        "display_information": record(
            {"name": string(1, 35)},
            {
                "description": string(0, 140),
                "long_description": string(174, 4000),
                "background_color": matching(r"#([0-9A-Fa-f]{3}){1,2}", "a hex colour"),
            },
        )
    },
    {
        "_metadata": record({}, {"major_version": whole(1, 2), "minor_version": whole(0)}),
        "features": _FEATURES,
        "oauth_config": record(
            {},
            {
                "redirect_urls": listed(_URL, 0, 1000),
                "scopes": record({}, {"bot": listed(string(1), 0, 255)}),
            },
        ),
        "settings": _SETTINGS,
    },
    _events_have_scopes,
    _features_have_scopes,
    _urls_without_sockets,
)


def checked_manifest(manifest: object) -> Json:
    """The manifest when Slack would take it. Raises SlackError `invalid_manifest`."""
    if faults := list(_MANIFEST(manifest, "")):
        raise SlackError("invalid_manifest", faults=faults)
    checked: Json = dict(manifest) if isinstance(manifest, dict) else {}
    return checked
