from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from sandbox.slack.records import ImpossibleError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import RunningSlack, Workspace
    from sandbox.slack.faults import Spoilt

ROBIN = "U0ROBIN"
CONTENT = "naïve,größe\n1,2\n".encode()


async def download(url: str, token: str) -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response.status, response.content_type, await response.read()


async def test_the_app_uploads_in_three_steps(ws: Workspace, client: AsyncWebClient) -> None:
    await client.files_upload_v2(
        channel="D0ROBIN",
        filename="données.csv",
        content=CONTENT,
        initial_comment="Your list",
    )
    message = ws.timeline(ROBIN, "D0ROBIN")[-1]
    assert message["text"] == "Your list"
    assert (message["files"][0]["name"], message["files"][0]["size"]) == (
        "données.csv",
        len(CONTENT),
    )


async def test_an_upload_of_another_length_never_completes(
    client: AsyncWebClient,
    refused: Any,
) -> None:
    announced = await client.files_getUploadURLExternal(filename="a.csv", length=3)
    async with (
        aiohttp.ClientSession() as session,
        session.post(announced["upload_url"], data=b"four") as response,
    ):
        assert response.status == 400
    done = client.files_completeUploadExternal(files=[{"id": announced["file_id"]}])
    assert await refused(done) == "file_not_found"


async def test_a_file_cannot_be_shared_where_the_app_is_not(
    client: AsyncWebClient,
    refused: Any,
) -> None:
    for channel, code in (("C0RANDOM", "not_in_channel"), (ROBIN, "channel_not_found")):
        shared = client.files_completeUploadExternal(files=[{"id": "F1"}], channel_id=channel)
        assert await refused(shared) == code


async def test_a_file_is_readable_where_the_app_is_a_member(
    slack: RunningSlack,
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    await ws.post(ROBIN, "C0CFD", "here", files=[("Größe.csv", CONTENT)])
    await ws.post(ROBIN, "C0RANDOM", "here", files=[("hidden.csv", CONTENT)])
    seen = ws.timeline(ROBIN, "C0CFD")[-1]["files"][0]
    hidden = ws.timeline(ROBIN, "C0RANDOM")[-1]["files"][0]
    assert (await client.files_info(file=seen["id"]))["file"]["name"] == "Größe.csv"
    url = seen["url_private_download"]
    assert await download(url, slack.bot_token) == (200, "text/csv", CONTENT)
    assert await refused(client.files_info(file=hidden["id"])) == "file_not_found"
    status, kind, _ = await download(hidden["url_private_download"], slack.bot_token)
    assert (status, kind) == (200, "text/html")


async def test_a_wrong_token_downloads_a_login_page_with_status_200(ws: Workspace) -> None:
    await ws.post(ROBIN, "C0CFD", "here", files=[("a.csv", CONTENT)])
    url = ws.timeline(ROBIN, "C0CFD")[-1]["files"][0]["url_private_download"]
    status, kind, body = await download(url, "xoxb-wrong")
    assert (status, kind) == (200, "text/html")
    assert CONTENT not in body


@pytest.mark.parametrize(
    ("files", "element", "error"),
    [
        ([("big.csv", 10_000_001)], {}, "File is too large: the limit is 10 MB"),
        ([("a.csv", 1), ("b.csv", 1)], {"max_files": 1}, "Too many files"),
        ([("a.exe", 1)], {"filetypes": ["csv"]}, "This type of file is not accepted here"),
    ],
)
async def test_a_form_takes_only_the_files_its_input_allows(
    ws: Workspace,
    client: AsyncWebClient,
    files: list[tuple[str, int]],
    element: dict[str, Any],
    error: str,
) -> None:
    view_id = await open_form(ws, client, element)
    picked = [ws.files.add(ROBIN, name, b"x" * size).id for name, size in files]
    assert await ws.submit(ROBIN, view_id, {"upload": picked}) == {"upload": error}


async def test_a_form_carries_whole_file_objects_the_app_may_read(
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    view_id = await open_form(ws, client, {})
    file = ws.files.add(ROBIN, "a.csv", CONTENT)
    assert await refused(client.files_info(file=file.id)) == "file_not_found"
    await ws.submit(ROBIN, view_id, {"upload": [file.id]})
    values = ws.deliveries[-1].payload["view"]["state"]["values"]
    assert values["upload"]["value"]["files"][0]["size"] == len(CONTENT)
    assert (await client.files_info(file=file.id))["ok"]


async def test_nobody_sends_a_file_that_is_not_there(ws: Workspace, client: AsyncWebClient) -> None:
    view_id = await open_form(ws, client, {})
    with pytest.raises(ImpossibleError):
        await ws.submit(ROBIN, view_id, {"upload": ["F0NOTHING"]})


async def open_form(ws: Workspace, client: AsyncWebClient, element: dict[str, Any]) -> str:
    block = {
        "type": "input",
        "block_id": "upload",
        "label": {"type": "plain_text", "text": "File"},
        "element": {"type": "file_input", "action_id": "value", **element},
    }
    title, submit = {"type": "plain_text", "text": "T"}, {"type": "plain_text", "text": "S"}
    view = {"type": "modal", "title": title, "submit": submit, "blocks": [block]}
    opened = await client.views_open(trigger_id=ws.views.new_trigger(ROBIN), view=view)
    return str(opened["view"]["id"])


@pytest.mark.parametrize(
    ("how", "status", "sent"),
    [("page", 200, "<!DOCTYPE"), ("gone", 404, "404"), ("other", 200, CONTENT.decode() + "\n")],
)
async def test_a_download_is_spoilt_as_often_as_was_asked_for(
    slack: RunningSlack, ws: Workspace, how: Spoilt, status: int, sent: str
) -> None:
    await ws.post(ROBIN, "C0CFD", "here", files=[("a.csv", CONTENT)])
    url = ws.timeline(ROBIN, "C0CFD")[-1]["files"][0]["url_private_download"]
    ws.faults.spoil_download(how)
    answered, _kind, body = await download(url, slack.bot_token)
    assert (answered, body.decode().startswith(sent)) == (status, True)
    assert (await download(url, slack.bot_token))[2] == CONTENT


async def test_a_download_may_end_in_its_middle(slack: RunningSlack, ws: Workspace) -> None:
    await ws.post(ROBIN, "C0CFD", "here", files=[("a.csv", CONTENT)])
    url = ws.timeline(ROBIN, "C0CFD")[-1]["files"][0]["url_private_download"]
    ws.faults.spoil_download("half")
    with pytest.raises(aiohttp.ClientPayloadError):
        await download(url, slack.bot_token)
