"""The sentence a person reads for each way a catalogue fails or refuses."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from bot.ckan.faults import (
    ActionFailed,
    CatalogueUnavailable,
    CKANAPIError,
    NotAuthorized,
    NotFound,
    Reason,
    Refused,
    SearchError,
    SearchIndexError,
    SearchQueryError,
)
from bot.ckan.models import Package
from bot.ckan.refusal import field_errors
from bot.ckan.schema import Schema
from bot.errors import CatalogueError, GoneError, NotAllowedError, NotFoundError, UserError
from bot.text import _, ngettext

AWAY: Final = (CKANAPIError, UserError)
"""What is raised while the catalogue does not answer: by its actions, and by readers."""
_LONGEST_WAIT: Final = 90
"""Seconds; a longer wait is told in minutes."""


def explain(
    error: CKANAPIError,
    *,
    schema: Schema | None = None,
    package: Package | None = None,
    resource_id: str | None = None,
    organizations: Mapping[str, str] | None = None,
) -> UserError:
    """What to tell the person.

    For a save refused on a form give its schema, the record as it was sent, the resource that was
    edited, and titles of organizations by id: then the answer is a `FieldErrors` whose block ids
    are those of the form. Without a schema its sentences are general and name their fields.
    """
    match error:
        case CatalogueUnavailable():
            return CatalogueError(_unavailable(error))
        case Refused() if error.unmatched:
            return GoneError(
                _("Somebody changed the record in the meantime. Look at it, then start again.")
            )
        case Refused():
            told = field_errors(
                error.fields,
                schema=schema,
                package=package,
                resource_id=resource_id,
                organizations=organizations or {},
            )
            return told if str(told) else CatalogueError(_unnamed())
        case NotAuthorized():
            return NotAllowedError(
                _(
                    "The catalogue does not let you do this with your key. To edit a record one"
                    " must be editor or admin of the organization that owns it."
                )
            )
        case NotFound():
            return NotFoundError(
                _("The catalogue does not have that any more, or never had it under this name.")
            )
        case SearchError() | SearchQueryError():
            return CatalogueError(_("The catalogue could not search for that. Try other words."))
        case SearchIndexError():
            return CatalogueError(
                _(
                    "The catalogue could not take the record into its search, so it saved nothing."
                    " Try again in a few minutes; if it happens again, please tell those who run"
                    " the catalogue."
                )
            )
        case ActionFailed():
            return CatalogueError(_failed(error))
        case _:
            return CatalogueError(
                _(
                    "The catalogue answered in a way that the bot does not understand. Try again;"
                    " if it stays, tell the people who run this bot."
                )
            )


def _unnamed() -> str:
    return _(
        "The catalogue refused to save and named no field. That happens when another resource of"
        " the record has a value it no longer accepts: open the record's other resources and"
        " complete what is missing there, then try again."
    )


def _unavailable(error: CatalogueUnavailable) -> str:
    if error.reason is Reason.BUSY:
        return _busy(error.retry_after)
    return _UNAVAILABLE[error.reason]


_UNAVAILABLE: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.TIMEOUT: _(
            "The catalogue is too slow to answer right now. Try again in a few minutes."
        ),
        Reason.CONNECTION: _(
            "The catalogue cannot be reached right now. Try again in a few minutes."
        ),
        Reason.GATEWAY: _("The catalogue is not available right now. Try again in a few minutes."),
        Reason.NOT_JSON: _(
            "The catalogue answered with a web page instead of data, as it does during"
            " maintenance. Try again in a few minutes."
        ),
        Reason.REDIRECT: _(
            "The catalogue sent the bot on to another address, where your key must not go, so"
            " nothing was done. Please tell the people who run this bot."
        ),
        Reason.UPLOAD_TOO_LARGE: _("The file is larger than the catalogue accepts."),
        Reason.UPLOAD_BROKEN: _(
            "The file could not be read to its end. Attach it again and retry."
        ),
        Reason.ANSWER_TOO_LARGE: _(
            "The catalogue answered with more than the bot takes in. Ask for less."
        ),
        Reason.ANOTHER: _(
            "The catalogue answered about something else than was asked for, so nothing was done."
            " Try again in a few minutes."
        ),
        Reason.NOT_SERVED: _(
            "This bot no longer works with that catalogue: type /bcdc use to choose another. "
            "The people who run the bot know why."
        ),
    }
)


def _busy(seconds: float | None) -> str:
    if seconds is None:
        return _("The catalogue is too busy right now. Try again in a few minutes.")
    if seconds <= _LONGEST_WAIT:
        wait = max(1, round(seconds))
        return ngettext(
            "The catalogue is too busy right now. Try again in {n} second.",
            "The catalogue is too busy right now. Try again in {n} seconds.",
            wait,
        ).format(n=wait)
    wait = round(seconds / 60 + 0.5)
    return ngettext(
        "The catalogue is too busy right now. Try again in {n} minute.",
        "The catalogue is too busy right now. Try again in {n} minutes.",
        wait,
    ).format(n=wait)


def _failed(error: ActionFailed) -> str:
    if error.kind == "Integrity Error":
        return _(
            "The catalogue could not store a list of entries in the form it was given. Please tell"
            " the people who run this bot."
        )
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _(
            "The catalogue failed and did not say why. That happens when a record lacks something"
            " every record must have: a title, a state, who may view it. If it happens again,"
            " please tell those who run the catalogue."
        )
    return _("This catalogue does not offer what that needs. See /bcdc status.")
