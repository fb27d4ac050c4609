"""A stored preview as people look at it before they decide."""

from __future__ import annotations

from dataclasses import replace

from bot.change import Change
from bot.context import Context
from bot.flow.deciding.consent import Consents
from bot.flow.deeds import about, last_copy, page_of
from bot.flow.editing.files import Files
from bot.flow.editing.proposal import changed, checked
from bot.flow.editing.sample import look_into
from bot.flow.pages import PreviewPage, differences
from bot.flow.people import banner
from bot.store.changes import StoredChange


class Previews:
    """Shows what is stored, and who would be asked to approve it."""

    def __init__(self, files: Files, consents: Consents) -> None:
        self._files = files
        self._consents = consents

    async def proposed(self, ctx: Context, change: Change) -> Change:
        """The change as it is stored: checked, and with whom it asks."""
        return await self._consents.informed(ctx, await checked(ctx, changed(change)))

    async def page(self, ctx: Context, stored: StoredChange, *, editable: bool) -> PreviewPage:
        """What will change; `editable` where a form leads to it."""
        asks, waits = await self._consents.told(stored)
        page = await _page(ctx, stored, self._files, editable=editable)
        return replace(page, asks=asks, waits=waits)


async def _page(ctx: Context, stored: StoredChange, files: Files, *, editable: bool) -> PreviewPage:
    """In the words of the live schema."""
    writes = tuple(row.write for row in stored.writes)
    of_record = any(write.resource_id is None for write in writes)
    # Organizations and licences are told by their titles; no resource has any.
    choices = await ctx.ckan.choices() if of_record else {}
    paused = await ctx.operations.paused()
    return PreviewPage(
        change_id=stored.id,
        about=about(writes, undoes=stored.reverts is not None),
        title=stored.title,
        url=page_of(ctx.ckan, writes[0], applied=False),
        differences=differences(writes, await ctx.ckan.schema(), choices),
        warnings=(*((paused.told,) if paused else ()), *stored.warnings),
        confirmations=stored.confirmations,
        banner=banner(ctx),
        editable=editable,
        last_copy=last_copy(writes),
        look=await look_into(files, ctx, writes[0].file),
    )
