"""`python -m bot doctor`: does everything this bot needs answer?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import DatabaseError

from bot.ckan.actions import status_show
from bot.ckan.explain import explain
from bot.ckan.faults import CKANAPIError
from bot.ckan.transport import Transport
from bot.errors import UserError
from bot.keyfile import encryption_keys, key_file
from bot.settings import Mode, Settings, SettingsError
from bot.slack.workspaces import tested
from bot.store.db import Database
from bot.store.migrate import unopened


async def examine(settings: Settings, slips: Sequence[str]) -> int:
    """Print one line a part, and answer 1 when one is not well."""
    for slip in slips:
        print(f"warning  {slip}")  # noqa: T201  # speaks to a person
    well = [
        await _look("encryption keys", lambda: _keys(settings)),
        await _look("database", lambda: _database(settings)),
        await _look("slack", lambda: _slack(settings)),
    ]
    async with Transport(settings.catalogues) as transport:
        well += [
            await _look(f"catalogue {name}", partial(_ckan, transport, name))
            for name in settings.catalogues
        ]
    return 0 if all(well) else 1


async def _look(part: str, look: Callable[[], Awaitable[str]]) -> bool:
    try:
        told = await look()
    except (SettingsError, UserError, OSError) as error:
        told = str(error)
    except CKANAPIError as error:
        told = str(explain(error))
    else:
        print(f"well     {part}: {told}")  # noqa: T201  # speaks to a person
        return True
    print(f"not well {part}: {told}")  # noqa: T201  # as above
    return False


async def _keys(settings: Settings) -> str:
    number = len(encryption_keys(settings))
    return f"{number}" if settings.encryption_keys else f"{number}, in {key_file(settings)}"


async def _database(settings: Settings) -> str:
    db = Database(settings.database.render_as_string(hide_password=False))
    try:
        await db.ping()
    except DatabaseError as error:
        raise unopened(error, db.url) from None
    finally:
        await db.dispose()
    return settings.database.render_as_string()


async def _slack(settings: Settings) -> str:
    if settings.mode is Mode.SANDBOX or not settings.slack_bot_token:
        return "no credentials, so the sandbox is used"
    token = settings.slack_bot_token.get_secret_value()
    told = await tested(AsyncWebClient(token=token, base_url=settings.slack_api_url))
    return f"{told['team']} as {told['user']}, over {settings.mode.value}"


async def _ckan(transport: Transport, name: str) -> str:
    version = await status_show(transport.site(name))
    return f"{transport.catalogues[name]} runs CKAN {version or 'of a version it does not tell'}"
