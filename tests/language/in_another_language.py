"""The whole bot in a language nobody speaks; run by test_language.py, in a process of its own.

Whatever is shown must be translated, catalogue's data, or what somebody typed; whole, and taken by
Slack although it is a third longer. What is typed here has no Latin letters.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from bot.app import load_commands
from bot.command import Command
from sandbox.catalogue import RunningCatalogue, start
from sandbox.catalogue.schema import BCDC
from tests.house import CHANNEL, Guest
from tests.language.watched import Data, WatchedHouse, cut, foreign_kind, watched_house
from tests.proxy import ANY, Fault, FaultProxy, abort, page, redirect, running_proxy, status
from tests.test_commands import Place, fill

pytestmark = pytest.mark.asyncio(loop_scope="module")

BRANCH = "information-management-cfd"
RECORD = "children-in-care-by-community"
DRAFT = "youth-transition-agreements"
EVERYBODYS = "C0GENERAL"
APPLY, UNDO = "bcdc:change:apply", "bcdc:change:undo"
COMMANDS = list(load_commands())
TYPED = (
    *("Typed by a test", "something", "test", "show-pakage", "z", "strategic services", "services"),
    *("forest cover", "children in care"),
    *("reject", "ask", "approve", "title"),
    *("draft", "pending-publish", "published", "pending-archive", "archived"),
    '{"fields": []}',
    "private",
)
"""What is typed here, or to be typed as it is, whatever the language."""
NAMES = {
    word
    for part in ("dataset_fields", "resource_fields")
    for one in BCDC.expanded[part]
    for word in one["field_name"].split("_")
}


@dataclass(slots=True)
class Walk:
    house: WatchedHouse
    catalogue: RunningCatalogue
    proxy: FaultProxy
    robin: Guest
    data: Data

    def package(self, name: str) -> Any:
        """A record as the catalogue holds it."""
        return self.catalogue.catalogue.package(name)

    def resource(self, place: int) -> str:
        return str(self.package(RECORD)["resources"][place]["id"])

    async def sends(self, **values: object) -> None:
        assert await self.robin.fills(**values) == {}

    async def ends(self, action_id: str) -> None:
        """Press the button of a preview, with all boxes ticked, and close its form."""
        if "confirmed" in str(self.robin.view):
            await self.robin.ticks()
        await self.robin.presses(action_id)
        if self.robin.view:
            await self.robin.closes()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def walk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Walk]:
    catalogue = await start(kind=foreign_kind())
    async with (
        running_proxy(catalogue.url) as proxy,
        watched_house(tmp_path_factory.mktemp("house"), catalogue, proxy.url) as house,
    ):
        robin = house.guest("robin")
        await robin.types("/bcdc connect")
        await robin.fills(api_key="Ω Ω")
        await robin.fills(api_key="9e107d9d-372b-4b68-9f0c-0a1b2c3d4e5f")
        await robin.closes()
        await robin.connects("cfd-editor")
        yield Walk(house, catalogue, proxy, robin, Data(catalogue, *TYPED))
    await catalogue.stop()


@pytest.fixture(autouse=True)
def reads_everything(walk: Walk, request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test: what was shown meanwhile is as it must be."""
    walk.house.forget()
    walk.data.look()
    yield
    walk.data.look()
    seen = walk.house.all_seen()
    # What people type of fields is explained by one command alone.
    known = NAMES if "[schema]" in request.node.name else set[str]()
    wrong = [
        f"{words}: {text}" for text in seen if (words := set(walk.data.untranslated(text)) - known)
    ]
    assert not wrong, "\n".join(wrong)
    assert not [text for text in seen if cut(text)]
    # Slack's rate is kept to by sending later.
    assert not [one for one in walk.house.refused() if one[1] != "ratelimited"]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
async def test_a_command(walk: Walk, command: Command) -> None:
    place = Place(walk.house, walk.catalogue, walk.robin, walk.house.guest("dana"))
    samples = [
        f"/bcdc help {command.name}",
        f"/bcdc {command.name}",
        place.line(command),
        *(f"/bcdc {example}" for example in command.examples),
        f"/bcdc {command.name} " + " ".join(["something"] * (len(command.parameters) + 1)),
    ]
    for line in samples if command.name != "disconnect" else samples[:1]:
        for guest in (place.dana, place.robin):
            await guest.types(line, EVERYBODYS)
            await fill(guest)
            if guest.view:
                await guest.closes()


async def test_words_that_mean_nothing(walk: Walk) -> None:
    resource = walk.resource(1)
    lines = [
        "help",
        "zz",
        "show-pakage zz",
        f"find-org {BRANCH} zz“",
        "find-org zz",
        "find-package zz",
        "use zz",
        "connect zz",
        "connect 9e107d9d-372b-4b68-9f0c-0a1b2c3d4e5f",
        "list-packages zz",
        "list-packages services",
        "list-packages mine state:zz",
        "list-packages ministry-of-forests",
        "show-package forest",
        "show-package 00000000-0000-4000-8000-000000000000",
        f"set-state {DRAFT} zz",
        f"set-state {DRAFT} draft",
        f"set-state {DRAFT} published",
        f"delete-package {DRAFT} confirm=zz",
        f"delete-package {RECORD}",
        f"patch-package {DRAFT} =zz",
        f"patch-package {DRAFT} notes= zz",
        f"patch-package {DRAFT} title={'zz' * 60}",
        f"patch-package {DRAFT} tags=z",
        f"patch-package {DRAFT} -zz",
        f"patch-package {DRAFT} private=zz",
        f"patch-package {DRAFT} contacts=zz",
        f"patch-package {DRAFT} contacts.9.email=zz",
        f"patch-package {DRAFT} notes.0.zz=zz",
        f"patch-package {DRAFT} contacts.0.email=zz",
        f"reorder-resources {RECORD} zz",
        f"patch-resource {resource} zz zz=zz",
        f"patch-resource {resource} zz=zz",
        f"patch-resource {resource} format=zz",
        f"patch-resource {resource} temporal_extent.0.end_date=2020-13-45",
        f"patch-resource {resource} preview_info.0.preview_latitude=999",
        f"patch-resource {resource} preview_info.0.preview_latitude=zz",
        f"patch-resource {resource} json_table_schema=zz",
        f"patch-resource {resource} json_table_schema=[]",
        f"patch-resource {resource} object_name=zzwhse",
        f"patch-resource {resource} iso_topic_category=biota",
        f"patch-resource {resource} url=zz",
        f"patch-resource {resource} name=",
        f"patch-resource {resource} name=zz name=zz",
        f"patch-resource {resource} bcdc_type=geographic",
        f"patch-resource {resource} resource_update_cycle=monthly",
        f"patch-resource {walk.resource(0)} url=https://example.test/zz",
        f"undo {'0' * 32}",
        "history zz",
        f"history {RECORD}",
        "org-tree ministry-of-forests",
        "who ministry-of-forests",
    ]
    for line in lines:
        await walk.robin.types(f"/bcdc {line}")
        if walk.robin.view:
            await walk.robin.closes()


async def test_buttons_under_answers(walk: Walk) -> None:
    robin = walk.robin
    for line, presses in (
        (f"list-packages {BRANCH}", ["page:next", "page:previous", "share", "csv"]),
        ("list-packages strategic services", ["choose"]),
        ("find-package children in care", ["in:test:show-package"]),
        (f"show-package {RECORD}", ["more", "in:test:set-state:PENDING ARCHIVE"]),
        ("show-package forest cover", ["choose"]),
    ):
        await robin.types(f"/bcdc {line}", CHANNEL)
        ts = robin.messages(CHANNEL)[-1]["ts"]
        for press in presses:
            answer = next(one for one in robin.messages(CHANNEL) if one["ts"] == ts)
            await robin.presses(f"bcdc:{press}", message=answer)
            if robin.view:
                await robin.closes()
    for action in ("bcdc:share", "bcdc:choose", APPLY, UNDO, "bcdc:change:edit"):
        sam = walk.house.guest("sam")
        await sam.forges(action, "0" * 32)
        if sam.view:
            await sam.closes()


async def test_a_record_from_its_form_to_its_end(walk: Walk) -> None:
    robin = walk.robin
    await robin.types(f"/bcdc create-package {BRANCH}")
    await robin.fills(title="z")
    await robin.fills(
        title="zz zztitle",
        notes="zz",
        license_id="2",
        tag_string="zz, zzz",
        security_class="PUBLIC",
        view_audience="Public",
        download_audience="Public",
        metadata_visibility="Public",
        resource_status="onGoing",
    )
    await robin.presses("bcdc:form:add")
    await robin.presses("bcdc:form:up")
    await robin.presses("bcdc:form:save")
    await robin.presses("bcdc:form:remove")
    await robin.fills(contacts__0__name="zz", contacts__0__email="z", contacts__0__role="custodian")
    await walk.sends(contacts__0__email="z@zz.zz")
    await robin.presses("bcdc:form:preview")
    await walk.ends(APPLY)
    await robin.types("/bcdc patch-package zz-zztitle")
    await robin.closes()
    await robin.types("/bcdc patch-package zz-zztitle title=“zz zzother”")
    await robin.types("/bcdc pending")
    await robin.types("/bcdc set-state zz-zztitle pending publish")
    await walk.ends(APPLY)
    await robin.types("/bcdc delete-package zz-zztitle confirm=zz-zztitle")
    await walk.ends(APPLY)
    told = robin.direct()[-1]
    await robin.presses(UNDO, channel=walk.house.direct_channel(robin.id), message=told)
    await walk.ends(APPLY)
    await robin.types("/bcdc history zz-zztitle")


async def test_resources_and_their_files(walk: Walk) -> None:
    robin = walk.robin

    def file(name: str, content: bytes) -> list[str]:
        return [str(walk.house.slack.workspace.files.add(robin.id, name, content).id)]

    await robin.types(f"/bcdc create-resource {DRAFT}")
    await robin.fills(name="zz", resource_update_cycle="monthly")
    await robin.fills(upload=file("zz.csv", b"zza,zzb\n1,2\n"), json_table_schema="zz")
    await robin.fills(json_table_schema="")
    await walk.ends(APPLY)
    uploaded = walk.package(DRAFT)["resources"][-1]["id"]
    for words in ("", "url=http://example.test/zz.csv"):
        await robin.types(f"/bcdc update-resource {uploaded} {words}")
        if not words:
            await robin.fills(upload=file("zz.pdf", b"zz"), url="https://example.test/zz")
            await robin.presses("bcdc:form:another")
            await robin.fills(upload=file("zz.tsv", b"zza\tzzc\n1\t2\n3\t4\n"), url="")
        await walk.ends(APPLY)
    await robin.types(f"/bcdc reorder-resources {DRAFT} {uploaded}")
    await walk.ends(APPLY)
    await robin.types(f"/bcdc delete-resource {uploaded}")
    await walk.ends(APPLY)
    workspace = walk.house.slack.workspace
    for given in ([], [("zz.csv", b"zz\n1\n")], [("zz.csv", b"1"), ("zzz.csv", b"2")]):
        ts = (await workspace.post(robin.id, CHANNEL, "zz", given)).ts
        await workspace.message_shortcut(robin.id, "bcdc:create-resource", CHANNEL, ts)
        await walk.house.settled()
        if robin.view:
            await robin.closes()


async def test_what_others_change_meanwhile(walk: Walk) -> None:
    robin, package = walk.robin, walk.package(RECORD)
    resource = package["resources"][1]
    await robin.types(f"/bcdc patch-resource {resource['id']} description=“zz zznew”")
    resource["description"] = "zz zzmeanwhile"
    await walk.ends(APPLY)
    await robin.types(f"/bcdc patch-resource {resource['id']}")
    resource["description"] = "zz zzagain"
    await robin.fills(description="zz zzmine")
    await robin.closes()
    await robin.types(f"/bcdc patch-resource {resource['id']} description=“zz zznewest”")
    await walk.ends(APPLY)
    resource["description"] = "zz zzchanged"
    told = robin.messages()[-1]
    await robin.presses(UNDO, message=told)
    if robin.view:
        await robin.closes()


async def test_a_record_that_cannot_be_saved(walk: Walk) -> None:
    robin, package = walk.robin, walk.package(DRAFT)
    before = dict(package)
    foreign = next(iter(walk.catalogue.catalogue.organizations.values())).id
    package["contacts"] = [{**package["contacts"][0], "org": foreign, "displayed": []}]
    package["resources"] = [{**row, "resource_type": ""} for row in package["resources"]]
    try:
        for line in (
            f"patch-package {DRAFT} notes=zz",
            f"patch-resource {package['resources'][0]['id']} description=zz",
            f"set-state {DRAFT} pending publish",
        ):
            await robin.types(f"/bcdc {line}")
            if robin.view:
                await robin.closes()
    finally:
        package.update(before)


async def test_what_waits_for_admins_and_what_a_channel_hears(walk: Walk) -> None:
    robin, priya = walk.robin, walk.house.guest("priya")
    walk.house.slack.workspace.directory.channels[CHANNEL].members.add(priya.id)
    await priya.connects("cfd-org-admin")
    for words in ("", " approvers:9", " expires:zz", " when:fields:title", " when:always"):
        await priya.types(f"/bcdc policy {BRANCH}{words}")
        if priya.view:
            await priya.closes()
    await priya.types(f"/bcdc subscribe org:{BRANCH}")
    place = walk.house.direct_channel(priya.id)
    for decision in ("reject", "ask", "approve"):
        await robin.types(f"/bcdc patch-package {RECORD} purpose=“zz {decision}”")
        await walk.ends(APPLY)
        await robin.types("/bcdc pending")
        card = next(one for one in reversed(priya.direct()) if "change:approve" in str(one))
        await priya.presses(f"bcdc:change:{decision}", channel=place, message=card)
        if priya.view and "submit" in priya.view:
            await priya.fills(reason=" ")
            await priya.fills(reason="zz")
        if priya.view:
            await priya.closes()
        await priya.types("/bcdc pending")
    for line in (
        "subscriptions",
        "unsubscribe",
        f"policy {BRANCH} when:never",
        f"history {RECORD}",
    ):
        await priya.types(f"/bcdc {line}")


async def test_who_may_not(walk: Walk) -> None:
    for name, user_name in (("jordan", "forests-editor"), ("casey", "no-org-user")):
        guest = walk.house.guest(name)
        await guest.connects(user_name, EVERYBODYS)
        for line in (
            "whoami",
            "create-package",
            f"create-package {BRANCH}",
            f"patch-package {RECORD} notes=zz",
            f"set-state {RECORD} archived",
            f"delete-package {RECORD}",
            "pending",
        ):
            await guest.types(f"/bcdc {line}", EVERYBODYS)
            if guest.view:
                await guest.closes()


@pytest.mark.parametrize(
    "fault",
    [
        abort(),
        status(502),
        status(429),
        status(429, retry_after="60"),
        page(),
        redirect("http://127.0.0.1:9/"),
    ],
    ids=lambda fault: str(fault.kind),
)
async def test_a_catalogue_on_a_bad_day(walk: Walk, fault: Fault) -> None:
    robin = walk.robin
    walk.proxy.fault(ANY, fault)
    try:
        await robin.types("/bcdc patch-package zz")
        for line in ("status", "connect"):
            await robin.types(f"/bcdc {line}")
            if "'api_key'" in str(robin.view):
                await robin.fills(api_key="9e107d9d-372b-4b68-9f0c-0a1b2c3d4e5f")
            if robin.view:
                await robin.closes()
    finally:
        walk.proxy.heal()


async def test_the_home_tab(walk: Walk) -> None:
    for guest in (walk.robin, walk.house.guest("dana")):
        await walk.house.slack.workspace.open_home(guest.id)
        await walk.house.settled()


async def test_what_was_never_marked_and_what_was_cut_is_noticed(walk: Walk) -> None:
    assert walk.data.untranslated("Nothing was changed: Children in Care by Community") == [
        *("Nothing", "was", "changed")
    ]
    assert walk.data.untranslated("⟦Ńöťĥîńĝ ŵàś ćĥàńĝéď~~~~~~⟧: Children in Care by Comm…") == []
    assert cut("⟦Ńöťĥîńĝ ŵàś…")
    assert not cut("⟦Ńöťĥîńĝ ŵàś ćĥàńĝéď~~~~~~⟧")
