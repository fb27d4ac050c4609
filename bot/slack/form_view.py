"""A form as blocks of a view, and Slack's state of a view as what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.ckan.schema import Choice
from bot.flow.pages import Filled
from bot.forms.look import KEPT_SHOWN
from bot.forms.model import Acts, Form, FormValue, Heading, Input, InputKind, Item, Note
from bot.slack.blocks import (
    VIEW_BLOCKS,
    Block,
    Element,
    actions,
    address,
    button,
    fit_view,
    header,
    is_address,
    option,
    plain,
    rich_text,
    section,
    words,
)
from bot.text import clean, shorten

ACTION_ID: Final = "value"
"""The action id of every input of a form."""
TURN: Final = "#turn:"
"""Begins the block id of a form's first line, which ends with the form's turn."""

_LABEL: Final = 200
_HINT: Final = 500
_PLACEHOLDER: Final = 150
_OPTIONS: Final = 100
_TEXTS: Final[Mapping[InputKind, Element]] = {
    InputKind.TEXT: {"type": "plain_text_input"},
    InputKind.LONG_TEXT: {"type": "plain_text_input", "multiline": True},
    InputKind.NUMBER: {"type": "number_input", "is_decimal_allowed": True},
    InputKind.URL: {"type": "url_text_input"},
    InputKind.EMAIL: {"type": "email_text_input"},
}
_PICKS: Final[Mapping[InputKind, tuple[str, str]]] = {
    InputKind.SELECT: ("static_select", "initial_option"),
    InputKind.SEARCH: ("external_select", "initial_option"),
    InputKind.MULTI_SELECT: ("multi_static_select", "initial_options"),
    InputKind.CHECKBOXES: ("checkboxes", "initial_options"),
}


def form_blocks(form: Form, *, limit: int = VIEW_BLOCKS) -> list[Block]:
    """The form's items as at most `limit` blocks; block ids as in the form.

    What does not fit is counted in a last line and stays as it is, since a form changes only what
    it shows. Required inputs are left to Slack, which does not send a view where one is empty.
    """
    return fit_view([_block(item) for item in form.items], limit)


def typed_values(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, FormValue]:
    """What a view's `state.values` hold, by block id; inputs that are not a form's are left out."""
    return {
        block_id: _held(actions[ACTION_ID])
        for block_id, actions in values.items()
        if ACTION_ID in actions
    }


def filled_of(view: Mapping[str, Any]) -> Filled:
    """A form's view as it came back."""
    ids = (str(block.get("block_id")) for block in view.get("blocks") or ())
    turn = next((one.removeprefix(TURN) for one in ids if one.startswith(TURN)), "")
    values = (view.get("state") or {}).get("values") or {}
    return Filled(
        change_id=str(view.get("private_metadata") or ""),
        turn=int(turn) if turn.isdecimal() else 0,
        typed=typed_values(values),
    )


def _held(state: Mapping[str, Any]) -> FormValue:
    if "files" in state:
        given = state["files"][:1]
        # The id counts; the name is for the person who gave it.
        return (str(given[0]["id"]), str(given[0].get("name") or "")) if given else None
    if "selected_options" in state:
        return tuple(picked["value"] for picked in state["selected_options"] or ())
    if "selected_option" in state:
        picked = state["selected_option"]
        return picked["value"] if picked else None
    if "selected_date" in state:
        return state["selected_date"] or None
    # What a preview would not show is not saved either.
    return clean(state.get("value") or "") or None


def _block(item: Item) -> Block:
    if isinstance(item, Heading):
        return header(item.text)
    if isinstance(item, Acts):
        buttons = [
            button(act.label, f"bcdc:form:{act.name}", describe=act.describe) for act in item.acts
        ]
        return actions(buttons, block_id=item.block_id)[0]
    if isinstance(item, Note):
        # Said in words too: a sign alone tells nothing to who cannot see it.
        text = f"⚠️ {item.text}" if item.warning else item.text
        if not item.detail:
            return section(text)
        return rich_text((words(text, bold=item.warning),), (_detail(item.detail),))
    block: Block = {
        "type": "input",
        "block_id": item.block_id,
        "label": plain(item.label, _LABEL),
        "element": _element(item),
        "optional": not item.required,
    }
    if item.help:
        block["hint"] = plain(item.help, _HINT)
    return block | ({"dispatch_action": True} if item.redraws else {})


def _detail(text: str) -> Element:
    """A value that stays as it is."""
    return address(text) if is_address(text) else words(shorten(text, KEPT_SHOWN))


def _element(item: Input) -> Element:
    element: Element = {"action_id": ACTION_ID}
    if item.placeholder and item.kind is not InputKind.CHECKBOXES:
        element["placeholder"] = plain(item.placeholder, _PLACEHOLDER)
    if item.kind in _PICKS:
        return element | _picks(item)
    if item.kind is InputKind.FILE:
        return element | {"type": "file_input", "max_files": 1}
    if item.kind is InputKind.DATE:
        initial = {"initial_date": item.value} if item.value else {}
        return element | {"type": "datepicker"} | initial
    if item.max_length is not None:
        element["max_length"] = item.max_length
    return element | _TEXTS[item.kind] | ({"initial_value": item.value} if item.value else {})


def _picks(item: Input) -> Element:
    kind, initial = _PICKS[item.kind]
    options = {choice.value: option(choice.value, choice.label) for choice in item.choices}
    element: Element = {"type": kind}
    if item.kind is InputKind.SEARCH:
        # What is offered is asked for while the person types.
        element["min_query_length"] = 0
    else:
        element |= _offered(list(options.values()), item.choices)
    taken = item.value if isinstance(item.value, tuple) else (item.value,)
    picked = [options[value] for value in taken if value in options]
    if picked:
        element[initial] = picked if item.kind.many else picked[0]
    return element


def _offered(options: list[Element], choices: Sequence[Choice]) -> Element:
    """All options; more than a list takes go into groups named by their first and last."""
    if len(options) <= _OPTIONS:
        return {"options": options}
    parts = [options[at : at + _OPTIONS] for at in range(0, len(options), _OPTIONS)]
    labels = {choice.value: choice.label for choice in choices}
    return {
        "option_groups": [
            {
                "label": plain(
                    f"{labels[part[0]['value']][:30]} – {labels[part[-1]['value']][:30]}", 75
                ),
                "options": part,
            }
            for part in parts[:_OPTIONS]
        ]
    }
