"""Whose a key is and what it allows, asked just now. All raise ckanapi's errors."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

import stamina

from bot.ckan import actions
from bot.ckan.faults import (
    ActionFailed,
    CatalogueUnavailable,
    CKANAPIError,
    NotAuthorized,
    NotFound,
    Reason,
)
from bot.ckan.models import Rights, User
from bot.ckan.together import together
from bot.ckan.transport import Site


@dataclass(frozen=True, slots=True)
class Standing:
    """Who the owner of a key is, and where that user may edit and approve."""

    user: User
    rights: Rights


async def fresh_whoami(site: Site) -> str:
    """The name of the user the key belongs to, asked just now; "" for a key that died.

    `whoami` is BCDC's own; elsewhere CKAN 2.10 and later tell it by `user_show`.
    """
    try:
        return await actions.whoami(site)
    except ActionFailed as error:
        # CKAN's answer to the name of an action it does not have.
        if error.status != HTTPStatus.BAD_REQUEST:
            raise
    try:
        return (await actions.user_show(site)).name
    except (NotFound, NotAuthorized):
        return ""


async def rights_of(site: Site, user: User) -> Rights:
    """Where the user whose key the site has may edit and approve."""
    admin, editor = await together(
        actions.organization_list_for_user(site, "admin"),
        actions.organization_list_for_user(site, "create_dataset"),
    )
    approves = frozenset(row.id for row in admin)
    edits = frozenset(row.id for row in editor)
    return Rights(admin=approves, editor=edits | approves, sysadmin=user.sysadmin)


async def standing_of(site: Site) -> Standing | None:
    """Whose the key is and what it allows; None for a key that died."""
    name = await fresh_whoami(site)
    if not name:
        return None
    user = await actions.user_show(site, name)
    return Standing(user, await rights_of(site, user))


def patiently(tries: int) -> stamina.BoundAsyncRetryingCaller:
    """Calls what asks the catalogue, so often, with pauses that double from half a second on.

    They end at a minute. What it calls takes no arguments: those would be logged.
    """
    return stamina.AsyncRetryingCaller(
        attempts=tries, timeout=None, wait_initial=0.5, wait_max=60, wait_jitter=0
    ).on(_may_pass)


def _may_pass(error: Exception) -> bool:
    gone = isinstance(error, CatalogueUnavailable) and error.reason is Reason.NOT_SERVED
    return isinstance(error, CKANAPIError) and not gone
