"""Binding and forgetting API keys (docs/catalogue.md, "Keys")."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import SecretStr

from bot.answer import Answer, Entry, Fact, roles
from bot.ckan.actions import api_token_create, api_token_revoke, user_show
from bot.ckan.explain import explain
from bot.ckan.faults import CKANAPIError
from bot.ckan.models import Rights, User
from bot.ckan.standing import fresh_whoami
from bot.ckan.transport import Site
from bot.context import Context
from bot.errors import FieldErrors
from bot.flow.leaks import Leaks
from bot.flow.people import People
from bot.log import logger
from bot.setting import BindKey, UnbindKey
from bot.store.keys import KeyKind, Keys
from bot.text import _

_log = logger(__name__)

TOKEN_NAME = "BC Data Catalogue bot for Slack"  # noqa: S105  # a name people see in their list of tokens


class Accounts:
    """Whose key the bot uses for whom."""

    def __init__(
        self,
        *,
        people: People,
        keys: Keys,
        sites: Callable[[str, SecretStr | None], Site],
        forget: Callable[[str, str], Awaitable[None]],
        leaks: Leaks,
    ) -> None:
        self._people = people
        self._keys = keys
        self._sites = sites
        self._forget = forget
        self._leaks = leaks

    async def bind(self, ctx: Context, given: BindKey) -> Answer:
        """Check the key, keep the bot's own token or else the key, and tell whose it is.

        Raises FieldErrors on `api_key` when the catalogue does not know the key, CatalogueError
        when it does not answer.
        """
        site = self._sites(given.catalogue, given.api_key)
        try:
            user_name = await fresh_whoami(site)
            if not user_name:
                raise FieldErrors({"api_key": _unknown_key(given.catalogue)})
            user = await user_show(site, user_name)
        except CKANAPIError as error:
            raise explain(error) from None
        secret, kind = await self._own_token(site, given, user)
        old = await self._keys.get(ctx.person, given.catalogue)
        await self._keys.bind(
            ctx.person, given.catalogue, user=user, kind=kind, secret=secret, now=ctx.now
        )
        self._leaks.given(ctx.person, given.api_key)
        if old is not None:
            await self._forget(given.catalogue, old.user.id)
            if old.kind is KeyKind.TOKEN:
                await self._revoke(self._sites(given.catalogue, old.secret), old.secret)
        ctx = await self._people.context(ctx.person, ctx.place, given.catalogue)
        titles = {row.id: row.title for row in await ctx.ckan.organizations()}
        return _connected(given.catalogue, user, kind, await ctx.ckan.rights(), titles)

    async def unbind(self, ctx: Context, gone: UnbindKey) -> Answer:
        """Forget the key; a token the bot minted is revoked at the catalogue."""
        binding = await self._keys.unbind(ctx.person, gone.catalogue, ctx.now)
        if binding is None:
            return Answer(
                _("There was no key of yours for {catalogue}.").format(catalogue=gone.catalogue)
            )
        await self._forget(gone.catalogue, binding.user.id)
        headline = _("Your key for {catalogue} is forgotten.").format(catalogue=gone.catalogue)
        if binding.kind is KeyKind.KEY:
            return Answer(headline, note=_("The key itself still works elsewhere."))
        site = self._sites(gone.catalogue, binding.secret)
        if await self._revoke(site, binding.secret):
            return Answer(headline, note=_("The bot's own token was revoked."))
        return Answer(
            headline,
            note=_(
                "The bot's own token could not be revoked now. "
                "Revoke “{name}” among your API tokens in the catalogue."
            ).format(name=TOKEN_NAME),
        )

    async def _own_token(self, site: Site, given: BindKey, user: User) -> tuple[SecretStr, KeyKind]:
        """A token minted for the bot where the catalogue issues them and it works, else the key."""
        token: SecretStr | None = None
        try:
            token = await api_token_create(site, user.name, TOKEN_NAME)
            if await fresh_whoami(self._sites(given.catalogue, token)) == user.name:
                return token, KeyKind.TOKEN
        except CKANAPIError as error:
            _log.info("no_token_minted", catalogue=given.catalogue, fault=type(error).__name__)
        if token is not None:
            # Nobody would know of it, and it may work.
            await self._revoke(site, token)
        return given.api_key, KeyKind.KEY

    async def _revoke(self, site: Site, token: SecretStr) -> bool:
        try:
            await api_token_revoke(site, token)
        except CKANAPIError as error:
            _log.warning("token_not_revoked", catalogue=site.catalogue, fault=type(error).__name__)
            return False
        return True


def _unknown_key(catalogue: str) -> str:
    return _(
        "The catalogue “{catalogue}” does not know this key. Copy it again from Account Settings; "
        "keys of the test catalogue do not work in production, and the other way round."
    ).format(catalogue=catalogue)


def _connected(
    catalogue: str, user: User, kind: KeyKind, rights: Rights, titles: dict[str, str]
) -> Answer:
    kept = (
        _("The bot made a token of its own and forgot your key.")
        if kind is KeyKind.TOKEN
        else _("This catalogue issues no tokens to bots, so your key is kept, encrypted.")
    )
    facts = [Fact(_("Catalogue"), catalogue), Fact(_("User"), user.name, code=True)]
    warning = ""
    if user.sysadmin:
        warning = _(
            "This is a catalogue administrator's key: it may change everything. "
            "Better connect with an account that edits only what you need."
        )
    else:
        facts += roles(rights, titles)
    facts.append(Fact(_("Key"), kept))
    return Answer(
        headline=_("Connected as {name}").format(name=user.fullname or user.name),
        entries=(Entry(title="", facts=tuple(facts)),),
        note=warning or _("Try /bcdc list-packages mine, or /bcdc help."),
    )
