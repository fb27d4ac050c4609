"""The CKAN actions the sandbox answers, by name; an action that is not here is not known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.catalogue.actions import (
    accounts,
    finding,
    organizations,
    packages,
    resources,
    site,
)
from sandbox.catalogue.errors import NotFoundError, missing
from sandbox.catalogue.saving import Call
from sandbox.catalogue.state import Generation

Action = Callable[[Call], Any]


def help_show(call: Call) -> str | None:
    """What an action is for; the way to learn whether a catalogue has it."""
    name = call.args.get("name")
    if name is None:
        raise missing("name")
    action = known(name, call.catalogue.generation)
    if action is None:
        raise NotFoundError("Action function not found")
    return action.__doc__


READS: dict[str, Action] = {
    **accounts.READS,
    **finding.READS,
    **organizations.READS,
    **packages.READS,
    **resources.READS,
    **site.READS,
    "help_show": help_show,
}
WRITES: dict[str, Action] = {
    **accounts.WRITES,
    **organizations.WRITES,
    **packages.WRITES,
    **resources.WRITES,
}
ONLY_OLDER = frozenset({"organization_or_group_list_related"})


def known(name: str, generation: Generation) -> Action | None:
    """The action of this name, None where this generation of the catalogue has none."""
    if generation != "2.9" and name in ONLY_OLDER:
        return None
    return READS.get(name) or WRITES.get(name)
