"""Signed delivery to a request URL."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.delivery import FAILED, TIMEOUT
from sandbox.slack.records import Ack, Delivery, Json

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.slack.manifest import App


def signature(secret: str, timestamp: str, body: str) -> str:
    """Slack's `v0` signature of a raw body."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpDelivery:
    """Posts each payload to the app's request URL."""

    def __init__(self, request_url: str, app: App, clock: Callable[[], float] = time.time) -> None:
        self.request_url = request_url
        self._app = app
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def send(self, delivery: Delivery, reason: str, seconds: float) -> Ack:
        """Post one payload: forms for commands and interactions, JSON for events."""
        body, content_type = _encoded(delivery)
        headers = {"Content-Type": content_type}
        if delivery.attempt:
            headers["X-Slack-Retry-Num"] = str(delivery.attempt)
            headers["X-Slack-Retry-Reason"] = reason
        return await self._post(body, headers, seconds)

    async def verify_url(self, seconds: float = 3.0) -> bool:
        """The `url_verification` handshake Slack does when a request URL is saved."""
        challenge = hashlib.sha256(str(self._clock()).encode()).hexdigest()
        payload = {
            "token": self._app.verification_token,
            "challenge": challenge,
            "type": "url_verification",
        }
        headers = {"Content-Type": "application/json"}
        ack = await self._post(json.dumps(payload), headers, seconds)
        echoed = ack.body.get("challenge") if isinstance(ack.body, dict) else ack.body
        return ack.error is None and echoed == challenge

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, body: str, headers: dict[str, str], seconds: float) -> Ack:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timestamp = str(int(self._clock()))
        signed = {
            **headers,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._app.signing_secret, timestamp, body),
        }
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.post(
                self.request_url,
                data=body.encode(),
                headers=signed,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                text = await response.text()
        except TimeoutError:
            return Ack(error=TIMEOUT)
        except aiohttp.ClientError:
            return Ack(error=FAILED)
        stop = response.headers.get("X-Slack-No-Retry") == "1"
        if response.status != 200:
            return Ack(error=FAILED, stop_retries=stop)
        return Ack(body=_decoded(text), stop_retries=stop)


def _encoded(delivery: Delivery) -> tuple[str, str]:
    form = "application/x-www-form-urlencoded"
    match delivery.kind:
        case "slash_commands":
            return urlencode(delivery.payload), form
        case "interactive":
            return urlencode({"payload": json.dumps(delivery.payload)}), form
        case "events_api":
            return json.dumps(delivery.payload), "application/json"


def _decoded(text: str) -> object:
    """The body of an ack: JSON, a plain text, or nothing."""
    if not text.strip():
        return None
    try:
        body: Json | str = json.loads(text)
    except ValueError:
        return text
    return body
