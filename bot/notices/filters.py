"""Which events a subscription wants: words such as `event:published AND NOT format:(csv OR pdf)`.

Values are folded as `events.folded` says, `*` stands for anything, and words beside each other all
have to hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeAlias

from lark import Lark, Token, Transformer, UnexpectedInput

from bot.errors import UsageError
from bot.notices.events import Kind, Traits, folded
from bot.text import _

NAMES: Final = MappingProxyType(
    {
        "event": _("what happened: {kinds}").format(kinds=", ".join(Kind)),
        "state": _("the state of the record, such as PUBLISHED"),
        "type": _("the kind of a resource: geographic, document, application, webservice"),
        "format": _("the format of a resource, such as csv"),
        "tag": _("a keyword"),
        "licence": _("the licence, by its number or title"),
        "visibility": _("who can view the record: Public or IDIR"),
        "field": _("a field that changed, such as title or contacts"),
        "author": _("who did it, by the name in the catalogue"),
    }
)
"""The filters there are, and what each looks at."""

OTHER_NAMES: Final = MappingProxyType(
    {"license": "licence", "bcdc_type": "type", "tags": "tag", "events": "event", "fields": "field"}
    | {"organization": "org", "organisation": "org", "dataset": "package", "record": "package"}
)
"""What people type for some of them."""


@dataclass(frozen=True, slots=True)
class Term:
    """`name:value`, or one of several values."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; so does nothing at all."""

    parts: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the parts holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Expression


Expression: TypeAlias = Term | All | AnyOf | Not
EVERYTHING: Final = All()
DEEPEST: Final = 20
"""Expressions within each other: what is looked at for each event must end for everybody."""
_TOO_DEEP: Final = _("There are too many filters within each other. Write them side by side.")

_GRAMMAR: Final = Lark(
    r"""
    start: [any]
    ?any: all ("OR"i all)*
    ?all: one ("AND"i? one)*
    ?one: ("NOT"i | "-") one -> none_of
        | "(" any ")"
        | NAME VALUE ("," VALUE)* -> term
        | NAME "(" VALUE ("OR"i VALUE)* ")" -> term
    NAME: /[a-z][a-z_-]*:/i
    VALUE: /"[^"]*"|'[^']*'|[^\s,()"']+/
    %ignore /\s+/
    """,
    parser="lalr",
)


class _Built(Transformer[Token, Expression]):
    """The expression that a tree of the grammar means."""

    def start(self, parts: list[Expression | None]) -> Expression:
        return EVERYTHING if parts[0] is None else parts[0]

    def any(self, parts: list[Expression]) -> Expression:
        return AnyOf(tuple(parts))

    def all(self, parts: list[Expression]) -> Expression:
        return All(tuple(parts))

    def none_of(self, parts: list[Expression]) -> Expression:
        return Not(parts[0])

    def term(self, tokens: list[Token]) -> Expression:
        name = tokens[0][:-1].lower()
        return Term(OTHER_NAMES.get(name, name), tuple(_bare(value) for value in tokens[1:]))


def parse(text: str) -> Expression:
    """The expression that the words mean, whatever its terms are called. Raises UsageError."""
    try:
        return _Built().transform(_GRAMMAR.parse(text))
    except RecursionError:
        raise UsageError(_TOO_DEEP) from None
    except UnexpectedInput as error:
        # The end of the words has no place of its own.
        where = text[max(0, getattr(error, "pos_in_stream", None) or 0) :].strip() or text
        raise UsageError(
            _(
                "I do not understand “{words}”. Write filters as name:value, such as "
                "event:published, with AND, OR, NOT and brackets between them."
            ).format(words=where)
        ) from None


def _depth(expression: Expression) -> int:
    match expression:
        case Term():
            return 0
        case Not(part):
            return 1 + _depth(part)
        case All(parts) | AnyOf(parts):
            return 1 + max(map(_depth, parts), default=0)


def terms(expression: Expression) -> Iterator[Term]:
    """Every term of the expression."""
    match expression:
        case Term():
            yield expression
        case Not(part):
            yield from terms(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from terms(part)


def check(expression: Expression) -> None:
    """Raise a UsageError for a filter, or an event, that there is not, and for a maze of them."""
    if _depth(expression) > DEEPEST:
        raise UsageError(_TOO_DEEP)
    for term in terms(expression):
        if term.name not in NAMES:
            sentence = _("There is no filter “{name}”. Filters are: {names}.")
            raise UsageError(sentence.format(name=term.name, names=", ".join(NAMES)))
        if term.name == "event":
            known = [folded(kind) for kind in Kind]
            for value in term.values:
                if not any(fnmatchcase(kind, folded(value)) for kind in known):
                    sentence = _("There is no event “{value}”. Events are: {kinds}.")
                    raise UsageError(sentence.format(value=value, kinds=", ".join(Kind)))


def holds(expression: Expression, traits: Traits) -> bool:
    """Whether what is looked at is as the expression wants it."""
    match expression:
        case Term(name, values):
            there = traits.get(name, frozenset())
            return any(_found(folded(value), there) for value in values)
        case Not(part):
            return not holds(part, traits)
        case All(parts):
            return all(holds(part, traits) for part in parts)
        case AnyOf(parts):
            return any(holds(part, traits) for part in parts)


def _found(wanted: str, there: frozenset[str]) -> bool:
    if "*" in wanted:
        return any(fnmatchcase(value, wanted) for value in there)
    return wanted in there


def spoken(expression: Expression) -> str:
    """The words that `parse` understands as this expression."""
    match expression:
        case Term(name, values):
            return f"{name}:{','.join(map(_quoted, values))}"
        case Not(part):
            return f"NOT {_inner(part)}"
        case All(parts):
            return " AND ".join(map(_inner, parts))
        case AnyOf(parts):
            return " OR ".join(map(_inner, parts))


def _inner(expression: Expression) -> str:
    text = spoken(expression)
    return f"({text})" if isinstance(expression, All | AnyOf) else text


@lru_cache(maxsize=20_000)
def parsed(text: str) -> Expression:
    """The same as `parse`, remembered: many subscriptions want the same."""
    return parse(text)


def _bare(value: Token) -> str:
    return value[1:-1] if value[0] in "\"'" else str(value)


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    return f"'{value}'" if '"' in value else f'"{value}"'


_PLAIN: Final = re.compile(r"[^\s,()\"':]+")
