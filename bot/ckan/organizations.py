"""Ministries and branches, as one person may read them (docs/catalogue.md, "Organizations")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.ckan import actions
from bot.ckan.caches import Caches
from bot.ckan.faults import NotAuthorized, NotFound
from bot.ckan.models import Capabilities, Member, Organization, User
from bot.ckan.search import OFFERED, Rank, best, nearest, rank, said
from bot.ckan.together import together
from bot.ckan.transport import Site
from bot.errors import NotFoundError, Option, UnsureError
from bot.text import _, clean


@dataclass(frozen=True, slots=True)
class Organizations:
    """The tree, which is the same for all, and what is of one person's own."""

    site: Site
    anyone: Site
    caches: Caches

    async def ask_tree(self, capabilities: Capabilities) -> tuple[Organization, ...]:
        """Every organization with its parent, from the catalogue."""
        if capabilities.has("organization_or_group_list_related"):
            return await actions.organization_or_group_list_related(self.anyone)
        rows = [row async for row in actions.organization_list(self.anyone)]
        titles = {row.name: row.title for row in rows}
        return tuple(replace(row, parent_title=titles.get(row.parent_name, "")) for row in rows)

    async def find(
        self, tree: Sequence[Organization], text: str, name: str, limit: int
    ) -> list[Organization]:
        """Organizations that fit, best first, counting the records this person can find."""
        found = best(tree, text)[:limit] or await self._new(text, name, limit)
        shown = await together(*(self._current(row, tree) for row in found))
        return [row for row in shown if row is not None]

    def named(self, tree: Sequence[Organization], text: str, name: str) -> Organization:
        """The one organization of that id, name or title.

        Raises UnsureError when there are several or none quite, NotFoundError when none is near.
        """
        name = name or clean(text)
        ranked = best(tree, name)
        for certain in (Rank.NAME, Rank.TITLE):
            exact = [row for row in ranked if rank(row, name) is certain]
            if len(exact) == 1:
                return exact[0]
            if exact:
                ranked = exact
                break
        if len(ranked) == 1:
            return ranked[0]
        if ranked:
            raise UnsureError(
                _("Which organization do you mean by “{name}”?").format(name=said(text)),
                text,
                tuple(map(option, ranked[:OFFERED])),
            )
        by_id = {row.id: row for row in tree}
        near = [by_id[key] for key in nearest(name, {row.id: row.title for row in tree})]
        sentence = _("There is no organization “{name}”.").format(name=said(text))
        if near:
            sentence += " " + _("Did you mean one of these?")
            raise UnsureError(sentence, text, tuple(map(option, near)), guess=True)
        raise NotFoundError(sentence)

    async def editors(
        self, organization: Organization, tree: Sequence[Organization]
    ) -> tuple[Member, ...]:
        """Who may edit and approve there: its own people, and the admins of what it belongs to.

        Raises NotAuthorized for somebody without a key. Admins pass down, editors do not.
        """
        above = [row for row in tree if row.name == organization.parent_name]
        asked: list[tuple[Organization, actions.Capacity]] = [
            (organization, "admin"),
            (organization, "editor"),
            *((row, "admin") for row in above),
        ]
        lists = await together(
            *(actions.member_list(self.site, row.id, role) for row, role in asked)
        )
        ids = [user_id for found in lists for user_id in found]
        users = dict(
            zip(ids, await together(*(self._user(user_id) for user_id in ids)), strict=True)
        )
        return tuple(
            Member(users[user_id], role, row)
            for (row, role), found in zip(asked, lists, strict=True)
            for user_id in found
        )

    async def _user(self, user_id: str) -> User:
        return await self.caches.people.get(
            f"{self.site.catalogue} {user_id}", lambda: actions.user_show(self.site, user_id)
        )

    async def _new(self, text: str, name: str, limit: int) -> list[Organization]:
        """What is not in the tree yet: an organization of the last minutes, by part or by id."""
        found = await actions.organization_autocomplete(self.anyone, text, limit=limit)
        if found:
            return best(found, text) or list(found)
        return [Organization(id=name, name=name, title="")] if name else []

    async def _current(
        self, organization: Organization, tree: Sequence[Organization]
    ) -> Organization | None:
        try:
            now = await actions.organization_show(self.site, organization.id)
        except (NotFound, NotAuthorized):
            return None
        titles = {row.name: row.title for row in tree}
        return replace(now, parent_title=titles.get(now.parent_name, ""))


def counted(tree: Sequence[Organization], counts: Mapping[str, int]) -> tuple[Organization, ...]:
    """The tree with the number of records each organization has itself."""
    return tuple(replace(row, package_count=counts.get(row.name, 0)) for row in tree)


def option(organization: Organization) -> Option:
    """An organization as a choice; its parent tells branches of one title apart."""
    about = organization.parent_title or organization.name
    return Option(organization.id, organization.title, about)
