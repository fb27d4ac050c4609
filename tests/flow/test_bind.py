from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer
from bot.command import Arg, NoArgs, ReadCommand, Role
from bot.context import Context
from bot.errors import UsageError
from bot.flow.commands.bind import bind, spoken
from bot.flow.commands.words import Words, parse, verb_and_rest


@dataclass(frozen=True, slots=True)
class Args:
    organization: Annotated[str, Arg("which")]
    state: Annotated[str, Arg("in which state", setting=True)] = ""
    text: Annotated[str, Arg("words", rest=True)] = ""


@dataclass(frozen=True, slots=True)
class Plain:
    thing: Annotated[str, Arg("which")]
    state: Annotated[str, Arg("in which state", setting=True)] = ""


async def answer(_ctx: Context, _args: object) -> Answer:
    return Answer("")


def command(args: type) -> ReadCommand[object]:
    return ReadCommand(
        name="list", summary="", args=args, needs=Role.ANYONE, examples=("list x",), answer=answer
    )


LIST = command(Args)


def bound(text: str) -> object:
    return bind(LIST, Words(*verb_and_rest(text)))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("list geobc", Args("geobc")),
        ("list geobc state:draft", Args("geobc", "draft")),
        ("list state:DRAFT geobc maps of roads", Args("geobc", "DRAFT", "maps of roads")),
        ('list geobc maps State:"PENDING PUBLISH"', Args("geobc", "PENDING PUBLISH", "maps")),
        ('list "BC Parks" trails', Args("BC Parks", "", "trails")),
        ("list “BC Parks” trails", Args("BC Parks", "", "trails")),
        (
            "list geobc http://x.test a=b substate:x",
            Args("geobc", "", "http://x.test a=b substate:x"),
        ),
    ],
)
def test_settings_stand_anywhere_and_words_come_last(typed: str, meant: Args) -> None:
    assert bound(typed) == meant


def test_a_missing_word_is_told_with_the_usage() -> None:
    with pytest.raises(UsageError, match=r"/bcdc list <organization> \[state:…\] \[text\]"):
        bound("list state:draft")


def test_an_example_that_is_the_usage_itself_is_not_said_twice() -> None:
    bare = ReadCommand(
        name="list", summary="", args=NoArgs, needs=Role.ANYONE, examples=("list",), answer=answer
    )
    with pytest.raises(UsageError, match=r"^Type it like this: /bcdc list$"):
        bind(bare, parse("list now"))


def test_settings_are_known_where_there_is_no_free_text_and_strange_ones_refused() -> None:
    plain = command(Plain)
    assert bind(plain, parse("list x state:draft")) == Plain("x", "draft")
    with pytest.raises(UsageError):
        bind(plain, parse("list x colour:red"))
    with pytest.raises(UsageError):
        bind(command(NoArgs), parse("list colour:red"))


_WORDS = st.from_regex(r"[A-Za-zé&<>.,()\-]{1,8}( [A-Za-zé&<>.,()]{1,8}){0,3}", fullmatch=True)


@given(_WORDS, st.sampled_from(["", "DRAFT", "PENDING PUBLISH"]), _WORDS | st.just(""))
def test_what_is_said_again_means_the_same(organization: str, state: str, text: str) -> None:
    once = bound(f"list x {spoken(LIST, Args(organization, state, text)).partition(' ')[2]}")
    assert isinstance(once, Args)
    again = bound(spoken(LIST, once))
    assert again == once
