"""A form as data: what is asked, prefilled, in order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from bot.change import Json
from bot.ckan.schema import Choice

FormValue: TypeAlias = "str | tuple[str, ...] | None"
"""What an input holds: text, or the choices taken; None for nothing."""


def held(value: Json) -> FormValue:
    """A value as an input holds it."""
    return tuple(map(str, value)) if isinstance(value, list) else str(value) if value else None


class InputKind(StrEnum):
    """How an input is filled in."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    SELECT = "select"
    SEARCH = "search"
    MULTI_SELECT = "multi_select"
    CHECKBOXES = "checkboxes"
    DATE = "date"
    NUMBER = "number"
    URL = "url"
    EMAIL = "email"
    FILE = "file"

    @property
    def many(self) -> bool:
        """Whether its value is a tuple."""
        return self in {InputKind.MULTI_SELECT, InputKind.CHECKBOXES}


@dataclass(frozen=True, slots=True)
class Heading:
    """Stands over the inputs of a composite's row."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of ours and the text it is about; `warning` for what must be mended."""

    text: str
    detail: str = ""
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """One input.

    `block_id` is the CKAN field's name, in a composite `temporal_extent.0.beginning_date` with
    the row's id. `redraws`: other fields are asked for or not by what is chosen here.
    """

    block_id: str
    label: str
    kind: InputKind
    value: FormValue = None
    help: str = ""
    placeholder: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False
    max_length: int | None = None
    redraws: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """A button of a form: what it does (`add`, `up`, `down`, `remove`) and what it is called."""

    name: str
    label: str
    describe: str = ""


@dataclass(frozen=True, slots=True)
class Acts:
    """Buttons for a composite (`contacts`) or one of its rows (`contacts.0`), by `block_id`."""

    block_id: str
    acts: tuple[Act, ...]


Item: TypeAlias = "Heading | Note | Input | Acts"


@dataclass(frozen=True, slots=True)
class Form:
    """A title and what stands below it."""

    title: str
    items: tuple[Item, ...]

    def noted(self, block_id: str, text: str) -> Form:
        """The form with a sentence after the buttons of that block."""
        items: list[Item] = []
        for item in self.items:
            items.append(item)
            if isinstance(item, Acts) and item.block_id == block_id:
                items.append(Note(text))
        return replace(self, items=tuple(items))

    @property
    def inputs(self) -> dict[str, Input]:
        """The inputs by block id."""
        return {item.block_id: item for item in self.items if isinstance(item, Input)}
