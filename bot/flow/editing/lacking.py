"""What a form that waits, or a draft record, still needs before it can go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.ckan.models import Package
from bot.ckan.schema import Field
from bot.context import Context
from bot.errors import FieldErrors
from bot.flow.editing.preview import Previews
from bot.flow.editing.work import Working
from bot.forms.complete import gaps
from bot.forms.read import read
from bot.forms.sheet import Sheet
from bot.store.changes import StoredChange
from bot.text import _


async def lacking_in_form(
    working: Working, previews: Previews, draft: StoredChange
) -> tuple[str, ...]:
    """Labels of the fields that keep a form from its preview; none when it could be previewed.

    Raises UserError where that cannot be told now.
    """
    work = await working.resume(draft)
    if work.subject is None:
        return ()
    sheet = Sheet.of(draft.typed)
    try:
        values = read(work.subject.fields, draft.seen, sheet.typed, rows=sheet.rows)
        if not values and work.subject.stored:
            return (_("a change"),)
        await previews.proposed(work.ctx, await work.command.propose(work.ctx, work.args, values))
    except FieldErrors as errors:
        return _labels(work.subject.fields, errors)
    return ()


async def lacking_in_record(ctx: Context, package: Package) -> tuple[str, ...]:
    """Labels of what keeps a draft from being published; none when it may be asked for."""
    schema = await ctx.ckan.schema()
    errors = gaps(schema, package)
    if errors is None:
        return ()
    resources = [_("its resources")] if errors.general else []
    return (*_labels(schema.dataset_fields, FieldErrors(errors.by_field)), *resources)


def _labels(fields: Iterable[Field], errors: FieldErrors) -> tuple[str, ...]:
    """What is wrong by label, each once, in the order of the form."""
    named: Sequence[str] = [block_id.partition(".")[0] for block_id in errors.by_field]
    labels = [field.label for field in fields if field.name in named]
    return tuple(dict.fromkeys(labels)) or errors.general
