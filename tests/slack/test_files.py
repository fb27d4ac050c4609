"""What the bot takes from Slack as a file, and what it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.authorization import AuthorizeResult

from bot.change import GivenFile
from bot.context import Person
from bot.errors import GoneError, UserError
from bot.slack.files import SlackFiles
from bot.slack.workspaces import HomeWorkspace, Workspaces

ROBIN = Person("T1", "U1")
TOKEN = "xoxb-made-up"  # no real one
MOST = 100


@dataclass
class FakeSlack:
    """`files.info` and the files' host; what it answers is set by a test."""

    info: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    page: web.Response | None = None
    moved_to: str = ""
    content: bytes = b"a,b\n1,2\n"
    bearers: list[str] = field(default_factory=list)
    url: str = ""

    async def tell(self, _request: web.Request) -> web.Response:
        if self.error:
            return web.json_response({"ok": False, "error": self.error})
        return web.json_response({"ok": True, "file": self.file()})

    def file(self) -> dict[str, Any]:
        return {
            "id": "F1",
            "name": "table.csv",
            "size": len(self.content),
            "mimetype": "text/csv",
            "url_private_download": f"{self.url}/files/table.csv",
        } | self.info

    async def give(self, request: web.Request) -> web.Response:
        self.bearers.append(request.headers["Authorization"])
        if self.moved_to:
            to, self.moved_to = self.moved_to, ""
            raise web.HTTPFound(to)
        return self.page or web.Response(body=self.content, content_type="text/csv")


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    fake = FakeSlack()
    app = web.Application()
    app.router.add_route("*", "/api/files.info", fake.tell)
    app.router.add_get("/files/table.csv", fake.give)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield fake
    await runner.cleanup()


@pytest.fixture
async def files(slack: FakeSlack) -> AsyncIterator[SlackFiles]:
    async with aiohttp.ClientSession() as session:
        home = HomeWorkspace(AuthorizeResult(enterprise_id=None, team_id="T1", bot_token=TOKEN))
        workspaces = Workspaces(f"{slack.url}/api/", session, home)
        host = slack.url.removeprefix("http://")
        yield SlackFiles(workspaces, session, hosts=(host,), scheme="http", most=MOST)


async def fetched(files: SlackFiles, file: GivenFile) -> bytes:
    async with files.opened(file, ROBIN) as source:
        return b"".join([chunk async for chunk in source])


async def test_a_file_comes_with_the_token_of_its_workspace(
    slack: FakeSlack, files: SlackFiles
) -> None:
    file = await files.given("F1", ROBIN, "T1")
    assert (file.name, file.size, file.media_type) == ("table.csv", 8, "text/csv")
    assert await fetched(files, file) == slack.content
    assert slack.bearers == [f"Bearer {TOKEN}"]


async def test_a_file_of_one_address_comes_from_there(slack: FakeSlack, files: SlackFiles) -> None:
    slack.info = {"url_private_download": None, "url_private": f"{slack.url}/files/table.csv"}
    file = await files.given("F1", ROBIN, "T1")
    assert await fetched(files, file) == slack.content


async def test_a_file_over_the_limit_is_refused_before_it_is_fetched(
    slack: FakeSlack, files: SlackFiles
) -> None:
    slack.content = b"1" * (MOST + 1)
    with pytest.raises(UserError, match=r"101 bytes; .* up to 100 bytes"):
        await files.given("F1", ROBIN, "T1")
    assert slack.bearers == []


@pytest.mark.parametrize(
    "address",
    [
        "http://files.example.test/files/table.csv",
        "https://127.0.0.1/files/table.csv",
        "file:///etc/passwd",
        "",
    ],
)
async def test_a_file_elsewhere_never_gets_the_token(
    slack: FakeSlack, files: SlackFiles, address: str
) -> None:
    file = await files.given("F1", ROBIN, "T1")
    slack.info = {"url_private_download": address}
    with pytest.raises(UserError, match="kept outside Slack"):
        await files.given("F1", ROBIN, "T1")
    with pytest.raises(UserError, match="kept outside Slack"):
        await fetched(files, file)
    assert slack.bearers == []


async def test_a_redirect_is_followed_on_slacks_own_hosts_only(
    slack: FakeSlack, files: SlackFiles
) -> None:
    file = await files.given("F1", ROBIN, "T1")
    slack.moved_to = "/files/table.csv"
    assert await fetched(files, file) == slack.content
    slack.moved_to = "http://files.example.test/files/table.csv"
    with pytest.raises(UserError, match="kept outside Slack"):
        await fetched(files, file)


async def test_a_page_to_log_in_is_no_file(slack: FakeSlack, files: SlackFiles) -> None:
    file = await files.given("F1", ROBIN, "T1")
    slack.page = web.Response(text="<html>Sign in</html>", content_type="text/html")
    with pytest.raises(UserError, match="page to log in"):
        await fetched(files, file)


@pytest.mark.parametrize(("status", "said"), [(404, "any more"), (500, "right now")])
async def test_what_slack_does_not_send_is_told(
    slack: FakeSlack, files: SlackFiles, status: int, said: str
) -> None:
    file = await files.given("F1", ROBIN, "T1")
    slack.page = web.Response(status=status)
    with pytest.raises(UserError, match=said):
        await fetched(files, file)


async def test_another_file_in_its_place_is_not_sent(slack: FakeSlack, files: SlackFiles) -> None:
    file = await files.given("F1", ROBIN, "T1")
    slack.content += b"3,4\n"
    with pytest.raises(UserError, match="has changed since you gave it"):
        await fetched(files, file)
    slack.info = {"size": file.size}
    with pytest.raises(UserError, match="has changed since you gave it"):
        await fetched(files, file)


@pytest.mark.parametrize(
    ("info", "error", "kind"),
    [
        ({}, "file_not_found", GoneError),
        ({}, "missing_scope", UserError),
        ({"mode": "tombstone"}, "", GoneError),
        ({"is_external": True}, "", UserError),
        ({"size": None}, "", UserError),
    ],
)
async def test_what_cannot_be_sent_is_told_at_once(
    slack: FakeSlack,
    files: SlackFiles,
    info: dict[str, Any],
    error: str,
    kind: type[UserError],
) -> None:
    slack.info, slack.error = info, error
    with pytest.raises(kind):
        await files.given("F1", ROBIN, "T1")


async def test_a_name_of_any_kind_stays_in_its_folder(slack: FakeSlack, files: SlackFiles) -> None:
    slack.info = {"name": "../../etc/\u202epasswd\x00" + "x" * 300 + ".csv"}
    file = await files.given("F1", ROBIN, "T1")
    assert "/" not in file.name
    assert file.name.endswith(".csv")
    assert len(file.name) <= 200
