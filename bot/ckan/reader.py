"""What one person may read of one catalogue.

Every answer passes `bot.ckan.visibility`, so nobody who uses a reader can show what its person may
not see; what is hidden is told in the words of what is not there.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bot.ckan import actions
from bot.ckan.explain import explain
from bot.ckan.faults import ActionFailed, CKANAPIError, NotAuthorized, NotFound
from bot.ckan.links import Reference, parse_reference
from bot.ckan.models import Capabilities, Organization, Package, Resource, Rights, User
from bot.ckan.search import best, query_words
from bot.ckan.visibility import Viewer, as_seen
from bot.context import Found
from bot.errors import NotConnectedError, NotFoundError, UserError
from bot.text import _, clean, shorten

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator, Sequence

    from bot.ckan.caches import Caches
    from bot.ckan.schema import Schema
    from bot.ckan.transport import Site

T = TypeVar("T")

PROBED: Final = (
    "api_token_create",
    "api_token_revoke",
    "organization_or_group_list_related",
    "package_activity_list",
    "package_revise",
    "scheming_dataset_schema_show",
    "whoami",
)
"""Actions that not every catalogue has."""


async def fresh_whoami(site: Site) -> str:
    """The name of the user the key belongs to, asked just now; "" for a key that died.

    Raises ckanapi's errors. `whoami` is BCDC's own; elsewhere CKAN 2.10 and later tell it by
    `user_show`.
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


class CatalogueReader:
    """Reads a catalogue with one person's key, or none; implements `bot.context.Reader`."""

    def __init__(self, site: Site, caches: Caches) -> None:
        self._site = site
        # What is the same for all is asked for without a key, and remembered for all.
        self._anyone = site.transport.site(site.catalogue)
        self._caches = caches

    @property
    def catalogue(self) -> str:
        """The catalogue's name in the settings."""
        return self._site.catalogue

    @property
    def url(self) -> str:
        """The catalogue's address."""
        return self._site.url

    async def capabilities(self) -> Capabilities:
        """What the catalogue can do, remembered for an hour."""
        with _told():
            return await self._caches.capabilities.get(self.catalogue, self._probe)

    async def schema(self) -> Schema:
        """The live schema of records, remembered for ten minutes."""
        with _told():
            return await self._caches.schemas.get(
                self.catalogue, lambda: actions.scheming_dataset_schema_show(self._anyone)
            )

    def known_schema(self) -> Schema | None:
        """The schema if this process holds it, without asking the catalogue."""
        return self._caches.schemas.peek(self.catalogue)

    async def user(self) -> User | None:
        """The person the key belongs to, checked every few minutes; None without a key.

        Raises `NotConnectedError` when the key has died, which CKAN itself never says.
        """
        if self._site.key is None:
            return None
        with _told():
            return await self._caches.users.get(self._site.fingerprint, self._ask_user)

    async def rights(self) -> Rights:
        """Where the person may edit and approve; nowhere without a key."""
        user = await self.user()
        if user is None:
            return Rights()
        with _told():
            return await self._caches.rights.get(
                self._site.fingerprint, lambda: self._ask_rights(user)
            )

    async def package(self, name_or_id: str) -> Package:
        """A record by id, name or link, without the contacts that are not for this person."""
        wanted = self._reference(name_or_id)
        viewer = await self._viewer()
        with _told():
            package = await self._show(wanted.package, viewer)
        if package is None:
            raise NotFoundError(_no_record(name_or_id))
        return package

    async def resource(self, resource_id: str) -> tuple[Package, Resource]:
        """A resource by id or link, with the record it belongs to."""
        wanted = self._reference(resource_id)
        viewer = await self._viewer()
        with _told():
            found = await self._show_resource(wanted.resource or wanted.package, viewer)
        if found is None:
            raise NotFoundError(
                _("There is no resource “{name}” that you may see.").format(name=_said(resource_id))
            )
        return found

    async def find_packages(self, text: str, *, limit: int = 20) -> Sequence[Package]:
        """Records with these words, the one with exactly this id, name or title first."""
        wanted = self._reference(text)
        viewer = await self._viewer()
        with _told():
            exact = await self._named(wanted, viewer)
            if wanted.catalogue:
                return [exact] if exact else []
            words = query_words(text)
            if not words:
                return [exact] if exact else []
            result = await actions.package_search(
                self._site, q=words, rows=limit, include_private=self._site.key is not None
            )
        seen = [exact] if exact else []
        for package in result.packages:
            shown = as_seen(package, viewer)
            if shown is not None and all(shown.id != other.id for other in seen):
                seen.append(shown)
        seen.sort(key=lambda row: (row is not exact, query_words(row.title) != words))
        return seen[:limit]

    async def organizations(self) -> Sequence[Organization]:
        """All organizations with their parents, remembered for a quarter of an hour."""
        with _told():
            return await self._tree()

    async def find_organizations(self, text: str, *, limit: int = 8) -> Sequence[Found]:
        """Organizations by id, name, title, link or a part of these, best first."""
        text = self._reference(text).organization or clean(text)
        rights = await self.rights()
        with _told():
            tree = await self._tree()
            found = best(tree, text)[:limit] or await self._new_organizations(text, limit)
            shown = await _together(*(self._current(row, tree) for row in found))
        return [Found(row, _role(rights, row.id)) for row in shown if row is not None]

    def _reference(self, text: str) -> Reference:
        """What was named; a link must lead to this reader's catalogue."""
        reference = parse_reference(text, self._site.transport.catalogues)
        if reference.catalogue in {"", self.catalogue}:
            return reference
        raise NotFoundError(
            _(
                "That link leads to the catalogue “{theirs}”, and you are working in “{ours}”."
                " Type /bcdc use {theirs} first."
            ).format(theirs=reference.catalogue, ours=self.catalogue)
        )

    async def _viewer(self) -> Viewer:
        """The person as an audience; tells a dead key first, or it would read as "not found"."""
        return Viewer(None if self._site.key is None else await self.rights())

    async def _show(self, name_or_id: str, viewer: Viewer) -> Package | None:
        if not name_or_id:
            return None
        try:
            return as_seen(await actions.package_show(self._site, name_or_id), viewer)
        except NotFound:
            return None
        except NotAuthorized:
            await self._check_key()
            return None

    async def _show_resource(
        self, resource_id: str, viewer: Viewer
    ) -> tuple[Package, Resource] | None:
        if not resource_id:
            return None
        try:
            package_id = (await actions.resource_show(self._site, resource_id)).package_id
        except NotFound:
            return None
        except NotAuthorized:
            await self._check_key()
            return None
        package = await self._show(package_id, viewer)
        resource = package.resource(resource_id) if package else None
        return (package, resource) if package and resource else None

    async def _named(self, wanted: Reference, viewer: Viewer) -> Package | None:
        if wanted.resource:
            found = await self._show_resource(wanted.resource, viewer)
            return found[0] if found else None
        return await self._show(wanted.package, viewer)

    async def _check_key(self) -> None:
        """After a refusal: was it the key that died?"""
        self._caches.forget_key(self._site.fingerprint)
        await self.user()

    async def _ask_user(self) -> User:
        name = await fresh_whoami(self._site)
        if not name:
            self._caches.forget_key(self._site.fingerprint)
            raise NotConnectedError(
                _(
                    "The catalogue no longer knows your key: it was replaced or has expired."
                    " Type /bcdc connect to give the new one."
                )
            )
        return await actions.user_show(self._site, name)

    async def _ask_rights(self, user: User) -> Rights:
        admin, editor = await _together(
            actions.organization_list_for_user(self._site, "admin"),
            actions.organization_list_for_user(self._site, "create_dataset"),
        )
        approves = frozenset(row.id for row in admin)
        edits = frozenset(row.id for row in editor)
        return Rights(admin=approves, editor=edits | approves, sysadmin=user.sysadmin)

    async def _probe(self) -> Capabilities:
        version = await actions.status_show(self._anyone)
        present = await _together(*(actions.help_show(self._anyone, name) for name in PROBED))
        has = frozenset(name for name, there in zip(PROBED, present, strict=True) if there)
        return Capabilities(version=version, actions=has)

    async def _tree(self) -> tuple[Organization, ...]:
        return await self._caches.organizations.get(self.catalogue, self._ask_tree)

    async def _ask_tree(self) -> tuple[Organization, ...]:
        if (await self.capabilities()).has("organization_or_group_list_related"):
            return await actions.organization_or_group_list_related(self._anyone)
        rows = [row async for row in actions.organization_list(self._anyone)]
        titles = {row.name: row.title for row in rows}
        return tuple(replace(row, parent_title=titles.get(row.parent_name, "")) for row in rows)

    async def _new_organizations(self, text: str, limit: int) -> list[Organization]:
        """What is not in the tree yet: an organization of the last minutes, by part or by id."""
        found = await actions.organization_autocomplete(self._anyone, text, limit=limit)
        if found:
            return best(found, text) or list(found)
        name = self._reference(text).package
        return [Organization(id=name, name=name, title="")] if name else []

    async def _current(
        self, organization: Organization, tree: Sequence[Organization]
    ) -> Organization | None:
        """The organization as this person sees it now, counting the records they can find."""
        try:
            now = await actions.organization_show(self._site, organization.id)
        except (NotFound, NotAuthorized):
            return None
        titles = {row.name: row.title for row in tree}
        return replace(now, parent_title=titles.get(now.parent_name, ""))


@contextmanager
def _told() -> Iterator[None]:
    """Turn the catalogue's errors into the sentence a person reads."""
    try:
        yield
    except CKANAPIError as error:
        told: UserError = explain(error)
    else:
        return
    raise told


async def _together(*reads: Coroutine[Any, Any, T]) -> list[T]:
    """What the reads answer; when one fails the others end with it, and its error is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(read) for read in reads]
    except ExceptionGroup as failed:
        first = failed.exceptions[0]
    else:
        return [task.result() for task in tasks]
    raise first


def _role(rights: Rights, organization_id: str) -> str:
    if rights.may_approve(organization_id):
        return "admin"
    return "editor" if rights.may_edit(organization_id) else ""


def _no_record(name_or_id: str) -> str:
    return _("There is no record “{name}” that you may see.").format(name=_said(name_or_id))


def _said(text: str) -> str:
    return shorten(" ".join(clean(text).split()), 80)
