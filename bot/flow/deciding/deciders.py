"""Who may decide on a change: asked of the catalogue, with that person's own key.

Admins of the organization that owns the record, and sysadmins (`organization_list_for_user` with
the permission `admin`).
"""

from __future__ import annotations

from collections.abc import Callable

from pydantic import SecretStr

from bot.change import WriteKind
from bot.ckan.actions import package_show
from bot.ckan.faults import NotAuthorized, NotFound
from bot.ckan.standing import Standing, standing_of
from bot.ckan.transport import Site
from bot.context import Person
from bot.errors import GoneError, NotAllowedError, NotConnectedError
from bot.flow.people import Clock
from bot.store.keys import Keys
from bot.store.stored import StoredChange
from bot.text import _


class Deciders:
    """Asks the catalogue about people."""

    def __init__(
        self, keys: Keys, sites: Callable[[str, SecretStr | None], Site], clock: Clock
    ) -> None:
        self._keys = keys
        self._sites = sites
        self._clock = clock

    async def standing(self, change: StoredChange, person: Person) -> Standing:
        """Who a person is in the catalogue just now, with the right to approve the change.

        Raises UserError with the reason for one who has none, CKANAPIError as ckanapi does.
        """
        binding = await self._keys.get(person, change.catalogue)
        if binding is None:
            raise without_key(change.catalogue)
        site = self._sites(change.catalogue, binding.secret)
        standing = await standing_of(site)
        if standing is None:
            await self._keys.mark_dead(person, change.catalogue, self._clock())
            raise NotConnectedError(
                _("The catalogue no longer knows your key. Type /bcdc connect, then decide again.")
            )
        owner_org = await _owner_now(site, change)
        if not standing.rights.may_approve(owner_org):
            names = ", ".join(admin.name for admin in change.facts.admins)
            raise NotAllowedError(
                _("Only an admin of {organization} may decide on this. {whom}")
                .format(
                    organization=change.facts.organization or _("the organization"),
                    whom=_("Its admins: {names}.").format(names=names) if names else "",
                )
                .strip()
            )
        return standing


def without_key(catalogue: str) -> NotConnectedError:
    """Somebody whom the catalogue cannot be asked about."""
    return NotConnectedError(
        _(
            "To decide here the bot needs your own key for {catalogue}: type /bcdc connect,"
            " then press the button again."
        ).format(catalogue=catalogue)
    )


async def _owner_now(site: Site, change: StoredChange) -> str:
    """The organization that owns the record at this moment."""
    first = change.writes[0].write
    if first.kind is WriteKind.CREATE_PACKAGE:
        return change.facts.organization_id
    try:
        return (await package_show(site, first.package_id)).owner_org
    except (NotFound, NotAuthorized):
        raise GoneError(_("The record is gone, so there is nothing to decide.")) from None
