from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from sandbox.slack import RunningSlack, Workspace


async def test_the_token_says_who_the_app_is(client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["team_id"], answer["user_id"]) == ("T0BCDC", "U0BCDCBOT")
    assert "commands" in answer.headers["X-OAuth-Scopes"]


@pytest.mark.parametrize(
    ("token", "code"),
    [("", "not_authed"), ("xoxb-wrong", "invalid_auth")],
)
async def test_a_missing_or_wrong_token_is_refused(
    slack: RunningSlack,
    refused: Any,
    token: str,
    code: str,
) -> None:
    client = AsyncWebClient(token=token, base_url=slack.api_url)
    assert await refused(client.auth_test()) == code


async def test_each_kind_of_token_serves_its_own_methods(
    slack: RunningSlack,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    connect = client.apps_connections_open(app_token=slack.bot_token)
    assert await refused(connect) == "not_allowed_token_type"
    post = client.chat_postMessage(channel="C0CFD", text="x", token=slack.app_token)
    assert await refused(post) == "not_allowed_token_type"


async def test_an_uninstalled_app_has_no_token(
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    ws.uninstall()
    assert await refused(client.auth_test()) == "token_revoked"
    assert [one.name for one in ws.deliveries] == ["tokens_revoked", "app_uninstalled"]


async def test_unknown_methods_and_ungranted_scopes_are_refused(
    client: AsyncWebClient,
    refused: Any,
) -> None:
    assert await refused(client.api_call("chat.shout")) == "unknown_method"
    assert await refused(client.conversations_history(channel="C0CFD")) == "missing_scope"
    assert await refused(client.conversations_info(channel="D0ROBIN")) == "missing_scope"
    assert await refused(client.users_lookupByEmail(email="a@b.ca")) == "missing_scope"
    opened = client.conversations_open(users="U0ROBIN,U0PRIYA")
    assert await refused(opened) == "missing_scope"


async def test_every_granted_scope_can_be_taken_away(
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    ws.app.manifest = {**ws.app.manifest, "oauth_config": {"scopes": {"bot": ["commands"]}}}
    assert await refused(client.chat_postMessage(channel="C0CFD", text="x")) == "missing_scope"
    assert await refused(client.users_info(user="U0ROBIN")) == "missing_scope"


async def test_people_and_channels_are_described(client: AsyncWebClient, refused: Any) -> None:
    user = (await client.users_info(user="U0ROBIN", include_locale=True))["user"]
    assert (user["real_name"], user["tz"], user["locale"]) == (
        "Robin Chen",
        "America/Vancouver",
        "en-CA",
    )
    assert "email" not in user["profile"]
    channel = (await client.conversations_info(channel="C0RANDOM"))["channel"]
    assert (channel["name"], channel["is_member"], channel["is_archived"]) == (
        "random",
        False,
        False,
    )
    assert (await client.conversations_info(channel="C0OLD"))["channel"]["is_archived"] is True
    assert await refused(client.users_info(user="U0NOBODY")) == "user_not_found"
    assert await refused(client.conversations_info(channel="C0STEWARDS")) == "channel_not_found"


async def test_members_come_in_pages(client: AsyncWebClient) -> None:
    members: list[str] = []
    cursor = ""
    while True:
        page = await client.conversations_members(channel="C0CFD", limit=4, cursor=cursor)
        members += page["members"]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert members == sorted({"U0ROBIN", "U0PRIYA", "U0ALEX", "U0SAM", "U0MEI", "U0BCDCBOT"})


async def test_a_rate_limit_on_request_wears_off(
    ws: Workspace,
    client: AsyncWebClient,
    slack: RunningSlack,
) -> None:
    ws.faults.rate_limit("chat.postMessage", retry_after=7, times=2)
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for status in (429, 429, 200):
            url = f"{slack.api_url}chat.postMessage"
            async with session.post(url, json={"channel": "C0CFD", "text": "x"}) as response:
                assert response.status == status
                assert response.headers.get("Retry-After") == ("7" if status == 429 else None)
    assert len(ws.timeline("U0ROBIN", "C0CFD")) == 1


async def test_any_error_can_be_asked_for(
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    ws.faults.error("chat.postMessage", "fatal_error")
    assert await refused(client.chat_postMessage(channel="C0CFD", text="x")) == "fatal_error"
    await client.chat_postMessage(channel="C0CFD", text="x")
    assert [call.response["ok"] for call in ws.calls] == [False, True]


async def test_away_it_answers_with_a_page_and_does_nothing(
    ws: Workspace, client: AsyncWebClient
) -> None:
    ws.faults.away("chat.postMessage")
    with pytest.raises(SlackApiError) as raised:
        await client.chat_postMessage(channel="C0CFD", text="x")
    assert raised.value.response.status_code == 502
    assert not ws.timeline("U0ROBIN", "C0CFD")


async def test_a_lost_answer_hides_what_was_done(ws: Workspace, client: AsyncWebClient) -> None:
    ws.faults.lose_answer("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C0CFD", text="done all the same")
    assert len(ws.timeline("U0ROBIN", "C0CFD")) == 1


async def test_a_slow_method_works_late(ws: Workspace, slack: RunningSlack) -> None:
    ws.faults.slow("auth.test", 5.0)
    hasty = AsyncWebClient(
        token=slack.bot_token,
        base_url=slack.api_url,
        timeout=0.05,
        retry_handlers=[],
    )
    with pytest.raises(TimeoutError):
        await hasty.auth_test()
    await hasty.auth_test()


async def test_an_install_code_is_good_once(
    slack: RunningSlack,
    ws: Workspace,
    client: AsyncWebClient,
    refused: Any,
) -> None:
    code = ws.new_install_code("U0ROBIN")
    credentials = {"client_id": ws.app.client_id, "client_secret": ws.app.client_secret}
    wrong = client.oauth_v2_access(client_id=ws.app.client_id, client_secret="no", code=code)
    assert await refused(wrong) == "bad_client_secret"
    installed = await client.oauth_v2_access(code=code, **credentials)
    assert (installed["access_token"], installed["team"]["id"]) == (slack.bot_token, "T0BCDC")
    again = client.oauth_v2_access(code=code, **credentials)
    assert await refused(again) == "code_already_used"


async def test_the_install_page_leads_back_with_a_code(slack: RunningSlack, ws: Workspace) -> None:
    query = {
        "client_id": ws.app.client_id,
        "state": "s1",
        "redirect_uri": "http://127.0.0.1:1/back",
    }
    async with (
        aiohttp.ClientSession() as session,
        session.get(
            f"{slack.url}/oauth/v2/authorize",
            params=query,
            allow_redirects=False,
        ) as response,
    ):
        assert response.status == 302
        assert response.headers["Location"].startswith("http://127.0.0.1:1/back?code=")
        assert response.headers["Location"].endswith("&state=s1")
