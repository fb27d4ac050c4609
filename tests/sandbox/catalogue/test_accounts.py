"""Keys, tokens and who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.catalogue.conftest import Caller


async def whoami(call: Caller, **headers: str) -> object:
    url = f"{call.running.url}/api/3/action/whoami"
    async with call.session.get(url, headers=headers) as response:
        return (await response.json())["result"]


async def test_a_legacy_key_names_its_owner(call: Caller) -> None:
    assert (await call("whoami", "cfd-editor")).result == "cfd-editor"


async def test_a_wrong_key_is_nobody_and_no_error(call: Caller) -> None:
    assert await whoami(call, Authorization="0f0f0f0f-0000-0000-0000-000000000000") == ""
    assert await whoami(call, Authorization="not.a.token") == ""
    assert await whoami(call) == ""


async def test_a_bearer_goes_with_a_legacy_key_but_not_with_a_token(call: Caller) -> None:
    key = call.running.catalogue.person("cfd-editor").api_key
    made = await call("api_token_create", "cfd-editor", user="cfd-editor", name="bot")
    token = made.result["token"]
    assert await whoami(call, Authorization=f"Bearer {key}") == "cfd-editor"
    assert await whoami(call, Authorization=f"Bearer {token}") == ""
    assert await whoami(call, **{"X-CKAN-API-Key": token}) == "cfd-editor"


async def test_a_token_works_until_it_is_revoked(call: Caller) -> None:
    made = await call("api_token_create", "cfd-editor", user="cfd-editor", name="bot")
    token = made.result["token"]
    assert token.count(".") == 2
    assert await whoami(call, Authorization=token) == "cfd-editor"
    listed = (await call("api_token_list", "cfd-editor", user="cfd-editor")).result
    assert [one["name"] for one in listed] == ["bot"]
    assert listed[0]["last_access"] is not None
    await call("api_token_revoke", "cfd-editor", jti=listed[0]["id"])
    assert await whoami(call, Authorization=token) == ""


async def test_a_token_may_be_revoked_by_itself(call: Caller) -> None:
    made = await call("api_token_create", "cfd-editor", user="cfd-editor", name="bot")
    revoked = await call("api_token_revoke", "cfd-editor", token=made.result["token"])
    assert revoked.result is None
    assert (await call("api_token_list", "cfd-editor", user="cfd-editor")).result == []


async def test_nobody_has_a_say_in_the_tokens_of_others(call: Caller) -> None:
    made = await call("api_token_create", "cfd-editor", user="cfd-editor", name="bot")
    token = made.result["token"]
    for ckan_action, args in (
        ("api_token_create", {"user": "cfd-editor", "name": "mine now"}),
        ("api_token_list", {"user": "cfd-editor"}),
        ("api_token_revoke", {"token": token}),
    ):
        for who in ("no-org-user", None):
            assert (await call(ckan_action, who, **args)).status == 403
    assert await whoami(call, Authorization=token) == "cfd-editor"


async def test_a_token_with_another_id_signed_by_nobody_is_refused(call: Caller) -> None:
    made = await call("api_token_create", "cfd-editor", user="cfd-editor", name="bot")
    head, claims, signature = made.result["token"].split(".")
    assert await whoami(call, Authorization=f"{head}.{claims}.{signature[:-2]}xx") == ""


async def test_an_account_tells_its_key_to_its_owner_alone(call: Caller) -> None:
    own = (await call("user_show", "cfd-editor", id="cfd-editor")).result
    others = (await call("user_show", "forests-editor", id="cfd-editor")).result
    assert own["apikey"] == call.running.catalogue.person("cfd-editor").api_key
    assert "apikey" not in others
    assert "email" not in others


async def test_the_older_catalogue_wants_an_id_for_user_show(
    call: Caller, call_newer: Caller
) -> None:
    assert (await call("user_show", "cfd-editor")).status == 404
    assert (await call_newer("user_show", "cfd-editor")).result["name"] == "cfd-editor"
