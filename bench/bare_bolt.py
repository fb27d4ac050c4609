"""A Bolt app with one listener that acknowledges: what the bot's acknowledgement is measured by."""

from __future__ import annotations

import logging
import os
import sys

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def acknowledge(ack: AsyncAck) -> None:
    await ack()


def main(port: int, mode: str) -> None:
    logging.disable(logging.WARNING)
    token = os.environ["SLACK_BOT_TOKEN"]
    app = AsyncApp(
        token=token,
        client=AsyncWebClient(token, base_url=os.environ["SLACK_API_URL"]),
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        process_before_response=mode == "at-once",
    )
    app.command("/bcdc")(acknowledge)
    web.run_app(app.web_app("/slack/events"), host="127.0.0.1", port=port, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
