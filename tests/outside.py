"""The house with the bot in a process of its own, which a test may kill."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from sandbox.slack import RunningSlack, new_workspace, start
from tests.house import Guest, environment
from tests.ports import free_port
from tests.proxy import FaultProxy, When, running_proxy

ROOT = Path(__file__).resolve().parents[1]
READY_WITHIN = 120.0
SEEN_WITHIN = 120.0


async def until(true: Callable[[], object], what: str, within: float = SEEN_WITHIN) -> None:
    """Wait until it is so; else the test fails, saying what was waited for."""
    try:
        async with asyncio.timeout(within):
            while not true():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not within {within} s: {what}") from None


class BotProcess:
    """`python -m bot`, or one of its roles, with these variables; all it writes goes to `log`."""

    def __init__(self, variables: Mapping[str, str], log: Path, role: str = "") -> None:
        self._variables = variables
        self.log = log
        self.role = role
        self.url = f"http://127.0.0.1:{variables['PORT']}"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start, and wait until a command would be served."""
        variables = {**os.environ, "PYTHONPATH": str(ROOT), **self._variables}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", *self.role.split()],
                # A developer's own `.env` has no say here.
                cwd=self.log.parent,
                env=variables,
                stdout=log,
                stderr=log,
            )
        async with aiohttp.ClientSession() as session, asyncio.timeout(READY_WITHIN):
            while not await self._ready(session):
                assert self._process.poll() is None, self.log.read_text()
                await asyncio.sleep(0.05)

    async def _ready(self, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def stop(self) -> int:
        """Ask it to end, as a supervisor does, and answer its exit status."""
        assert self._process is not None
        self._process.terminate()
        return await asyncio.to_thread(self._process.wait)

    def memory(self, *, peak: bool = False) -> float:
        """The megabytes it takes now; `peak`: the most it took since `forget_peak`."""
        status = (self._proc / "status").read_text(encoding="utf-8")
        name = "VmHWM" if peak else "VmRSS"
        [line] = [line for line in status.splitlines() if line.startswith(f"{name}:")]
        return int(line.split()[1]) / 1024

    def forget_peak(self) -> None:
        """Count the peak of its memory from now on."""
        (self._proc / "clear_refs").write_text("5", encoding="utf-8")

    @property
    def _proc(self) -> Path:
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}")

    async def kill(self) -> None:
        """`kill -9`."""
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)


@dataclass(slots=True)
class OutsideHouse:
    """A running Slack, and the bot outside; each behind a proxy that can hold a request.

    `at_slack` stands before the Web API, `at_catalogue` before the catalogue.
    """

    slack: RunningSlack
    at_slack: FaultProxy
    at_catalogue: FaultProxy
    keys: Mapping[str, SecretStr]
    folder: Path
    variables: dict[str, str]
    bots: list[BotProcess] = field(default_factory=list)

    @property
    def bot(self) -> BotProcess:
        """The bot that was started last."""
        return self.bots[-1]

    def guest(self, name: str) -> Guest:
        return Guest(self, f"U0{name.upper()}")

    def direct_channel(self, user_id: str) -> str:
        return str(self.slack.workspace.directory.im_of(user_id).id)

    async def settled(self) -> None:
        """From outside nobody can tell; a test waits for what it wants to see."""
        await asyncio.sleep(0)

    async def start_bot(self, role: str = "", **more: str) -> BotProcess:
        """One more bot, or a part of one, on the same database."""
        variables = self.variables | {"PORT": str(free_port())} | more
        bot = BotProcess(variables, self.folder / f"bot-{len(self.bots)}.log", role)
        self.bots.append(bot)
        await bot.start()
        return bot

    async def dies_at(
        self, where: str, request_name: str, when: When, doing: Awaitable[None]
    ) -> None:
        """Kill the bot at this request, to which what a person does leads, and start it again."""
        held = getattr(self, where).hold(request_name, when)
        await doing
        await held.reached.wait()
        await self.bot.kill()
        await self.start_bot()

    async def connects(self, name: str, user_name: str) -> Guest:
        """A person who has given the bot the key of a user of the catalogue."""
        guest = self.guest(name)
        for _try in range(8):
            await guest.types("/bcdc connect")
            # Slack gives up a bot that has just started where a busy machine makes it late.
            with suppress(AssertionError):
                form = "the form for the key"
                await until(lambda: guest.view and "API key" in guest.reads(), form, within=15)
                break
        await guest.fills(api_key=self.keys[user_name].get_secret_value())
        await until(lambda: "Connected as" in guest.reads(), "that the key is taken")
        await guest.closes()
        return guest


@asynccontextmanager
async def open_outside(
    folder: Path,
    catalogue_url: str,
    keys: Mapping[str, SecretStr],
    *,
    roles: Sequence[str] = ("",),
    **more: str,
) -> AsyncIterator[OutsideHouse]:
    """A Slack and its bot over the catalogue at this address, in a process for each role."""
    slack = await start(workspace=new_workspace())
    async with AsyncExitStack() as stack:
        stack.push_async_callback(slack.stop)
        at_slack = await stack.enter_async_context(running_proxy(slack.url))
        at_catalogue = await stack.enter_async_context(running_proxy(catalogue_url))
        variables = environment(slack, folder, at_catalogue.url, port=0)
        variables |= {"SLACK_API_URL": f"{at_slack.url}/api/"} | more
        house = OutsideHouse(slack, at_slack, at_catalogue, keys, folder, variables)
        try:
            await asyncio.gather(*map(house.start_bot, roles))
            yield house
        finally:
            for bot in house.bots:
                await bot.kill()
