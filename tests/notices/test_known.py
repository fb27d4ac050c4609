from __future__ import annotations

from typing import Any

import pytest

from bot.change import ABSENT, FieldEdit, GivenFile, Write, WriteKind
from bot.ckan.models import Package
from bot.notices.events import Kind
from bot.notices.known import before_writes, happenings


def record(**more: Any) -> Package:
    return Package(
        {
            "id": "p1",
            "name": "parks",
            "title": "Parks",
            "state": "active",
            "publish_state": "PUBLISHED",
            "metadata_modified": "2026-01-01",
            "tags": [{"name": "one", "id": "t1"}],
            "resources": [resource("r1"), resource("r2")],
        }
        | more
    )


def resource(resource_id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": resource_id,
        "name": resource_id.upper(),
        "url": f"https://x/{resource_id}",
    } | more


def kinds(before: Package | None, after: Package | None) -> list[Kind]:
    return [one.kind for one in happenings(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("DRAFT", "PENDING PUBLISH", Kind.WAITING),
        ("PENDING PUBLISH", "PUBLISHED", Kind.PUBLISHED),
        ("PENDING PUBLISH", "DRAFT", Kind.SENT_BACK),
        ("PUBLISHED", "PENDING ARCHIVE", Kind.WAITING),
        ("PENDING ARCHIVE", "PUBLISHED", Kind.SENT_BACK),
        ("PENDING ARCHIVE", "ARCHIVED", Kind.ARCHIVED),
        ("ARCHIVED", "PENDING ARCHIVE", Kind.WAITING),
        ("PUBLISHED", "PENDING PUBLISH", Kind.WAITING),
    ],
)
def test_each_move_of_the_workflow_has_its_name(before: str, after: str, kind: Kind) -> None:
    assert kinds(record(publish_state=before), record(publish_state=after)) == [kind]


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        ({"publish_state": "DRAFT"}, Kind.CREATED),
        ({"publish_state": None}, Kind.CREATED),
        ({"publish_state": "PENDING PUBLISH"}, Kind.WAITING),
        ({"publish_state": "PUBLISHED"}, Kind.PUBLISHED),
        ({"publish_state": "ARCHIVED"}, Kind.ARCHIVED),
    ],
)
def test_a_record_seen_for_the_first_time(after: dict[str, Any], kind: Kind) -> None:
    assert kinds(None, record(**after)) == [kind]


def test_a_record_that_goes_is_archived_once() -> None:
    assert kinds(record(), None) == [Kind.ARCHIVED]
    assert kinds(record(), record(state="deleted")) == [Kind.ARCHIVED]
    assert kinds(record(state="deleted"), None) == []
    assert kinds(None, None) == []


def test_what_the_catalogue_notes_for_itself_is_no_change() -> None:
    noted = record(
        metadata_modified="2026-02-02",
        record_last_modified="2026-02-02",
        num_tags=3,
        tags=[{"name": "one", "id": "another"}],
    )
    assert happenings(record(), noted) == ()


def test_fields_of_record_and_resources_are_one_change() -> None:
    after = record(
        title="Provincial parks", resources=[resource("r1", format="csv"), resource("r2")]
    )
    (happening,) = happenings(record(), after)
    assert happening.kind is Kind.CHANGED
    assert not happening.automated
    assert [(one.field, one.resource_id) for one in happening.moved] == [
        ("title", ""),
        ("format", "r1"),
    ]


def test_resources_that_come_go_and_change_places() -> None:
    assert kinds(record(), record(resources=[resource("r1")])) == [Kind.REMOVED]
    three = record(resources=[resource("r1"), resource("r2"), resource("r3")])
    assert kinds(record(), three) == [Kind.ADDED]
    (order,) = happenings(record(), record(resources=[resource("r2"), resource("r1")]))
    assert order.moved[0].field == "resources"


def test_an_uploaded_file_is_replaced_and_linked_data_only_refreshed() -> None:
    old = resource("r1", url_type="upload", last_modified="1", size=1)
    new = resource("r1", url_type="upload", last_modified="2", size=2)
    assert kinds(record(resources=[old]), record(resources=[new])) == [Kind.FILE]
    linked = record(resources=[resource("r1", last_modified="2", size=2)])
    (refreshed,) = happenings(record(resources=[resource("r1")]), linked)
    assert (refreshed.kind, refreshed.automated) == (Kind.CHANGED, True)


def test_a_link_that_becomes_a_file_is_a_replaced_file() -> None:
    new = resource(
        "r1", url="https://x/f/a.csv", url_type="upload", last_modified="2", format="csv"
    )
    found = happenings(record(resources=[resource("r1")]), record(resources=[new]))
    assert [one.kind for one in found] == [Kind.FILE, Kind.CHANGED]


def write(kind: WriteKind, *edits: FieldEdit, resource_id: str | None = None, **more: Any) -> Write:
    return Write(kind, "p1", resource_id, "Parks", edits, **more)


def test_what_the_bot_did_is_found_by_putting_its_writes_back() -> None:
    for after, writes, expected in (
        (record(), [write(WriteKind.CREATE_PACKAGE)], [Kind.PUBLISHED]),
        (
            record(title="New"),
            [write(WriteKind.PATCH, FieldEdit("title", "Title", "Old", "New"))],
            [Kind.CHANGED],
        ),
        (
            record(notes="x"),
            [write(WriteKind.PATCH, FieldEdit("notes", "Notes", ABSENT, "x"))],
            [Kind.CHANGED],
        ),
        (record(), [write(WriteKind.CREATE_RESOURCE, resource_id="r2")], [Kind.ADDED]),
        (
            record(),
            [
                write(
                    WriteKind.DELETE_RESOURCE,
                    FieldEdit("name", "Name", "R9", None),
                    resource_id="r9",
                )
            ],
            [Kind.REMOVED],
        ),
        (
            record(),
            [
                write(
                    WriteKind.REORDER_RESOURCES,
                    FieldEdit("resources", "Order", ["r2", "r1"], ["r1", "r2"]),
                )
            ],
            [Kind.CHANGED],
        ),
        (record(state="deleted"), [write(WriteKind.DELETE_PACKAGE)], [Kind.ARCHIVED]),
    ):
        assert kinds(before_writes(after, writes), after) == expected, writes
    file = GivenFile("F1", "T1", "a.csv", 5, "text/csv", "https://x/old.csv", "2025")
    uploaded = record(resources=[resource("r1", url_type="upload", last_modified="2026", size=5)])
    patch = write(WriteKind.PATCH, resource_id="r1", file=file)
    assert kinds(before_writes(uploaded, [patch]), uploaded) == [Kind.FILE]
