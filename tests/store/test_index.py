"""The index of names, against a plain account of what a look-up promises."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ckan.models import Organization, Package, Rights
from bot.store.db import Database
from bot.store.index import Index, Part
from bot.store.look import EVERYONE, Sight
from bot.store.names import Entry, Kind, of_organizations, of_package

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def index(db: Database) -> Index:
    return Index(db)


def package(key: str, title: str, *, modified: str = "2026-01-01T00:00:00", **more: Any) -> Package:
    resources = [
        {"id": f"{key}-r{number}", "name": name, "package_id": key}
        for number, name in enumerate(more.pop("resources", ()))
    ]
    raw = {
        "id": key,
        "name": more.pop("name", f"name-{key}"),
        "title": title,
        "owner_org": "o1",
        "organization": {"title": "Branch"},
        "publish_state": "PUBLISHED",
        "metadata_visibility": "Public",
        "metadata_modified": modified,
        "resources": resources,
    }
    return Package(raw | more)


def ids(found: Iterable[Entry]) -> list[str]:
    return [one.id for one in found]


async def test_all_words_are_looked_for_anywhere_best_first(index: Index) -> None:
    titles = {
        "exact": "Air",
        "prefix": "Air quality",
        "word": "Clean air",
        "part": "Fair trade",
        "none": "Water",
    }
    await index.put("c", EVERYONE, [package(key, title) for key, title in titles.items()])
    found = await index.find("c", Kind.PACKAGE, "air")
    assert ids(found) == ["exact", "prefix", "word", "part"]
    assert ids(await index.find("c", Kind.PACKAGE, "QUAL air")) == ["prefix"]
    assert ids(await index.find("c", Kind.PACKAGE, "name-word")) == ["word"]
    assert ids(await index.find("c", Kind.PACKAGE, "word"))[:1] == ["word"]


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Église de l’Île", "eglise de l'ile"),
        ("Sḵwx̱wú7mesh – lands", "skwxwu7mesh-lands"),
        ("Children & Families", "children and families"),
        ("STRASSE", "straße"),
        ("Percent 100% _of_ it", "100% of"),
        ("土地利用の記録", "土地"),
    ],
)
async def test_case_accents_apostrophes_and_dashes_do_not_matter(
    index: Index, title: str, typed: str
) -> None:
    await index.put("c", EVERYONE, [package("p", title), package("q", "Another")])
    assert ids(await index.find("c", Kind.PACKAGE, typed)) == ["p"]


async def test_newest_come_first_and_resources_stand_as_in_their_record(index: Index) -> None:
    old = package("a", "Old", modified="2026-01-01T00:00:00", resources=["x 2", "x 1"])
    new = package("b", "New", modified="2026-02-01T00:00:00", resources=["x 3"])
    await index.put("c", EVERYONE, [old, new])
    assert ids(await index.find("c", Kind.PACKAGE)) == ["b", "a"]
    assert ids(await index.find("c", Kind.RESOURCE, "x")) == ["b-r0", "a-r0", "a-r1"]
    assert ids(await index.find("c", Kind.RESOURCE, "x", package_id="a")) == ["a-r0", "a-r1"]
    assert (await index.find("c", Kind.RESOURCE, "x 3"))[0].about == "New"


async def test_organizations_are_told_with_their_parents(index: Index) -> None:
    rows = [
        Organization("1", "b-branch", "Data", "m2", "Ministry of Works"),
        Organization("2", "a-branch", "Data", "m1", "Ministry of Air"),
    ]
    await index.put_organizations("c", of_organizations(rows))
    assert [one.about for one in await index.find("c", Kind.ORGANIZATION, "data")] == [
        "Ministry of Air",
        "Ministry of Works",
    ]
    assert ids(await index.find("c", Kind.ORGANIZATION, "data works")) == ["1"]
    await index.put_organizations("c", of_organizations(rows[:1]))
    assert ids(await index.find("c", Kind.ORGANIZATION)) == ["1"]


async def test_a_part_is_seen_by_its_viewer_only_and_as_far_as_rights_reach(index: Index) -> None:
    await index.put("c", EVERYONE, [package("public", "Air")])
    await index.put("c", "anna", [package("draft", "Air", publish_state="DRAFT")])
    await index.put("c", "anna", [package("private", "Air", private=True)])
    await index.put("c", "ben", [package("his", "Air", publish_state="DRAFT", owner_org="o2")])

    async def sees(sight: Sight | None = None) -> set[str]:
        return set(ids(await index.find("c", Kind.PACKAGE, "air", sight=sight)))

    assert await sees() == {"public"}
    assert await sees(Sight("anna", Rights(editor=frozenset({"o1"})))) == {
        "public",
        "draft",
        "private",
    }
    assert await sees(Sight("anna", Rights(editor=frozenset({"o2"})))) == {"public", "private"}
    assert await sees(Sight("ben", Rights(sysadmin=True))) == {"public", "his"}
    await index.drop("c", "anna")
    assert await sees(Sight("anna", Rights(sysadmin=True))) == {"public"}


async def test_a_record_leaves_with_its_resources_and_is_replaced_whole(index: Index) -> None:
    await index.put("c", EVERYONE, [package("p", "One", resources=["a", "b"])])
    await index.put("c", EVERYONE, [package("p", "Two", resources=["a"])])
    assert ids(await index.find("c", Kind.RESOURCE)) == ["p-r0"]
    assert [one.title for one in await index.find("c", Kind.PACKAGE)] == ["Two"]
    await index.forget("c", EVERYONE, ["p"])
    assert await index.find("c", Kind.PACKAGE) == await index.find("c", Kind.RESOURCE) == []


async def test_what_was_saved_is_known_at_once_where_it_belongs(index: Index) -> None:
    await index.keep(Part(catalogue="c", viewer="ben", due_at=NOW))
    await index.put("c", "ben", [package("p", "Air", publish_state="DRAFT")])
    await index.learn("c", "anna", package("p", "Air 2", publish_state="DRAFT"))
    admin = Rights(sysadmin=True)
    for viewer in ("anna", "ben"):
        [found] = await index.find("c", Kind.PACKAGE, sight=Sight(viewer, admin))
        assert found.title == "Air 2"
    await index.learn("c", "anna", package("p", "Air 3"))
    assert [one.title for one in await index.find("c", Kind.PACKAGE)] == ["Air 3"]
    await index.learn("c", "anna", package("p", "Air 3", state="deleted"))
    assert await index.find("c", Kind.PACKAGE, sight=Sight("ben", admin)) == []


async def test_how_a_part_stands_is_remembered(index: Index) -> None:
    part = Part(
        catalogue="c",
        viewer="anna",
        due_at=NOW,
        synced_at=NOW - timedelta(minutes=1),
        cursor="2026-01-01T00:00:00",
        gap=2,
        complete=True,
        fault="down",
        failures=3,
        rights=Rights(frozenset({"a"}), frozenset({"a", "b"}), sysadmin=True),
    )
    await index.keep(Part(catalogue="c", viewer="anna", due_at=NOW))
    await index.keep(part)
    assert await index.part("c", "anna") == part
    assert await index.part("c") is None
    assert await index.unused(NOW) == []
    assert await index.unused(NOW + timedelta(seconds=1)) == [("c", "anna")]


# --- an oracle in plain Python ---------------------------------------------------------------


def folded(text: str) -> str:
    out = ""
    for letter in text.replace("&", " and "):
        if letter in "'‘’ʼ`´":
            continue
        for piece in unicodedata.normalize(
            "NFKD", unicodedata.normalize("NFKD", letter).casefold()
        ):
            if unicodedata.combining(piece):
                continue
            out += piece if piece.isalnum() else " "
    return " ".join(out.split())


def expected(packages: list[Package], text: str) -> list[str]:
    raw, wanted = text.strip().casefold(), folded(text)
    words = wanted.split()

    def rank(one: Package) -> int | None:
        title, name, about = folded(one.title), folded(one.name), folded(one.organization_title)
        whole = f"{title} {name} {about}"
        if raw in {one.id, one.name}:
            return 0
        if wanted and wanted == title:
            return 1
        if not words:
            return None if raw else 0
        if any(word not in whole for word in words):
            return None
        if title.startswith(wanted) or name.startswith(wanted):
            return 2
        if all(any(known.startswith(word) for known in whole.split()) for word in words):
            return 3
        return 4

    ranked = [(found, one) for one in packages if (found := rank(one)) is not None]
    ranked.sort(key=lambda pair: pair[1].id)
    ranked.sort(key=lambda pair: pair[1].metadata_modified, reverse=True)
    ranked.sort(key=lambda pair: pair[0])
    return [one.id for _rank, one in ranked]


letters = st.sampled_from("abÀáß ’-–_%&|/\\.7ｆ")
titles = st.text(letters, max_size=9)
typed = st.text(letters, max_size=4)
stocks = st.lists(st.tuples(titles, st.integers(1, 3)), max_size=8)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(stock=stocks, text=typed)
async def test_a_look_up_answers_as_plain_python_would(
    db: Database, stock: list[tuple[str, int]], text: str
) -> None:
    index, catalogue = Index(db), secrets.token_hex(4)
    packages = [
        package(f"p{at}", title or "ab", name=f"ab-{at}", modified=f"2026-01-0{day}T00:00:00")
        for at, (title, day) in enumerate(stock)
    ]
    await index.put(catalogue, EVERYONE, packages)
    assert ids(await index.find(catalogue, Kind.PACKAGE, text)) == expected(packages, text)
    few = await index.find(catalogue, Kind.PACKAGE, text, limit=2)
    assert ids(few) == expected(packages, text)[:2]


def test_a_record_and_its_resources_become_entries() -> None:
    found = list(of_package(package("p", "Air", resources=["a"], publish_state="DRAFT")))
    assert [(one.kind, one.id, one.about, one.published) for one in found] == [
        (Kind.PACKAGE, "p", "Branch", False),
        (Kind.RESOURCE, "p-r0", "Air", False),
    ]
