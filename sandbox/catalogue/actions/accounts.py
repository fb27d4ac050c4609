"""People and their keys (`whoami`, `user_show`, `api_token_…`)."""

from __future__ import annotations

import hashlib
import secrets

from sandbox.catalogue.errors import (
    NotAuthorizedError,
    NotFoundError,
    Record,
    ValidationError,
)
from sandbox.catalogue.keys import jti_of, minted
from sandbox.catalogue.saving import Call
from sandbox.catalogue.state import Catalogue, Person, Token


def whoami(call: Call) -> str:
    """The name of the person whose key came along, empty for nobody's."""
    return call.person.name if call.person else ""


def user_show(call: Call) -> Record:
    """An account; e-mail and key only to the person and to sysadmins."""
    wanted = call.args.get("id")
    if wanted is None and not call.catalogue.older and call.person:
        wanted = call.person.id
    person = call.catalogue.person(wanted)
    shown = shown_person(call.catalogue, person)
    if call.person and (call.person.sysadmin or call.person == person):
        shown["apikey"] = person.api_key
        shown["email"] = person.email
    return shown


def shown_person(catalogue: Catalogue, person: Person) -> Record:
    """What anybody is told about an account."""
    made = [pkg for pkg in catalogue.packages.values() if pkg["creator_user_id"] == person.id]
    public = [pkg for pkg in made if pkg["state"] == "active" and not pkg["private"]]
    return {
        "id": person.id,
        "name": person.name,
        "fullname": person.fullname,
        "display_name": person.fullname,
        "created": person.created,
        "about": person.about or None,
        **({} if catalogue.older else {"last_active": None}),
        "activity_streams_email_notifications": False,
        "sysadmin": person.sysadmin,
        "state": "active",
        "image_url": None,
        "image_display_url": None,
        # CKAN's own digest of an address, for pictures; it protects nothing.
        "email_hash": hashlib.md5(person.email.encode(), usedforsecurity=False).hexdigest(),
        "number_created_packages": len(public),
    }


def api_token_create(call: Call) -> Record:
    """A new token, shown this once."""
    problems = {name: ["Missing value"] for name in ("name", "user") if not call.args.get(name)}
    if problems:
        raise ValidationError(problems)
    owner = _owned(call, call.args["user"], "api_token_create")
    catalogue = call.catalogue
    token = Token(
        id=secrets.token_urlsafe(32),
        name=str(call.args["name"]),
        user_id=owner.id,
        created_at=catalogue.now(),
    )
    catalogue.tokens[token.id] = token
    answer = {"token": minted(token.id, catalogue.clock())}
    return answer if catalogue.older else {**answer, "id": token.id}


def api_token_list(call: Call) -> list[Record]:
    names = ("user",) if call.catalogue.older else ("user_id", "user")
    wanted = next((call.args[name] for name in names if call.args.get(name)), None)
    if wanted is None:
        raise ValidationError({names[0]: ["Missing value"]})
    owner = _owned(call, wanted, "api_token_list")
    return [
        {
            "id": token.id,
            "name": token.name,
            "user_id": token.user_id,
            "created_at": token.created_at,
            "last_access": token.last_access,
        }
        for token in call.catalogue.tokens.values()
        if token.user_id == owner.id
    ]


def api_token_revoke(call: Call) -> None:
    """End a token, named by itself or by its id (`jti`)."""
    if not (call.args.get("token") or call.args.get("jti")):
        raise ValidationError({"token": ["Missing value"]})
    if call.person is None and call.catalogue.older:
        raise NotAuthorizedError("Action api_token_revoke requires an authenticated user")
    jti = call.args.get("jti") or jti_of(str(call.args["token"]))
    token = call.catalogue.tokens.get(jti or "")
    if token is None or not _owns(call, token.user_id):
        raise NotAuthorizedError
    del call.catalogue.tokens[token.id]


def _owned(call: Call, name_or_id: str, ckan_action: str) -> Person:
    if call.person is None and call.catalogue.older:
        raise NotAuthorizedError(f"Action {ckan_action} requires an authenticated user")
    try:
        owner = call.catalogue.person(name_or_id)
    except NotFoundError:
        if ckan_action == "api_token_create":
            raise NotFoundError("User not found") from None
        raise NotAuthorizedError from None
    if not _owns(call, owner.id):
        raise NotAuthorizedError
    return owner


def _owns(call: Call, person_id: str) -> bool:
    return call.person is not None and (call.person.sysadmin or call.person.id == person_id)


READS = {"whoami": whoami, "user_show": user_show, "api_token_list": api_token_list}
WRITES = {"api_token_create": api_token_create, "api_token_revoke": api_token_revoke}
