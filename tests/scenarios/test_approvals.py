"""Changes that wait for admins: asked, decided with the decider's own rights, told to everybody."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from bot.ckan import actions
from bot.ckan.models import Package
from tests.buttons import action_ids, value_of
from tests.ckan.places import BRANCH, Place, Visit
from tests.house import CHANNEL, Guest, House, open_house, text_of
from tests.proxy import page, running_proxy

DECISIONS = ("bcdc:change:approve", "bcdc:change:reject", "bcdc:change:ask")
OWN = "You asked for this yourself, so somebody else has to decide."
SAY_WHY = "Say it in a few words: the one who asked reads this."


async def record(visit: Visit, package_id: str) -> Package:
    return await actions.package_show(visit.as_user("bcdc-sysadmin"), package_id)


async def last_writer(visit: Visit, package_id: str) -> str:
    """The name of the user who saved the record last, as its activities tell."""
    site = visit.as_user("bcdc-sysadmin")
    told = await site.read("package_activity_list", id=package_id, limit=1)
    shown = await site.read("user_show", id=told[0]["user_id"])
    return str(shown["name"])


def card(guest: Guest, channel: str = "") -> dict[str, Any]:
    """The newest card that this person has."""
    shown = guest.messages(channel) if channel else guest.direct()
    return next(one for one in reversed(shown) if "asks to" in text_of(one["blocks"]))


async def press(guest: Guest, action_id: str, channel: str = "") -> str:
    """Press a button of the newest card, and read what came of it."""
    place = channel or guest.house.direct_channel(guest.id)
    await guest.presses(action_id, channel=place, message=card(guest, channel))
    return guest.reads(place)


async def asks_to_publish(guest: Guest, package: Package) -> str:
    await guest.types(f"/bcdc set-state {package.name} published")
    preview = guest.reads()
    await guest.ticks()
    await guest.presses("bcdc:change:apply")
    if guest.view:
        await guest.closes()
    return preview


async def connected(house: House, **users: str) -> list[Guest]:
    directory = house.slack.workspace.directory
    # So that all of them may type where the guests of a house do.
    directory.channels[CHANNEL].members.update(directory.people)
    guests = []
    for name, user in users.items():
        guest = house.guest(name)
        await guest.connects(user)
        guests.append(guest)
    return guests


async def policy(guest: Guest, words: str) -> str:
    return await guest.types(f"/bcdc policy {BRANCH} {words}")


async def test_an_editor_asks_to_publish_and_only_an_admin_may_say_yes(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin, priya, jordan, sam = await connected(
        house,
        robin="cfd-editor",
        priya="cfd-org-admin",
        jordan="forests-editor",
        sam="cfd-member",
    )
    preview = await asks_to_publish(robin, package)
    assert "are asked to move it to Published" in preview
    assert (await record(visit, package.id)).publish_state == "PENDING PUBLISH"
    asked = card(priya)
    assert action_ids(asked["blocks"]) == {*DECISIONS, "bcdc:link"}
    assert "asks to move this to Published" in text_of(asked["blocks"])
    value = value_of(asked["blocks"], "bcdc:change:approve")
    assert package.id not in value
    assert package.name not in value

    for guest in (robin, jordan, sam):
        told = await guest.forges("bcdc:change:approve", value)
        assert told.startswith(f"Only an admin of {package.organization_title} may decide on this.")
    dana = house.guest("dana")
    assert "/bcdc connect" in await dana.forges("bcdc:change:approve", value)
    assert (await record(visit, package.id)).publish_state == "PENDING PUBLISH"

    assert "You approved this" in await press(priya, "bcdc:change:approve")
    assert (await record(visit, package.id)).publish_state == "PUBLISHED"
    ended = card(priya)
    assert ended["ts"] == asked["ts"]
    assert not action_ids(ended["blocks"])
    assert "and saved." in text_of(ended["blocks"])
    assert await last_writer(visit, package.id) == "cfd-org-admin"
    told = await priya.forges("bcdc:change:approve", value)
    assert told.startswith("This was approved already, and is saved. Decided by ")


async def test_two_of_two_admins_have_to_agree_and_one_user_counts_once(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin, priya, alex, mei = await connected(
        house,
        robin="cfd-editor",
        priya="cfd-org-admin",
        alex="cfd-ministry-admin",
        mei="cfd-org-admin",
    )
    assert "2 approvals" in await policy(priya, "when:always approvers:2")
    await robin.types(f'/bcdc patch-package {package.name} notes="Better notes"')
    assert "Ask for approval" in robin.reads()
    await robin.presses("bcdc:change:apply")
    assert "Asked" in robin.reads()
    assert (await record(visit, package.id)).text("notes") == "Made for a test."

    await press(priya, "bcdc:change:approve")
    assert "1 of 2 approvals" in text_of(card(alex)["blocks"])
    await press(mei, "bcdc:change:approve")
    assert (await record(visit, package.id)).text("notes") == "Made for a test."
    await press(alex, "bcdc:change:approve")
    assert (await record(visit, package.id)).text("notes") == "Better notes"
    assert await last_writer(visit, package.id) == "cfd-editor"
    for guest in (priya, alex, mei):
        assert "Approved by" in text_of(card(guest)["blocks"])
    (told,) = (one for one in robin.direct() if "· Changed: " in text_of(one["blocks"]))
    assert text_of(told["blocks"]).count("Approved by: ") == 1


async def test_an_admin_who_asks_does_not_decide_by_whatever_name(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    priya, mei, alex = await connected(
        house, priya="cfd-org-admin", mei="cfd-org-admin", alex="cfd-ministry-admin"
    )
    await policy(priya, "when:always")
    await priya.types(f'/bcdc patch-package {package.name} notes="Mine"')
    await priya.presses("bcdc:change:apply")
    value = value_of(card(alex)["blocks"], "bcdc:change:approve")
    for guest in (priya, mei):
        assert await guest.forges("bcdc:change:approve", value) == OWN
    assert (await record(visit, package.id)).text("notes") == "Made for a test."
    await press(alex, "bcdc:change:approve")
    assert (await record(visit, package.id)).text("notes") == "Mine"


async def test_a_request_is_rejected_with_a_reason_edited_and_asked_again(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin, priya = await connected(house, robin="cfd-editor", priya="cfd-org-admin")
    await policy(priya, "when:fields:notes")
    await robin.types(f'/bcdc patch-package {package.name} notes="Shorter"')
    await robin.presses("bcdc:change:apply")
    await press(priya, "bcdc:change:reject")
    assert await priya.fills(reason="   ") == {"reason": SAY_WHY}
    key = place.keys["cfd-org-admin"].get_secret_value()
    assert "API key" in (await priya.fills(reason=f"Use my key: {key}"))["reason"]
    await priya.fills(reason="Say *where* <!channel> it is")
    assert "Rejected" in priya.reads()
    await priya.closes()
    told = robin.direct()[-1]
    assert "rejected this: Say *where* <!channel> it is" in text_of(told["blocks"])
    assert (await record(visit, package.id)).text("notes") == "Made for a test."
    assert "rejected this" in text_of(card(priya)["blocks"])

    await robin.presses("bcdc:change:edit", channel=house.direct_channel(robin.id), message=told)
    assert robin.holds("notes") == "Shorter"
    await robin.fills(notes="Shorter, and where it is")
    await robin.presses("bcdc:form:preview")
    await robin.presses("bcdc:change:apply")
    await robin.closes()
    await press(priya, "bcdc:change:approve")
    assert (await record(visit, package.id)).text("notes") == "Shorter, and where it is"


async def test_asking_for_changes_sends_a_record_back_to_its_editors(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin, priya = await connected(house, robin="cfd-editor", priya="cfd-org-admin")
    await asks_to_publish(robin, package)
    await press(priya, "bcdc:change:ask")
    await priya.fills(reason="The licence is missing")
    await priya.closes()
    assert (await record(visit, package.id)).publish_state == "DRAFT"
    told = text_of(robin.direct()[-1]["blocks"])
    assert "asks for changes: The licence is missing" in told
    assert "Ask again" in told
    assert "asks for changes" in text_of(card(priya)["blocks"])


async def test_rejecting_leaves_the_state(house: House, place: Place, visit: Visit) -> None:
    package = await visit.make()
    robin, priya = await connected(house, robin="cfd-editor", priya="cfd-org-admin")
    await asks_to_publish(robin, package)
    await press(priya, "bcdc:change:reject")
    await priya.fills(reason="Not this year")
    assert (await record(visit, package.id)).publish_state == "PENDING PUBLISH"


async def test_a_request_can_be_withdrawn_and_cannot_be_decided_then(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin, priya = await connected(house, robin="cfd-editor", priya="cfd-org-admin")
    await asks_to_publish(robin, package)
    asked = card(priya)
    shown = await robin.types("/bcdc pending")
    assert "Waits for others to approve it" in shown
    await robin.presses("bcdc:change:cancel")
    assert "Withdrawn" in text_of(card(priya)["blocks"])
    assert not action_ids(card(priya)["blocks"])
    direct = house.direct_channel(priya.id)
    value = value_of(asked["blocks"], "bcdc:change:approve")
    assert "withdrawn" in await priya.forges("bcdc:change:approve", value, channel=direct)
    assert (await record(visit, package.id)).publish_state == "PENDING PUBLISH"


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin, priya = await connected(house, robin="cfd-editor", priya="cfd-org-admin")
    await policy(priya, "when:always")
    await robin.types(f'/bcdc patch-package {package.name} notes="From Slack"')
    await robin.presses("bcdc:change:apply")
    body = {"match": {"id": package.id}, "update__notes": "From the web"}
    await visit.as_user("bcdc-sysadmin").write("package_revise", body)
    await press(priya, "bcdc:change:approve")
    assert (await record(visit, package.id)).text("notes") == "From the web"
    assert "not saved" in text_of(card(priya)["blocks"])


async def test_clicks_at_the_same_time_come_to_one_save(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin, priya, alex = await connected(
        house, robin="cfd-editor", priya="cfd-org-admin", alex="cfd-ministry-admin"
    )
    await asks_to_publish(robin, package)
    before = await visit.saves(package.id)
    cards = {guest.id: card(guest) for guest in (priya, alex)}
    await asyncio.gather(
        *(
            guest.presses(
                "bcdc:change:approve",
                channel=house.direct_channel(guest.id),
                message=cards[guest.id],
            )
            for guest in (priya, alex, priya, alex, priya)
        )
    )
    assert (await record(visit, package.id)).publish_state == "PUBLISHED"
    assert await visit.saves(package.id) == before + 1


async def test_the_approvers_channel_gets_the_card_too(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin, priya = await connected(house, robin="cfd-editor", priya="cfd-org-admin")
    await policy(priya, "channel:here")
    await asks_to_publish(robin, package)
    assert set(DECISIONS) <= action_ids(card(priya, CHANNEL)["blocks"])
    await press(priya, "bcdc:change:approve", CHANNEL)
    assert "Approved by" in text_of(card(priya, CHANNEL)["blocks"])
    assert "Approved by" in text_of(card(priya)["blocks"])


async def test_only_admins_set_the_policy_by_words_or_by_form(
    house: House, place: Place, visit: Visit
) -> None:
    robin, priya = await connected(house, robin="cfd-editor", priya="cfd-org-admin")
    assert "Only an admin of" in await policy(robin, "when:always")
    assert "Say 1, 2 or 3" in await policy(priya, "approvers:7")
    assert "There is no field" in await policy(priya, "when:fields:nonsense")
    await priya.types(f"/bcdc policy {BRANCH}")
    assert await priya.fills(expires="soon") != {}
    await priya.fills(when="always", approvers="2", expires="3d", remind="", self_approval="yes")
    shown = priya.reads()
    assert "Every change" in shown
    assert "2 approvals" in shown
    assert "no reminder" in shown
    await priya.closes()


async def test_a_decision_waits_for_a_catalogue_that_is_away_and_counts_then(
    place: Place, visit: Visit, tmp_path: Path
) -> None:
    async with (
        running_proxy(place.url) as proxy,
        open_house(tmp_path, proxy.url, place.keys, delivery="http") as house,
    ):
        package = await visit.make()
        robin, priya = await connected(house, robin="cfd-editor", priya="cfd-org-admin")
        await asks_to_publish(robin, package)
        # Which no single question repeats.
        proxy.fault("whoami", page(), times=2)
        assert "You approved this" in await press(priya, "bcdc:change:approve")
        assert (await record(visit, package.id)).publish_state == "PUBLISHED"


async def test_asking_again_after_the_web_form_sent_a_record_back_leaves_one_request(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin, priya = await connected(house, robin="cfd-editor", priya="cfd-org-admin")
    await asks_to_publish(robin, package)
    old = card(priya)
    body = {"match": {"id": package.id}, "update__publish_state": "DRAFT"}
    await visit.as_user("cfd-org-admin").write("package_revise", body)
    await asks_to_publish(robin, package)
    again = card(priya)
    assert again["ts"] != old["ts"]
    ended = next(one for one in priya.direct() if one["ts"] == old["ts"])
    assert not action_ids(ended["blocks"])
    await press(priya, "bcdc:change:approve")
    assert (await record(visit, package.id)).publish_state == "PUBLISHED"
