from __future__ import annotations

from collections.abc import Iterable
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.notices.filters import NAMES, All, AnyOf, Expression, Not, Term, holds, parse, spoken
from bot.notices.rhythm import Every
from bot.notices.wanted import ScopeKind, read

values = st.text(
    st.characters(codec="utf-8", exclude_characters="\"'", exclude_categories=("Cc", "Cs")),
    min_size=1,
    max_size=12,
)


def expressions(names: Iterable[str]) -> st.SearchStrategy[Expression]:
    """Any expression over filters of these names."""
    terms = st.builds(
        Term, st.sampled_from(sorted(names)), st.lists(values, min_size=1, max_size=3).map(tuple)
    )
    return st.recursive(
        terms,
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: All(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        ),
        max_leaves=8,
    )


@given(expressions(NAMES))
def test_what_is_spoken_is_understood_as_it_was_meant(expression: Expression) -> None:
    assert parse(spoken(expression)) == expression


TRAITS = {
    "event": frozenset({"published"}),
    "format": frozenset({"csv", "shp"}),
    "tag": frozenset({"air quality", "health"}),
    "state": frozenset({"published"}),
}


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ("", True),
        ("event:published", True),
        ("event:archived", False),
        ("event:archived,published", True),
        ("format:csv AND format:shp", True),
        ("format:csv format:pdf", False),
        ("format:pdf OR tag:health", True),
        ("NOT format:pdf", True),
        ("-format:csv", False),
        ("event:published AND NOT (format:csv OR format:pdf)", False),
        ("event:published and not (format:pdf or format:xls)", True),
        ("format:(pdf or shp)", True),
        ('tag:"Air Quality"', True),
        ("tag:air-quality", True),
        ("tag:air_qual*", True),
        ("tag:water*", False),
        ("author:robin", False),
        ("NOT author:robin", True),
        ("state:PUBLISHED", True),
        ("format:pdf OR format:csv AND tag:water", False),
        ("NOT NOT format:csv", True),
    ],
)
def test_an_expression_holds_as_it_reads(words: str, held: bool) -> None:
    assert holds(parse(words), TRAITS) is held


def test_a_subscription_is_read_from_its_words() -> None:
    wanted = read(
        "org:geobc event:published,archived NOT format:csv digest:weekly on:wed at:16:05 "
        "branches:no threads:no automated:no restricted:yes"
    )
    assert (wanted.scope, wanted.named, wanted.branches) == (
        ScopeKind.ORGANIZATION,
        "geobc",
        False,
    )
    assert (wanted.every, wanted.weekday, wanted.at) == (Every.WEEK, 2, time(16, 5))
    assert (wanted.threads, wanted.automated, wanted.restricted) == (False, False, True)
    assert spoken(wanted.wants) == "event:published,archived AND NOT format:csv"


@pytest.mark.parametrize(
    ("words", "scope"),
    [
        ("organization:geobc", ScopeKind.ORGANIZATION),
        ("Organisation:geobc", ScopeKind.ORGANIZATION),
        ("record:geobc", ScopeKind.PACKAGE),
        ("dataset:geobc", ScopeKind.PACKAGE),
    ],
)
def test_what_to_hear_of_may_be_said_in_other_words(words: str, scope: ScopeKind) -> None:
    assert (read(words).scope, read(words).named) == (scope, "geobc")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "org:<name>"),
        ("event:published", "org:<name>"),
        ("org:a package:b", "one of org"),
        ("org:a org:b", "Say “org:” once"),
        ("org:a,b", "Say “org:” once"),
        ("org:a NOT search:b", "“search:” stands for itself"),
        ("org:a OR event:published", "“org:” stands for itself"),
        ("org:a event:exploded", "There is no event “exploded”. Events are: published, "),
        ("org:a colour:red", "There is no filter “colour”. Filters are: event, "),
        ("geobc", "I do not understand “geobc”"),
        ("org:a AND", "I do not understand"),
        ("org:a (event:published", "I do not understand"),
        ("org:a digest:hourly", "daily, weekly or no"),
        ("org:a digest:daily at:25:00", "a time of the day"),
        (f"org:a digest:daily at:{'9' * 20}", "a time of the day"),
        ("org:a digest:weekly on:someday", "a day of the week"),
        ("org:a at:09:00", "add digest:daily"),
        ("org:a branches:maybe", "yes or no"),
        ("org:a " + "NOT " * 30 + "format:csv", "too many filters within each other"),
        ("org:a " + "-" * 3000 + "format:csv", "too many filters within each other"),
    ],
)
def test_words_that_say_nothing_are_answered_with_what_to_say(words: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("(", r"\(")):
        read(words)
