from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ckan.models import Organization
from bot.ckan.search import Rank, best, phrase, plain, query_words, rank

CFD = Organization("id-1", "information-management-cfd", "Information Management - CFD", "cfd")
CHILDREN = Organization("id-2", "childrens-services", "Children’s Services & Façades", "cfd")
PLANNING_A = Organization("id-3", "planning-a", "Planning", "a", "Ministry A")
PLANNING_B = Organization("id-4", "planning-b", "Planning", "b", "Ministry B")
ALL = [PLANNING_B, CHILDREN, CFD, PLANNING_A]


@pytest.mark.parametrize(
    ("organization", "text", "place"),
    [
        (CFD, "ID-1", Rank.NAME),
        (CFD, " information-management-cfd ", Rank.NAME),
        (CFD, "Information Management - CFD", Rank.TITLE),
        (CFD, "information management – cfd", Rank.TITLE),
        (CFD, "information-man", Rank.PREFIX),
        (CFD, "management", Rank.PART),
        (CFD, "cfd information", Rank.WORDS),
        (CFD, "cfd forests", None),
        (CHILDREN, "children's services and facades", Rank.TITLE),
        (CHILDREN, "childrens", Rank.PREFIX),
        (CHILDREN, "FAÇADES", Rank.PART),
        (CHILDREN, "-", None),
        (CHILDREN, "", None),
    ],
)
def test_organizations_fit_what_people_type(
    organization: Organization, text: str, place: Rank | None
) -> None:
    assert rank(organization, text) is place


def test_branches_with_one_title_are_both_found_in_the_order_of_their_parents() -> None:
    assert best(ALL, "planning") == [PLANNING_A, PLANNING_B]


def test_an_exact_name_comes_before_what_only_contains_it() -> None:
    longer = Organization("id-5", "planning-a-b", "A Planning-a thing")
    assert best([longer, *ALL], "planning-a") == [PLANNING_A, longer]


@given(st.text())
def test_what_is_asked_of_the_index_holds_words_only(text: str) -> None:
    words = query_words(text)
    assert all(letter.isalnum() or letter == " " for letter in words)
    assert words == query_words(words)
    assert not {"AND", "OR", "NOT"} & set(words.split())


@given(st.text())
def test_comparing_is_stable(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(min_size=1))
def test_every_organization_is_found_by_its_title_and_its_name(title: str) -> None:
    organization = Organization("some-id", "some-name", title)
    if plain(title):
        assert rank(organization, title) in {Rank.TITLE, Rank.NAME}
    assert rank(organization, "SOME-NAME") is Rank.NAME


@pytest.mark.parametrize(
    ("text", "told"),
    [("DRAFT", '"DRAFT"'), ('x" OR *:*', '"x\\" OR *:*"'), ("\\", '"\\\\"'), ("", '""')],
)
def test_a_phrase_is_one_whatever_is_in_it(text: str, told: str) -> None:
    assert phrase(text) == told


def test_no_more_words_are_asked_for_than_solr_takes() -> None:
    assert len(query_words("word " * 5000).split()) < 100
