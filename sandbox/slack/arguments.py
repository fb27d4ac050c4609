"""Arguments of a Web API call, from a form, a query or JSON, where Slack takes either."""

from __future__ import annotations

import base64
import binascii
import json

from sandbox.slack.records import Json, SlackError
from sandbox.slack.schema import fault


class Arguments:
    """The arguments by name, read as what they should be. Raises `invalid_arguments`."""

    def __init__(self, given: Json, *, basic: str = "") -> None:
        self.token = str(given.pop("token", "") or "")
        self.given = given
        self._basic = basic

    def text(self, name: str, default: str = "") -> str:
        """A text that may be missing."""
        value = self.given.get(name)
        return default if value is None else str(value)

    def needed(self, name: str) -> str:
        """A text that must be there."""
        if not (value := self.text(name)):
            raise _missing(name)
        return value

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise SlackError(
                "invalid_arguments",
                faults=[fault("must provide a number", f"/{name}")],
            ) from None

    def flag(self, name: str) -> bool:
        """True or false, as JSON or as a form writes it."""
        return self.text(name).lower() in {"true", "1"}

    def structure(self, name: str) -> object:
        """A JSON value, given as such or as its text; None when it is missing."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            code = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
            raise SlackError(code, faults=[fault("must be valid JSON", f"/{name}")]) from None

    def needed_structure(self, name: str) -> object:
        """A JSON value that must be there."""
        value = self.structure(name)
        if value is None:
            raise _missing(name)
        return value

    def client(self) -> tuple[str, str]:
        """The client's id and secret, from HTTP Basic or from the form."""
        if self._basic:
            try:
                decoded = base64.b64decode(self._basic.removeprefix("Basic ")).decode()
            except (binascii.Error, UnicodeDecodeError):
                return "", ""
            client_id, _, secret = decoded.partition(":")
            return client_id, secret
        return self.text("client_id"), self.text("client_secret")


def _missing(name: str) -> SlackError:
    return SlackError("invalid_arguments", faults=[fault(f"missing required field: {name}", "")])
