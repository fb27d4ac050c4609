"""Rows of a composite, added, moved and dropped in any order, against a plain list."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.ckan.models import Package
from bot.ckan.schema import Choice, with_choices
from bot.command import Subject
from bot.errors import FieldErrors
from bot.flow.editing.drafts import filled, form_of, offered, placed, pressed
from bot.forms.model import FormValue
from bot.forms.read import read
from bot.forms.sheet import Sheet
from bot.slack.blocks import plain
from bot.slack.form_view import form_blocks, typed_values
from sandbox.slack.blocks import check_view
from sandbox.slack.form_state import initial_state
from tests.forms.bcdc import SCHEMA, record

ACTS = st.lists(st.tuples(st.sampled_from(["add", "remove", "up", "down"]), st.integers(0, 6)))
LINKS = st.lists(
    st.builds(
        lambda name, number: {"description": name, "url": f"https://x.test/{number}"},
        st.text("abc ", min_size=1).filter(str.strip).map(str.strip),
        st.integers(0, 99),
    ),
    max_size=4,
)


def subject(**changes: Any) -> Subject:
    package = Package(record(tags=[], **changes))
    fields = tuple(one for one in SCHEMA.dataset_fields if one.name != "publish_state")
    return Subject(package, None, fields, defaults={"contacts.displayed": ["displayed"]})


def typed_in(one: Subject, sheet: Sheet) -> dict[str, FormValue]:
    form, _page = form_of(one, one.stored, sheet)
    return {block_id: item.value for block_id, item in form.inputs.items()}


def rows_shown(one: Subject, sheet: Sheet) -> list[int]:
    held = one.stored.get("more_info")
    return list(sheet.rows.get("more_info", range(len(held) if isinstance(held, list) else 0)))


@given(LINKS, ACTS)
def test_buttons_do_to_the_rows_what_they_say(links: list[dict[str, Any]], acts: Any) -> None:
    one = subject(more_info=links)
    sheet, model, used = Sheet(), list(links), set(range(len(links)))
    for number, (act, place) in enumerate(acts):
        sheet = sheet.with_typed(typed_in(one, sheet))
        ids = rows_shown(one, sheet)
        if act == "add":
            sheet = pressed(one, one.stored, sheet, act, "more_info")
            (row_id,) = set(rows_shown(one, sheet)) - set(ids)
            assert row_id not in used, "an id was given twice"
            used.add(row_id)
            link = {"description": f"New {number}", "url": f"https://new.test/{number}"}
            sheet = sheet.with_typed(
                {f"more_info.{row_id}.{part}": text for part, text in link.items()}
            )
            model.append(link)
        elif place < len(ids):
            sheet = pressed(one, one.stored, sheet, act, f"more_info.{ids[place]}")
            to = place + (-1 if act == "up" else 1)
            if act == "remove":
                del model[place]
            elif 0 <= to < len(model):
                model[place], model[to] = model[to], model[place]
        sheet = Sheet.of(json.loads(json.dumps(sheet.kept())))
    typed = sheet.with_typed(typed_in(one, sheet)).typed
    values = read(one.fields, one.stored, typed, rows=sheet.rows)
    assert values.get("more_info", links) == model
    assert set(values) <= {"more_info"}


@given(LINKS, LINKS)
def test_a_form_filled_with_what_is_wanted_reads_as_that(
    links: list[dict[str, Any]], wanted: list[dict[str, Any]]
) -> None:
    one = subject(more_info=links)
    sheet = filled(one, {**one.stored, "more_info": wanted, "purpose": "To know"})
    values = dict(read(one.fields, one.stored, sheet.typed, rows=sheet.rows))
    assert values.pop("purpose") == "To know"
    assert values == ({} if links == wanted else {"more_info": wanted})


def test_a_new_contact_starts_as_the_record_says() -> None:
    one = subject()
    sheet = pressed(one, one.stored, Sheet(), "add", "contacts")
    assert sheet.rows == {"contacts": (0, 1)}
    assert typed_in(one, sheet)["contacts.1.displayed"] == ("displayed",)


def test_errors_by_place_land_on_the_row_that_stands_there() -> None:
    one = subject(more_info=[{"url": "https://a.test"}, {"url": "https://b.test"}])
    sheet = pressed(one, one.stored, Sheet(), "remove", "more_info.0")
    errors = FieldErrors({"more_info.0.url": "wrong", "title": "wrong"})
    found = placed(one, one.stored, sheet, errors)
    assert found.by_field == {"more_info.1.url": "wrong", "title": "wrong"}


def test_buttons_that_mean_nothing_change_nothing() -> None:
    one = subject()
    for act, on in (
        ("up", "title"),
        ("remove", "contacts.9"),
        ("add", "x"),
        ("leap", "contacts.0"),
    ):
        assert pressed(one, one.stored, Sheet(), act, on) == Sheet()


def many() -> Subject:
    choices = tuple(Choice(f"id-{n}", f"Branch {n} of Forests") for n in range(150))
    fields = with_choices(SCHEMA.dataset_fields, {"owner_org": choices, "contacts.org": choices})
    raw = record(tags=[], owner_org="id-7")
    return Subject(Package(raw), None, fields)


def test_among_more_choices_than_a_list_takes_one_types() -> None:
    one = many()
    form, _page = form_of(one, one.stored, Sheet())
    blocks = {block["block_id"]: block for block in form_blocks(form) if "block_id" in block}
    element = blocks["owner_org"]["element"]
    assert element["type"] == "external_select"
    assert element["initial_option"]["value"] == "id-7"
    assert "options" not in element
    view = {"type": "modal", "title": plain("Record", 24), "submit": plain("Next", 24)}
    check_view(view | {"blocks": form_blocks(form)}, home=False)
    typed = typed_values(initial_state(form_blocks(form)))
    assert read(one.fields, one.stored, typed) == {}


def test_what_is_typed_finds_choices_by_all_its_words() -> None:
    fields = many().fields
    assert [one.value for one in offered(fields, "owner_org", "forests 49")] == ["id-49", "id-149"]
    assert offered(fields, "contacts.3.org", "branch 12")[0].value == "id-12"
    assert len(offered(fields, "contacts.0.org", "")) == 100
    assert offered(fields, "contacts.0.nothing", "x") == offered(fields, "nothing", "") == ()
