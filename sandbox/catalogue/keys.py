"""Whose request it is: legacy keys and API tokens, as CKAN takes them from the headers."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping

from sandbox.catalogue.state import Catalogue, Person

COOKIE = "catalogue_person"
# Tokens of one run are good for that run only.
_SECRET = secrets.token_bytes(32)


def _segment(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signature(signed: str) -> str:
    return _segment(hmac.digest(_SECRET, signed.encode(), hashlib.sha256))


def minted(jti: str, at: dt.datetime) -> str:
    """An API token in CKAN's form: a signed JWT with its id and its birth."""
    header = {"typ": "JWT", "alg": "HS256"}
    claims = {"jti": jti, "iat": int(at.replace(tzinfo=dt.UTC).timestamp())}
    signed = ".".join(
        _segment(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims)
    )
    return f"{signed}.{_signature(signed)}"


def jti_of(token: str) -> str | None:
    """The id in a token that this catalogue signed, else None."""
    signed, _, signature = token.rpartition(".")
    if not signed or not hmac.compare_digest(signature.encode(), _signature(signed).encode()):
        return None
    claims = signed.partition(".")[2]
    jti = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["jti"]
    return str(jti)


def person_of(catalogue: Catalogue, headers: Mapping[str, str]) -> Person | None:
    """The owner of the key in the headers; None for no key and for a wrong one alike.

    A key or token goes raw into `Authorization` or `X-CKAN-API-Key`; `Bearer` is taken before a
    legacy key alone, which BCDC's sign-on looks up itself.
    """
    for header in ("X-CKAN-API-Key", "Authorization"):
        value = headers.get(header, "").strip()
        if not value or (header == "X-CKAN-API-Key" and not catalogue.older):
            continue
        legacy = value.removeprefix("Bearer ") if header == "Authorization" else value
        for person in catalogue.people.values():
            if hmac.compare_digest(person.api_key.encode(), legacy.encode()):
                return person
        token = catalogue.tokens.get(jti_of(value) or "")
        if token is not None:
            token.last_access = catalogue.now()
            return catalogue.people.get(token.user_id)
    return None


def visitor(catalogue: Catalogue, cookies: Mapping[str, str]) -> Person | None:
    """Who looks at the web pages: whoever was chosen there, None for nobody."""
    name = cookies.get(COOKIE)
    return next((one for one in catalogue.people.values() if one.name == name), None)
