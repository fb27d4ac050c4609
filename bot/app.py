"""The composition root: the only file that sees every part, and that names `handlers`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import aiohttp
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot import answering, changing, teams
from bot.ckan.caches import Caches
from bot.ckan.reader import CatalogueReader
from bot.ckan.transport import Site, Transport
from bot.context import Person, Reader
from bot.docs import SCOPES
from bot.errors import UserError
from bot.faults import each
from bot.flow.applying.notify import Notify
from bot.flow.applying.outcome import Outcomes
from bot.flow.deciding.cards import Cards
from bot.flow.deciding.consent import Consents
from bot.flow.editing.files import Files
from bot.flow.editing.preview import Previews
from bot.flow.editing.work import Working
from bot.flow.health import BotHealth
from bot.flow.home import Home
from bot.flow.index.everyone import Poller
from bot.flow.index.own_part import OwnParts
from bot.flow.operating import Operating
from bot.flow.people import People
from bot.flow.teams.witness import Witness
from bot.flow.upkeep import Upkeeping
from bot.http import Server
from bot.jobs.pump import Pump
from bot.keyfile import encryption_keys
from bot.log import logger
from bot.metrics import Metrics
from bot.registry import Registry
from bot.settings import Admin, Settings
from bot.slack.card_messages import CardMessages
from bot.slack.channels import SlackChannels
from bot.slack.files import SlackFiles
from bot.slack.homes import HomeTabs
from bot.slack.install import forget_when_removed, oauth_flow
from bot.slack.listen import Listener
from bot.slack.messenger import Messenger
from bot.slack.socket import connected
from bot.slack.tasks import Tasks
from bot.slack.workspaces import HomeWorkspace, Installed, ManyWorkspaces, Workspaces, authorized
from bot.store.approvals import Approvals
from bot.store.asked import Asked
from bot.store.changes import Changes
from bot.store.crypto import Cipher
from bot.store.db import Database
from bot.store.deliveries import Deliveries
from bot.store.homes import Homes
from bot.store.index import Index
from bot.store.installations import Installations
from bot.store.keys import Keys
from bot.store.operations import Operations
from bot.store.policies import Policies
from bot.store.preferences import Preferences
from bot.store.subscriptions import Subscriptions
from bot.store.trail import Trails
from bot.store.upkeep import Upkeeps
from bot.text import _

_log = logger(__name__)

DRAIN = 20.0
"""Seconds that work under way is given at a shutdown."""


def now() -> datetime:
    """The clock of every part, in UTC."""
    return datetime.now(UTC)


def load_commands() -> Registry:
    """The verbs that `handlers` declares."""
    return Registry.load(handlers)


class Bot:
    """Every part of one process, put together.

    `web` hears Slack, `worker` applies changes and sends what is due; by default one process does
    both.
    """

    def __init__(self, settings: Settings, *, web: bool = True, worker: bool = True) -> None:
        self._settings = settings
        self._web = web
        self._worker = worker
        self._why_not_ready = _("starting")
        self.metrics = Metrics()
        self.registry = load_commands()
        self.tasks = Tasks()
        self.db = Database(settings.database.render_as_string(hide_password=False))
        self.changes = Changes(self.db)
        self.deliveries = Deliveries(self.db)
        cipher = Cipher(encryption_keys(settings))
        self.keys = Keys(self.db, cipher)
        self._installations = Installations(self.db, cipher, now)
        self.transport = Transport(settings.catalogues, observe=self.metrics.asked)
        self._caches = Caches()
        self._policies = Policies(self.db)
        self._approvals = Approvals(self.db)
        self.operating = Operating(Operations(self.db))
        self._subscriptions = Subscriptions(self.db)
        self.index = Index(self.db)
        self.own_parts = OwnParts(
            index=self.index, keys=self.keys, sites=self._site, readers=self._reader, clock=now
        )
        self._upkeeps = Upkeeps(self.db)
        self.upkeep = Upkeeping(
            upkeeps=self._upkeeps,
            index=self.index,
            own_parts=self.own_parts,
            catalogues=settings.catalogues,
            clock=now,
        )
        self.people = People(
            readers=self._reader,
            keys=self.keys,
            preferences=Preferences(self.db),
            changes=self.changes,
            catalogues=settings.catalogues,
            default_catalogue=settings.default_catalogue,
            commands=list(self.registry),
            clock=now,
            health=BotHealth(self.db, self.operating),
            operating=self.operating,
            policies=self._policies,
            approvals=self._approvals,
            trails=Trails(self.db),
            subscriptions=self._subscriptions,
            index=self.index,
            is_operator=self._is_operator,
            upkeep=self.upkeep.of,
        )
        self._asked = Asked(self.db)
        self._witness = Witness(db=self.db, clock=now)
        self.poller = Poller(
            index=self.index,
            catalogues=settings.catalogues,
            anyone=lambda catalogue: self._site(catalogue, None),
            readers=lambda catalogue: self._reader(catalogue, None),
            witness=self._witness,
            measured=self.metrics.indexed,
            clock=now,
        )
        self._consents = Consents(self.changes, self._policies, self._approvals, self.keys)
        self._cards = Cards(self.people, self.changes, self._approvals)
        self.outcomes = Outcomes(self.people, self.changes, self._approvals)
        self._stack = AsyncExitStack()
        self._socket: AsyncSocketModeHandler | None = None
        self._home: str | None = None
        self.port = 0

    def _is_operator(self, person: Person) -> bool:
        homes = {person.tenant, None} if person.tenant == self._home else {person.tenant}
        return any(Admin(home, person.user_id) in self._settings.bot_admins for home in homes)

    def _site(self, catalogue: str, key: SecretStr | None) -> Site:
        return self.transport.site(catalogue, key)

    def _reader(self, catalogue: str, key: SecretStr | None) -> Reader:
        return CatalogueReader(self._site(catalogue, key), self._caches)

    async def start(self) -> None:
        """Hear and work; what cannot be started is a UserError that says why."""
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()

    async def stop(self) -> None:
        """Hear no more, finish what is under way, close everything."""
        self._why_not_ready = _("stopping")
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        self.db.claim()
        stack.push_async_callback(self.db.dispose)
        stack.push_async_callback(self.transport.close)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        installed = await self._installed(session)
        workspaces = Workspaces(self._settings.slack_api_url, session, installed)
        files = SlackFiles(
            workspaces,
            session,
            hosts=self._settings.slack_file_hosts,
            scheme=self._settings.file_scheme,
            most=self._settings.max_upload_bytes,
        )
        notify = Notify(self.db, self.changes, self.deliveries, now)
        cards = CardMessages(workspaces, self._cards, SlackChannels(workspaces))
        messenger = Messenger(workspaces, self.outcomes, cards, self.deliveries, notify)
        self.teams = teams.put_together(
            db=self.db,
            keys=self.keys,
            deliveries=self.deliveries,
            subscriptions=self._subscriptions,
            index=self.index,
            subscribers=self._settings.subscribers,
            workspaces=workspaces,
            sites=self._site,
            readers=self._reader,
            changes=self.changes,
            consents=self._consents,
            notify=notify,
            witness=self._witness,
            is_looking=lambda: self.poller.is_looking,
            others=messenger.send,
            wake=lambda: pump.wake(),  # noqa: PLW0108  # there is no pump yet
            clock=now,
        )
        pump = Pump(self.deliveries, self.teams.sender.send, now, self.metrics.delivered)
        self._changing = changing.put_together(
            db=self.db,
            keys=self.keys,
            changes=self.changes,
            approvals=self._approvals,
            consents=self._consents,
            people=self.people,
            files=files,
            sites=self._site,
            operating=self.operating,
            notify=notify,
            witness=self._witness,
            own_parts=self.own_parts,
            wake=pump.wake,
            sweep=self._sweep,
            clock=now,
        )
        engine = self._changing.engine
        if self._worker:
            # Stopped after the engine, whose last outcomes it still sends.
            await pump.start()
            stack.push_async_callback(pump.stop)
            await engine.start()
        stack.push_async_callback(self.poller.stop)
        stack.push_async_callback(self.teams.watch.stop)
        stack.push_async_callback(self.own_parts.stop)
        stack.push_async_callback(engine.stop)
        desk = answering.put_together(
            registry=self.registry,
            people=self.people,
            keys=self.keys,
            changes=self.changes,
            policies=self._policies,
            consents=self._consents,
            asked=self._asked,
            index=self.index,
            own_parts=self.own_parts,
            operating=self.operating,
            changing=self._changing,
            teams=self.teams,
            cards=self._cards,
            outcomes=self.outcomes,
            files=files,
            sites=self._site,
            anyone=lambda catalogue: self._reader(catalogue, None),
            catalogues=self._settings.catalogues,
            clock=now,
        )
        bolt = AsyncApp(
            # Left to itself Bolt takes the root's level, and at DEBUG it logs what people type.
            logger=logging.getLogger("slack_bolt"),
            client=AsyncWebClient(base_url=self._settings.slack_api_url, session=session),
            authorize=authorized(installed),
            process_before_response=True,
            request_verification_enabled=False,  # the server verifies, before anything is parsed
        )
        self.tabs = self._home_tabs(files, workspaces)
        Listener(desk, self.tabs, workspaces, self.tasks, self.metrics.heard).listen(bolt)
        stack.push_async_callback(self.tasks.drain, DRAIN)
        forget_when_removed(bolt, self._installations)
        server = Server(
            bolt=bolt,
            oauth=self._oauth(session),
            signing_secret=self._signing_secret(),
            is_ready=self._ready,
            metrics=self.metrics.registry,
            metrics_token=self._settings.metrics_token,
        )
        self.port = await server.start(self._settings.host, self._settings.port)
        stack.push_async_callback(server.stop)
        if self._web and self._settings.slack_app_token:
            await self._connect(bolt, stack)
        self._why_not_ready = ""
        self.tasks.start(self._warm())

    def _home_tabs(self, files: Files, workspaces: Workspaces) -> HomeTabs:
        home = Home(
            people=self.people,
            changes=self.changes,
            keys=self.keys,
            index=self.index,
            own_parts=self.own_parts,
            upkeeps=self._upkeeps,
            working=Working(self.people, self.registry),
            previews=Previews(files, self._consents),
        )
        return HomeTabs(
            home=home, homes=Homes(self.db), workspaces=workspaces, tasks=self.tasks, clock=now
        )

    def _signing_secret(self) -> SecretStr | None:
        """None where Slack is not heard over HTTP."""
        heard = self._web and not self._settings.slack_app_token
        return self._settings.slack_signing_secret if heard else None

    async def _connect(self, bolt: AsyncApp, stack: AsyncExitStack) -> None:
        assert self._settings.slack_app_token  # noqa: S101  # the caller looked
        self._socket = await stack.enter_async_context(
            connected(bolt, self._settings.slack_app_token)
        )

    async def _ready(self) -> str:
        """Why no command would be served now; "" when one would."""
        if self._why_not_ready:
            return self._why_not_ready
        if self._socket and not await self._socket.client.is_connected():
            return _("not connected to Slack")
        try:
            await self.db.ping()
        except Exception:  # noqa: BLE001  # whatever it is, no command would be served
            _log.exception("database_does_not_answer")
            return _("the database does not answer")
        return ""

    async def _installed(self, session: aiohttp.ClientSession) -> Installed:
        settings = self._settings
        if settings.slack_bot_token is None:
            return ManyWorkspaces(self._installations)
        token = settings.slack_bot_token.get_secret_value()
        home = await HomeWorkspace.recognise(token, settings.slack_api_url, session)
        self._home = home.tenant
        return home

    def _oauth(self, session: aiohttp.ClientSession) -> AsyncOAuthFlow | None:
        """The pages for installing, where workspaces do that themselves."""
        settings = self._settings
        if settings.slack_client_id is None or settings.slack_client_secret is None:
            return None
        return oauth_flow(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            scopes=list(SCOPES),
            client=AsyncWebClient(base_url=settings.slack_api_url, session=session),
            installations=self._installations,
            states=self._installations.states(),
        )

    async def _sweep(self) -> None:
        """Do all that is due."""
        if not self._why_not_ready:
            await each(self.poller.round, self.tabs.round, self.upkeep.round)
        await each(
            self.teams.round,
            lambda: self._asked.prune(now()),
            self.own_parts.prune,
            *self._changing.rounds,
        )

    async def _warm(self) -> None:
        """Know the usual catalogue before the first question, if it answers."""
        reader = self._reader(self._settings.default_catalogue, None)
        with contextlib.suppress(UserError):
            for known in (reader.schema, reader.capabilities, reader.organizations):
                await known()


@asynccontextmanager
async def running(
    settings: Settings, *, web: bool = True, worker: bool = True
) -> AsyncIterator[Bot]:
    """A bot that runs for as long as the block."""
    bot = Bot(settings, web=web, worker=worker)
    await bot.start()
    try:
        yield bot
    finally:
        await asyncio.shield(bot.stop())
