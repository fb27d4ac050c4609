from __future__ import annotations

import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.flow.commands.words import Words, holds_key, parse, verb_and_rest

UUID = "5875d453-03d5-555c-b596-3459d919f376"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJhYmNkZWYifQ.c2lnbmF0dXJlLW9mLXRva2Vu"
names = st.from_regex(r"[a-z][a-z_]{0,20}", fullmatch=True)
# What stands inside a value: anything but quotes and Slack's own characters, invisibles aside.
values = st.text(
    st.characters(categories=["L", "N", "P", "S"], exclude_characters="\"“”„«»'‘’‚<>&")
)
pieces = st.lists(values, min_size=1).map(" ".join)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b"])
def test_nothing_typed_is_no_verb(text: str) -> None:
    assert parse(text) == Words("", "")


@pytest.mark.parametrize("twice", ["/bcdc ", "bcdc ", "/BCDC /bcdc  "])
def test_a_whole_command_pasted_behind_a_completed_one_is_that_command(twice: str) -> None:
    text = 'patch-package bcdc-routes title="The /bcdc command"'
    assert parse(twice + text) == parse(text)
    assert verb_and_rest(twice + "find-package bcdc") == ("find-package", "bcdc")
    assert parse(twice) == Words("", "")


@pytest.mark.parametrize(
    ("typed", "positional"),
    [
        ("Citizens' Services", ("Citizens'", "Services")),
        ("Citizens’ Services", ("Citizens'", "Services")),
        ('"Citizens’ Services"', ("Citizens' Services",)),
        ("“BC Airports”", ("BC Airports",)),
        ("„BC Airports“", ("BC Airports",)),
        ("« BC Airports »", ("BC Airports",)),
        ("‘BC Airports’", ("BC Airports",)),
        ('a "b c" d', ("a", "b c", "d")),
        ('""', ("",)),
        (r"\\server\share\new", (r"\\server\share\new",)),
    ],
)
def test_quotes_of_any_keyboard_hold_words_together(
    typed: str, positional: tuple[str, ...]
) -> None:
    assert parse(f"verb {typed}").positional == positional


@pytest.mark.parametrize(
    "typed",
    [
        '"abc',
        'abc"',
        '5"',
        "'abc",
        "“abc",
        "«abc",
        'a="b" c"',
        "'Citizens' Services'",
        'a="b c="d"',
    ],
)
def test_quotes_without_partner_are_told_in_a_sentence(typed: str) -> None:
    with pytest.raises(UsageError, match="has no partner near"):
        parse(f"verb {typed}")


@pytest.mark.parametrize("typed", ['5" pipe', "'90s maps", "Citizens' Services", '"open'])
def test_free_text_needs_no_pairs(typed: str) -> None:
    assert verb_and_rest(f"find-org {typed}") == ("find-org", typed)


def test_quotes_around_the_whole_free_text_are_taken_off() -> None:
    assert verb_and_rest("find-org “Information  Management”")[1] == "Information Management"


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("information–management–cfd", "information-management-cfd"),
        (UUID.replace("-", "—"), UUID),
        ("–help", "-help"),
        ("—help", "--help"),
        ("2010–2020", "2010–2020"),
        ("—", "—"),
        ("“Management – CFD”", "Management – CFD"),
    ],
)
def test_dashes_become_hyphens_only_in_options_names_and_ids(typed: str, plain: str) -> None:
    words = parse(f"show–package {typed}")
    assert (words.verb, words.positional) == ("show-package", (plain,))


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("R&amp;D", "R&D"),
        ("&amp;lt;", "&lt;"),
        ("&eacute;", "&eacute;"),
        ("<mailto:a@gov.bc.ca|a@gov.bc.ca>", "a@gov.bc.ca"),
        ("<https://x.test/a?b=1&amp;c=2>", "https://x.test/a?b=1&c=2"),
        ("<https://x.test/a|https://x.test/a>", "https://x.test/a"),
        ("<http://gov.bc.ca|gov.bc.ca>", "gov.bc.ca"),
        ("<https://x.test/a|x.test/a>", "https://x.test/a"),
        ("<#C012ABC|data team>", "C012ABC"),
        ("<@U012ABC|robin>", "U012ABC"),
        ("<!here>", "@here"),
        ("<!subteam^S1|@editors>", "@editors"),
        ("&lt;#C012ABC|general&gt;", "<#C012ABC|general>"),
    ],
)
def test_markup_of_slack_is_undone(typed: str, plain: str) -> None:
    assert parse(f"verb {typed}").positional == (plain,)


def test_a_channel_is_an_id_in_a_setting_and_a_name_in_catalogue_text() -> None:
    words = parse('verb channel:<#C1|general> description="ask in <#C1|general>"')
    assert words.settings == (("channel", "C1"),)
    assert words.fields == (("description", "ask in #general"),)


def test_settings_and_fields_are_told_apart() -> None:
    words = parse(
        "policy information-management-cfd When:published expires:7d "
        'description="It is = to: this" temporal_extent.0.beginning_date=2020-01-01 format='
    )
    assert words.positional == ("information-management-cfd",)
    assert words.settings == (("when", "published"), ("expires", "7d"))
    assert words.fields == (
        ("description", "It is = to: this"),
        ("temporal_extent.0.beginning_date", "2020-01-01"),
        ("format", ""),
    )


@pytest.mark.parametrize("link", ["https://x.test/a?b=c", "<https://x.test/a?b=c>"])
def test_a_link_is_neither_setting_nor_field(link: str) -> None:
    assert parse(f"show-package {link}").positional == ("https://x.test/a?b=c",)


def test_a_label_in_quotes_names_a_field() -> None:
    assert parse('verb "Resource Description"="new"').fields == (("Resource Description", "new"),)


def test_a_value_keeps_its_lines_and_its_own_curly_quotes() -> None:
    typed = 'verb description="He said “hi” to me.\nIt’s 2010–2020."'
    assert parse(typed).fields == (("description", "He said “hi” to me.\nIt’s 2010–2020."),)


@pytest.mark.parametrize("typed", ["description = new", "description =new"])
def test_blanks_around_the_equals_sign_are_explained(typed: str) -> None:
    with pytest.raises(UsageError, match="without spaces around the ="):
        parse(f"patch-resource {UUID} {typed}")


def test_a_blank_after_the_equals_sign_does_not_empty_the_field() -> None:
    with pytest.raises(UsageError, match="Write description= and its value"):
        parse(f'patch-resource {UUID} description= "new"')


@given(st.text())
def test_whatever_is_typed_is_words_or_one_sentence(text: str) -> None:
    verb, _rest = verb_and_rest(text)
    holds_key(text)
    with suppress(UsageError):
        assert parse(text).verb == verb


@given(st.text(alphabet="ab=:.\"'“”‘’«» \n<>|#@&;\\–—"))
def test_awkward_characters_are_words_or_one_sentence(text: str) -> None:
    with suppress(UsageError):
        words = parse(text)
        assert all(key for key, _value in (*words.fields, *words.settings))


@given(
    st.lists(st.tuples(names, pieces), max_size=5), st.sampled_from(['""', "“”", "''", "‘’", "«»"])
)
def test_quoted_values_come_back_as_typed(fields: list[tuple[str, str]], marks: str) -> None:
    written = " ".join(f"{key}={marks[0]}{value}{marks[1]}" for key, value in fields)
    expected = [(key, value.strip() if marks == "«»" else value) for key, value in fields]
    assert parse(f"patch-resource {UUID} {written}").fields == tuple(expected)


@given(st.uuids(), st.sampled_from(["show-resource", "patch-resource", "undo", "history"]), pieces)
def test_an_id_as_an_argument_is_no_key(uuid: object, verb: str, text: str) -> None:
    described = text.translate(str.maketrans("", "", string.ascii_letters))
    assert not holds_key(f'{verb} {uuid} description="{described[:30]}"')


@pytest.mark.parametrize(
    "typed",
    [
        f"show-resource {UUID}",
        f'patch-resource {UUID} description="key figures"',
        f"show-resource https://x.test/dataset/{UUID}/resource/{UUID}",
        "connect",
        "connect production",
        "connect https://catalogue.data.gov.bc.ca",
        "find-package keys and tokens",
        "find-package annual-report-of-the-ministry-of-forests-2010-2020-tables",
        "patch-resource a url=https://x.test/dl/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefgh",
        "patch-resource a url=https://x.test/?id=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefgh&n=1",
        f"patch-resource a description=“At https://x.test/dataset/{UUID} Key facts”",
    ],
)
def test_what_is_no_key_passes(typed: str) -> None:
    assert not holds_key(typed)


@pytest.mark.parametrize(
    "typed",
    [
        f"connect {UUID}",
        f"connect production {UUID}",
        f"conect {UUID}",
        f"Connect “{UUID.upper()}”",
        f"login {UUID}",
        UUID,
        f"apikey={UUID}",
        f"whoami my API key: {UUID}",
        f"whoami key is {UUID}",
        f"whoami token “{UUID}”",
        f"whoami {UUID} is my key",
        f"x secret {UUID}",
        f"connect {UUID.replace('-', '–')}",
        f"connect {JWT}",
        f'patch-resource a description="{JWT}"',
        f"x {'aB3_-xY9' * 11}"[:88],
        "connect " + "0a" * 16,
        "x xoxb-123456789012-abcdefghij",
        "patch-resource a url=https://x.test/?token=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefgh",
        f"patch-resource a url=https://x.test/?id={JWT}",
    ],
)
def test_what_looks_like_a_key_is_seen(typed: str) -> None:
    assert holds_key(typed)
