"""Who changed a record, where the catalogue's activities tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.ckan.actions import package_activity_list, user_show
from bot.ckan.faults import CKANAPIError
from bot.ckan.together import together
from bot.ckan.transport import Site

LOOKED_AT: Final = 20
"""Activities of a record that are looked through."""
AT_ONCE: Final = 20
"""Records of which it is asked in one go; of more than that, a bulk load, nobody is named."""


async def authors(site: Site, since: Mapping[str, str]) -> dict[str, str]:
    """The user name of the one person who changed each of these records, where there is one.

    `since` has the time, as CKAN writes it, up to which each record was known, by its id. Nothing
    is raised: what the catalogue does not tell is nobody.
    """
    if not 0 < len(since) <= AT_ONCE:
        return {}
    asked = await together(*(_author(site, key, moment) for key, moment in since.items()))
    ids = sorted(set(filter(None, asked)))
    names = dict(zip(ids, await together(*(_name(site, one) for one in ids)), strict=True))
    by_record = zip(since, asked, strict=True)
    return {key: name for key, user_id in by_record if (name := names.get(user_id))}


async def _author(site: Site, package_id: str, since: str) -> str:
    """The id of the one user who changed a record; "" of nobody, or of several."""
    try:
        activities = await package_activity_list(site, package_id, limit=LOOKED_AT)
    except CKANAPIError:
        return ""
    if not since:
        return activities[0].user_id if activities else ""
    later = [one for one in activities if one.timestamp >= since]
    # An activity is written when its save ends: the first of these is that of the known save.
    if len(later) > 1:
        later.pop()
    users = {one.user_id for one in later}
    return users.pop() if len(users) == 1 else ""


async def _name(site: Site, user_id: str) -> str:
    try:
        return (await user_show(site, user_id)).name
    except CKANAPIError:
        return ""
