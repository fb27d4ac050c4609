"""The `files.*` methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.blocks import check_message_blocks
from sandbox.slack.methods import Method
from sandbox.slack.records import Json, SlackError
from sandbox.slack.schema import fault

if TYPE_CHECKING:
    from sandbox.slack.arguments import Arguments
    from sandbox.slack.records import Channel
    from sandbox.slack.workspace import Workspace


async def info(workspace: Workspace, arguments: Arguments) -> Json:
    """`files.info`: only files the app may read."""
    file = workspace.files.for_app(arguments.needed("file"))
    return {
        "file": workspace.files.shown(file),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


async def get_upload_url(workspace: Workspace, arguments: Arguments) -> Json:
    """`files.getUploadURLExternal`."""
    arguments.needed("length")
    name, alt_text = arguments.needed("filename"), arguments.text("alt_txt")
    return workspace.files.announce(name, arguments.number("length", 0), alt_text)


async def complete_upload(workspace: Workspace, arguments: Arguments) -> Json:
    """`files.completeUploadExternal`: the files become one message in each channel named."""
    announced = arguments.needed_structure("files")
    if not isinstance(announced, list) or not announced:
        raise SlackError("invalid_arguments", faults=[fault("must provide an array", "/files")])
    named = arguments.text("channels") or arguments.text("channel_id")
    # A person's id is no channel here, as it is for chat.postMessage.
    channels = [_channel(workspace, one) for one in named.split(",") if one]
    comment = arguments.text("initial_comment")
    blocks = arguments.structure("blocks")
    checked = [] if blocks is None else check_message_blocks(blocks)
    files = [
        workspace.files.complete(str(one.get("id", "")), str(one.get("title") or ""))
        for one in announced
        if isinstance(one, dict)
    ]
    for channel in channels:
        workspace.messages.add(
            channel,
            workspace.app.bot_user_id,
            comment,
            checked,
            thread_ts=arguments.text("thread_ts") or None,
            file_ids=[file.id for file in files],
        )
    return {"files": [workspace.files.shown(file) for file in files]}


def _channel(workspace: Workspace, channel_id: str) -> Channel:
    if channel_id not in workspace.directory.channels:
        raise SlackError("channel_not_found")
    return workspace.directory.postable(channel_id)


METHODS = {
    "files.info": Method(info, "files:read"),
    "files.getUploadURLExternal": Method(get_upload_url, "files:write"),
    "files.completeUploadExternal": Method(complete_upload, "files:write"),
}
