"""The `views.*` methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.methods import Method
from sandbox.slack.records import SlackError

if TYPE_CHECKING:
    from sandbox.slack.arguments import Arguments
    from sandbox.slack.records import Json, View
    from sandbox.slack.workspace import Workspace


def _answer(workspace: Workspace, view: View) -> Json:
    return {"view": workspace.views.shown(view, with_state=False)}


async def open_view(workspace: Workspace, arguments: Arguments) -> Json:
    """`views.open`."""
    trigger_id = arguments.needed("trigger_id")
    view = arguments.needed_structure("view")
    return _answer(workspace, workspace.views.open(trigger_id, view))


async def push(workspace: Workspace, arguments: Arguments) -> Json:
    """`views.push`."""
    trigger_id = arguments.needed("trigger_id")
    view = arguments.needed_structure("view")
    return _answer(workspace, workspace.views.push(trigger_id, view))


async def update(workspace: Workspace, arguments: Arguments) -> Json:
    """`views.update`, by view_id or external_id."""
    definition = arguments.needed_structure("view")
    external_id = arguments.text("external_id")
    view_id = arguments.text("view_id") if external_id else arguments.needed("view_id")
    view = workspace.views.update(
        definition,
        view_id=view_id,
        external_id=external_id,
        expected_hash=arguments.text("hash"),
    )
    return _answer(workspace, view)


async def publish(workspace: Workspace, arguments: Arguments) -> Json:
    """`views.publish`."""
    if not workspace.app.has_home_tab:
        raise SlackError("not_enabled")
    user_id = arguments.needed("user_id")
    definition = arguments.needed_structure("view")
    view = workspace.views.publish(user_id, definition, arguments.text("hash"))
    return _answer(workspace, view)


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
