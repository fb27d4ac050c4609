"""Sets, lists and ends what channels hear of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answer import Answer, Entry, Fact
from bot.change import Json
from bot.context import Context
from bot.errors import NotAllowedError, NotFoundError, UsageError
from bot.flow.people import connected
from bot.flow.teams.book import words_of
from bot.flow.teams.sights import Sights
from bot.flow.teams.telling import parents
from bot.flow.teams.told import Channels
from bot.notices.events import HEADLINES, Event
from bot.notices.filters import spoken
from bot.notices.rhythm import HOME_ZONE, Rhythm, zone_of
from bot.notices.rules import Rules
from bot.notices.upkeep import day
from bot.notices.wanted import ScopeKind, Wanted
from bot.setting import Subscribe, Unsubscribe
from bot.store import audit, people
from bot.store.columns import new_id
from bot.store.db import Database
from bot.store.events import Events
from bot.store.index import Index
from bot.store.subscriptions import Subscription, Subscriptions, rule
from bot.text import _, ngettext

BACK: Final = timedelta(days=30)
"""How far a dry run looks back."""
LISTED: Final = 20


class Subscribing:
    """Keeps the settings of the verbs about subscriptions."""

    def __init__(
        self,
        *,
        db: Database,
        subscriptions: Subscriptions,
        events: Events,
        index: Index,
        sights: Sights,
        channels: Channels,
        subscribers: str,
    ) -> None:
        self._db = db
        self._subscriptions = subscriptions
        self._events = events
        self._index = index
        self._sights = sights
        self._channels = channels
        self._subscribers = subscribers

    async def subscribe(self, ctx: Context, setting: Subscribe) -> Answer:
        """Let the channel hear what is wanted, or tell what it would have heard."""
        wanted = setting.wanted
        if not wanted.dry_run:
            self._check(ctx)
        channel = await self._channel(ctx, restricted=wanted.restricted)
        about, title = await self._about(ctx, wanted)
        zone = await self._channels.zone(ctx.person, ctx.place.team) or HOME_ZONE
        same = await self._same(ctx, channel, about, wanted)
        old = await self._here(ctx, setting.replaces) if setting.replaces else same
        one = Subscription(
            id=old.id if old else new_id(),
            person=ctx.person,
            team=ctx.place.team,
            channel=channel,
            catalogue=ctx.ckan.catalogue,
            scope=wanted.scope,
            about=about,
            title=title,
            branches=wanted.branches,
            wants=spoken(wanted.wants),
            rhythm=Rhythm(wanted.every, wanted.at, wanted.weekday, zone),
            threads=wanted.threads,
            automated=wanted.automated,
            restricted=wanted.restricted,
            created_at=old.created_at if old else ctx.now,
        )
        if wanted.dry_run:
            return await self._rehearsed(ctx, one, words_of(one, wanted.named))
        async with self._db.write() as connection:
            if same and same.id != one.id:
                await self._subscriptions.remove(connection, same.id)
            await self._subscriptions.put(connection, one, ctx.now)
            more = {"restricted": one.restricted}
            await _record(connection, audit.Event.SUBSCRIBED, ctx, one, more)
        return Answer(
            _("This channel now hears of {title}: {told}").format(
                title=one.title, told=one.rhythm.told
            ),
            note=_("Everyone here sees it in /bcdc subscriptions, and may change it."),
        )

    async def unsubscribe(self, ctx: Context, setting: Unsubscribe) -> Answer:
        """Let the channel hear of it no more."""
        self._check(ctx)
        one = await self._here(ctx, setting.subscription_id)
        async with self._db.write() as connection:
            await self._subscriptions.remove(connection, one.id)
            await _record(connection, audit.Event.UNSUBSCRIBED, ctx, one, {})
        return Answer(_("This channel no longer hears of {title}.").format(title=one.title))

    async def _here(self, ctx: Context, subscription_id: str) -> Subscription:
        """The channel's subscription of that id. Raises NotFoundError for another channel's."""
        one = await self._subscriptions.find(subscription_id)
        here = ctx.person.tenant, ctx.place.channel
        if one is None or (one.person.tenant, one.channel) != here:
            raise NotFoundError(_("There is no such subscription in this channel."))
        return one

    def _check(self, ctx: Context) -> None:
        """Raise where SUBSCRIBERS does not let the person say what a channel hears."""
        if self._subscribers == "operators" and not ctx.operator:
            raise NotAllowedError(
                _("Here only the people who run this bot may say what a channel hears.")
            )
        if self._subscribers == "connected":
            connected(ctx)

    async def _channel(self, ctx: Context, *, restricted: bool) -> str:
        """The channel that it was asked in. Raises NotAllowedError where the bot cannot post."""
        channel = ctx.place.channel
        facts = channel and await self._channels.facts(ctx.person, ctx.place.team, channel)
        if not channel or not facts or not facts.is_open:
            raise NotAllowedError(
                _(
                    "The bot cannot post here. Invite it with /invite, then subscribe again; in an "
                    "archived channel nothing can be told."
                )
            )
        if restricted and facts.is_shared:
            raise NotAllowedError(
                _("People of other companies read this channel, so it hears public facts only.")
            )
        return channel

    async def _about(self, ctx: Context, wanted: Wanted) -> tuple[str, str]:
        """The id and title of what is subscribed to."""
        if wanted.scope is ScopeKind.SEARCH:
            if wanted.restricted:
                sentence = _("“restricted:yes” is for an organization or a record.")
                raise UsageError(sentence)
            return wanted.named, _("records with “{words}”").format(words=wanted.named)
        if wanted.scope is ScopeKind.ORGANIZATION:
            organization = await ctx.ckan.organization(wanted.named)
            if wanted.restricted:
                await self._allowed(ctx, organization.id)
            return organization.id, organization.title
        reader = ctx.ckan if wanted.restricted else ctx.public(ctx.ckan.catalogue)
        package = await reader.package(wanted.named)
        if wanted.restricted:
            await self._allowed(ctx, package.owner_org)
        return package.id, package.title

    async def _allowed(self, ctx: Context, organization_id: str) -> None:
        """Raise NotAllowedError unless the person may let others see what is restricted there."""
        connected(ctx)
        found = await self._sights.admin(ctx.person, ctx.ckan.catalogue)
        if found is None:
            raise NotAllowedError(
                _(
                    "For what not everyone may see the bot needs a token that you can revoke, and "
                    "this catalogue did not give it one. Subscribe without restricted:yes."
                )
            )
        if not found[1].rights.may_approve(organization_id):
            raise NotAllowedError(
                _("Only an admin of the organization may let a channel hear what is restricted.")
            )

    async def _same(
        self, ctx: Context, channel: str, about: str, wanted: Wanted
    ) -> Subscription | None:
        """The subscription of this channel that this one takes the place of."""
        new = (ctx.ckan.catalogue, wanted.scope, about, spoken(wanted.wants))
        for one in await self._subscriptions.of_channel(ctx.person.tenant, channel):
            if (one.catalogue, one.scope, one.about, one.wants) == new:
                return one
        return None

    async def _rehearsed(self, ctx: Context, one: Subscription, words: str) -> Answer:
        """What the subscription would have told in the last thirty days."""
        above = parents(await ctx.ckan.organizations())
        rules = Rules([replace(rule(one), since=ctx.now - BACK)])
        kept = await self._events.since(one.catalogue, ctx.now - BACK)
        wanting = [event for event in kept if rules.wanting(event, above)]
        allowance = await self._sights.allowance(one, above) if one.restricted else None
        allowances = [allowance] if allowance else []
        heard = await self._sights.heard(one.catalogue, wanting, allowances)
        part = await self._index.part(one.catalogue)
        since = (part and part.complete_since) or ctx.now
        sets = _("Nothing was set. To subscribe, type /bcdc subscribe {words}")
        notes = [sets.format(words=words)]
        if since > ctx.now - BACK:
            looked = _("The bot knows only what happened since it began to look, on {day}.")
            local = since.astimezone(zone_of(one.rhythm.zone))
            notes.insert(0, looked.format(day=day(local.date())))
        if one.restricted:
            told = _(
                "Of drafts and restricted records it knows only what happened while some channel "
                "was allowed to hear of them."
            )
            notes.insert(0, told)
        return Answer(
            ngettext(
                "In the last 30 days this would have told {n} event",
                "In the last 30 days this would have told {n} events",
                len(heard),
            ).format(n=len(heard)),
            entries=tuple(_rehearsed(event) for event, _now in reversed(heard[-LISTED:])),
            note=" ".join(notes),
        )


async def _record(
    connection: AsyncConnection,
    event: audit.Event,
    ctx: Context,
    one: Subscription,
    more: Mapping[str, Json],
) -> None:
    await audit.record(
        connection,
        event,
        at=ctx.now,
        tenant=ctx.person.tenant,
        catalogue=one.catalogue,
        person_id=await people.id_of(connection, ctx.person, ctx.now),
        detail={"subscription": one.id, "channel": one.channel, **more},
    )


def _rehearsed(event: Event) -> Entry:
    subject = event.subject
    facts = [Fact(_("When"), event.at), Fact(_("Organization"), subject.organization)]
    facts += [Fact(_("By"), event.author)] if event.author else []
    return Entry(title=f"{HEADLINES[event.kind]}: {subject.title}", facts=tuple(facts))
