from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.change import same
from bot.ckan import keywords

NAMES = st.lists(
    st.text("abc de-_.é9", min_size=1, max_size=12).map(lambda text: " ".join(text.split())),
    max_size=5,
    unique=True,
).map(lambda found: [name for name in found if name])


def stored(names: list[str]) -> list[dict[str, object]]:
    return [
        {"id": f"id-{name}", "name": name, "display_name": name, "state": "active",
         "vocabulary_id": None}
        for name in sorted(names)
    ]  # fmt: skip


@given(NAMES)
def test_keywords_come_back_from_the_text_that_shows_them(names: list[str]) -> None:
    text = keywords.shown_as_text({"tags": stored(names)})["tag_string"]
    assert keywords.as_tags(str(text)) == [{"name": name} for name in sorted(names)]


@given(NAMES, st.randoms(use_true_random=False))
def test_keywords_are_the_same_by_name_in_any_order(names: list[str], random: object) -> None:
    shuffled = list(names)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives it no type
    assert same(stored(names), [{"name": name} for name in shuffled])
    assert not same(stored(names), [{"name": name} for name in [*names, "more"]])


def test_a_record_without_a_list_of_keywords_is_shown_as_it_is() -> None:
    assert keywords.shown_as_text({"title": "x"}) == {"title": "x"}


def test_only_what_the_catalogue_takes_is_a_keyword() -> None:
    assert all(map(keywords.is_keyword, ["ab", "été 2020", "v1.0", "a_b-c"]))
    assert not any(map(keywords.is_keyword, ["a", "", "a!", "x" * 101]))
