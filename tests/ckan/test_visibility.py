from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ckan.models import Package, Rights
from bot.ckan.visibility import ANYONE, Audience, Channel, Viewer, as_seen, may_see, shown_contacts

OWN, OTHER = "own", "other"
STATES = ["DRAFT", "PENDING PUBLISH", "PUBLISHED", "PENDING ARCHIVE", "ARCHIVED"]
EDITOR = Viewer(Rights(editor=frozenset({OWN})))
STRANGER = Viewer(Rights(editor=frozenset({OTHER})))
MEMBER = Viewer(Rights())
SYSADMIN = Viewer(Rights(sysadmin=True))
CHANNEL = Channel()
ALLOWED = Channel(frozenset({OWN}))
SHOWN = {"name": "Shown", "displayed": ["displayed"]}
HIDDEN = {"name": "Hidden", "displayed": []}


def record(**more: Any) -> Package:
    return Package(
        {
            "id": "x",
            "owner_org": OWN,
            "state": "active",
            "private": False,
            "metadata_visibility": "Public",
            "publish_state": "PUBLISHED",
            "contacts": [SHOWN, HIDDEN],
        }
        | more
    )


packages = st.builds(
    record,
    owner_org=st.sampled_from([OWN, OTHER]),
    state=st.sampled_from(["active", "deleted", "draft"]),
    private=st.booleans(),
    metadata_visibility=st.sampled_from(["Public", "IDIR"]),
    publish_state=st.sampled_from([*STATES, None, ""]),
)
audiences = st.one_of(
    st.sampled_from([ANYONE, CHANNEL]),
    st.builds(Channel, st.frozensets(st.sampled_from([OWN, OTHER]))),
    st.builds(
        Viewer,
        st.builds(
            Rights, editor=st.frozensets(st.sampled_from([OWN, OTHER])), sysadmin=st.booleans()
        ),
    ),
)


@pytest.mark.parametrize(
    ("package", "sees"),
    [
        (record(), {ANYONE, STRANGER, MEMBER, EDITOR, SYSADMIN, CHANNEL, ALLOWED}),
        (record(publish_state="DRAFT"), {EDITOR, SYSADMIN}),
        (record(publish_state="ARCHIVED"), {EDITOR, SYSADMIN}),
        (record(private=True), {STRANGER, MEMBER, EDITOR, SYSADMIN, ALLOWED}),
        (record(metadata_visibility="IDIR"), {STRANGER, MEMBER, EDITOR, SYSADMIN, ALLOWED}),
        (record(private=True, publish_state="DRAFT"), {EDITOR, SYSADMIN}),
        (record(state="deleted"), {EDITOR, SYSADMIN}),
        (record(state="draft"), {EDITOR, SYSADMIN}),
        (record(type="bcdc_dataset", publish_state=None), {EDITOR, SYSADMIN}),
    ],
)
def test_each_record_is_seen_by_its_audiences(package: Package, sees: set[Audience]) -> None:
    everybody: list[Audience] = [ANYONE, STRANGER, MEMBER, EDITOR, SYSADMIN, CHANNEL, ALLOWED]
    assert {audience for audience in everybody if may_see(package, audience)} == sees


@given(packages)
def test_who_has_no_key_sees_public_records_only(package: Package) -> None:
    assert may_see(package, ANYONE) == may_see(package, CHANNEL) == package.is_public


@given(packages, audiences)
def test_no_channel_sees_what_is_not_published(package: Package, audience: Audience) -> None:
    if isinstance(audience, Channel) and may_see(package, audience):
        assert package.publish_state in {"PUBLISHED", "PENDING ARCHIVE", ""}
        assert not package.deleted


@given(packages, audiences)
def test_hidden_contacts_are_for_those_who_may_edit(package: Package, audience: Audience) -> None:
    edits = (
        isinstance(audience, Viewer)
        and audience.rights is not None
        and audience.rights.may_edit(package.owner_org)
    )
    assert shown_contacts(package, audience) == ((SHOWN, HIDDEN) if edits else (SHOWN,))


@given(packages, audiences)
def test_what_is_seen_holds_no_more_than_is_shown(package: Package, audience: Audience) -> None:
    seen = as_seen(package, audience)
    assert (seen is not None) == may_see(package, audience)
    if seen is not None:
        assert seen.contacts == shown_contacts(package, audience)
        assert {**seen.raw, "contacts": 0} == {**package.raw, "contacts": 0}
    assert package.contacts == (SHOWN, HIDDEN)


def test_where_records_have_no_states_what_is_active_and_not_private_is_everybodys() -> None:
    plain = {"id": "x", "type": "dataset", "owner_org": OWN, "state": "active", "private": False}
    assert may_see(Package(plain), ANYONE)
    assert may_see(Package(plain), CHANNEL)
    for hidden in ({"private": True}, {"state": "deleted"}, {"state": "draft"}):
        assert not may_see(Package(plain | hidden), ANYONE)
        assert may_see(Package(plain | hidden), EDITOR)
    assert may_see(Package(plain | {"private": True}), ALLOWED)


def test_a_record_without_contacts_gets_none() -> None:
    raw = dict(record().raw)
    del raw["contacts"]
    seen = as_seen(Package(raw), ANYONE)
    assert seen is not None
    assert "contacts" not in seen.raw


def test_contacts_of_a_schema_that_marks_none_are_everybodys() -> None:
    plain = [{"name": "Ann", "org": "North"}, {"name": "Bo"}]
    assert shown_contacts(record(contacts=plain, type="camel-photos"), ANYONE) == tuple(plain)
    assert shown_contacts(record(contacts=plain, type="bcdc_dataset"), ANYONE) == ()


def test_an_old_flag_of_a_contact_counts() -> None:
    old = {"name": "Old", "displayed": "displayed"}
    assert shown_contacts(record(contacts=[old, {"name": "None"}]), ANYONE) == (old,)
