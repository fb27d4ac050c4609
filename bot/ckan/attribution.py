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
    asked = await together(*(_users(site, key, moment) for key, moment in since.items()))
    by_record = dict(zip(since, asked, strict=True))
    ids = sorted({next(iter(users)) for users in asked if len(users) == 1})
    names = dict(zip(ids, await together(*(_name(site, one) for one in ids)), strict=True))
    found = {key: names[next(iter(users))] for key, users in by_record.items() if len(users) == 1}
    return {key: name for key, name in found.items() if name}


async def _users(site: Site, package_id: str, since: str) -> frozenset[str]:
    try:
        activities = await package_activity_list(site, package_id, limit=LOOKED_AT)
    except CKANAPIError:
        return frozenset()
    if not since:
        return frozenset(one.user_id for one in activities[:1])
    later = [one for one in activities if one.timestamp >= since]
    # An activity is written when its save ends: the first of these is that of the known save.
    if len(later) > 1:
        later.pop()
    return frozenset(one.user_id for one in later)


async def _name(site: Site, user_id: str) -> str:
    try:
        return (await user_show(site, user_id)).name
    except CKANAPIError:
        return ""
