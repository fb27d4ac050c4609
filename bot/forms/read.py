"""From what was typed in a form to CKAN's values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.change import Json, Value
from bot.ckan.schema import Field
from bot.errors import FieldErrors
from bot.forms import traits
from bot.forms.look import Kept, look, rows_of, unchanged, untouchable
from bot.forms.model import FormValue
from bot.forms.parts import is_as_cut, joined
from bot.forms.typed import ValueRefusedError, value_of
from bot.text import _

_NO_ROWS: Final[Mapping[str, Sequence[int]]] = MappingProxyType({})


def read(
    fields: Sequence[Field],
    stored: Mapping[str, Json],
    typed: Mapping[str, FormValue],
    *,
    rows: Mapping[str, Sequence[int]] = _NO_ROWS,
) -> Mapping[str, Value]:
    """CKAN's values of the fields that were changed; an untouched form changes nothing.

    An emptied text is "", an emptied list of choices or rows []; a field that held nothing and
    still does is left out, so that an absent key stays absent. Composites come whole, with the
    subfields no form shows. `rows` as in `build`.

    Raises `FieldErrors` by block id. Whether what was not touched is complete is for
    `bot.forms.check` to say.
    """
    values: dict[str, Value] = {}
    errors: dict[str, str] = {}
    for field in fields:
        if untouchable(field, stored) or not traits.asked(field, stored, typed):
            continue
        held = stored.get(field.name)
        if field.composite:
            found = _composite(field, held, typed, ids=rows.get(field.name), errors=errors)
            if found is not None:
                values[field.name] = found
        else:
            values |= _fields((field,), stored, typed, at="", errors=errors)
    if errors:
        raise FieldErrors(errors)
    return values


def _composite(
    field: Field,
    held: Value,
    typed: Mapping[str, FormValue],
    *,
    ids: Sequence[int] | None,
    errors: dict[str, str],
) -> list[Json] | None:
    """All rows when one was changed, added, moved or dropped; else None."""
    rows = rows_of(field, held, ids)
    if rows is None:
        return None
    stored_ids = range(len(held) if isinstance(held, list) else 0)
    touched = [row_id for row_id in rows if row_id in stored_ids] != list(stored_ids)
    after: list[Json] = []
    for row_id, row in rows.items():
        at = f"{field.name}.{row_id}."
        changes = _fields(field.subfields, row, typed, at=at, errors=errors)
        touched = touched or bool(changes)
        if _stays(row, changes, stored=row_id in stored_ids):
            after.append({**row, **changes})
    if not touched or (not after and not held):
        return None
    return after


def _stays(row: Mapping[str, Json], changes: Mapping[str, Json], *, stored: bool) -> bool:
    """Whether a row is more than an empty one that nobody filled in."""
    return any({**row, **changes}.values()) or (stored and not changes)


def row_ids(
    field: Field,
    stored: Mapping[str, Json],
    typed: Mapping[str, FormValue],
    ids: Sequence[int] | None,
) -> list[int]:
    """The row ids of a composite as `read` answers it, by place."""
    held = stored.get(field.name)
    count = len(held) if isinstance(held, list) else 0
    errors: dict[str, str] = {}
    return [
        row_id
        for row_id, row in (rows_of(field, held, ids) or {}).items()
        if _stays(
            row,
            _fields(
                field.subfields,
                row,
                typed,
                at=f"{field.name}.{row_id}.",
                errors=errors,
            ),
            stored=row_id < count,
        )
    ]


def _fields(
    fields: Sequence[Field],
    stored: Mapping[str, Json],
    typed: Mapping[str, FormValue],
    *,
    at: str,
    errors: dict[str, str],
) -> dict[str, Json]:
    changed: dict[str, Json] = {}
    emptied = bool(at) and not any(
        value for block_id, value in typed.items() if block_id.startswith(at)
    )
    for field in fields:
        block_id = at + field.name
        before = look(field, stored.get(field.name))
        if isinstance(before, Kept) or block_id not in typed:
            continue
        try:
            given = joined(block_id, typed)
        except LookupError:
            # Some parts found no room in the view.
            if not is_as_cut(block_id, before.value, typed):
                errors[block_id] = _(
                    "“{field}” is too long for this page, so it cannot be changed here."
                ).format(field=field.label)
            continue
        if unchanged(before, given):
            continue
        # A row that is emptied altogether is a row taken away.
        required = traits.demanded(field) and not emptied
        try:
            changed[field.name] = value_of(field, given, required=required, before=before)
        except ValueRefusedError as error:
            errors[block_id] = str(error)
    return changed
