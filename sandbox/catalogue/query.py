"""The part of Solr's query language that clients of a catalogue use, over plain dicts.

Fields, phrases, wildcards, ranges, groups, AND, OR, NOT, + and -. An OR beside something that is
demanded is only a wish, as in Solr: write `(a OR b)`.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

Document = Mapping[str, list[str]]
Matcher = Callable[[Document], int]
"""How often a document answers; 0 is not at all."""

TEXT_FIELDS = frozenset({"text", "title", "notes", "res_name", "res_description"})
DATE_FIELDS = frozenset({"metadata_modified", "metadata_created"})
STOP_WORDS = frozenset((
    *("a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is"),
    *("it", "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there"),
    *("these", "they", "this", "to", "was", "will", "with"),
))  # fmt: skip

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<op>AND\b|OR\b|NOT\b|&&|\|\||[()+!^-])
    | (?P<range>[\[{][^\]}]*\sTO\s[^\]}]*[\]}])
    | "(?P<phrase>(?:\\.|[^"\\])*)"(?:~\d+)?
    | (?P<term>(?:\\.|[^\s()"\[\]{}:^\\])+)(?P<colon>:)?
    )""",
    re.VERBOSE,
)


class QueryError(Exception):
    """A query that Solr's parser would not take."""


class Demand(Enum):
    MUST = "must"
    SHOULD = "should"
    NOT = "not"


@dataclass(slots=True)
class Clause:
    demand: Demand
    match: Matcher


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    field: bool = False


def words(text: str) -> list[str]:
    """The stems a text is searched by."""
    return [_stem(word) for word in re.findall(r"\w+", text.lower()) if word not in STOP_WORDS]


def _stem(word: str) -> str:
    for ending, instead in (("sses", "ss"), ("ies", "i"), ("ing", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) > 2 and not word.endswith("ss"):
            word = word.removesuffix(ending) + instead
            break
    return re.sub(r"y$", "i", word).removesuffix("e")


def parse_filter(text: str, now: dt.datetime) -> Matcher:
    """A filter query (`fq`), in which everything is demanded unless joined by OR.

    `now` is what `NOW` in a range of dates stands for. Raises QueryError.
    """
    return joined(_parse(_without_now(text, now), Demand.MUST))


def _without_now(text: str, now: dt.datetime) -> str:
    """Date arithmetic worked out: `NOW-7DAYS` and the like, in days and hours."""

    def moment(found: re.Match[str]) -> str:
        amount = int(found["amount"] or 0)
        step = dt.timedelta(days=amount) if found["unit"] != "HOUR" else dt.timedelta(hours=amount)
        return f"{(now + step).isoformat(timespec='microseconds')}Z"

    return re.sub(r"NOW(?:(?P<amount>[+-]\d+)(?P<unit>DAY|HOUR)S?)?(?:/\w+)?", moment, text)


def parse_query(text: str) -> Matcher:
    """What a person types (`q`): of three or more words one may be missing.

    Never refuses: text that is no query finds nothing.
    """
    if text.strip() in {"", "*", "*:*"}:
        return lambda _document: 1
    try:
        clauses = _parse(text, Demand.SHOULD)
    except QueryError:
        matchers = [_phrase("text", word) for word in words(text)]
        clauses = [Clause(Demand.SHOULD, matcher) for matcher in matchers if matcher]
        if not clauses:
            return lambda _document: 0
    optional = sum(clause.demand is Demand.SHOULD for clause in clauses)
    enough = optional - 1 if 2 < optional <= 5 else optional
    return joined(clauses, at_least=int(optional * 0.8) if optional > 5 else enough)


def joined(clauses: list[Clause], at_least: int | None = None) -> Matcher:
    """All that is demanded, none that is excluded, and enough of the rest."""
    must = [clause.match for clause in clauses if clause.demand is Demand.MUST]
    should = [clause.match for clause in clauses if clause.demand is Demand.SHOULD]
    never = [clause.match for clause in clauses if clause.demand is Demand.NOT]
    enough = at_least if at_least is not None else int(bool(should) and not must)

    def match(document: Document) -> int:
        if any(excluded(document) for excluded in never):
            return 0
        scores = [demanded(document) for demanded in must]
        wished = [score for score in (wish(document) for wish in should) if score]
        if not all(scores) or len(wished) < enough:
            return 0
        return sum(scores) + sum(wished) + (not clauses or bool(never))

    return match


def _parse(text: str, default: Demand) -> list[Clause]:
    tokens = _tokens(text)
    clauses = _Parser(tokens, default).clauses("text")
    if tokens:
        raise QueryError(text)
    return clauses


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while text[at:].strip():
        token = _TOKEN.match(text, at)
        if token is None:
            raise QueryError(text)
        at = token.end()
        kind = token.lastgroup if token.lastgroup != "colon" else "term"
        found.append(_Token(str(kind), token[str(kind)], field=bool(token["colon"])))
    return found


class _Parser:
    """Recursive descent over a list of tokens, which it uses up."""

    def __init__(self, tokens: list[_Token], default: Demand) -> None:
        self.tokens = tokens
        self.default = default

    def clauses(self, field: str) -> list[Clause]:
        found: list[Clause] = []
        while self.tokens and self.tokens[0].text != ")":
            joint = self._taken("AND", "&&", "OR", "||")
            sign = self._taken("NOT", "!", "-", "+")
            match = self._match(field)
            if match is None:
                continue
            # With AND as the default, OR sets the clause before it free as well; with OR as the
            # default, AND binds the clause before it.
            if found and joint in {"AND", "&&"} and found[-1].demand is Demand.SHOULD:
                found[-1].demand = Demand.MUST
            if found and joint in {"OR", "||"} and found[-1].demand is Demand.MUST:
                found[-1].demand = Demand.SHOULD
            found.append(Clause(self._demand(sign, joint), match))
        return found

    def _demand(self, sign: str | None, joint: str | None) -> Demand:
        if sign in {"NOT", "!", "-"}:
            return Demand.NOT
        if sign == "+" or joint in {"AND", "&&"}:
            return Demand.MUST
        return Demand.SHOULD if joint else self.default

    def _taken(self, *texts: str) -> str | None:
        if self.tokens and self.tokens[0].kind == "op" and self.tokens[0].text in texts:
            return self.tokens.pop(0).text
        return None

    def _match(self, field: str) -> Matcher | None:
        if not self.tokens:
            raise QueryError
        token = self.tokens.pop(0)
        if token.kind == "op":
            if token.text != "(":
                raise QueryError
            return self._group(field)
        if token.kind == "range":
            return _range(field, token.text)
        if token.kind == "phrase":
            return _phrase(field, re.sub(r"\\(.)", r"\1", token.text))
        if not token.field:
            return _term(field, token.text)
        if self.tokens and self.tokens[0].field:  # a:b:c
            raise QueryError
        return self._match(token.text)

    def _group(self, field: str) -> Matcher:
        outer, self.default = self.default, Demand.MUST
        clauses = self.clauses(field)
        self.default = outer
        if not self.tokens or not clauses:
            raise QueryError
        self.tokens.pop(0)
        if all(clause.demand is Demand.NOT for clause in clauses):
            return lambda _document: 0  # Solr: nothing to take away from
        return joined(clauses)


def _term(field: str, raw: str) -> Matcher | None:
    plain = re.sub(r"\\(.)", r"\1", raw)
    if field == "*" or (raw == "*" and field == "text"):
        return lambda _document: 1
    if raw == "*":
        return lambda document: int(any(document.get(field, ())))
    if re.search(r"(?<!\\)[*?]", raw):
        pattern = plain.lower() if field in TEXT_FIELDS else plain
        return lambda document: int(
            any(fnmatch.fnmatchcase(value, pattern) for value in _plain_words(document, field))
        )
    if field in TEXT_FIELDS:
        return _phrase(field, plain)
    return lambda document: int(plain in document.get(field, ()))


def _plain_words(document: Document, field: str) -> list[str]:
    values = document.get(field, [])
    if field not in TEXT_FIELDS:
        return values
    return [word for value in values for word in re.findall(r"\w+", value.lower())]


def _phrase(field: str, text: str) -> Matcher | None:
    if field not in TEXT_FIELDS:
        return lambda document: int(text in document.get(field, ()))
    wanted = words(text)
    if not wanted:
        return None
    size = len(wanted)

    def match(document: Document) -> int:
        hits = 0
        for name, weight in (("title", 4), (field, 1)) if field == "text" else ((field, 1),):
            for value in document.get(name, ()):
                there = words(value)
                if any(there[at : at + size] == wanted for at in range(len(there))):
                    hits += weight
        return hits

    return match


def _range(field: str, text: str) -> Matcher:
    low, high = re.split(r"\sTO\s", text[1:-1].strip())
    if field in DATE_FIELDS:
        for bound in (low, high):
            if bound != "*" and not re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z$", bound):
                raise QueryError
    low_open, high_open = text[0] == "{", text[-1] == "}"

    def inside(value: str) -> bool:
        above = low == "*" or value > low or (value == low and not low_open)
        below = high == "*" or value < high or (value == high and not high_open)
        return above and below

    return lambda document: int(any(inside(value) for value in document.get(field, ())))
