"""What a catalogue answers, told apart: a result, a refusal of CKAN's, or no answer to rely on.

The text of no error holds what the catalogue said, since errors are logged and CKAN's answers
name people, repeat what was sent, or are somebody's web page.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from ckanapi.common import reverse_apicontroller_action
from ckanapi.errors import (
    CKANAPIError,
    NotAuthorized,
    NotFound,
    SearchError,
    SearchIndexError,
    SearchQueryError,
    ServerIncompatibleError,
    ValidationError,
)
from typing_extensions import override

from bot.change import Json
from bot.ckan.upload import UploadBrokenError

__all__ = [
    "ActionFailed",
    "CKANAPIError",
    "CatalogueUnavailable",
    "NotAuthorized",
    "NotFound",
    "Reason",
    "Refused",
    "SearchError",
    "SearchIndexError",
    "SearchQueryError",
    "ValidationError",
    "fault_of",
    "is_odd",
    "outcome_of",
    "read_answer",
]

_GATEWAY = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)


class Reason(StrEnum):
    """Why there is no answer to rely on."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"
    BUSY = "busy"
    """429: asked too often."""
    GATEWAY = "gateway"
    """502 to 504: something in front of the catalogue gave up on it."""
    NOT_JSON = "not_json"
    """A web page, or JSON that is not CKAN's."""
    REDIRECT = "redirect"
    UPLOAD_TOO_LARGE = "upload_too_large"
    """413, which proxies answer before CKAN sees the file."""
    UPLOAD_BROKEN = "upload_broken"
    """The file's source gave other than the bytes it promised."""
    ANSWER_TOO_LARGE = "answer_too_large"
    ANOTHER = "another"
    """An answer about something else than was asked for, as a cache in between may give it."""
    NOT_SERVED = "not_served"
    """The settings name no such catalogue, or no longer."""


class CatalogueUnavailable(CKANAPIError):  # type: ignore[misc]  # noqa: N818  # ckanapi has no types, and names errors so
    """No answer to rely on.

    `retry_after` is the catalogue's wish in seconds, and `sent` whether the request may have
    reached it: a write with `sent` may have happened.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        sent: bool = True,
    ) -> None:
        super().__init__(f"{reason.value} (HTTP {status})" if status else reason.value)
        self.reason = reason
        self.status = status
        self.retry_after = retry_after
        self.sent = sent


class ActionFailed(CKANAPIError):  # type: ignore[misc]  # noqa: N818  # as above
    """CKAN answered with an error that says nothing to the person.

    `kind` is its `error.__type`: "Internal Server Error" for the bare 500 that BCDC's rules
    give for some bodies, "Integrity Error" for a composite that is no list, "" for "Bad request".
    """

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(f"HTTP {status} {kind}".rstrip())
        self.status = status
        self.kind = kind


class Refused(ValidationError):  # type: ignore[misc]  # noqa: N818  # as above
    """A `ValidationError` that keeps what CKAN said in `error_dict`, out of its text."""

    def __init__(self, error_dict: dict[str, Any]) -> None:
        super().__init__(error_dict)
        self.args = (", ".join(sorted(key for key in error_dict if key != "__type")),)

    @override
    def __str__(self) -> str:
        return f"validation failed: {self.args[0] or 'no field named'}"

    @property
    def fields(self) -> dict[str, Json]:
        """What CKAN said is wrong, by field; empty when it named none."""
        return {key: value for key, value in self.error_dict.items() if key != "__type"}

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Paths that were not as `match` said, in the words of 2.9 or of later versions.

        See docs/catalogue.md, "Saving with package_revise".
        """
        rows: Any = self.error_dict.get("match")
        if rows is None:
            wrapped: Any = self.error_dict.get("message")
            first = wrapped[0] if isinstance(wrapped, list) and wrapped else None
            rows = first.get("match") if isinstance(first, dict) else None
        return tuple(map(str, rows)) if isinstance(rows, list) else ()


async def read_answer(response: aiohttp.ClientResponse, most: int) -> Json:
    """The `result` of CKAN's envelope. Raises ckanapi's errors and `CatalogueUnavailable`."""
    status = response.status
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        retry_after = _seconds(response.headers.get("Retry-After"))
        raise CatalogueUnavailable(Reason.BUSY, status=status, retry_after=retry_after)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise CatalogueUnavailable(Reason.REDIRECT, status=status)
    if status in _GATEWAY:
        raise CatalogueUnavailable(Reason.GATEWAY, status=status)
    body = bytearray()
    async for chunk in response.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > most:
            raise CatalogueUnavailable(Reason.ANSWER_TOO_LARGE, status=status)
    return _result(status, bytes(body))


def _result(status: int, body: bytes) -> Json:
    text = body.decode("utf-8-sig", errors="replace")
    try:
        answer = json.loads(text)
        if _NO_TEXT.search(text):
            answer = _as_text(answer)
            text = json.dumps(answer)
    except (ValueError, RecursionError):
        too_large = status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        reason = Reason.UPLOAD_TOO_LARGE if too_large else Reason.NOT_JSON
        raise CatalogueUnavailable(reason, status=status) from None
    if isinstance(answer, dict) and answer.get("success") is True and "result" in answer:
        result: Json = answer["result"]
        return result
    if status < HTTPStatus.BAD_REQUEST:
        raise CatalogueUnavailable(Reason.NOT_JSON, status=status)
    raise _refusal(status, answer, text)


_FIRST: Final = r"\\u[dD][89abAB][0-9a-fA-F]{2}"
_ALONE: Final = rf"[89abAB][0-9a-fA-F]{{2}}(?!\\u[dD][c-fC-F])|(?<!{_FIRST}\\u[dD])[c-fC-F]"
_NO_TEXT: Final = re.compile(rf"\\u(?:0000|[dD](?:{_ALONE}))")
"""How JSON may write what no database keeps: NUL, and half of a character without the other."""


def _as_text(answer: Any) -> Any:
    """The answer with nothing in it that no database keeps."""
    match answer:
        case str():
            return answer.replace("\0", "").encode(errors="replace").decode()
        case list():
            return [_as_text(one) for one in answer]
        case dict():
            return {_as_text(name): _as_text(value) for name, value in answer.items()}
    return answer


def _refusal(status: int, answer: Any, text: str) -> Exception:
    """The reading of ckanapi of an error, without CKAN's text in it."""
    error = answer.get("error") if isinstance(answer, dict) else None
    kind = str(error.get("__type") or "") if isinstance(error, dict) else ""
    try:
        reverse_apicontroller_action("", status, text)
    except ValidationError as refused:
        return Refused(refused.error_dict)
    except (NotAuthorized, NotFound, SearchError, SearchIndexError, SearchQueryError) as refused:
        known: Exception = type(refused)(kind)
        return known
    except (CKANAPIError, ServerIncompatibleError):
        pass
    return ActionFailed(status, kind)


def fault_of(error: Exception) -> Exception:
    """The error as callers know it; what is not the catalogue's or the network's stays as it is."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, UploadBrokenError):
            return CatalogueUnavailable(Reason.UPLOAD_BROKEN)
        cause = cause.__cause__
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return CatalogueUnavailable(Reason.CONNECTION, sent=False)
    if isinstance(error, TimeoutError):
        return CatalogueUnavailable(Reason.TIMEOUT)
    if isinstance(error, aiohttp.ClientResponseError | aiohttp.http.HttpProcessingError):
        return CatalogueUnavailable(Reason.NOT_JSON)
    if isinstance(error, aiohttp.ClientError | OSError):
        return CatalogueUnavailable(Reason.CONNECTION)
    return error


def is_odd(error: Exception) -> bool:
    """Whether the catalogue answers, but not about this one thing: so others can be asked for."""
    if isinstance(error, CatalogueUnavailable):
        return error.reason in {Reason.ANOTHER, Reason.ANSWER_TOO_LARGE}
    return isinstance(error, ActionFailed)


def outcome_of(fault: Exception) -> str:
    """The word metrics know a fault by."""
    if isinstance(fault, CatalogueUnavailable):
        return fault.reason.value
    return "refused" if isinstance(fault, CKANAPIError) else "defect"


def _seconds(header: str | None) -> float | None:
    """A `Retry-After` in seconds from now: it is a number or a date."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header.strip())
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
