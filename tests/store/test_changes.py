from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.change import ABSENT, Change, FieldEdit, Json, State, Value, Write, WriteKind
from bot.context import Person, Place
from bot.errors import GoneError
from bot.store.changes import Changes, Origin, StoredChange
from bot.store.db import Database
from bot.store.tables import Outcome, person
from bot.store.writes import edits_from_json, edits_to_json
from tests.audited import entries

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
ANNA, BEN = Person("T1", "U1"), Person("T1", "U2")
ORIGIN = Origin(ANNA, Place("T1", "C1"), "production", "patch-resource")

scalars: st.SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8")),
)
json_values: st.SearchStrategy[Json] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
values: st.SearchStrategy[Value] = st.just(ABSENT) | json_values
edits = st.builds(FieldEdit, st.text(max_size=9), st.text(max_size=9), values, values)


def write(field: str = "title", package_id: str = "p1", resource_id: str | None = "r1") -> Write:
    edit = FieldEdit(field, field.title(), "before", "after")
    return Write(WriteKind.PATCH, package_id, resource_id, "Airports", (edit,))


CHANGE = Change("Airports", (write(),), warnings=("heed this",))


@pytest.fixture
def changes(db: Database) -> Changes:
    return Changes(db)


async def preview(
    changes: Changes,
    change_id: str | None = None,
    proposed: Change = CHANGE,
    origin: Origin = ORIGIN,
    typed: Mapping[str, Json] | None = None,
) -> str:
    return await changes.preview(
        change_id, origin, proposed, typed=typed or {}, now=NOW, due_at=LATER
    )


async def draft(
    changes: Changes, origin: Origin = ORIGIN, seen: Mapping[str, Json] | None = None
) -> str:
    return await changes.open_draft(origin, seen=seen, now=NOW, due_at=LATER)


def proposed_in(stored: StoredChange | None) -> Change:
    assert stored is not None
    return Change(
        stored.title,
        tuple(row.write for row in stored.writes),
        stored.warnings,
        stored.confirmations,
        stored.reverts,
        stored.facts,
    )


async def applied(changes: Changes, proposed: Change = CHANGE) -> str:
    change_id = await preview(changes, proposed=proposed)
    for to in (State.APPROVED, State.APPLYING, State.APPLIED):
        assert await changes.move(change_id, to, now=NOW)
    return change_id


@given(st.lists(edits, max_size=3))
def test_edits_come_back_as_they_were_with_absent_told_from_null(rows: list[FieldEdit]) -> None:
    assert edits_from_json(edits_to_json(rows)) == tuple(rows)


async def test_every_json_value_survives_the_database(changes: Changes) -> None:
    odd: list[Value] = [
        ABSENT, None, "", "\u0000 \U0001f600 é", 0, -1.5, 10**15, True, [], {}, [{"a": [None]}],
    ]  # fmt: skip
    wanted = tuple(FieldEdit(f"f{i}", "F", one, odd[i - 1]) for i, one in enumerate(odd))
    proposed = Change("t", (Write(WriteKind.PATCH, "p", None, "t", wanted),))
    stored = await changes.get(await preview(changes, proposed=proposed))
    assert proposed_in(stored) == proposed


async def test_a_draft_keeps_what_was_typed_until_it_is_previewed(changes: Changes) -> None:
    change_id = await changes.open_draft(
        ORIGIN, package_id="p1", typed={"name": "a"}, now=NOW, due_at=LATER
    )
    assert await changes.save_typed(change_id, ANNA, {"name": "b"}, NOW)
    draft = await changes.get(change_id)
    assert draft is not None
    assert (draft.state, draft.typed, draft.package_id) == (State.DRAFT, {"name": "b"}, "p1")
    assert (draft.requester, draft.place, draft.writes) == (ANNA, ORIGIN.place, ())

    assert await preview(changes, change_id, typed={"name": "c"}) == change_id
    previewed = await changes.get(change_id)
    assert previewed is not None
    assert (previewed.state, previewed.typed) == (State.PREVIEWED, {"name": "c"})
    assert proposed_in(previewed) == CHANGE
    assert previewed.due_at == LATER


async def test_a_draft_knows_what_it_was_opened_on_and_with(changes: Changes) -> None:
    origin = Origin(ANNA, ORIGIN.place, "production", "patch-resource", {"resource": "r1"})
    change_id = await draft(changes, origin, seen={"name": "old"})
    assert await changes.save_typed(change_id, ANNA, {"name": "a"}, NOW, seen={"name": "older"})
    assert not await changes.save_typed(change_id, BEN, {}, NOW, seen={"name": "evil"})
    await preview(changes, change_id)
    stored = await changes.get(change_id)
    assert stored is not None
    assert (stored.args, stored.seen) == ({"resource": "r1"}, {"name": "older"})
    inline = await changes.preview(
        None, origin, CHANGE, typed={}, seen={"name": "now"}, now=NOW, due_at=None
    )
    stored = await changes.get(inline)
    assert stored is not None
    assert (stored.args, stored.seen) == ({"resource": "r1"}, {"name": "now"})


async def test_a_bulk_change_belongs_to_no_single_record(changes: Changes) -> None:
    other = Change("Other", (write("notes", "p1", None), write("title", "p2", None)))
    stored = await changes.get(await preview(changes, proposed=other))
    assert stored is not None
    assert proposed_in(stored) == other
    assert stored.package_id is None


async def test_what_a_preview_shows_is_never_replaced(changes: Changes) -> None:
    change_id = await preview(changes)
    assert not await changes.save_typed(change_id, ANNA, {"name": "other"}, NOW)
    with pytest.raises(GoneError):
        await preview(changes, change_id, Change("Other", ()))


@pytest.mark.parametrize(
    "origin",
    [
        Origin(BEN, ORIGIN.place, "production", "patch-resource"),
        Origin(Person("T2", "U1"), ORIGIN.place, "production", "patch-resource"),
        Origin(ANNA, ORIGIN.place, "test", "patch-resource"),
    ],
)
async def test_a_draft_is_nobody_elses_and_of_no_other_catalogue(
    changes: Changes, origin: Origin
) -> None:
    change_id = await draft(changes)
    with pytest.raises(GoneError):
        await preview(changes, change_id, Change("Evil", ()), origin)
    stored = await changes.get(change_id)
    assert stored is not None
    assert (stored.state, stored.writes) == (State.DRAFT, ())


async def test_what_is_decided_is_not_typed_over(changes: Changes) -> None:
    change_id = await draft(changes)
    assert not await changes.save_typed(change_id, BEN, {"name": "evil"}, NOW)
    await preview(changes, change_id)
    assert await changes.move(change_id, State.APPROVED, now=NOW, person=ANNA, requester=ANNA)
    assert not await changes.save_typed(change_id, ANNA, {"name": "late"}, NOW)
    with pytest.raises(GoneError):
        await preview(changes, change_id)
    with pytest.raises(GoneError):
        await preview(changes, "no such change")


async def test_only_the_requester_may_make_a_requesters_move(changes: Changes) -> None:
    change_id = await preview(changes)
    for somebody in (BEN, Person("T2", "U1"), Person("T1", "nobody ever met")):
        assert not await changes.move(change_id, State.APPROVED, now=NOW, requester=somebody)
    assert await changes.move(change_id, State.APPROVED, now=NOW, requester=ANNA)


async def test_of_many_clicks_at_once_one_wins_and_its_work_is_done_once(
    changes: Changes, db: Database
) -> None:
    change_id = await preview(changes)
    queued: list[str] = []

    async def enqueue(_connection: object) -> None:
        await asyncio.sleep(0)
        queued.append(change_id)

    clicks = [
        changes.move(change_id, to, now=NOW, person=ANNA, also=enqueue)
        for to in (State.APPROVED, State.CANCELLED, State.EXPIRED) * 4
    ]
    assert sum(await asyncio.gather(*clicks)) == 1
    assert len(queued) == 1


async def test_what_goes_wrong_beside_a_move_takes_the_move_back(
    changes: Changes, db: Database
) -> None:
    change_id = await preview(changes)

    async def fail(_connection: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await changes.move(change_id, State.APPROVED, now=NOW, also=fail)
    stored = await changes.get(change_id)
    assert stored is not None
    assert stored.state is State.PREVIEWED
    assert [entry.to_state for entry in await entries(db, change_id)] == [State.PREVIEWED]


async def test_a_move_of_nothing_is_lost(changes: Changes) -> None:
    assert not await changes.move("no such change", State.APPROVED, now=NOW)
    assert await changes.get("no such change") is None


async def test_a_move_keeps_the_reason_and_sets_when_to_look_again(changes: Changes) -> None:
    change_id = await preview(changes)
    assert await changes.move(change_id, State.PENDING, now=NOW, reason="please", due_at=LATER)
    pending = await changes.get(change_id)
    assert pending is not None
    assert (pending.reason, pending.due_at) == ("please", LATER)
    assert await changes.move(change_id, State.WITHDRAWN, now=LATER)
    withdrawn = await changes.get(change_id)
    assert withdrawn is not None
    assert (withdrawn.reason, withdrawn.due_at, withdrawn.updated_at) == ("please", None, LATER)


async def test_every_move_is_audited_with_who_made_it(changes: Changes, db: Database) -> None:
    change_id = await preview(changes)
    await changes.move(change_id, State.PENDING, now=NOW, person=ANNA)
    await changes.move(change_id, State.APPROVED, now=NOW, person=BEN)
    await changes.move(change_id, State.APPLYING, now=NOW)
    async with db.read() as connection:
        people = dict((await connection.execute(sa.select(person.c.id, person.c.user_id))).all())
    told = [
        (entry.from_state, entry.to_state, people.get(entry.person_id))
        for entry in await entries(db, change_id)
    ]
    assert told == [
        (None, State.PREVIEWED, "U1"),
        (State.PREVIEWED, State.PENDING, "U1"),
        (State.PENDING, State.APPROVED, "U2"),
        (State.APPROVED, State.APPLYING, None),
    ]


async def test_a_change_is_undone_once_however_many_try(changes: Changes) -> None:
    done = await applied(changes)
    undo = Change("Undo", (write().reversed(),), reverts=done)
    tries = [await preview(changes, proposed=undo) for _ in range(4)]
    assert await changes.reverting(done) is None
    won = await asyncio.gather(*(changes.move(one, State.APPROVED, now=NOW) for one in tries))
    assert sum(won) == 1
    standing = await changes.reverting(done)
    assert standing is not None
    assert standing.id == tries[won.index(True)]


async def test_an_undo_that_failed_does_not_keep_the_next_one_out(changes: Changes) -> None:
    done = await applied(changes)
    undo = Change("Undo", (write().reversed(),), reverts=done)
    first, second = await preview(changes, proposed=undo), await preview(changes, proposed=undo)
    for to in (State.APPROVED, State.APPLYING, State.FAILED):
        assert await changes.move(first, to, now=NOW)
    assert await changes.reverting(done) is None
    assert await changes.move(second, State.APPROVED, now=NOW)


async def test_a_write_is_sent_again_in_doubt_and_settled_once(
    changes: Changes, db: Database
) -> None:
    change_id = await preview(changes)
    stored = await changes.get(change_id)
    assert stored is not None
    (waiting,) = stored.writes
    assert waiting.outcome is Outcome.WAITING
    assert await changes.mark_sent(waiting.id, NOW)
    assert await changes.mark_sent(waiting.id, LATER)
    assert await changes.settle(waiting.id, Outcome.APPLIED, {"seen": "2026"}, LATER)
    assert not await changes.settle(waiting.id, Outcome.FAILED, {}, LATER)
    assert not await changes.mark_sent(waiting.id, LATER)
    stored = await changes.get(change_id)
    assert stored is not None
    (settled,) = stored.writes
    assert (settled.outcome, settled.detail) == (Outcome.APPLIED, {"seen": "2026"})
    assert (settled.sent_at, settled.settled_at) == (LATER, LATER)
    told = await entries(db, change_id)
    assert told[-1].event == "write.settled"
    assert told[-1].detail == {"write": waiting.id, "outcome": "applied"}


async def test_a_person_sees_what_waits_of_their_own(changes: Changes) -> None:
    mine = await preview(changes)
    await preview(changes, origin=Origin(BEN, ORIGIN.place, "production", "patch-resource"))
    await applied(changes)
    assert [stored.id for stored in await changes.pending_of(ANNA)] == [mine]
    assert await changes.pending_of(Person("T2", "U1")) == ()


async def test_history_tells_decided_changes_of_the_record_or_resource(changes: Changes) -> None:
    await preview(changes)
    first = await applied(changes)
    bulk = Change("Bulk", (write(package_id="p2", resource_id=None), write(resource_id="r2")))
    second = await applied(changes, bulk)

    async def history(**what: str) -> set[str]:
        given = {"tenant": "T1", "catalogue": "production", **what}
        return {stored.id for stored in await changes.history_of(**given)}

    assert await history(package_id="p1") == {first, second}
    assert await history(package_id="p2") == {second}
    assert await history(resource_id="r1") == {first}
    assert await history(package_id="p1", tenant="T2") == set()
    assert await history(package_id="p1", catalogue="test") == set()
    assert len(await changes.history_of(tenant="T1", catalogue="production", limit=1)) == 1


async def test_what_is_due_is_found_when_its_time_has_come(changes: Changes) -> None:
    change_id = await preview(changes)
    assert await changes.due(LATER - timedelta(seconds=1)) == ()
    assert [stored.id for stored in await changes.due(LATER)] == [change_id]
    assert await changes.move(change_id, State.EXPIRED, now=LATER)
    assert await changes.due(LATER) == ()
