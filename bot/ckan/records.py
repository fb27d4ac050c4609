"""Records and resources by id, name, title or link, as one person may read them.

Every answer passes `bot.ckan.visibility`; what is hidden is told in the words of what is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.ckan import actions
from bot.ckan.faults import NotFound
from bot.ckan.links import Reference
from bot.ckan.models import Listing, Package, Resource
from bot.ckan.search import OFFERED, nearest, phrase, plain, query_words, said
from bot.ckan.transport import Site
from bot.ckan.visibility import Viewer, as_seen
from bot.errors import NotFoundError, Option, UnsureError
from bot.text import _

ORDER: Final = "score desc, metadata_modified desc, name asc"
"""The catalogue's own order, in which equals keep their places from page to page."""
LOOKED_AT: Final = 100
"""Records that are looked at for a title."""


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one catalogue for one viewer.

    All raise ckanapi's errors, `NotAuthorized` among them, which may mean that the key died.
    """

    site: Site
    viewer: Viewer

    async def show(self, name_or_id: str) -> Package | None:
        """The record of that id or name."""
        if not name_or_id:
            return None
        try:
            return as_seen(await actions.package_show(self.site, name_or_id), self.viewer)
        except NotFound:
            return None

    async def show_resource(self, resource_id: str) -> tuple[Package, Resource] | None:
        """The resource of that id, with its record."""
        if not resource_id:
            return None
        try:
            package_id = (await actions.resource_show(self.site, resource_id)).package_id
        except NotFound:
            return None
        package = await self.show(package_id)
        resource = package.resource(resource_id) if package else None
        return (package, resource) if package and resource else None

    async def exact(self, wanted: Reference) -> Package | None:
        """The record that an id, a name or a link names."""
        if wanted.resource:
            found = await self.show_resource(wanted.resource)
            return found[0] if found else None
        return await self.show(wanted.package)

    async def search(
        self,
        *,
        text: str = "",
        first: Package | None = None,
        organizations: Sequence[str] = (),
        state: str = "",
        page: int = 1,
        size: int,
    ) -> Listing:
        """One page of the records that fit, in the catalogue's order, `first` before all others.

        A page beyond the end is the last one.
        """
        start = max(0, (page - 1) * size)
        ahead = 1 if first else 0
        result = await self._ask(text, first, organizations, state, start=start, size=size)
        total = result.count + ahead
        if start >= total > 0:
            start = (total - 1) // size * size
            result = await self._ask(text, first, organizations, state, start=start, size=size)
        seen = [as_seen(package, self.viewer) for package in result.packages]
        shown = [package for package in seen if package is not None]
        if first and start == 0:
            shown = [first, *shown]
        return Listing(tuple(shown[:size]), start + 1, total)

    async def _ask(
        self,
        text: str,
        first: Package | None,
        organizations: Sequence[str],
        state: str,
        *,
        start: int,
        size: int,
    ) -> actions.SearchResult:
        words = query_words(text)
        filters = [f"publish_state:{phrase(state)}"] if state else []
        if organizations:
            ids = " OR ".join(f'"{one}"' for one in organizations)
            filters.append(f"owner_org:({ids})")
        filters += [f'-id:"{first.id}"'] if first else []
        return await actions.package_search(
            self.site,
            q=words,
            fq=" ".join(f"+{one}" if one[0] != "-" else one for one in filters),
            sort=ORDER,
            rows=size,
            start=max(0, start - 1) if first else start,
            include_private=self.site.key is not None,
        )

    async def _like(self, text: str) -> Listing:
        if not query_words(text):
            return Listing((), 1, 0)
        return await self.search(text=text, size=LOOKED_AT)

    async def by_title(self, text: str) -> Package:
        """The one record of that title.

        Raises UnsureError when there are several or none quite, NotFoundError when none is near.
        """
        listing = await self._like(text)
        titled = [one for one in listing.packages if plain(one.title) == plain(text)]
        if len(titled) == 1:
            found = await self.show(titled[0].id)
            if found:
                return found
        options = titled or best_like(text, listing.packages)
        raise _unsure(
            _("There is no record “{name}” that you may see.").format(name=said(text)),
            _("Which record do you mean by “{name}”?").format(name=said(text)),
            text,
            [Option(one.id, one.title, one.organization_title or one.name) for one in options],
            several=bool(titled),
        )

    async def resource_by_title(self, text: str) -> tuple[Package, Resource]:
        """The one resource of that name, with its record. Raises as `by_title`."""
        listing = await self._like(text)
        pairs = [(one, resource) for one in listing.packages for resource in one.resources]
        titled = [pair for pair in pairs if plain(pair[1].title) == plain(text)]
        if len(titled) == 1:
            return titled[0]
        words = set(plain(text).split())
        part = [pair for pair in pairs if words and words <= set(plain(pair[1].title).split())]
        raise _unsure(
            _("There is no resource “{name}” that you may see.").format(name=said(text)),
            _("Which resource do you mean by “{name}”?").format(name=said(text)),
            text,
            [Option(found.id, found.title, of.title) for of, found in (titled or part)],
            several=bool(titled),
        )


def best_like(text: str, packages: Sequence[Package]) -> list[Package]:
    """The records whose titles are most like the text, best first."""
    by_id = {package.id: package for package in packages}
    titles = {package.id: package.title for package in packages}
    return [by_id[key] for key in nearest(text, titles)]


def _unsure(
    none: str, which: str, text: str, options: Sequence[Option], *, several: bool
) -> NotFoundError:
    if not options:
        return NotFoundError(none)
    sentence = which if several else none + " " + _("Did you mean one of these?")
    return UnsureError(sentence, text, tuple(options[:OFFERED]), guess=not several)
