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
from sandbox.catalogue.state import Catalogue

Action = Callable[[Call], Any]


def help_show(call: Call) -> str | None:
    """What an action is for; the way to learn whether a catalogue has it."""
    if "name" not in call.args:
        raise missing("name")
    action = known(call.args["name"], call.catalogue)
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
OF_BCDC = frozenset({"whoami", "organization_or_group_list_related"})
OF_SCHEMING = frozenset({"scheming_dataset_schema_list", "scheming_dataset_schema_show"})


def known(name: str, catalogue: Catalogue) -> Action | None:
    """The action of this name, None where this generation or kind of catalogue has none."""
    if not catalogue.older and name in ONLY_OLDER:
        return None
    if (name in OF_BCDC and not catalogue.kind.bcdc) or (
        name in OF_SCHEMING and not catalogue.kind.told
    ):
        return None
    return READS.get(name) or WRITES.get(name)
