"""A form as its page shows it, and what the buttons in it do."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from bot.change import ORDER, Absent, Json, Value, same
from bot.ckan.editable import Section
from bot.ckan.keywords import shown_as_text
from bot.ckan.schema import Choice, Field
from bot.command import Subject
from bot.errors import CatalogueError, FieldErrors, NotConnectedError, UserError
from bot.flow.applying.refused import errors_of
from bot.forms.build import build
from bot.forms.inline import read_words
from bot.forms.look import LISTED, Kept, look, offerable, rows_of
from bot.forms.model import Form, FormValue, Heading, Input, held
from bot.forms.read import row_ids
from bot.forms.sheet import Sheet
from bot.store.changes import StoredChange
from bot.text import _


def sections_of(subject: Subject) -> tuple[Section, ...]:
    """The pages of a form, at least one."""
    return subject.pages or (Section("", tuple(field.name for field in subject.fields)),)


def fields_of(subject: Subject, page: int) -> tuple[Field, ...]:
    """The fields of a page; a page beyond the last is the last."""
    pages = sections_of(subject)
    names = pages[min(page, len(pages) - 1)].fields
    return tuple(field for field in subject.fields if field.name in names)


def form_of(
    subject: Subject,
    stored: Mapping[str, Json],
    sheet: Sheet,
    errors: FieldErrors | None = None,
) -> tuple[Form, int]:
    """The page in front over what is stored, and its number; what was typed wins.

    What is wrong stands at its field, on the first page that has such a field.
    """
    by_field = errors.by_field if errors else {}
    at = _page_of(subject, sheet.page, by_field)
    fields = fields_of(subject, at)
    names = {field.name for field in fields}
    here = {block: said for block, said in by_field.items() if _name(block) in names}
    lost = dict.fromkeys(said for block, said in by_field.items() if block not in here)
    general = (*(errors.general if errors else ()), *lost)
    if at == 0 and not errors and sheet.typed.keys().isdisjoint(subject.heed):
        # On the page of the inputs that it is about it stands there.
        told = names.isdisjoint(map(_name, subject.heed)) and subject.heed.get("")
        general += (told,) if told else ()
    offered: Mapping[str, FormValue] = sheet.typed or dict(subject.suggested)

    def built(general: tuple[str, ...]) -> Form:
        return build(
            fields,
            stored,
            offered,
            errors=here,
            heed=subject.heed,
            general=general,
            title=subject.title,
            rows=sheet.rows,
            sources=subject.fields,
        )

    form = built(general)
    labels = _labels(form, here)
    if labels and (len(labels) > 1 or next(iter(form.inputs)) not in here):
        # The marked input may be far below what a phone shows.
        general += (_("Please look at: {labels}").format(labels=", ".join(labels)),)
        form = built(general)
    return form, at


def filled(subject: Subject, wanted: Mapping[str, Json]) -> Sheet:
    """A sheet in which all inputs hold the wanted values already."""
    rows = {
        field.name: tuple(found)
        for field in subject.fields
        if field.composite
        and (found := rows_of(field, wanted.get(field.name))) is not None
        # Rows of their own only where they are not those that are stored.
        and not same(subject.stored.get(field.name), wanted.get(field.name))
    }
    whole = replace(subject, pages=())
    form, _at = form_of(whole, wanted, Sheet(rows=rows))
    return Sheet(
        typed={block_id: item.value for block_id, item in form.inputs.items()},
        rows=rows,
        following={
            name: max(_count(subject.stored.get(name)), len(ids)) for name, ids in rows.items()
        },
    )


def begun_again(subject: Subject, old: StoredChange) -> tuple[Sheet, FieldErrors | None]:
    """A sheet with what a change wanted, and why it was refused where it was."""
    edits = [edit for row in old.writes for edit in row.write.edits]
    # Which resources a copy takes is chosen by their ids.
    wanted = {edit.field: edit.after for edit in edits if edit.field != ORDER}
    sheet = Sheet.of(old.typed).at(0)
    refused = next(filter(None, (errors_of(row.detail) for row in old.writes)), None)
    errors = refused and placed(subject, old.seen, sheet, refused)
    if wanted and not sheet.typed:
        # The person's own work: it is kept even if the form is closed.
        sheet = filled(subject, shown_as_text({**subject.stored, **json_only(wanted)}))
    return sheet, errors


def pressed(subject: Subject, seen: Mapping[str, Json], sheet: Sheet, act: str, on: str) -> Sheet:
    """The sheet after a button was pressed.

    `add`, `remove`, `up` or `down` on a composite (`contacts`) or one of its rows (`contacts.0`);
    `another` on an input forgets the file that was given there; `back` and `page:2` turn to another
    page. Anything else changes nothing.
    """
    if act == "another":
        return sheet.with_typed({on: None})
    if act == "back":
        return sheet.at(max(0, sheet.page - 1))
    if act.startswith("page:") and act[5:].isdecimal():
        return sheet.at(min(int(act[5:]), len(sections_of(subject)) - 1))
    name, _dot, row = on.partition(".")
    field = next((one for one in subject.fields if one.name == name and one.composite), None)
    rows = rows_of(field, seen.get(name), sheet.rows.get(name)) if field else None
    if field is None or rows is None:
        return sheet
    ids, stored = tuple(rows), _count(seen.get(name))
    if act == "add":
        begun = {
            sub.name: held(subject.defaults[path])
            for sub in field.subfields
            if (path := f"{name}.{sub.name}") in subject.defaults
        }
        return sheet.with_row(name, ids, begun, stored)
    if not row.isdecimal() or int(row) not in ids:
        return sheet
    if act == "remove":
        return sheet.without_row(name, ids, int(row), stored)
    if act in {"up", "down"}:
        return sheet.moved(name, ids, int(row), -1 if act == "up" else 1, stored)
    return sheet


def kept_text(subject: Subject, seen: Mapping[str, Json], block_id: str) -> tuple[str, str]:
    """The label of a field whose text a form cannot hold, and all of that text; "" for others."""
    name, _dot, rest = block_id.partition(".")
    field = next((one for one in subject.fields if one.name == name), None)
    value: Value = seen.get(name)
    row, _dot, part = rest.partition(".")
    if field and part and (rows := rows_of(field, value)) and row.isdecimal():
        field = next((one for one in field.subfields if one.name == part), None)
        value = rows.get(int(row), {}).get(part)
    if field is None:
        return "", ""
    kept = look(field, value) if not field.composite else None
    return field.label, kept.text if isinstance(kept, Kept) else field.describe(value)


def offered(fields: Iterable[Field], block_id: str, text: str) -> tuple[Choice, ...]:
    """The choices of an input that hold all words of a text, those that begin with it first."""
    name, _dot, rest = block_id.partition(".")
    sub_name = rest.rpartition(".")[2]
    field = next((one for one in fields if one.name == name), None)
    if field and sub_name:
        field = next((one for one in field.subfields if one.name == sub_name), None)
    words = text.casefold().split()
    found = [
        choice
        for choice in (field.choices if field else ())
        if offerable(choice.value)
        and not choice.closed
        and (all(word in choice.label.casefold() for word in words) or choice.value == text.strip())
    ]
    found.sort(key=lambda choice: not choice.label.casefold().startswith(text.casefold().strip()))
    return tuple(found[:LISTED])


def in_words(subject: Subject, words: Sequence[tuple[str, str]]) -> Mapping[str, Value]:
    """The values that `field=value` words change. Raises FieldErrors."""
    return read_words(
        subject.fields,
        subject.stored,
        words,
        elsewhere=subject.elsewhere,
        defaults=subject.defaults,
    )


def placed(
    subject: Subject, seen: Mapping[str, Json], sheet: Sheet, errors: FieldErrors
) -> FieldErrors:
    """Errors by block id, from errors that name a row by the place it has when it is sent."""
    fields = {field.name: field for field in subject.fields if field.name in sheet.rows}
    by_field: dict[str, str] = {}
    for path, sentence in errors.by_field.items():
        name, _dot, rest = path.partition(".")
        place, _dot, sub = rest.partition(".")
        if name in fields and place.isdecimal():
            ids = row_ids(fields[name], seen, sheet.typed, sheet.rows[name])
            place = str(ids[int(place)]) if int(place) < len(ids) else place
            by_field[f"{name}.{place}.{sub}"] = sentence
        else:
            by_field[path] = sentence
    return FieldErrors(by_field, errors.general)


def sheet_of(draft: StoredChange, typed: Mapping[str, FormValue]) -> Sheet:
    """The sheet with what was typed now, over what was typed in inputs the view does not show."""
    return Sheet.of(draft.typed).with_typed(typed)


def still_kept(error: CatalogueError | NotConnectedError) -> UserError:
    """The same error, saying that nothing of the form is lost."""
    sentence = _("{why} What you typed is kept: continue with /bcdc pending.")
    return type(error)(sentence.format(why=error))


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


def json_only(values: Mapping[str, Value]) -> dict[str, Json]:
    """The values with null for what is to be taken away."""
    return {name: None if isinstance(value, Absent) else value for name, value in values.items()}


def _labels(form: Form, block_ids: Container[str]) -> list[str]:
    """What these inputs are called; in a row, after what the row is called."""
    labels: list[str] = []
    row = ""
    for item in form.items:
        if isinstance(item, Heading):
            row = item.text
        elif isinstance(item, Input) and item.block_id in block_ids:
            inside = row and "." in item.block_id
            labels.append(f"{row}, {item.label}" if inside else item.label)
    return labels


def _page_of(subject: Subject, page: int, by_field: Mapping[str, str]) -> int:
    """The page in front, or the first with an error where that has none."""
    pages = sections_of(subject)
    page = min(page, len(pages) - 1)
    wrong = {_name(block_id) for block_id in by_field}
    if not wrong or not wrong.isdisjoint(pages[page].fields):
        return page
    return next((n for n, one in enumerate(pages) if not wrong.isdisjoint(one.fields)), page)


def _name(block_id: str) -> str:
    return block_id.partition(".")[0]


def _count(rows: Value) -> int:
    return len(rows) if isinstance(rows, list) else 0
