"""The Home tab of one person: what waits, what is begun, how fresh the data is, whose keys.

Nothing on it is anybody else's. What the bot knows itself is told at once; with it filled in comes
what only the catalogue can tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from bot.answer import Entry, Fact, Go, placed_buttons
from bot.change import State
from bot.ckan.models import Rights
from bot.context import Context, Past, Person, Place
from bot.errors import NotConnectedError, UserError
from bot.faults import tell
from bot.flow.editing.lacking import lacking_in_form, lacking_in_record
from bot.flow.editing.preview import Previews
from bot.flow.editing.work import Working
from bot.flow.index.own_part import OwnParts, rights_in
from bot.flow.people import People, banner
from bot.notices.freshness import LATE, tally, today_at
from bot.notices.upkeep import counted
from bot.store.changes import Changes
from bot.store.index import Index
from bot.store.keys import Binding, Keys
from bot.store.names import Entry as Named
from bot.store.upkeep import Upkeeps
from bot.text import _, ngettext, shorten

SHOWN: Final = 3
"""Things that one part of Home shows; the verb under it shows all."""
COUNTED: Final = 100
"""Draft records that are looked for, to say how many more there are."""
PATIENCE: Final = 8.0
"""Seconds the catalogue is given to tell what drafts still need."""
NEEDS: Final = 4
"""Fields that are named where more are missing."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of Home under its own heading."""

    title: str
    entries: tuple[Entry, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class HomePage:
    """The whole tab: what can be begun with one press, then its parts."""

    headline: str
    starts: tuple[Go, ...] = ()
    sections: tuple[Section, ...] = ()
    note: str = ""


_Needs: TypeAlias = Mapping[str, tuple[str, ...]]
"""What is missing, by the id of the form or of the record that is not complete."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The person with what the bot remembers: rights as they last were, and the own keys.

    Rights that were not asked for a while count for nothing. `viewer` is who they are in the
    catalogue they use, "" for nobody there.
    """

    ctx: Context
    rights: Rights
    keys: tuple[Binding, ...]
    viewer: str


class Home:
    """Puts the tab together."""

    def __init__(
        self,
        *,
        people: People,
        changes: Changes,
        keys: Keys,
        index: Index,
        own_parts: OwnParts,
        upkeeps: Upkeeps,
        working: Working,
        previews: Previews,
    ) -> None:
        self._people = people
        self._changes = changes
        self._keys = keys
        self._index = index
        self._own_parts = own_parts
        self._upkeeps = upkeeps
        self._working = working
        self._previews = previews

    async def known(self, person: Person, place: Place) -> HomePage:
        """What the bot knows without asking anybody."""
        known = await self._known(person, place)
        return await self._page(known, {}) if known else _welcome()

    async def filled(self, person: Person, place: Place) -> HomePage:
        """The same with the rights of now, and what each draft still needs."""
        known = await self._known(person, place)
        if known is None:
            return _welcome()
        try:
            async with asyncio.timeout(PATIENCE):
                known = replace(known, rights=await known.ctx.ckan.rights())
                # Of who has just connected, or was long away, no draft is known yet.
                await self._own_parts.of(person, known.ctx.ckan.catalogue)
                needs = await self._needs(known)
        except NotConnectedError:
            known, needs = replace(known, rights=Rights(), viewer=""), {}
        except (UserError, TimeoutError):
            needs = {}
        return await self._page(known, needs)

    async def _known(self, person: Person, place: Place) -> _Known | None:
        try:
            ctx = await self._people.context(person, place)
            keys = await self._keys.all_of(person)
        except NotConnectedError:
            return None
        if not keys:
            return None
        alive = (one for one in keys if one.catalogue == ctx.ckan.catalogue and not one.dead_at)
        own = next(alive, None)
        part = await self._index.part(own.catalogue, own.user.id) if own else None
        return _Known(ctx, rights_in(part, ctx.now), keys, own.user.id if own else "")

    async def _page(self, known: _Known, needs: _Needs) -> HomePage:
        ctx = known.ctx
        mine = await ctx.ledger.pending()
        drafts = [one for one in mine if one.state is State.DRAFT]
        asked = [one for one in mine if one.state is not State.DRAFT]
        sections = [
            _to_decide(await ctx.ledger.to_decide(known.rights)),
            _drafts(drafts, await self._records(known), needs, ctx.ckan.catalogue),
            _requests(asked),
            await self._freshness(known),
            _recent(await ctx.ledger.recent(SHOWN)),
            _keys(ctx, known.keys),
        ]
        return HomePage(
            headline=_("Your work in the catalogue"),
            starts=_STARTS if ctx.account else (Go(_("Connect"), "connect", ""), *_READS),
            sections=tuple(one for one in sections if one),
            note=banner(ctx),
        )

    async def _records(self, known: _Known) -> list[Named]:
        """Draft records in the organizations where the person may edit, the newest first."""
        if not known.viewer or not known.rights.editor:
            return []
        return await self._index.drafts(
            known.ctx.ckan.catalogue, known.viewer, known.rights.editor, limit=COUNTED
        )

    async def _needs(self, known: _Known) -> _Needs:
        """What each draft that is shown still needs, by the id of the form or of the record."""
        forms = [
            one
            for one in await self._changes.pending_of(known.ctx.person)
            if one.state is State.DRAFT and one.catalogue == known.ctx.ckan.catalogue
        ]
        records = (await self._records(known))[:SHOWN]
        lacks = await asyncio.gather(
            *(lacking_in_form(self._working, self._previews, one) for one in forms[:SHOWN]),
            *(self._lacking(known.ctx, one.id) for one in records),
            return_exceptions=True,
        )
        ids = [one.id for one in forms[:SHOWN]] + [one.id for one in records]
        told: dict[str, tuple[str, ...]] = {}
        for key, lack in zip(ids, lacks, strict=True):
            if isinstance(lack, UserError):
                told[key] = (str(lack),)
            elif isinstance(lack, Exception):
                tell(lack, about=key)
            elif isinstance(lack, BaseException):
                raise lack
            else:
                told[key] = lack
        return told

    async def _lacking(self, ctx: Context, package_id: str) -> tuple[str, ...]:
        return await lacking_in_record(ctx, await ctx.ckan.package(package_id))

    async def _freshness(self, known: _Known) -> Section | None:
        """How the data of each organization stands where the person edits, the latest first."""
        catalogue, today = known.ctx.ckan.catalogue, today_at(known.ctx.now)
        if not known.viewer or not known.rights.editor:
            return None
        kept = await self._upkeeps.kept(
            catalogue, viewer=known.viewer, organizations=known.rights.editor
        )
        titles = await self._index.titles(catalogue)
        rows = []
        for key in sorted(known.rights.editor):
            counts = tally((one.promise for one in kept if one.owner_org == key), today)
            if told := counted(counts):
                rows.append((-sum(counts[one] for one in LATE), titles.get(key, key), key, told))
        if not rows:
            return None
        entries = tuple(
            Entry(
                title, text=told, buttons=(Go(_("Details"), "freshness", key, catalogue=catalogue),)
            )
            for _late, title, key, told in sorted(rows)[:SHOWN]
        )
        return Section(_("Freshness of your data"), entries, _more(len(rows)))


def _welcome() -> HomePage:
    return HomePage(
        _("Edit the BC Data Catalogue from Slack"),
        (Go(_("Connect"), "connect", ""), *_READS),
        note=_("First give the bot your API key, in a form that only you see."),
    )


def _to_decide(waiting: Sequence[Past]) -> Section | None:
    entries = tuple(
        Entry(
            one.title,
            facts=(Fact(_("Asked by"), one.person.user_id, person=True), Fact(_("Asked"), one.at)),
            buttons=(Go(_("Look and decide"), "change:view", one.id),),
        )
        for one in waiting[:SHOWN]
    )
    title = _("Waiting for you to decide")
    return Section(title, entries, _more(len(waiting))) if entries else None


def _drafts(
    forms: Sequence[Past], records: Sequence[Named], needs: _Needs, catalogue: str
) -> Section | None:
    begun = [
        Entry(
            one.title,
            text=_("A form you have not finished"),
            facts=_still(needs.get(one.id)),
            buttons=(
                Go(_("Continue"), "change:edit", one.id),
                Go(_("Drop"), "change:cancel", one.id),
            ),
        )
        for one in forms[:SHOWN]
    ]
    stored = [
        Entry(
            one.title,
            text=_("A draft record of {organization}").format(organization=one.about),
            facts=_still(needs.get(one.id)),
            buttons=placed_buttons(
                (
                    Go(_("Edit"), "patch-package", one.id),
                    Go(_("Show"), "show-package", one.id),
                    *((_publish(one.id),) if needs.get(one.id) == () else ()),
                ),
                catalogue,
            ),
        )
        for one in records[:SHOWN]
    ]
    if not begun and not stored:
        return None
    more = max(0, len(forms) - SHOWN) + max(0, len(records) - SHOWN)
    note = " ".join(filter(None, (_more(more + SHOWN), _ALL_DRAFTS if more else "")))
    return Section(_("Drafts"), (*begun, *stored), note)


def _publish(package_id: str) -> Go:
    return Go(_("Ask to publish"), "set-state", package_id, words="PENDING PUBLISH")


def _requests(asked: Sequence[Past]) -> Section | None:
    entries = tuple(
        Entry(one.title, text=_STANDS.get(one.state, ""), buttons=_waits(one))
        for one in asked[:SHOWN]
    )
    return Section(_("Your requests"), entries, _more(len(asked))) if entries else None


def _waits(one: Past) -> tuple[Go, ...]:
    match one.state:
        case State.PREVIEWED:
            look = Go(_("Check and apply"), "change:preview", one.id)
            return look, Go(_("Drop"), "change:cancel", one.id)
        case State.PENDING:
            return (Go(_("Withdraw"), "change:cancel", one.id),)
        case _:
            return ()


def _recent(done: Sequence[Past]) -> Section | None:
    entries = tuple(
        Entry(
            one.title,
            facts=(Fact(_ENDED.get(one.state, _("Changed")), one.at),),
            text=shorten(one.reason, 200),
            buttons=(Go(_("Undo"), "change:undo", one.id),) if one.undoable else (),
        )
        for one in done
    )
    return Section(_("What you changed last"), entries) if entries else None


def _keys(ctx: Context, keys: Sequence[Binding]) -> Section:
    bound = {one.catalogue: one for one in keys}
    entries = tuple(_key(ctx, name, bound.get(name)) for name in ctx.catalogues)
    return Section(_("Your catalogues and keys"), entries)


def _key(ctx: Context, name: str, binding: Binding | None) -> Entry:
    here = name == ctx.ckan.catalogue
    title = _("{name} (you work here)").format(name=name) if here else name
    use = () if here else (Go(_("Work here"), "use", name),)
    if binding is None:
        return Entry(
            title, text=_("No key of yours"), buttons=(Go(_("Connect"), "connect", name), *use)
        )
    if binding.dead_at is not None:
        dead = _("The catalogue no longer knows your key: give the new one.")
        return Entry(title, text=dead, buttons=(Go(_("Connect"), "connect", name), *use))
    facts = (
        Fact(_("Connected as"), binding.user.name, code=True),
        Fact(_("Since"), binding.bound_at),
    )
    return Entry(title, facts=facts, buttons=use or (Go(_("Your key"), "whoami", ""),))


def _still(labels: tuple[str, ...] | None) -> tuple[Fact, ...]:
    """What is missing in a few words; nothing while nobody knows."""
    if labels is None:
        return ()
    if not labels:
        return (Fact(_("Still needs"), _("nothing, it is complete")),)
    told = ", ".join(shorten(label, 60) for label in labels[:NEEDS])
    more = len(labels) - NEEDS
    if more > 0:
        told = ngettext("{names} and {n} more", "{names} and {n} more", more).format(
            names=told, n=more
        )
    return (Fact(_("Still needs"), told),)


def _more(number: int) -> str:
    left = number - SHOWN
    if left <= 0:
        return ""
    return ngettext("and {n} more", "and {n} more", left).format(n=left)


_STANDS = {
    State.PREVIEWED: _("Waits for you to apply it"),
    State.PENDING: _("Waits for others to approve it"),
    State.APPROVED: _("About to be applied"),
    State.APPLYING: _("Being applied now"),
}
_ENDED = {
    State.APPLIED: _("Changed"),
    State.FAILED: _("Not saved"),
    State.STALE: _("Not saved, since somebody else changed it"),
    State.REJECTED: _("Rejected"),
    State.WITHDRAWN: _("Withdrawn"),
}
_ALL_DRAFTS = _("(all: /bcdc pending, and /bcdc list-packages mine state:draft)")
_READS = (
    Go(_("Find a record"), "show-package", ""),
    Go(_("All commands"), "help", ""),
)
_STARTS = (
    Go(_("New record"), "create-package", ""),
    Go(_("Edit a record"), "patch-package", ""),
    Go(_("Add a file or link"), "create-resource", ""),
    Go(_("Replace a file"), "update-resource", ""),
    Go(_("My records"), "list-packages", "mine"),
    Go(_("What is late"), "freshness", "mine"),
    *_READS,
)
"""One press for each job."""
