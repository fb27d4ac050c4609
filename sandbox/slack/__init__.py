"""A Slack workspace as strict as Slack: the part of it that this bot uses."""

from sandbox.slack.server import RunningSlack, new_workspace, start
from sandbox.slack.workspace import Workspace

__all__ = ["RunningSlack", "Workspace", "new_workspace", "start"]
