"""Text made to keep a computer busy is read in time that grows with its length alone."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest

from bot.ckan.refusal import field_errors
from bot.ckan.search import plain
from bot.errors import UserError
from bot.flow.commands.words import holds_key, parse, verb_and_rest
from bot.log import redact
from bot.text import clean, shorten

LENGTH = 100_000
"""More than Slack passes on, and as much as a traceback or a catalogue's answer may hold."""
AT_MOST = 2.0
"""Seconds on a slow and busy machine; what grows with the square takes minutes."""
ID = "12345678-1234-1234-1234-123456789012"


def _refusal(text: str) -> str:
    told = field_errors(
        {"title": [text]}, schema=None, package=None, resource_id=None, organizations={}
    )
    return str(told)


@pytest.mark.parametrize(
    "read",
    [parse, verb_and_rest, holds_key, redact, clean, plain, _refusal, lambda t: shorten(t, 9)],
)
@pytest.mark.parametrize(
    ("start", "again", "end"),
    [
        ("patch «", " ", "x"),
        ("key", '"', ""),
        (ID, '"', "x"),
        ("key is", " ", ""),
        ("", "eyJ-", ""),
        ("", "a", ""),
        ("", "a_", ""),
        ("", "<", ""),
        ("", "<a|", ""),
        ("", "a ", ""),
        ("", "&amp;", ""),
        ("", "api ", ""),
        ("token", " ", ""),
        ("bearer", " ", ""),
        ("", "„a", ""),
        ("", "a=“", ""),
        ("", "://", ""),
        ("x ", "“a” ", ""),
        ("", "\u0301", ""),
    ],
)
def test_it_takes_its_length_and_no_more(
    read: Callable[[str], object], start: str, again: str, end: str
) -> None:
    text = start + again * (LENGTH // len(again)) + end
    began = time.perf_counter()
    with contextlib.suppress(UserError):
        read(text)
    assert time.perf_counter() - began < AT_MOST
