"""A form as its person left it, over all its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.change import Json
from bot.forms.model import FormValue, held

_PAGE: Final = "#page"
_TURN: Final = "#turn"
_ROWS: Final = "#rows"
_NEXT: Final = "#next"
"""Keys of what is kept beside the inputs; no block id begins so."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was typed by block id, the rows of composites in their order, and the page in front.

    `turn` counts how often the form was sent or a button in it pressed.

    Rows go by ids that no other row of the form ever had, since Slack keeps what was typed by block
    id: a stored row's id is its place, a new one gets the next number (`following`).
    """

    typed: Mapping[str, FormValue] = field(default_factory=dict)
    rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    following: Mapping[str, int] = field(default_factory=dict)
    page: int = 0
    turn: int = 0

    @classmethod
    def of(cls, kept: Mapping[str, Json]) -> Sheet:
        """The sheet that `kept` made."""
        page, turn = kept.get(_PAGE), kept.get(_TURN)
        rows, following = kept.get(_ROWS), kept.get(_NEXT)
        return cls(
            typed={key: held(value) for key, value in kept.items() if not key.startswith("#")},
            rows={name: _ids(ids) for name, ids in rows.items()} if isinstance(rows, dict) else {},
            following={name: int(str(number)) for name, number in following.items()}
            if isinstance(following, dict)
            else {},
            page=page if isinstance(page, int) else 0,
            turn=turn if isinstance(turn, int) else 0,
        )

    def kept(self) -> dict[str, Json]:
        """The sheet as JSON; empty for one in which nothing was done."""
        kept: dict[str, Json] = {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in self.typed.items()
        }
        if self.rows:
            kept[_ROWS] = {name: list(ids) for name, ids in self.rows.items()}
            kept[_NEXT] = dict(self.following)
        places = {_PAGE: self.page, _TURN: self.turn}
        return kept | {key: number for key, number in places.items() if number}

    def with_typed(self, typed: Mapping[str, FormValue]) -> Sheet:
        """The sheet after the inputs of a page were filled; other pages keep what they had."""
        return replace(self, typed={**self.typed, **typed})

    def at(self, page: int) -> Sheet:
        """The sheet turned to a page."""
        return replace(self, page=page)

    def turned(self) -> Sheet:
        """The sheet after it was sent or a button in it was pressed."""
        return replace(self, turn=self.turn + 1)

    def with_row(
        self, name: str, ids: Sequence[int], typed: Mapping[str, FormValue], stored: int
    ) -> Sheet:
        """One more row at the end of a composite that shows the rows `ids` now.

        `typed` is what the row starts with by subfield; `stored` counts the rows that are stored.
        """
        row_id = self._next(name, ids, stored)
        begun = {f"{name}.{row_id}.{sub}": value for sub, value in typed.items()}
        return replace(
            self,
            typed={**self.typed, **begun},
            rows={**self.rows, name: (*ids, row_id)},
            following={**self.following, name: row_id + 1},
        )

    def without_row(self, name: str, ids: Sequence[int], row_id: int, stored: int) -> Sheet:
        """The composite without a row, whose id is not given again."""
        return replace(
            self,
            rows={**self.rows, name: tuple(one for one in ids if one != row_id)},
            following={**self.following, name: self._next(name, ids, stored)},
        )

    def moved(self, name: str, ids: Sequence[int], row_id: int, by: int, stored: int) -> Sheet:
        """The composite with a row one place up (-1) or down (1); at its end it stays."""
        order = list(ids)
        place = order.index(row_id) if row_id in order else -1
        to = place + by
        if place < 0 or not 0 <= to < len(order):
            return self
        order[place], order[to] = order[to], order[place]
        return replace(
            self,
            rows={**self.rows, name: tuple(order)},
            following={**self.following, name: self._next(name, ids, stored)},
        )

    def _next(self, name: str, ids: Sequence[int], stored: int) -> int:
        """The id that no row of the composite ever had."""
        return self.following.get(name, max((stored - 1, *ids)) + 1)


def _ids(kept: Json) -> tuple[int, ...]:
    return tuple(one for one in kept if isinstance(one, int)) if isinstance(kept, list) else ()
