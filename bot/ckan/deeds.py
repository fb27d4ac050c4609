"""What was done to a record, as the catalogue's own activities tell."""

from __future__ import annotations

from bot.ckan import actions
from bot.ckan.caches import Caches
from bot.ckan.faults import CKANAPIError
from bot.ckan.models import Deed, moment_of
from bot.ckan.together import together
from bot.ckan.transport import Site

SHOWN = 20
"""Activities that are told, the newest."""


async def deeds_of(site: Site, package_id: str, caches: Caches) -> tuple[Deed, ...]:
    """The newest activities, each with its person's name. Raises ckanapi's errors."""
    found = await actions.package_activity_list(site, package_id, limit=SHOWN)
    ids = list(dict.fromkeys(one.user_id for one in found))
    names = dict(zip(ids, await together(*(_name(site, one, caches) for one in ids)), strict=True))
    return tuple(
        Deed(at, names[one.user_id], one.kind) for one in found if (at := moment_of(one.timestamp))
    )


async def _name(site: Site, user_id: str, caches: Caches) -> str:
    try:
        user = await caches.people.get(
            f"{site.catalogue} {user_id}", lambda: actions.user_show(site, user_id)
        )
    except CKANAPIError:
        return ""
    return user.fullname or user.name
