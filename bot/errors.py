"""What can go wrong, each with the sentence a person reads.

A `UserError` is expected: its text says what happened and what to do. Anything else that escapes is
a defect and is told with a reference id only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import fuzz, process
from typing_extensions import override

from bot.text import _

_NEAR: Final = 60
"""How like a name must be, of 100, to be the one that was meant."""


class UserError(Exception):
    """Something the person can act on; `str(error)` is the sentence."""


class UsageError(UserError):
    """The words of a command do not fit its declaration."""


class UnknownVerbError(UsageError):
    """There is no command of that name; those that are meant by it are named, else the nearest.

    `names` are those of all commands, each with other words that people have for it.
    """

    def __init__(self, verb: str, names: Mapping[str, Collection[str]]) -> None:
        word = verb.lower()
        near = [name for name, others in names.items() if word in others]
        if not near:
            alike = process.extract(
                word, list(names), scorer=fuzz.WRatio, limit=3, score_cutoff=_NEAR
            )
            near = [name for name, _score, _index in alike]
        told = ", ".join(f"/bcdc {name}" for name in near)
        sentence = (
            _("There is no command “{verb}”. Did you mean {names}?")
            if told
            else _("There is no command “{verb}”. Type /bcdc help to see them all.")
        )
        super().__init__(sentence.format(verb=verb, names=told))


class NotConnectedError(UserError):
    """The person has no key for the catalogue, or it died.

    `catalogue` is where one is to be given, "" for the one that the person uses.
    """

    def __init__(self, sentence: str, catalogue: str = "") -> None:
        super().__init__(sentence)
        self.catalogue = catalogue


class NotInstalledError(UserError):
    """The workspace does not have the bot, or not any more."""


class NotAllowedError(UserError):
    """The catalogue would not let this person do it."""


class NoEditorError(NotAllowedError):
    """The person is an editor of no organization, and asked for what editors have."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "You are not an editor of any organization yet. Ask an admin of yours to make you "
                "one: /bcdc who and its name shows who they are."
            )
        )


class NotFoundError(UserError):
    """Nothing by that name that this person may see."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the things that a name may mean."""

    id: str
    title: str
    about: str = ""


class UnsureError(NotFoundError):
    """A name fits several things, or none quite: `options` are those it may mean, best first.

    `named` is what was typed. A `guess` is when none fits, and the options are only like it.
    """

    def __init__(
        self, sentence: str, named: str, options: tuple[Option, ...], *, guess: bool = False
    ) -> None:
        super().__init__(sentence)
        self.guess = guess
        self.named = named
        self.options = options

    @property
    def told(self) -> str:
        """The sentence with its options, for where they are no buttons."""
        return f"{self} {', '.join(f'“{one.title}”' for one in self.options)}"


class CatalogueError(UserError):
    """The catalogue is down, slow, or answers what it should not."""


class UnconfirmedError(UserError):
    """Not all is confirmed that has to be before it is done."""


class HeldError(Exception):
    """Work that is not to go on for now; the engine begins it again when it may."""


class GoneError(UserError):
    """A button, form, change or file that is there no more."""


@dataclass
class FieldErrors(UserError):  # noqa: N818  # it holds many
    """Values that cannot be sent: block id (field, or `contacts.0.email`) to sentence.

    `general` are sentences that belong to no input of the form.
    """

    by_field: Mapping[str, str]
    general: tuple[str, ...] = field(default=())

    @override
    def __str__(self) -> str:
        return "\n".join([*self.general, *self.by_field.values()])
