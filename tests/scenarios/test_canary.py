"""No secret is left where it does not belong: canaries are looked for in all the bot leaves."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import aiohttp
import psycopg
import pytest
from psycopg import sql

from bot.context import Person
from bot.keyfile import encryption_keys
from bot.settings import load
from bot.store.crypto import Cipher
from bot.store.db import Database
from bot.store.keys import Binding, KeyKind, Keys
from sandbox.catalogue import RunningCatalogue
from tests.buttons import value_of
from tests.databases import driver_url
from tests.house import Guest
from tests.outside import OutsideHouse, open_outside, until
from tests.proxy import ANY, abort, page, status

RESOURCE = "/bcdc patch-resource {id} description={text}"
APPLY = "bcdc:change:apply"
WRONG_KEY = "b7e3f0a2-1c5d-4e8f-9a6b-7d2c4e1f0a93"
# Nobody could tell from its looks that it is a key.
ODD_KEY = "canary.Kf8-sings_in_the~mine"


def disguises(secret: str) -> Iterator[bytes]:
    """The forms in which a secret may hide in a file."""
    raw = secret.encode()
    yield raw
    yield raw.hex().encode()
    yield quote(secret, safe="").encode()
    yield json.dumps(secret)[1:-1].encode()
    yield secret.encode("utf-16-le")
    for shift in range(3):
        # Wherever it stands in what was encoded: without the ends that depend on its neighbours.
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(b"x" * shift + raw + b"x" * (-(shift + len(raw)) % 3))
            yield whole[4 if shift else 0 : -4]


def found(secrets: dict[str, str], where: Iterable[tuple[str, bytes]]) -> list[str]:
    """Which secret is where."""
    return [
        f"{name} in {place}"
        for place, content in where
        for name, secret in secrets.items()
        if any(form in content for form in disguises(secret))
    ]


@pytest.mark.parametrize("lead", ["", "a", "ab", "abc"])
def test_a_canary_is_found_in_every_disguise(lead: str) -> None:
    text = f"{lead}{ODD_KEY} and more"
    hidden = [
        text.encode(),
        text.encode().hex().encode(),
        quote(text).encode(),
        base64.b64encode(text.encode()),
        base64.urlsafe_b64encode(text.encode()),
    ]
    for content in hidden:
        assert found({"it": ODD_KEY}, [("there", content)]) == ["it in there"]
    assert found({"it": ODD_KEY}, [("there", text.replace("sings", "sinks").encode())]) == []


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
async def test_no_secret_is_left_anywhere(
    request: pytest.FixtureRequest, tmp_path: Path, catalogue: RunningCatalogue, database: str
) -> None:
    more = {"LOG_LEVEL": "DEBUG", "LOG_FORMAT": "json"}
    url = ""
    if database == "postgres":
        url = request.getfixturevalue("postgres_url")
        more["DATABASE_URL"] = driver_url(url)
    mei = catalogue.catalogue.person("data-steward")
    catalogue.catalogue.people[mei.id] = replace(mei, api_key=ODD_KEY)
    keys = {name: catalogue.catalogue.person(name).api_key for name in PEOPLE.values()}
    async with open_outside(tmp_path, catalogue.url, {}, **more) as house:
        kept = await _a_bad_day(house, keys)
        metrics = await _metrics(house)
        secrets = {f"the key of {name}": key for name, key in keys.items()}
        secrets |= {f"the token of {one.user.name}": one.secret.get_secret_value() for one in kept}
        secrets |= {"a wrong key": WRONG_KEY}
        slack = _slack_traffic(house)
        of_slack = {
            "the bot token": house.slack.bot_token,
            "the app token": house.slack.app_token,
            "the signing secret": house.slack.signing_secret,
        }
        logs = [(bot.log.name, bot.log.read_bytes()) for bot in house.bots]
        assert any(b"Traceback" in text or b"exception" in text for _name, text in logs)
        left = [*logs, ("the metrics", metrics), *_stored(tmp_path, url)]
        assert found(secrets, [*left, *slack]) == []
        assert found(of_slack, left) == []
        addresses = {
            f"response_url {number}": one.payload["response_url"]
            for number, one in enumerate(house.slack.workspace.deliveries)
            if one.payload.get("response_url")
        }
        assert found(addresses, left) == []


PEOPLE = {"robin": "cfd-editor", "priya": "cfd-org-admin", "mei": "data-steward"}


async def _a_bad_day(house: OutsideHouse, keys: dict[str, str]) -> list[Binding]:
    """Successes, refusals, errors and a crash; the keys that the bot keeps meanwhile."""
    slack, catalogue = house.slack.workspace, house.at_catalogue
    robin = await _connects(house, "robin", keys["cfd-editor"])
    for name in ("priya", "mei"):
        catalogue.fault("api_token_create", page(500), times=1)
        await _connects(house, name, keys[PEOPLE[name]])
    kept = await _kept(house)
    assert [one.kind for one in kept] == [KeyKind.TOKEN, KeyKind.KEY, KeyKind.KEY]

    for text in (keys["cfd-org-admin"], f"connect {keys['cfd-editor']}", f"key={WRONG_KEY}"):
        await robin.types(f"/bcdc {text}")
        await _reads(robin, "looks like an API key")
    await robin.types("/bcdc connect")
    await until(lambda: robin.view and "API key" in robin.reads(), "the form for the key")
    await robin.fills(api_key=WRONG_KEY)
    await _reads(robin, "does not know this key")
    # What comes of an error that nobody foresaw, while a key is in somebody's hands.
    slack.faults.error("views.update", "fatal_error", times=2)
    await robin.fills(api_key=keys["cfd-org-admin"])
    await until(lambda: b"task_failed" in house.bot.log.read_bytes(), "the error")
    await robin.closes()

    package = "children-in-care-by-community"
    for fault in (page(500), status(502), abort(), page()):
        catalogue.fault(ANY, fault)
        await robin.types(f"/bcdc show-package {package}")
        await _reads(robin, "catalogue")
        catalogue.heal()
    await robin.types(f"/bcdc show-package {package}")
    await _reads(robin, package)
    resource = _resource_of(house, robin, package)
    await robin.types(RESOURCE.format(id=resource, text="First"))
    await _reads(robin, "First")
    held = catalogue.hold("package_revise", "after")
    await robin.presses(APPLY)
    await held.reached.wait()
    await house.bot.kill()
    await house.start_bot(LOG_LEVEL="DEBUG")
    await until(lambda: "Changed" in robin.messages()[-1]["words"], "the confirmation")
    return kept


async def _connects(house: OutsideHouse, name: str, key: str) -> Guest:
    guest = house.guest(name)
    await guest.types("/bcdc connect")
    await until(lambda: guest.view and "API key" in guest.reads(), "the form for the key")
    await guest.fills(api_key=key)
    await _reads(guest, "Connected as")
    await guest.closes()
    return guest


async def _reads(guest: Guest, words: str) -> None:
    await until(lambda: words in guest.reads(), words)


async def _kept(house: OutsideHouse) -> list[Binding]:
    settings = load(house.variables, env_file=None)
    db = Database(settings.database.render_as_string(hide_password=False))
    keys = Keys(db, Cipher(encryption_keys(settings)))
    tenant = house.slack.workspace.directory.team_id
    kept = [await keys.get(Person(tenant, house.guest(name).id), "test") for name in PEOPLE]
    await db.dispose()
    return [one for one in kept if one is not None]


async def _metrics(house: OutsideHouse) -> bytes:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{house.bot.url}/metrics") as answer,
    ):
        assert answer.status == 200
        return await answer.read()


def _slack_traffic(house: OutsideHouse) -> Iterator[tuple[str, bytes]]:
    """All calls and payloads but those in which people themselves sent the secret to Slack."""
    slack = house.slack.workspace
    for call in slack.calls:
        yield f"a call of {call.method}", json.dumps([call.arguments, call.response]).encode()
    for delivery in slack.deliveries:
        if delivery.name not in {"command", "view_submission"}:
            yield f"a {delivery.name}", json.dumps(delivery.payload).encode()
        elif delivery.ack:
            yield f"an answer to a {delivery.name}", json.dumps(delivery.ack.body).encode()


def _stored(folder: Path, postgres_url: str) -> Iterator[tuple[str, bytes]]:
    """Every byte that is kept: files of SQLite (its journal too), or all rows of PostgreSQL."""
    for path in folder.iterdir():
        if path.is_file() and path.name != "encryption.key":
            yield path.name, path.read_bytes()
    if not postgres_url:
        return
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert len(tables) > 10
        for table in tables:
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(*table))
            rows = connection.execute(query).fetchall()
            yield ".".join(table), "\n".join(row for (row,) in rows).encode()


def _resource_of(house: OutsideHouse, guest: Guest, package: str) -> str:
    return value_of(guest.messages()[-1]["blocks"], "bcdc:in:test:patch-resource")
