"""What the flow hands to Slack: plain data, rendered there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.answer import Answer, Go
from bot.change import ORDER, State, Write, WriteKind, same
from bot.ckan.schema import Choice, Field, Schema, with_choices
from bot.ckan.visibility import as_told
from bot.command import Question
from bot.context import Person, Place
from bot.flow.editing.files import described
from bot.flow.editing.sample import Look
from bot.flow.editing.sides import WHOLE, sides
from bot.forms.model import Form, FormValue
from bot.store.names import Entry
from bot.text import _

_NO_LOOK = Look()


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after, in the words of the schema; "" for nothing.

    `whole` where all of it is made or deleted, so that there is one side only.
    """

    label: str
    before: str
    after: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """An answer, and the id to ask for it again by; `aged` says that it is from memory."""

    answer: Answer
    asked_id: str = ""
    exports: bool = False
    pictures: bool = False
    shares: bool = False
    expanded: bool = False
    banner: str = ""
    aged: str = ""


@dataclass(frozen=True, slots=True)
class SharedPage:
    """An answer for everyone at a place, and who shared it."""

    answer: Answer
    place: Place
    by: Person
    banner: str


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page of a form over the draft `change_id`: number `page` of those with these titles.

    `turn` is how often the form was sent or a button in it pressed, `saved` when the person asked
    for what was typed to be kept.
    """

    change_id: str
    verb: str
    form: Form
    banner: str
    titles: tuple[str, ...] = ("",)
    page: int = 0
    turn: int = 0
    saved: bool = False

    @property
    def last(self) -> bool:
        return self.page == len(self.titles) - 1


@dataclass(frozen=True, slots=True)
class Filled:
    """A page of a form as it came back: which one, and what its inputs held by block id."""

    change_id: str
    turn: int
    typed: Mapping[str, FormValue]


@dataclass(frozen=True, slots=True)
class PickPage:
    """Asks for the argument that a verb works on, with what was chosen or typed so far.

    A resource is chosen among those of a record.
    """

    verb: str
    argument: str
    label: str
    hint: str
    banner: str
    error: str = ""
    typed: str = ""
    package: Entry | None = None
    resources: tuple[Entry, ...] = ()
    resource_id: str = ""


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """The form of a setting, and the id to go on with what was asked."""

    asked_id: str
    verb: str
    question: Question
    form: Form
    banner: str = ""


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What will change, to be applied, edited or dropped.

    `last_copy` is the address of what will be gone for good. `confirmations` have to be ticked
    first: `ticked` are the places of those that are, `refused` says that these were not all.
    `asks` says who will be asked to approve it, and with `waits` nothing is saved before that.
    """

    change_id: str
    about: str
    title: str
    url: str
    differences: tuple[Difference, ...]
    warnings: tuple[str, ...]
    banner: str
    editable: bool
    last_copy: str = ""
    look: Look = _NO_LOOK
    confirmations: tuple[str, ...] = ()
    ticked: frozenset[int] = frozenset()
    refused: str = ""
    asks: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class OutcomePage:
    """How a change stands or ended, with what it changed.

    `approved` are the names of those who approved what was applied. `stoppable` while its file is
    sent, `held` while operators let nothing be saved.
    """

    change_id: str
    title: str
    url: str
    state: State
    sentence: str
    differences: tuple[Difference, ...]
    undoable: bool
    undoes: bool
    by: Person
    team: str
    banner: str
    approved: tuple[str, ...] = ()
    steps: tuple[Go, ...] = ()
    put_back: str = ""
    stoppable: bool = False
    held: bool = False


def differences(
    writes: tuple[Write, ...],
    schema: Schema | None,
    choices: Mapping[str, tuple[Choice, ...]],
    *,
    for_all: bool = False,
) -> tuple[Difference, ...]:
    """The edits of all writes in the words of the schema, or as stored while it is not known.

    `choices` are those that the schema leaves to the server. What has no label is left out,
    and where it is `for_all`, in a channel, what not everyone may read.
    """
    found: list[Difference] = []
    for write in writes:
        whole = write.kind in WHOLE
        if write.file:
            before = write.file.replaces.rpartition("/")[2]
            found.append(Difference(_("File"), before, described(write.file), whole))
        for edit in map(as_told, write.edits) if for_all else write.edits:
            told = edit.label and (edit.field != ORDER or write.kind is WriteKind.CREATE_PACKAGE)
            if not told or (for_all and same(edit.before, edit.after)):
                continue
            field = Field(edit.field, edit.label)
            if schema:
                field = schema.field(edit.field, of_resource=write.resource_id is not None)
                if write.resource_id is None:
                    (field,) = with_choices((field,), choices)
            before, after = sides(field, edit)
            if before or after:
                found.append(Difference(edit.label, before, after, whole))
    return tuple(found)
