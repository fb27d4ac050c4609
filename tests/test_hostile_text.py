"""Text made to keep a computer busy is read in time that grows with its length alone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest

from bot.ckan.refusal import field_errors
from bot.ckan.search import plain
from bot.errors import UserError
from bot.flow.commands.words import holds_key, parse, verb_and_rest
from bot.log import redact
from bot.text import clean, shorten

LENGTH = 300_000
"""More than anything holds that is read; time that grows with its square is many minutes."""
ID = "12345678-1234-1234-1234-123456789012"


def _refusal(text: str) -> str:
    told = field_errors(
        {"title": [text]}, schema=None, package=None, resource_id=None, organizations={}
    )
    return str(told)


@pytest.mark.timeout(60)
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
        ("?", "a_", ""),
        ("", "?a_token", ""),
        ("", "&a=b", ""),
    ],
)
def test_it_takes_its_length_and_no_more(
    read: Callable[[str], object], start: str, again: str, end: str
) -> None:
    text = start + again * (LENGTH // len(again)) + end
    with contextlib.suppress(UserError):
        read(text)
