"""The `chat.*` methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.messages import check_content
from sandbox.slack.methods import Method, RateLimitedError
from sandbox.slack.records import Channel, Json, Message, SlackError

if TYPE_CHECKING:
    from sandbox.slack.arguments import Arguments
    from sandbox.slack.workspace import Workspace


def _content(arguments: Arguments) -> tuple[str, list[Json]]:
    text = arguments.text("text")
    blocks = arguments.structure("blocks")
    return text, check_content(text, blocks, arguments.text("markdown_text"))


def _metadata(arguments: Arguments) -> Json | None:
    metadata = arguments.structure("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    return metadata


def _own(workspace: Workspace, channel: Channel, ts: str, refusal: str) -> Message:
    message = workspace.messages.lasting(channel, ts)
    if message.user_id != workspace.app.bot_user_id:
        raise SlackError(refusal)
    return message


async def post_message(workspace: Workspace, arguments: Arguments) -> Json:
    """`chat.postMessage`: a channel's id, or a person's for the direct messages."""
    channel = workspace.directory.postable(arguments.needed("channel"))
    text, blocks = _content(arguments)
    thread_ts = arguments.text("thread_ts") or None
    if thread_ts is not None:
        workspace.messages.lasting(channel, thread_ts)
    metadata = _metadata(arguments)
    if workspace.rate_limits and not workspace.post_rate.take(channel.id, workspace.clock()):
        raise RateLimitedError(1)
    message = workspace.messages.add(
        channel,
        workspace.app.bot_user_id,
        text,
        blocks,
        thread_ts=thread_ts,
        metadata=metadata,
    )
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": workspace.messages.shown(message),
    }


async def post_ephemeral(workspace: Workspace, arguments: Arguments) -> Json:
    """`chat.postEphemeral`: for one member of a channel the app is in."""
    channel = workspace.directory.postable(arguments.needed("channel"))
    user_id = arguments.needed("user")
    if user_id not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = _content(arguments)
    message = workspace.messages.add(
        channel,
        workspace.app.bot_user_id,
        text,
        blocks,
        ephemeral_for=user_id,
        thread_ts=arguments.text("thread_ts") or None,
    )
    return {"message_ts": message.ts}


async def update(workspace: Workspace, arguments: Arguments) -> Json:
    """`chat.update`: only the app's own lasting messages."""
    channel = workspace.directory.for_app(arguments.needed("channel"))
    message = _own(workspace, channel, arguments.needed("ts"), "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_archived")
    text, blocks = _content(arguments)
    workspace.messages.edit(message, text, blocks)
    shown = workspace.messages.shown(message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


async def delete(workspace: Workspace, arguments: Arguments) -> Json:
    """`chat.delete`: only the app's own lasting messages."""
    channel = workspace.directory.for_app(arguments.needed("channel"))
    message = _own(workspace, channel, arguments.needed("ts"), "cant_delete_message")
    workspace.messages.remove(message)
    return {"channel": channel.id, "ts": message.ts}


async def get_permalink(workspace: Workspace, arguments: Arguments) -> Json:
    """`chat.getPermalink`."""
    channel = workspace.directory.for_app(arguments.needed("channel"))
    message = workspace.messages.lasting(channel, arguments.needed("message_ts"))
    address = f"/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": workspace.files.base_url + address}


async def unfurl(workspace: Workspace, arguments: Arguments) -> Json:
    """`chat.unfurl`, by channel and ts or by the unfurl_id of a `link_shared` event."""
    unfurl_id, source = arguments.text("unfurl_id"), arguments.text("source")
    channel_id, ts = arguments.text("channel"), arguments.text("ts")
    if unfurl_id:
        if source not in {"composer", "conversations_history"}:
            raise SlackError("invalid_source" if source else "missing_source")
    elif not channel_id or not ts:
        raise SlackError("missing_ts" if channel_id else "missing_channel")
    try:
        unfurls = arguments.structure("unfurls")
    except SlackError:
        raise SlackError("invalid_unfurls_format") from None
    asks_to_link = arguments.flag("user_auth_required") or arguments.text("user_auth_message")
    if unfurls is None and not asks_to_link:
        raise SlackError("missing_unfurls")
    if not isinstance(unfurls, dict | None):
        raise SlackError("invalid_unfurls_format")
    workspace.links.unfurl(unfurl_id=unfurl_id, channel_id=channel_id, ts=ts, unfurls=unfurls or {})
    return {}


METHODS = {
    "chat.postMessage": Method(post_message, "chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, "chat:write"),
    "chat.update": Method(update, "chat:write"),
    "chat.delete": Method(delete, "chat:write"),
    "chat.getPermalink": Method(get_permalink),
    "chat.unfurl": Method(unfurl, "links:write"),
}
