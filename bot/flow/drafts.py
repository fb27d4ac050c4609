"""The form of a draft: what it holds, kept as JSON while the person is at it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.change import Absent, Json, Value, same
from bot.command import Subject
from bot.errors import FieldErrors
from bot.forms.build import build
from bot.forms.model import Form, FormValue
from bot.text import _


def form_of(
    subject: Subject,
    stored: Mapping[str, Json],
    typed: Mapping[str, FormValue] | None,
    errors: FieldErrors | None = None,
) -> Form:
    """The form over what is stored; what was typed wins, and what is wrong stands at its field."""
    by_field = errors.by_field if errors else {}
    general = errors.general if errors else ()
    offered = subject.suggested if typed is None else typed
    form = build(subject.fields, stored, offered, errors=by_field, title=subject.title)
    labels = [item.label for item in form.inputs.values() if item.block_id in by_field]
    if labels:
        # The marked input may be far below what a phone shows.
        general += (_("Please look at: {labels}").format(labels=", ".join(labels)),)
    if not general:
        return form
    return build(
        subject.fields, stored, offered, errors=by_field, general=general, title=subject.title
    )


def typed_in(form: Form) -> dict[str, FormValue]:
    """What the inputs of a form hold."""
    return {block_id: item.value for block_id, item in form.inputs.items()}


def unmoved(subject: Subject, seen: Mapping[str, Json], values: Mapping[str, Value]) -> None:
    """Raise FieldErrors when somebody changed a field since that is to change."""
    labels = {field.name: field for field in subject.fields}
    moved = {
        name: _("Somebody changed this since you opened the form. It is now: {value}").format(
            value=labels[name].describe(subject.stored.get(name)) or _("empty")
        )
        for name in values
        if not same(subject.stored.get(name), seen.get(name))
    }
    if moved:
        general = _(
            "What you typed is kept. Look at the marked fields, then go on if it is still right."
        )
        raise FieldErrors(moved, (general,))


def to_json(typed: Mapping[str, FormValue]) -> dict[str, Json]:
    """What was typed, to be kept."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in typed.items()}


def from_json(kept: Mapping[str, Json]) -> dict[str, FormValue] | None:
    """What `to_json` kept; None when nothing was typed yet."""
    return {
        key: tuple(map(str, value))
        if isinstance(value, list)
        else None
        if value is None
        else str(value)
        for key, value in kept.items()
    } or None


def json_only(values: Mapping[str, Value]) -> dict[str, Json]:
    """The values with null for what is to be taken away."""
    return {name: None if isinstance(value, Absent) else value for name, value in values.items()}
