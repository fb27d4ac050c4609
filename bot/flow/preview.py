"""A stored preview as people look at it before they decide."""

from __future__ import annotations

from bot.context import Context
from bot.flow.deeds import about, last_copy, page_of
from bot.flow.files import Files
from bot.flow.pages import PreviewPage, differences
from bot.flow.people import banner
from bot.flow.sample import look_into
from bot.store.changes import StoredChange


async def preview_page(
    ctx: Context, stored: StoredChange, files: Files, *, editable: bool
) -> PreviewPage:
    """What will change, in the words of the live schema; `editable` where a form leads to it."""
    writes = tuple(row.write for row in stored.writes)
    of_record = any(write.resource_id is None for write in writes)
    # Organizations and licences are told by their titles; no resource has any.
    choices = await ctx.ckan.choices() if of_record else {}
    return PreviewPage(
        change_id=stored.id,
        about=about(writes, undoes=stored.reverts is not None),
        title=stored.title,
        url=page_of(ctx.ckan, writes[0], applied=False),
        differences=differences(writes, await ctx.ckan.schema(), choices),
        warnings=tuple(stored.warnings),
        confirmations=stored.confirmations,
        banner=banner(ctx),
        editable=editable,
        last_copy=last_copy(writes),
        look=await look_into(files, ctx, writes[0].file),
    )
