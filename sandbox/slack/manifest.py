"""The app as its manifest declares it."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.slack.records import Json

SCOPES = (
    "commands",
    "chat:write",
    "im:write",
    "files:read",
    "files:write",
    "users:read",
    "channels:read",
    "groups:read",
    "links:read",
    "links:write",
)
EVENTS = ("app_home_opened", "link_shared", "app_uninstalled", "tokens_revoked")

DEFAULT: Json = {
    "display_information": {"name": "BC Data Catalogue"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "bcdc", "always_online": True},
        "slash_commands": [
            {
                "command": "/bcdc",
                "description": "Edit the BC Data Catalogue",
                "usage_hint": "help",
                "should_escape": True,
            },
        ],
        "shortcuts": [
            {
                "name": "Add to catalogue",
                "type": "message",
                "callback_id": "bcdc:create-resource",
                "description": "Add the file of this message to a record",
            },
            {
                "name": "Replace file of…",
                "type": "message",
                "callback_id": "bcdc:update-resource",
                "description": "Replace a resource's file by that of this message",
            },
        ],
        "unfurl_domains": ["catalogue.data.gov.bc.ca"],
    },
    "oauth_config": {"scopes": {"bot": list(SCOPES)}},
    "settings": {"event_subscriptions": {"bot_events": list(EVENTS)}},
}


@dataclass(slots=True)
class App:
    """The installed app: its manifest, its tokens, and the verbs the page completes.

    `verbs` are `{"verb", "usage", "summary"}`, told by whoever starts the sandbox.
    """

    manifest: Json
    verbs: list[Json]
    id: str = "A0BCDC"
    bot_id: str = "B0BCDC"
    bot_user_id: str = "U0BCDCBOT"
    bot_token: str = "xoxb-0000000000-sandbox-bot"
    app_token: str = "xapp-1-A0BCDC-0000000000-sandbox-app"
    signing_secret: str = "sandbox-signing-secret"
    verification_token: str = "sandbox-verification-token"
    client_id: str = "0000000000.1111111111"
    client_secret: str = "sandbox-client-secret"

    @property
    def name(self) -> str:
        """The app's name as people see it."""
        return str(self.manifest["display_information"]["name"])

    @property
    def has_home_tab(self) -> bool:
        """Whether the Home tab is switched on."""
        return bool(self._features("features").get("app_home", {}).get("home_tab_enabled"))

    @property
    def scopes(self) -> list[str]:
        """The bot scopes asked for; all of them are granted."""
        scopes: list[str] = self._features("oauth_config").get("scopes", {}).get("bot", [])
        return scopes

    @property
    def events(self) -> list[str]:
        """The events the app subscribes to."""
        settings: Json = self._features("settings").get("event_subscriptions", {})
        events: list[str] = settings.get("bot_events", [])
        return events

    @property
    def commands(self) -> list[Json]:
        """The slash commands, as the manifest has them."""
        commands: list[Json] = self._features("features").get("slash_commands", [])
        return commands

    @property
    def shortcuts(self) -> list[Json]:
        """Global and message shortcuts, as the manifest has them."""
        shortcuts: list[Json] = self._features("features").get("shortcuts", [])
        return shortcuts

    @property
    def unfurl_domains(self) -> list[str]:
        """Domains whose links in messages raise `link_shared`."""
        domains: list[str] = self._features("features").get("unfurl_domains", [])
        return domains

    def command(self, word: str) -> Json | None:
        """The declaration of a slash command, None when no app has it."""
        return next((one for one in self.commands if one["command"] == word), None)

    def shortcut(self, callback_id: str, kind: str) -> Json | None:
        """The declaration of a shortcut of that kind (`global` or `message`)."""
        for shortcut in self.shortcuts:
            if shortcut["callback_id"] == callback_id and shortcut["type"] == kind:
                return shortcut
        return None

    def _features(self, part: str) -> Json:
        section: Json = self.manifest.get(part, {})
        return section
