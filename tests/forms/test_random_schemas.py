"""Forms over random schemas, filled in through Slack's own form, against the oracle."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change import Value
from bot.ckan.models import Package
from bot.ckan.schema import Field, Schema, parse_schema
from bot.errors import FieldErrors
from bot.flow.editing.drafts import offered
from bot.forms.build import build
from bot.forms.check import check_record
from bot.forms.model import FormValue
from bot.forms.read import read
from bot.slack.blocks import option, plain
from bot.slack.form_view import form_blocks, typed_values
from sandbox.slack.blocks import check_view
from sandbox.slack.form_state import (
    initial_state,
    refused_by_client,
    state_after_update,
    state_with,
)
from sandbox.slack.records import ImpossibleError
from tests.forms import odd, oracle, scheming
from tests.forms.scheming import Raw


@dataclass(frozen=True)
class Case:
    """A schema, what is stored, and what somebody wants in some of its fields instead."""

    raw: list[Raw]
    stored: Raw
    wanted: Raw

    @property
    def fields(self) -> tuple[Field, ...]:
        return parse_schema({"resource_fields": self.raw}).resource_fields

    @property
    def rows(self) -> Mapping[str, tuple[int, ...]]:
        """The rows that are in the form once those are taken away that are to hold nothing."""
        return {
            field["field_name"]: _ids(field, self.wanted[field["field_name"]])
            for field in self.raw
            if "repeating_subfields" in field and field["field_name"] in self.wanted
        }


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """What is stored may be saved as it is; what is wanted, Slack can hold."""
    raw = draw(scheming.fields())
    named = {field["field_name"]: field for field in raw}
    stored, wanted = draw(scheming.objects(raw)), draw(scheming.objects(raw))
    for _round in raw:
        # A condition may be gone with what was wrong.
        wrong = {path.partition(".")[0] for path in oracle.faults(raw, stored)}
        stored = {
            name: oracle.settled(named[name], held)
            for name, held in stored.items()
            if name not in wrong and oracle.asked(named[name], stored)
        }
    held = {
        name: given
        for name, given in wanted.items()
        if not scheming.is_hidden(named[name])
        and not is_beyond_slack(given)
        and not is_beyond_slack(stored.get(name))
    }
    return Case(raw, stored, held)


def entered(case: Case) -> dict[str, FormValue] | None:
    """What Slack sends when somebody enters what is wanted; None where its form refuses it."""
    typed: dict[str, FormValue] = {}
    state: dict[str, Any] = {}
    blocks: list[dict[str, Any]] = []
    # What is chosen in one round is asked about in the next.
    for _round in range(len(case.raw) + 1):
        blocks = form_blocks(build(case.fields, case.stored, typed, rows=case.rows))
        _is_taken_by_slack(blocks)
        state = state_after_update(state, blocks) if state else initial_state(blocks)
        entering = blocks_of(case.raw, case.wanted)
        here = {block_id: given for block_id, given in entering.items() if block_id in state}
        try:
            state = state_with(state, blocks, here, _listed(case.fields, here))
        except ImpossibleError:
            return None
        typed = typed_values(state)
    return None if refused_by_client(blocks, state) else typed


def _is_taken_by_slack(blocks: list[dict[str, Any]]) -> None:
    view = {"type": "modal", "title": plain("x", 24), "submit": plain("y", 24), "blocks": blocks}
    check_view(view, home=False)


def _listed(
    fields: tuple[Field, ...], here: Mapping[str, Any]
) -> Callable[[str, str], list[dict[str, Any]]]:
    """What the bot offers for a list too long for a form, when the wanted value is typed there."""

    def listed(block_id: str, _action_id: str) -> list[dict[str, Any]]:
        found = offered(fields, block_id, str(here.get(block_id) or ""))
        return [option(choice.value, choice.label) for choice in found]

    return listed


def blocks_of(raw: list[Raw], wanted: Raw) -> dict[str, Any]:
    """What is wanted, by the blocks of a form."""
    blocks: dict[str, Any] = {}
    for field in raw:
        name = field["field_name"]
        if name not in wanted:
            continue
        given = wanted[name]
        if "repeating_subfields" not in field:
            blocks[name] = json.dumps(given) if isinstance(given, dict) else given or None
            continue
        nothing = {part["field_name"]: None for part in field["repeating_subfields"]}
        for place, row in enumerate(given or [nothing]):
            blocks |= {f"{name}.{place}.{part}": one or None for part, one in row.items()}
    return blocks


def passed(
    case: Case, typed: Mapping[str, FormValue], *, resource: bool
) -> Mapping[str, Value] | None:
    """The values that go on to a preview; None where the form comes back with what is wrong."""
    try:
        values = read(case.fields, case.stored, typed, rows=case.rows)
    except FieldErrors:
        return None
    after = {**case.stored, **values, "id": "r"}
    schema = Schema("t", () if resource else case.fields, case.fields if resource else ())
    errors, _warnings = check_record(
        schema,
        Package({"resources": [after]} if resource else after),
        edited_resource="r" if resource else None,
        contact_organizations=None,
        organization_titles={},
        siblings=True,
    )
    return None if errors else values


@pytest.mark.parametrize("resource", [True, False])
@given(case=cases())
def test_what_may_be_saved_gets_past_the_form_and_nothing_else_does(
    case: Case, resource: bool
) -> None:
    whole = {**case.stored, **case.wanted}
    typed = entered(case)
    values = None if typed is None else passed(case, typed, resource=resource)
    assert (values is not None) == (not oracle.faults(case.raw, whole))
    if values is None:
        return
    after = {**case.stored, **values}
    for field in case.raw:
        name = field["field_name"]
        if name in case.wanted and oracle.asked(field, whole):
            wanted = oracle.settled(field, case.wanted[name])
            assert oracle.settled(field, after.get(name)) == wanted
        else:
            assert name not in values


@given(cases())
def test_a_form_over_what_was_read_from_it_is_the_same_form(case: Case) -> None:
    typed = entered(case)
    values = None if typed is None else passed(case, typed, resource=True)
    if typed is None or values is None:
        return
    after = {**case.stored, **values}
    again = {one: held.value for one, held in build(case.fields, after).inputs.items()}
    assert read(case.fields, after, again) == {}
    assert _told(case, again) == {
        _place(case, block_id): held for block_id, held in _told(case, typed).items()
    }


@given(st.data())
def test_an_untouched_form_changes_nothing_whatever_is_stored(data: st.DataObject) -> None:
    raw = data.draw(scheming.fields())
    held = st.one_of(odd.values, *map(scheming.value, raw))
    names = st.sampled_from([field["field_name"] for field in raw])
    stored = data.draw(st.dictionaries(names, held))
    case = Case(raw, stored, {})
    blocks = form_blocks(build(case.fields, stored))
    _is_taken_by_slack(blocks)
    assert read(case.fields, stored, typed_values(initial_state(blocks))) == {}


@given(cases())
def test_what_slack_cannot_hold_stays_as_it_is_and_is_in_nobodys_way(case: Case) -> None:
    beyond = {field["field_name"]: _beyond(field) for field in case.raw}
    stored = {**case.stored, **{name: held for name, held in beyond.items() if held}}
    untouched = Case(case.raw, stored, {})
    typed = entered(untouched)
    if oracle.faults(case.raw, stored):
        return
    assert typed is not None
    assert passed(untouched, typed, resource=True) == {}


def _beyond(field: Raw) -> Any:
    """A value for the field that may be saved, and that no input of Slack can hold."""
    preset = field.get("preset", "")
    values = {choice["value"] for choice in field.get("choices", ())}
    if scheming.UNLISTED in values:
        return scheming.UNLISTED if preset in {"select", "radio"} else [scheming.UNLISTED]
    plain = "repeating_subfields" not in field and field["field_name"] not in scheming.NAMED
    return scheming.LONG if plain and preset in {"", "markdown"} else None


def _told(case: Case, typed: Mapping[str, FormValue]) -> dict[str, object]:
    """What inputs hold that have a place in the form, without those that hold nothing."""
    source = {name: held for name, held in typed.items() if "." not in name}
    asked = {field["field_name"] for field in case.raw if oracle.asked(field, source)}
    return {
        block_id: frozenset(held) if isinstance(held, tuple) else _parsed(held)
        for block_id, held in typed.items()
        if held and block_id.partition(".")[0] in asked and not oracle.blank(held)
    }


def _parsed(held: str | None) -> object:
    """JSON as what it says, since it may be written in many ways."""
    return json.loads(held) if held and held.startswith("{") else held


def _place(case: Case, block_id: str) -> str:
    """The block of a row once those before it are taken away that hold nothing."""
    name, _dot, rest = block_id.partition(".")
    row, _dot, part = rest.partition(".")
    ids = case.rows.get(name)
    return f"{name}.{ids.index(int(row))}.{part}" if part and ids else block_id


def _ids(field: Raw, wanted: list[Raw]) -> tuple[int, ...]:
    """The rows that are left when those that are to hold nothing are taken away."""
    if "single_value_subfield" in field.get("validators", ""):
        return (0,)
    return tuple(place for place, row in enumerate(wanted) if oracle.rows([row]))


def is_beyond_slack(given: object) -> bool:
    """Whether there is something in it that an input or a list of Slack does not take."""
    if isinstance(given, (list, dict)):
        return any(map(is_beyond_slack, given.values() if isinstance(given, dict) else given))
    if given == scheming.UNLISTED:
        return True
    return isinstance(given, str) and len(given.encode("utf-16-le")) // 2 > 3000
