"""Where an answer appears: in a modal, or in a message that only its person sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import NamedTuple, Protocol, TypeAlias

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from typing_extensions import override

from bot.answer import Answer
from bot.change import State
from bot.context import Person
from bot.flow.deciding.cards import CardPage
from bot.flow.pages import AnswerPage, FormPage, OutcomePage, PickPage, PreviewPage, QuestionPage
from bot.log import logger
from bot.slack.asked import page_message
from bot.slack.card import card_message
from bot.slack.render import (
    Message,
    answer_message,
    outcome_message,
    preview_message,
    sentence,
)
from bot.slack.views import (
    View,
    answer_view,
    card_view,
    form_view,
    outcome_view,
    page_view,
    pick_view,
    preview_view,
    question_view,
    sentence_view,
)
from bot.text import _

_log = logger(__name__)

Shown: TypeAlias = (
    Answer
    | AnswerPage
    | FormPage
    | PickPage
    | QuestionPage
    | PreviewPage
    | OutcomePage
    | CardPage
    | str
)
"""What a surface shows; a string is one sentence."""


class Surface(Protocol):
    """Shows one thing after the other, each in place of the one before."""

    async def show(self, shown: Shown) -> None: ...


class Acts:
    """What a person did in one view or message, as long as something still comes of it.

    People act again before they see what came of the act before, and the first may take longer: so
    what an act leads to is not shown over what a later one led to. A sentence, such as that it is
    too late for something, makes way for either.
    """

    def __init__(self) -> None:
        self._begun = 0
        self._answered = 0
        self._line = asyncio.Lock()

    def begin(self) -> Act:
        """Another act, later than all before it."""
        self._begun += 1
        return Act(self, self._begun)

    @asynccontextmanager
    async def answering(self, place: int, shown: Shown) -> AsyncIterator[bool]:
        """Wait until Slack has what was shown before; False where a later act was answered."""
        async with self._line:
            due = place >= self._answered
            if due and not isinstance(shown, str):
                self._answered = place
            yield due


class Act(NamedTuple):
    """One of the acts in a view or message, and its place among them."""

    acts: Acts
    place: int


class Modal(Surface):
    """A view that is open, and becomes what is shown."""

    def __init__(
        self, client: AsyncWebClient, view_id: str, verb: str, channel: str | None, act: Act
    ) -> None:
        self._client = client
        self._view_id = view_id
        self._verb = verb
        self._channel = channel
        self._act = act

    @override
    async def show(self, shown: Shown) -> None:
        async with self._act.acts.answering(self._act.place, shown) as due:
            if due:
                await self._update(shown)

    async def _update(self, shown: Shown) -> None:
        try:
            await self._client.views_update(
                view_id=self._view_id, view=view_of(shown, self._verb, self._channel)
            )
        except SlackApiError as error:
            # The person closed it: previews wait in /bcdc pending, and outcomes are delivered.
            if error.response["error"] != "not_found":
                raise


class Ephemeral(Surface):
    """A message only the person sees, in the channel where it was asked for.

    `replace` says whether the first thing shown takes the place of the message a button was in,
    beside what else was pressed there (`act`).
    When Slack's address for answers is used up, it falls back to the channel, then to a direct
    message.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        response_url: str,
        person: Person,
        channel: str | None,
        *,
        replace: bool,
        act: Act | None = None,
    ) -> None:
        self._client = client
        self._response_url = response_url
        self._person = person
        self._channel = channel
        self._replace = replace
        self._act = act or Acts().begin()

    @override
    async def show(self, shown: Shown) -> None:
        async with self._act.acts.answering(self._act.place, shown) as due:
            if due:
                await self._send(shown)

    async def _send(self, shown: Shown) -> None:
        message = message_of(shown)
        if self._response_url and await self._respond(message):
            return
        if await self._post(message) or _told_anyway(shown):
            return
        await direct(self._client, self._person.user_id, message)

    async def _respond(self, message: Message) -> bool:
        try:
            answered = await AsyncWebhookClient(
                self._response_url, session=self._client.session
            ).send(
                text=message.text,
                blocks=message.blocks,
                response_type="ephemeral",
                replace_original=self._replace,
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            _log.info("no_answer_there", error=type(error).__name__)
            return False
        self._replace = True
        return answered.status_code == HTTPStatus.OK

    async def _post(self, message: Message) -> bool:
        if self._channel is None:
            return False
        try:
            await self._client.chat_postEphemeral(
                channel=self._channel,
                user=self._person.user_id,
                text=message.text,
                blocks=message.blocks,
            )
        except SlackApiError as error:
            _log.info("no_ephemeral_there", error=error.response["error"])
            return False
        return True


def _told_anyway(shown: Shown) -> bool:
    """Whether it is a decided change, whose outcome comes as a message of its own."""
    return isinstance(shown, OutcomePage) and shown.state not in {State.CANCELLED, State.EXPIRED}


async def direct(client: AsyncWebClient, user_id: str, message: Message) -> str:
    """Send a direct message and answer its `ts`. Raises SlackApiError."""
    return await post(client, await conversation(client, user_id), message)


async def conversation(client: AsyncWebClient, user_id: str) -> str:
    """The channel of a user's direct messages. Raises SlackApiError."""
    opened = await client.conversations_open(users=[user_id])
    return str(opened["channel"]["id"])


async def post(
    client: AsyncWebClient, channel: str, message: Message, *, thread_ts: str | None = None
) -> str:
    """Post a message, in a thread where one is named, and answer its `ts`. Raises SlackApiError."""
    posted = await client.chat_postMessage(
        channel=channel,
        text=message.text,
        blocks=message.blocks,
        thread_ts=thread_ts,
        unfurl_links=False,
        unfurl_media=False,
    )
    return str(posted["ts"])


def view_of(shown: Shown, verb: str, channel: str | None) -> View:
    """What is shown, as a modal."""
    match shown:
        case str():
            return sentence_view(verb, shown)
        case Answer():
            return answer_view(verb, shown)
        case AnswerPage():
            return page_view(verb, shown)
        case FormPage():
            return form_view(shown)
        case PickPage():
            return pick_view(shown, channel)
        case QuestionPage():
            return question_view(shown)
        case PreviewPage():
            return preview_view(shown, verb)
        case OutcomePage():
            return outcome_view(shown, verb)
        case CardPage():
            return card_view(shown, verb)


def message_of(shown: Shown) -> Message:
    """What is shown, as a message."""
    match shown:
        case str():
            return sentence(shown)
        case Answer():
            return answer_message(shown)
        case AnswerPage():
            return page_message(shown)
        case PreviewPage():
            return preview_message(shown)
        case OutcomePage():
            return outcome_message(shown)
        case CardPage():
            return card_message(shown)
        case FormPage() | PickPage() | QuestionPage():
            return sentence(_("This needs a form: type the command again."))
