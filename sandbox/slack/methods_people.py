"""Methods about people, conversations, and the app itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.methods import Method
from sandbox.slack.records import Channel, Json, Person, SlackError
from sandbox.slack.socket_mode import new_socket_url

if TYPE_CHECKING:
    from sandbox.slack.arguments import Arguments
    from sandbox.slack.workspace import Workspace

_READ_SCOPES = {"public": "channels:read", "private": "groups:read", "im": "im:read"}


async def auth_test(workspace: Workspace, arguments: Arguments) -> Json:
    """`auth.test`: whose token this is."""
    del arguments
    directory, app = workspace.directory, workspace.app
    return {
        "url": f"{workspace.files.base_url}/",
        "team": directory.team_name,
        "user": directory.people[app.bot_user_id].name,
        "team_id": directory.team_id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


async def connections_open(workspace: Workspace, arguments: Arguments) -> Json:
    """`apps.connections.open`, with the app-level token."""
    del arguments
    return {"url": new_socket_url(workspace.outbox.transport)}


async def conversations_open(workspace: Workspace, arguments: Arguments) -> Json:
    """`conversations.open` with one person; several would need `mpim:write`."""
    users = [one for one in arguments.text("users").split(",") if one]
    if not users:
        if arguments.text("channel"):
            return {"channel": {"id": workspace.directory.for_app(arguments.text("channel")).id}}
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        workspace.need_scope("mpim:write")
    person = workspace.directory.people.get(users[0])
    if person is None:
        raise SlackError("user_not_found")
    if person.is_bot:
        raise SlackError("cannot_dm_bot")
    channel = workspace.directory.im_of(person.id)
    if arguments.flag("return_im"):
        return {"channel": _channel(workspace, channel)}
    return {"channel": {"id": channel.id}}


async def conversations_info(workspace: Workspace, arguments: Arguments) -> Json:
    """`conversations.info`; each kind of conversation has its own scope."""
    channel = workspace.directory.for_app(arguments.needed("channel"))
    workspace.need_scope(_READ_SCOPES[channel.kind])
    shown = _channel(workspace, channel)
    if arguments.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


async def conversations_members(workspace: Workspace, arguments: Arguments) -> Json:
    """`conversations.members`, in pages of `limit`."""
    channel = workspace.directory.for_app(arguments.needed("channel"))
    workspace.need_scope(_READ_SCOPES[channel.kind])
    limit = arguments.number("limit", 100)
    if not 1 <= limit <= 1000:
        raise SlackError("invalid_limit")
    members = sorted(channel.members)
    cursor = arguments.text("cursor")
    if cursor and cursor not in members:
        raise SlackError("invalid_cursor")
    start = members.index(cursor) if cursor else 0
    following = members[start + limit : start + limit + 1]
    return {
        "members": members[start : start + limit],
        "response_metadata": {"next_cursor": following[0] if following else ""},
    }


async def users_info(workspace: Workspace, arguments: Arguments) -> Json:
    """`users.info`; the mail address would need `users:read.email`."""
    person = workspace.directory.people.get(arguments.needed("user"))
    if person is None:
        raise SlackError("user_not_found")
    return {"user": _user(workspace, person, locale=arguments.flag("include_locale"))}


async def oauth_access(workspace: Workspace, arguments: Arguments) -> Json:
    """`oauth.v2.access`: a code of the install page for the bot's token."""
    directory, app = workspace.directory, workspace.app
    client_id, secret = arguments.client()
    if client_id != app.client_id:
        raise SlackError("invalid_client_id")
    if secret != app.client_secret:
        raise SlackError("bad_client_secret")
    user_id = workspace.take_install_code(arguments.text("code"))
    return {
        "app_id": app.id,
        "authed_user": {"id": user_id},
        "scope": ",".join(app.scopes),
        "token_type": "bot",
        "access_token": app.bot_token,
        "bot_user_id": app.bot_user_id,
        "team": {"id": directory.team_id, "name": directory.team_name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel(workspace: Workspace, channel: Channel) -> Json:
    shown: Json = {
        "id": channel.id,
        "is_im": channel.kind == "im",
        "is_archived": channel.is_archived,
        "is_org_shared": False,
        "context_team_id": workspace.directory.team_id,
    }
    if channel.kind == "im":
        bot = workspace.app.bot_user_id
        return {**shown, "user": next(one for one in channel.members if one != bot)}
    return {
        **shown,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_mpim": False,
        "is_private": channel.kind == "private",
        "is_general": channel.name == "general",
        "is_shared": channel.is_shared,
        "is_ext_shared": channel.is_shared,
        "is_member": workspace.directory.bot_in(channel),
    }


def _user(workspace: Workspace, person: Person, *, locale: bool) -> Json:
    shown: Json = {
        "id": person.id,
        "team_id": workspace.directory.team_id,
        "name": person.name,
        "deleted": False,
        "color": person.color,
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": "Pacific Time",
        "tz_offset": -28800,
        "profile": {
            "title": person.title,
            "real_name": person.real_name,
            "display_name": person.name,
            "team": workspace.directory.team_id,
        },
        "is_admin": False,
        "is_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    return {**shown, "locale": person.locale} if locale else shown


METHODS = {
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(connections_open, token="app"),
    "conversations.open": Method(conversations_open, "im:write"),
    "conversations.info": Method(conversations_info),
    "conversations.members": Method(conversations_members),
    "users.info": Method(users_info, "users:read"),
    "oauth.v2.access": Method(oauth_access, token="none"),
}
