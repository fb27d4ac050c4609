"""The vocabulary of a declaration: what a file in `handlers/` says of its verb.

Help, parsing, did-you-mean, the form, the README table, the manifest and the generic tests derive
from it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import (
    Annotated,
    Any,
    Final,
    Generic,
    TypeAlias,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from typing_extensions import override

from bot.answer import Answer, Chart
from bot.change import ABSENT, Change, FieldEdit, Json, Value
from bot.ckan.editable import Section
from bot.ckan.keywords import shown_as_text
from bot.ckan.models import Package, Resource
from bot.ckan.schema import Field
from bot.context import Context
from bot.setting import Setting
from bot.text import _

A = TypeVar("A")
Given: TypeAlias = Mapping[str, str | tuple[str, ...] | None]
"""What was filled in, by block id: text or the choices taken, None for nothing."""


class Role(StrEnum):
    """Who may use a verb. What they may do with it the catalogue says, at each use."""

    ANYONE = "anyone"
    CONNECTED = "people with a key"
    CONNECTED_OR_OPERATOR = "people with a key, and operators of the bot"
    OPERATOR = "operators of the bot"


@dataclass(frozen=True, slots=True)
class Arg:
    """How an argument is told in usage and help.

    `rest` takes all that was typed as it is, `many` all the words that are left; a `setting` is
    given as `name:value`, anywhere. A rest of `pairs` is made of such words itself: without one it
    says nothing of what a form would ask for.
    """

    help: str
    rest: bool = False
    pairs: bool = False
    many: bool = False
    setting: bool = False
    names: str = ""
    """What it is a name of: "organization", "package" or "resource"; "" for other words."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a verb, as read from its `Args` class."""

    name: str
    arg: Arg
    required: bool

    @property
    def word(self) -> str:
        """The name as people type it; Python keeps some words for itself, as `from_`."""
        return self.name.rstrip("_").replace("_", "-")

    @property
    def usage(self) -> str:
        shown = self.word + (" …" if self.arg.many else "")
        if self.arg.setting:
            return f"[{shown}:…]"
        return f"<{shown}>" if self.required else f"[{shown}]"


FIELDS: Final = "[field=value …]"
"""How usage tells that fields may be given right in the line."""


@dataclass(frozen=True, slots=True)
class NoArgs:
    """For verbs that take no words."""


UPLOAD: Final = Field(
    "upload",
    _("File"),
    help=_("Up to 10 MB here. For a larger one, send it in Slack and use “Add to catalogue”."),
    preset="file",
)
"""The input for a file. `propose` finds what was given there in `Context.file`."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a change command edits: a record or one of its resources, and its fields.

    `values` are what a form starts from where that is not the object as it is stored, and
    `suggested` what it offers where nothing is stored. `elsewhere` says of fields that are not
    edited here where they are. A form shows `pages` one after the other, where there are any. A new
    row of a composite starts with `defaults`, by `contacts.org`; `heading` is what the form is
    about where that is no title. `heed` warns from the beginning: at an input, by its block id, or
    of the whole, by "". Not all of it `saves` the record as CKAN means it, which checks all of it.
    """

    package: Package
    resource: Resource | None
    fields: tuple[Field, ...]
    values: Mapping[str, Json] | None = None
    suggested: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    pages: tuple[Section, ...] = ()
    defaults: Mapping[str, Json] = field(default_factory=dict)
    heading: str = ""
    heed: Mapping[str, str] = field(default_factory=dict)
    saves: bool = True

    @property
    def title(self) -> str:
        if self.heading:
            return self.heading
        if self.resource:
            return self.package.titled(self.resource.title)
        return self.package.title

    @property
    def stored(self) -> Mapping[str, Json]:
        """The values as the catalogue holds them now, keywords as the text that a form shows."""
        if self.values is not None:
            return self.values
        return self.resource.raw if self.resource else shown_as_text(self.package.raw)

    def edits(self, values: Mapping[str, Value]) -> tuple[FieldEdit, ...]:
        """What sets these values, each under its field's label, in the order of the fields."""
        labels = {field.name: field.label for field in self.fields}
        return tuple(
            FieldEdit(name, labels.get(name, name), self.stored.get(name, ABSENT), values[name])
            for name in (*(name for name in labels if name in values), *(values.keys() - labels))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Command(Generic[A]):
    """`also` are other words that people type for it: whoever does is told its name."""

    name: str
    summary: str
    args: type[A]
    needs: Role
    examples: tuple[str, ...]
    also: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        hints = get_type_hints(self.args, include_extras=True)
        return tuple(
            Parameter(
                field.name,
                _arg(hints[field.name]),
                required=field.default is dataclasses.MISSING,
            )
            for field in dataclasses.fields(self.args)  # type: ignore[arg-type]  # checked by the registry
        )

    @property
    def usage(self) -> str:
        """The words after the verb, as people read them."""
        return " ".join(parameter.usage for parameter in self.parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCommand(_Command[A]):
    """Answers a question and changes nothing.

    A `public` answer is about the catalogue and not about the person: it may be asked again page by
    page, and shared to a channel as far as everyone may see it. `rows` gives a whole list, one row
    for each of `columns`, for a file; `chart` the same as a picture. One that `sends` answers with
    that file, of the kind it says: csv, or jsonl for a JSON object a line.
    `pick` names the argument that a form asks for when the words do not give it.
    """

    answer: Callable[[Context, A], Awaitable[Answer]]
    public: bool = False
    columns: tuple[str, ...] = ()
    rows: Callable[[Context, A], AsyncIterator[Sequence[Json]]] | None = None
    chart: Callable[[Context, A], Awaitable[Chart]] | None = None
    sends: Callable[[A], str] | None = None
    pick: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCommand(_Command[A]):
    """Proposes a change.

    With `subject` it edits the fields of what that finds, by a form or by `field=value` words, and
    `propose` gets the values that are to change. Without, or when that finds nothing to ask,
    `propose` needs the arguments only. `pick` names the argument that a form asks for first when
    the words do not give it.
    """

    propose: Callable[[Context, A, Mapping[str, Value]], Awaitable[Change]]
    subject: Callable[[Context, A], Awaitable[Subject | None]] | None = None
    pick: str = ""

    @property
    @override
    def usage(self) -> str:
        words = [parameter.usage for parameter in self.parameters]
        return " ".join([*words, FIELDS] if self.subject else words)


@dataclass(frozen=True, slots=True)
class Question:
    """The form of a setting: an input for each of `fields`, which start from `values`.

    `link` is a label and the address that helps to answer. It `edits` where the values are what is
    kept: then only what is changed in it is changed.
    """

    title: str
    intro: str
    fields: tuple[Field, ...]
    submit: str
    values: Mapping[str, Json] = field(default_factory=dict)
    link: tuple[str, str] | None = None
    edits: bool = False


def _no_faults(_given: Given) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingCommand(_Command[A]):
    """Returns a typed setting, or an answer where there is nothing to keep.

    `setting` gets the words, and what was `Given` in the form of `question`; nothing when the
    words say all. The form opens when no `name:value` word is typed. `check` names what is wrong
    with a form by its block ids, before Slack's acknowledgement, so it asks nobody. What `setting`
    raises is told in the form, a FieldErrors on its inputs. `secret` inputs take a key, which no
    other does; what they hold is never sent back to Slack. `own` concerns its person alone, so that
    a suspended one still may.
    """

    setting: Callable[[Context, A, Given], Awaitable[Setting | Answer]]
    question: Callable[[Context, A], Awaitable[Question]] | None = None
    check: Callable[[Given], Mapping[str, str]] = _no_faults
    secret: frozenset[str] = frozenset()
    own: bool = False


Picks: TypeAlias = ReadCommand[Any] | ChangeCommand[Any]
"""Commands whose form may ask first what they are to work on."""
Command: TypeAlias = ReadCommand[Any] | ChangeCommand[Any] | SettingCommand[Any]


def _arg(hint: Any) -> Arg:
    if get_origin(hint) is Annotated:
        found = next((extra for extra in get_args(hint) if isinstance(extra, Arg)), None)
        if found is not None:
            return found
    raise TypeError("every argument is Annotated[str, Arg(...)]")
