"""What one person may read of one catalogue.

Every answer passes `bot.ckan.visibility`, so nobody who uses a reader can show what its person may
not see; what is hidden is told in the words of what is not there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Final, TypeVar

from bot.ckan import actions
from bot.ckan.caches import Caches, Remembered
from bot.ckan.deeds import deeds_of
from bot.ckan.explain import explain
from bot.ckan.faults import (
    CatalogueUnavailable,
    CKANAPIError,
    NotAuthorized,
)
from bot.ckan.links import Reference, is_id, parse_reference
from bot.ckan.live import live_schema
from bot.ckan.models import (
    Capabilities,
    Deed,
    Listing,
    Member,
    Organization,
    Package,
    Resource,
    Rights,
    User,
)
from bot.ckan.offered import choices_of
from bot.ckan.organizations import Organizations
from bot.ckan.records import Records
from bot.ckan.schema import Choice, Schema
from bot.ckan.search import best, query_words, said
from bot.ckan.standing import fresh_whoami, rights_of
from bot.ckan.together import together
from bot.ckan.transport import Site
from bot.ckan.visibility import Viewer
from bot.context import Found
from bot.errors import CatalogueError, NotConnectedError, NotFoundError, UserError
from bot.text import _, clean

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
IMPATIENT: Final = 4.0
"""Seconds a catalogue is given for what is known from before."""


class CatalogueReader:
    """Reads a catalogue with one person's key, or none; implements `bot.context.Reader`."""

    def __init__(self, site: Site, caches: Caches) -> None:
        self._site = site
        # What is the same for all is asked for without a key, and remembered for all.
        self._anyone = site.transport.site(site.catalogue)
        self._caches = caches
        self.age: float | None = None
        """How many seconds ago the oldest of what was answered was read; None for just now."""

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

    @asynccontextmanager
    async def opened(self, address: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of a file in this catalogue. Raises CatalogueError when it does not send it."""
        with _told():
            async with self._site.opened(address) as chunks:
                yield chunks

    async def schema(self) -> Schema:
        """The live schema of records, remembered for ten minutes, and longer as `organizations`."""
        with _told():
            return await self._kept(self._caches.schemas, lambda: live_schema(self._anyone))

    async def reach(self) -> str:
        """CKAN's version, asked just now; the error says why there is no answer."""
        with _told():
            return await actions.status_show(self._anyone)

    async def choices(self) -> Mapping[str, tuple[Choice, ...]]:
        """Organizations and licences by the field that takes them, which the schema leaves out."""
        tree = await self.organizations()
        with _told():
            return choices_of(
                tree, await self._caches.licenses.get(self.catalogue, self._ask_licences)
            )

    def known_choices(self) -> Mapping[str, tuple[Choice, ...]]:
        """The same as far as this process holds it, without asking the catalogue."""
        return choices_of(
            self._caches.organizations.peek(self.catalogue) or (),
            self._caches.licenses.peek(self.catalogue) or (),
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

    async def check_key(self) -> None:
        """Ask just now whether the key still lives. Raises `NotConnectedError` when it has died."""
        with _told():
            if self._site.key is not None and not await fresh_whoami(self._site):
                raise self._died()

    async def rights(self) -> Rights:
        """Where the person may edit and approve; nowhere without a key."""
        user = await self.user()
        if user is None:
            return Rights()
        with _told():
            return await self._caches.rights.get(
                self._site.fingerprint, lambda: rights_of(self._site, user)
            )

    async def package(self, name_or_id: str) -> Package:
        """A record by id, name, link or title, without contacts that are not for this person.

        Raises UnsureError with what may be meant when it is none of these.
        """
        wanted = self._reference(name_or_id)
        with _told():
            records = await self._records()
            package = await self._allowed(records.exact(wanted))
            if package is None:
                async with self._surely():
                    if not wanted.catalogue:
                        return await records.by_title(name_or_id)
                    raise NotFoundError(
                        _("There is no record “{name}” that you may see.").format(
                            name=said(name_or_id)
                        )
                    )
        return package

    async def resource(self, resource_id: str) -> tuple[Package, Resource]:
        """A resource by id, link or name, with the record it belongs to. Raises as `package`."""
        wanted = self._reference(resource_id)
        with _told():
            records = await self._records()
            found = await self._allowed(records.show_resource(wanted.resource or wanted.package))
            if found is None:
                async with self._surely():
                    if not wanted.catalogue and not is_id(wanted.package):
                        return await records.resource_by_title(resource_id)
                    raise NotFoundError(
                        _("There is no resource “{name}” that you may see.").format(
                            name=said(resource_id)
                        )
                    )
        return found

    async def find_packages(self, text: str, *, page: int = 1, size: int = 20) -> Listing:
        """Records with these words in the catalogue's order, after the one of this id or name."""
        wanted = self._reference(text)
        with _told():
            records = await self._records()
            exact = await self._allowed(records.exact(wanted))
            if wanted.catalogue or not query_words(text):
                found = Listing((exact,), 1, 1) if exact else Listing((), 1, 0)
            else:
                found = await records.search(text=text, first=exact, page=page, size=size)
            return await self._sure(found)

    async def list_packages(
        self,
        organizations: Sequence[str],
        *,
        text: str = "",
        state: str = "",
        page: int = 1,
        size: int = 20,
    ) -> Listing:
        """Records of the organizations with these ids, in the catalogue's order.

        `state` is a publish state. A page beyond the end is the last one.
        """
        if not organizations:
            return Listing((), 1, 0)
        with _told():
            records = await self._records()
            return await self._sure(
                await records.search(
                    text=text, organizations=organizations, state=state, page=page, size=size
                )
            )

    async def organizations(self) -> Sequence[Organization]:
        """All organizations with their parents, remembered for a quarter of an hour.

        Where the catalogue does not answer: as it last did, and `age` says when that was.
        """
        with _told():
            return await self._kept(self._caches.organizations, self._ask_tree)

    async def organization(self, text: str) -> Organization:
        """The organization of that id, name, title or link. Raises as `package`."""
        name = self._reference(text).organization
        return self._bodies.named(await self.organizations(), text, name)

    async def organization_counts(self) -> Mapping[str, int]:
        """How many records this person finds in each organization, by its name."""
        await self._viewer()
        with _told():
            return await actions.package_counts(
                self._site, include_private=self._site.key is not None
            )

    async def deeds(self, package: Package) -> Sequence[Deed]:
        """What the catalogue's own activities tell of a record that this person may see."""
        if not (await self.capabilities()).has("package_activity_list"):
            return ()
        with _told():
            return await self._allowed(deeds_of(self._site, package.id, self._caches)) or ()

    async def editors(self, organization: Organization) -> Sequence[Member]:
        """Who may edit and approve there, the admins of its ministry among them."""
        tree = await self.organizations()
        with _told():
            try:
                return await self._bodies.editors(organization, tree)
            except NotAuthorized:
                await self._check_key()
                raise

    async def find_organizations(self, text: str, *, limit: int = 8) -> Sequence[Found]:
        """Organizations by id, name, title, link or a part of these, best first."""
        reference = self._reference(text)
        text = reference.organization or clean(text)
        tree = await self.organizations()
        with _told():
            try:
                rights = await self.rights()
                found = await self._bodies.find(tree, text, reference.package, limit)
            except (CatalogueUnavailable, CatalogueError):
                rights, found = Rights(), best(tree, text)[:limit]
                last = self._caches.organizations.last(self.catalogue)
                if not found or last is None:
                    raise
                self.age = last.age
        return [Found(row, _role(rights, row.id)) for row in found]

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

    async def _records(self) -> Records:
        return Records(self._site, await self._viewer())

    async def _allowed(self, asked: Awaitable[T | None]) -> T | None:
        """What was asked for; None where the catalogue refuses it, unless the key has died."""
        try:
            return await asked
        except NotAuthorized:
            await self._check_key()
            return None

    async def _ask_tree(self) -> tuple[Organization, ...]:
        capabilities = await self._caches.capabilities.get(self.catalogue, self._probe)
        return await self._bodies.ask_tree(capabilities)

    @property
    def _bodies(self) -> Organizations:
        return Organizations(self._site, self._anyone, self._caches)

    async def _kept(self, remembered: Remembered[T], load: Callable[[], Awaitable[T]]) -> T:
        """What is remembered, loaded, or as it last was where the catalogue does not answer."""
        last = remembered.last(self.catalogue)
        try:
            async with asyncio.timeout(IMPATIENT if last else None):
                return await remembered.get(self.catalogue, load)
        except (CatalogueUnavailable, TimeoutError):
            if last is None:
                raise
        self.age = max(self.age or 0, last.age)
        return last.value

    async def _sure(self, found: Listing) -> Listing:
        """A list, once it is known that it is not empty because the key has died."""
        if not found.total:
            await self.check_key()
        return found

    @asynccontextmanager
    async def _surely(self) -> AsyncIterator[None]:
        """Tell a dead key before “not found”: the catalogue takes it for nobody's, silently."""
        try:
            yield
        except NotFoundError:
            await self.check_key()
            raise

    async def _check_key(self) -> None:
        """After a refusal: was it the key that died?"""
        self._caches.forget_key(self._site.fingerprint)
        await self.user()

    async def _ask_user(self) -> User:
        name = await fresh_whoami(self._site)
        if not name:
            raise self._died()
        return await actions.user_show(self._site, name)

    def _died(self) -> NotConnectedError:
        self._caches.forget_key(self._site.fingerprint)
        return NotConnectedError(
            _(
                "The catalogue no longer knows your key: it was replaced or has expired."
                " Type /bcdc connect to give the new one."
            ),
            self.catalogue,
        )

    async def _ask_licences(self) -> tuple[Choice, ...]:
        rows = await actions.license_list(self._anyone)
        return tuple(Choice(row.id, row.title or row.id) for row in rows)

    async def _probe(self) -> Capabilities:
        version = await actions.status_show(self._anyone)
        present = await together(*(actions.help_show(self._anyone, name) for name in PROBED))
        has = frozenset(name for name, there in zip(PROBED, present, strict=True) if there)
        return Capabilities(version=version, actions=has)


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


def _role(rights: Rights, organization_id: str) -> str:
    if rights.may_approve(organization_id):
        return "admin"
    return "editor" if rights.may_edit(organization_id) else ""
