"""The table at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A measurement; with a `budget` it must be at most that, or with `least` at least that."""

    what: str
    value: float
    unit: str
    budget: float | None = None
    least: bool = False

    @property
    def missed(self) -> bool:
        """Whether there is a budget and it was not kept."""
        if self.budget is None:
            return False
        return self.value < self.budget if self.least else self.value > self.budget

    def cells(self) -> tuple[str, str, str, str]:
        """Answer what is measured, the value, the bound and the verdict."""
        if self.budget is None:
            return self.what, f"{self.value:,.2f} {self.unit}", "", ""
        bound = f"{'≥' if self.least else '≤'} {self.budget:,.4g} {self.unit}"
        return self.what, f"{self.value:,.2f} {self.unit}", bound, "MISSED" if self.missed else "ok"


def show(lines: Sequence[Line]) -> str:
    rows = [("what", "measured", "budget", ""), *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]}".rstrip()
        for row in rows
    )
