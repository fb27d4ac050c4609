from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.slack.manifest import DEFAULT
from sandbox.slack.manifest_rules import checked_manifest
from sandbox.slack.records import SlackError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import Workspace


def changed(path: str, value: object) -> dict[str, Any]:
    """The default manifest with one value set, at a path of keys and positions."""
    manifest = copy.deepcopy(DEFAULT)
    inner: Any = manifest
    *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    for key in way:
        inner = inner.setdefault(key, {}) if isinstance(key, str) else inner[key]
    inner[last] = value
    return manifest


def test_the_default_manifest_is_one_slack_takes() -> None:
    assert checked_manifest(DEFAULT) == DEFAULT


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (
            "display_information.name",
            "x" * 36,
            "must be less than 36 characters [json-pointer:/display_information/name]",
        ),
        (
            "features.slash_commands.0.command",
            "/" + "x" * 32,
            "must be a valid command [json-pointer:/features/slash_commands/0/command]",
        ),
        (
            "features.shortcuts.0.description",
            "x" * 151,
            "must be less than 151 characters [json-pointer:/features/shortcuts/0/description]",
        ),
        (
            "features.unfurl_domains",
            [f"{number}.example" for number in range(6)],
            "no more than 5 items allowed [json-pointer:/features/unfurl_domains]",
        ),
        (
            "oauth_config.scopes.bot",
            ["commands", "links:read", "links:write", "im:history"],
            None,
        ),
        (
            "settings.event_subscriptions.bot_events",
            ["message.im"],
            "requires scope: im:history [json-pointer:/settings/event_subscriptions/bot_events/0]",
        ),
        (
            "settings.socket_mode_enabled",
            False,
            "missing required field: url [json-pointer:/features/slash_commands/0]",
        ),
        ("features.dance", True, "invalid additional property: dance [json-pointer:/features]"),
    ],
)
def test_a_manifest_beyond_a_limit_is_refused(path: str, value: object, fault: str | None) -> None:
    manifest = changed(path, value)
    if fault is None:
        assert checked_manifest(manifest) == manifest
        return
    with pytest.raises(SlackError) as caught:
        checked_manifest(manifest)
    assert caught.value.code == "invalid_manifest"
    assert caught.value.faults == [fault]


async def test_an_app_without_a_home_tab_cannot_publish_one(
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    ws.app.manifest = changed("features.app_home", {"home_tab_enabled": False})
    publish = client.views_publish(user_id="U0ROBIN", view={"type": "home", "blocks": []})
    assert await refused(publish) == "not_enabled"
