"""A catalogue to try the bot on: the CKAN actions it calls, answered by BCDC's schema and rules."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from pydantic import SecretStr

from sandbox.catalogue.http import Api, Logged
from sandbox.catalogue.pages import Pages
from sandbox.catalogue.schema import BCDC, PLAIN, Kind
from sandbox.catalogue.seed import plant
from sandbox.catalogue.state import Catalogue, Generation, Person

__all__ = ["BCDC", "PLAIN", "Catalogue", "Kind", "Logged", "Person", "RunningCatalogue", "start"]


@dataclass(frozen=True, slots=True)
class RunningCatalogue:
    """A catalogue that answers at `url` until stopped."""

    url: str
    catalogue: Catalogue
    requests: list[Logged]
    runner: web.AppRunner

    @property
    def people(self) -> list[Person]:
        """Everybody with an account, each with the legacy key of their account page."""
        return list(self.catalogue.people.values())

    @property
    def keys(self) -> dict[str, SecretStr]:
        """Everybody's legacy key by their name."""
        return {person.name: SecretStr(person.api_key) for person in self.people}

    async def stop(self) -> None:
        await self.runner.cleanup()


async def start(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    seed: bool = True,
    generation: Generation = "2.9",
    kind: Kind = BCDC,
    max_upload_mb: int = 150,
) -> RunningCatalogue:
    """Serve a catalogue in this event loop; port 0 takes a free one.

    `kind` says what its records are: BCDC's, or `PLAIN` as a CKAN without extensions has them.
    Without `seed` it holds nobody and nothing: see `Catalogue.add_person` and its siblings.
    """
    catalogue = Catalogue(generation=generation, kind=kind, max_upload_mb=max_upload_mb)
    api = Api(catalogue)
    # Sizes are counted where files are read, so that a file too large is answered as CKAN does.
    app = web.Application(client_max_size=1 << 40)
    app.add_routes([*api.routes(), *Pages(catalogue).routes()])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    bound = runner.addresses[0]
    catalogue.site_url = f"http://{host}:{bound[1]}"
    if seed:
        plant(catalogue)
    return RunningCatalogue(catalogue.site_url, catalogue, api.requests, runner)
