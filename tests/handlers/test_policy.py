"""`/bcdc policy`, as people type it and fill it in."""

from __future__ import annotations

import pytest

from tests.house import House

BRANCH = "information-management-cfd"


async def test_the_form_starts_from_what_holds_and_keeps_what_is_wrong(house: House) -> None:
    priya = house.guest("priya")
    await priya.connects("cfd-org-admin")
    words = "when:published approvers:2 expires:12h remind:12h"
    # By then it has expired.
    assert "no reminder" in await priya.types(f"/bcdc policy {BRANCH} {words}")
    await priya.types(f"/bcdc policy {BRANCH}")
    assert priya.holds("expires") == "12h"
    wrong = await priya.fills(when="fields", fields="", expires="later")
    assert wrong["fields"] == "Name at least one field, such as license_id."
    assert "Say how long" in wrong["expires"]
    await priya.fills(when="fields", fields="title, license_id", expires="2w")
    assert "Changes to named fields: license_id, title" in priya.reads()


async def test_a_form_changes_only_what_was_changed_in_it(house: House) -> None:
    priya, alex = house.guest("priya"), house.guest("alex")
    await priya.connects("cfd-org-admin")
    await alex.connects("cfd-org-admin")
    await priya.types(f"/bcdc policy {BRANCH}")
    assert "2 approvals" in await alex.types(f"/bcdc policy {BRANCH} when:published approvers:2")
    await priya.fills(expires="12h")
    assert "2 approvals" in priya.reads()
    assert "Changes to published records" in priya.reads()
    assert "12h" in priya.reads()


async def test_who_runs_the_bot_rules_without_a_key(house: House) -> None:
    # In the sandbox that is Alex.
    alex, dana = house.guest("alex"), house.guest("dana")
    assert "Every change" in await alex.types(f"/bcdc policy {BRANCH} when:always")
    assert "/bcdc connect" in await dana.types(f"/bcdc policy {BRANCH} when:never")
    await alex.types(f"/bcdc policy {BRANCH}")
    await alex.fills(expires="3d")
    assert "3d" in alex.reads()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("when:sometimes", "Say when:never"),
        ("when:fields:nonsense", "There is no field nonsense"),
        ("approvers:0", "Say 1, 2 or 3 approvers."),
        ("self:perhaps", "Say self:yes or self:no."),
        ("expires:91d", "90 days at most"),
        ("expires:0s", "Say how long"),
        ("remind:often", "Say how long"),
        ("remind:9999999w", "90 days at most"),
        ("channel:nowhere", "choose the channel from the list"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_kept(
    house: House, words: str, said: str
) -> None:
    priya = house.guest("priya")
    await priya.connects("cfd-org-admin")
    assert said in await priya.types(f"/bcdc policy {BRANCH} {words}")
    shown = await priya.types(f"/bcdc policy {BRANCH} approvers:1")
    assert "None, but what the catalogue keeps for admins" in shown


async def test_a_channel_is_chosen_as_slack_writes_it(house: House) -> None:
    priya = house.guest("priya")
    await priya.connects("cfd-org-admin")
    shown = await priya.types(f"/bcdc policy {BRANCH} channel:#data-publishing")
    assert "Kept for" in shown
    await priya.types(f"/bcdc policy {BRANCH}")
    assert "The channel chosen before" in priya.reads()


async def test_who_runs_the_bot_may_set_every_policy_and_others_learn_who_may(
    house: House,
) -> None:
    alex, robin = house.guest("alex"), house.guest("robin")
    await alex.connects("forests-editor")
    assert "Kept for" in await alex.types(f"/bcdc policy {BRANCH} when:always")
    await robin.connects("cfd-editor")
    refused = await robin.types(f"/bcdc policy {BRANCH} when:never")
    assert f"/bcdc who {BRANCH}" in refused


async def test_a_policy_is_not_for_people_without_a_key(house: House) -> None:
    assert "/bcdc connect" in await house.guest("sam").types(f"/bcdc policy {BRANCH} when:always")


async def test_without_words_the_form_of_ones_only_organization_opens(house: House) -> None:
    priya, alex, robin = house.guest("priya"), house.guest("alex"), house.guest("robin")
    await priya.connects("cfd-org-admin")
    shown = await priya.types("/bcdc policy")
    assert "Information Management - CFD" in shown
    await priya.fills(when="always")
    assert "Kept for Information Management - CFD" in priya.reads()
    await priya.closes()
    await robin.connects("cfd-editor")
    assert "You are an admin of none." in await robin.types("/bcdc policy")
    await alex.connects("bcdc-sysadmin")
    assert "Say for which organization" in await alex.types("/bcdc policy")
