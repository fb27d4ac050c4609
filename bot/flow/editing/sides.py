"""A field's value before and after, in words."""

from __future__ import annotations

from typing import Final

from bot.change import FieldEdit, Value, WriteKind
from bot.ckan.schema import Field
from bot.flow.editing.passages import passages
from bot.text import ngettext

WHOLE: Final = frozenset(
    {
        WriteKind.CREATE_PACKAGE,
        WriteKind.CREATE_RESOURCE,
        WriteKind.DELETE_PACKAGE,
        WriteKind.DELETE_RESOURCE,
    }
)
"""Writes that make or delete a whole thing, so that it has one side only."""


def sides(field: Field, edit: FieldEdit) -> tuple[str, str]:
    """Both values; of a long text the passages that differ, of a composite the rows that do.

    Rows stand one a line, with how many stay as they are.
    """
    if not field.composite:
        return passages(field.describe(edit.before), field.describe(edit.after))
    before, after = _rows(field, edit.before), _rows(field, edit.after)
    kept = [row for row in before if row in after]
    if kept != [row for row in after if row in before] or kept == before == after:
        # Their order is what differs, or something that is not told.
        return "\n".join(before), "\n".join(after)
    stays = ngettext("{n} that stays as it is", "{n} that stay as they are", len(kept))
    rest = [stays.format(n=len(kept))] if kept else []
    return (
        "\n".join([row for row in before if row not in kept] + rest),
        "\n".join([row for row in after if row not in kept] + rest),
    )


def _rows(field: Field, value: Value) -> list[str]:
    rows = value if isinstance(value, list) else [value]
    return [told for row in rows if (told := field.describe(row))]
