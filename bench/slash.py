"""Signed slash commands, as Slack would post them."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import urlencode


def signed_command(port: int, secret: str, text: str, *, response_url: str, trigger: str) -> bytes:
    """The whole HTTP request of `/bcdc text`, typed by somebody whom the sandbox's Slack knows."""
    body = urlencode(
        {
            "token": "unused",
            "team_id": "T0BCDC",
            "team_domain": "bcdc",
            "channel_id": "C0GENERAL",
            "channel_name": "general",
            "user_id": "U0ROBIN",
            "user_name": "robin",
            "command": "/bcdc",
            "text": text,
            "api_app_id": "A0BCDC",
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": trigger,
        }
    )
    timestamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256)
    head = (
        "POST /slack/events HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {timestamp}\r\n"
        f"X-Slack-Signature: v0={digest.hexdigest()}\r\n\r\n"
    )
    return (head + body).encode()
