"""From a Slack person to what that person may read and is bound to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeAlias

from pydantic import SecretStr

from bot.answer import Answer
from bot.command import Role
from bot.context import Account, Context, Described, Health, Person, Place, Reader, Upkeep
from bot.errors import NotAllowedError, NotConnectedError
from bot.flow.ledger import ChangeLedger
from bot.flow.operating import Operating
from bot.flow.teams.book import Book
from bot.flow.trail import AuditTrail
from bot.setting import UseCatalogue
from bot.store.approvals import Approvals
from bot.store.changes import Changes
from bot.store.index import Index
from bot.store.keys import Binding, KeyKind, Keys
from bot.store.policies import Policies
from bot.store.preferences import Preferences
from bot.store.subscriptions import Subscriptions
from bot.store.trail import Trails
from bot.text import _

Clock: TypeAlias = Callable[[], datetime]
Readers: TypeAlias = Callable[[str, SecretStr | None], Reader]
"""A catalogue's name and a key, to the reader for it."""


class People:
    """Builds the context of each request."""

    def __init__(
        self,
        *,
        readers: Readers,
        keys: Keys,
        preferences: Preferences,
        changes: Changes,
        catalogues: Mapping[str, str],
        default_catalogue: str,
        commands: Sequence[Described],
        clock: Clock,
        health: Health,
        operating: Operating,
        policies: Policies,
        approvals: Approvals,
        trails: Trails,
        subscriptions: Subscriptions,
        index: Index,
        is_operator: Callable[[Person], bool],
        upkeep: Callable[[Person | None, str], Upkeep],
    ) -> None:
        self._readers = readers
        self._keys = keys
        self._preferences = preferences
        self._changes = changes
        self._catalogues = catalogues
        self._default = default_catalogue
        self._commands = commands
        self._clock = clock
        self._health = health
        self._operating = operating
        self._policies = policies
        self._approvals = approvals
        self._trails = trails
        self._subscriptions = subscriptions
        self._index = index
        self._is_operator = is_operator
        self._upkeep = upkeep

    async def context(
        self,
        person: Person,
        place: Place,
        catalogue: str | None = None,
        *,
        page: int = 1,
        anonymous: bool = False,
    ) -> Context:
        """What `person` may use at `place`, in the named catalogue or the person's own choice.

        An `anonymous` one sees what everyone may see.
        """
        name = catalogue or await self._usual(person)
        binding = None if anonymous else await self._keys.get(person, name)
        reader, now = self._readers(name, binding.secret if binding else None), self._clock()
        return Context(
            person=person,
            place=place,
            now=now,
            ckan=reader,
            ledger=ChangeLedger(self._changes, self._approvals, person, name),
            account=_account(binding) if binding else None,
            catalogues=self._catalogues,
            commands=self._commands,
            public=lambda name: self._readers(name, None),
            health=self._health,
            policy=partial(self._policies.of, name),
            operations=self._operating.of(person, name),
            upkeep=self._upkeep(None if anonymous else person, name),
            trail=AuditTrail(self._trails, person, reader, now),
            subscribed=Book(self._subscriptions, self._index, person.tenant, place.channel),
            operator=self._is_operator(person),
            page=page,
        )

    async def use(self, ctx: Context, chosen: UseCatalogue) -> Answer:
        """Remember the catalogue the person chose, and tell what that means."""
        await self._preferences.use(ctx.person, chosen.catalogue, ctx.now)
        connected = await self._keys.get(ctx.person, chosen.catalogue) is not None
        return Answer(
            _("You now work in the catalogue “{name}”.").format(name=chosen.catalogue),
            note=""
            if connected
            else _("You have no key for it here. Type /bcdc connect to give one."),
        )

    async def _usual(self, person: Person) -> str:
        chosen = await self._preferences.catalogue_of(person)
        return chosen if chosen is not None and chosen in self._catalogues else self._default


def _account(binding: Binding) -> Account:
    return Account(
        catalogue=binding.catalogue,
        ckan_user_name=binding.user.name,
        minted=binding.kind is KeyKind.TOKEN,
        since=binding.bound_at,
    )


def connected(ctx: Context) -> Context:
    """The same context.

    Raises NotConnectedError when the person has no key for the catalogue.
    """
    if ctx.account is None:
        raise NotConnectedError(
            _(
                "For this the bot needs your API key for {catalogue}. "
                "Type /bcdc connect to give it in a form that only you see."
            ).format(catalogue=ctx.ckan.catalogue),
            ctx.ckan.catalogue,
        )
    return ctx


async def acting(ctx: Context) -> Context:
    """The same context, of somebody who may change records.

    Raises NotConnectedError without a key, NotAllowedError for who is suspended.
    """
    await ctx.operations.check_person()
    return connected(ctx)


def permitted(ctx: Context, needs: Role) -> Context:
    """The same context.

    Raises NotConnectedError or NotAllowedError for who may not use a verb that needs this.
    """
    if needs is Role.OPERATOR and not ctx.operator:
        raise NotAllowedError(
            _("Only the people who run this bot may do that; they are named in its settings.")
        )
    if needs is Role.CONNECTED_OR_OPERATOR and ctx.operator:
        return ctx
    return connected(ctx) if needs in {Role.CONNECTED, Role.CONNECTED_OR_OPERATOR} else ctx


def banner(ctx: Context) -> str:
    """What marks a catalogue that is not the one the public uses; "" for production."""
    return banner_of(ctx.ckan.catalogue)


def banner_of(catalogue: str) -> str:
    """The same for the catalogue of that name."""
    return "" if catalogue == "production" else _("Catalogue: {name}").format(name=catalogue)
