"""How the bot itself does, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from bot.context import Health
from bot.flow.operating import Operating
from bot.store.db import Database
from bot.store.health import backlog
from bot.text import _, ngettext


class BotHealth(Health):
    """What the database knows of it."""

    def __init__(self, db: Database, operating: Operating) -> None:
        self._db = db
        self._operating = operating

    @override
    async def facts(self) -> Sequence[tuple[str, str]]:
        now = await backlog(self._db)
        paused = await self._operating.paused()
        return (
            (_("Database"), _("Answers")),
            *(((_("Held"), paused.told),) if paused else ()),
            (_("Changes"), _at_work(now.changes)),
            (_("Messages"), _to_send(now.messages)),
        )


def _at_work(number: int) -> str:
    if not number:
        return _("None waits to be applied")
    return ngettext("{n} is being applied", "{n} are being applied", number).format(n=number)


def _to_send(number: int) -> str:
    if not number:
        return _("None waits to be sent")
    return ngettext("{n} waits to be sent", "{n} wait to be sent", number).format(n=number)
