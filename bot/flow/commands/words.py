"""What people type after `/bcdc`: made plain, then split into words.

Python's `shlex` takes the apostrophe of "Citizens' Services" for an open quote and eats the
backslashes of paths, so the splitting is ours: a quotation mark opens only where a word or a value
begins, and closes only where it ends.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from rapidfuzz import fuzz

from bot.errors import UsageError
from bot.text import _, clean, shorten, straight

Pairs: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A command in parts: `rest` is all after the verb as free text, the others are its pieces.

    `settings` are the words `key:value` (keys in lower case), `fields` the words `field=value`,
    both in the order they were typed.
    """

    verb: str
    rest: str
    positional: tuple[str, ...] = ()
    settings: Pairs = ()
    fields: Pairs = ()


_DASHES: Final = "‐‑‒–—―−"
_HYPHENS: Final = str.maketrans(dict.fromkeys(_DASHES, "-"))
_OPTION = re.compile(rf"^([{_DASHES}])(?=\w)")
# A name, an id or a verb once its dashes are hyphens; a span of years has no letter.
_NAME = re.compile(r"^(?=.*[a-z])[a-z0-9_]+(?:-+[a-z0-9_]+)+$", re.IGNORECASE)

# Slack's markup, `<target>` or `<target|label>`; a typed < arrives as &lt; and so is none.
_MARKUP = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_REPEATED = re.compile(r"^(?:/?bcdc(?:\s+|$))+", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_SEEN = re.compile(r"\S")

_KEY = r"(?:(?P<key>\w[\w.-]*)|[\"“„](?P<label>[^\"“”]+)[\"”“])"
_WORD = re.compile(
    rf"""
    (?: {_KEY} (?P<sep>=) | (?P<setting>[a-zA-Z][\w-]*) : (?!//) (?=\S)
      | (?P<mark>[+-]) (?=["“„]) )?
    (?:
        "(?P<straight>.*?)"(?!\S)
      | [“„"](?P<curly>.*?)[”“"](?!\S)
      | «(?P<angle>.*?)»(?!\S)
      | ['‘‚](?P<single>.*?)['’‘](?!\S)
      | (?P<bare>\S*)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_QUOTES = ("straight", "curly", "angle", "single")
_SWALLOWED = {
    "straight": re.compile(r'\s[\w.-]+=["“„]'),
    "curly": re.compile(r'\s[\w.-]+=["“„]'),
    "angle": re.compile(r"\s[\w.-]+=«"),
    "single": re.compile(r"\s[\w.-]+=['‘‚]"),
}

_UUID: Final = r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
_KEY_WORD: Final = (
    r"(?:x-ckan-)?(?:api[\s_-]*)?(?:key|token|secret|authorization|bearer|password)s?"
)
# Possessive: what one part has taken is not tried again by the next.
_BETWEEN: Final = r"[\s:=,\"'`“”‘’()<>-]*+(?:is\s++)?(?:my\s++)?[\"'`“”‘’]*+"
_KEYS = (
    # JSON Web Tokens, which CKAN issues as API tokens and Keycloak as access tokens.
    re.compile(r"(?P<key>eyJ[\w-]{8,500}\.[\w-]{8,})"),
    re.compile(r"\b(?P<key>xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,})"),
    re.compile(rf"\b{_KEY_WORD}\b{_BETWEEN}(?P<key>{_UUID})", re.IGNORECASE),
    # A link may end before such a word.
    re.compile(rf"(?<!/)(?P<key>{_UUID}){_BETWEEN}\b{_KEY_WORD}\b", re.IGNORECASE),
)
# Random text of CKAN 2.9 or of others: unbroken, long, and of all three kinds of characters.
_RANDOM = re.compile(
    r"(?<![\w/.%-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[A-Za-z0-9_-]{40,}(?![\w/.%-])"
)
# What links say of a document, such as its id: as random as a key, and none.
_IN_LINK = re.compile(
    r"(?<=[?&])(?!(?:[a-z]+_)?(?:api_?key|token|secret|password)=)[\w.-]+=[^\s&]*", re.IGNORECASE
)
_ID_ALONE = re.compile(rf"^\W*{_UUID}\W*$", re.IGNORECASE)
_SECRET_WORD = re.compile(rf"{_UUID}|(?<!\S)[\w-]{{32,}}(?!\S)", re.IGNORECASE)
_CONNECTING = ("connect", "login", "bind")
_NEAR: Final = 80


def parse(text: str) -> Words:
    """The command in parts; raises `UsageError` for quotation marks that do not pair.

    A verb that takes free text needs no splitting: see `verb_and_rest`.
    """
    verb, rest = verb_and_rest(text)
    positional: list[str] = []
    settings: list[tuple[str, str]] = []
    fields: list[tuple[str, str]] = []
    emptied = ""
    for word in _split(_prepared(text)[1]):
        value = _value(word)
        if word["sep"]:
            field = _plain(word["key"] or word["label"], names=True)
            fields.append((field, value))
            emptied = "" if value else field
            continue
        if word["setting"]:
            settings.append((word["setting"].lower(), value))
        elif emptied:
            # `description= "text"` would empty the description and lose the text.
            raise UsageError(
                _("Write {field}= and its value without a space between them.").format(
                    field=emptied
                )
            )
        else:
            positional.append((word["mark"] or "") + straight(value))
        emptied = ""
    return Words(verb, rest, tuple(positional), tuple(settings), tuple(fields))


def with_marks(words: Words) -> Words:
    """The same with words such as `+health` and `-test` as fields named `+` and `-`."""
    marked = [word for word in words.positional if len(word) > 1 and word[0] in "+-"]
    fields = tuple((word[0], word[1:].strip()) for word in marked)
    positional = tuple(word for word in words.positional if word not in marked)
    return replace(words, positional=positional, fields=words.fields + fields)


def verb_and_rest(text: str) -> tuple[str, str]:
    """The verb in lower case, and all after it as free text in plain quotes, hyphens and blanks.

    Quotes around the whole are taken off, others stay. Never raises.
    """
    verb, raw = _prepared(text)
    words = _plain(raw, names=True).split()
    rest = straight(" ".join(_hyphens(word) for word in words))
    whole = re.fullmatch(r"""(["'])([^"']+)\1""", rest)
    return _hyphens(_plain(verb, names=False)).lower(), whole[2].strip() if whole else rest


def holds_key(text: str) -> bool:
    """Whether the text seems to hold an API key or token, which must not be typed in a command.

    A record's or resource's id is none, although it looks like CKAN's legacy keys, unless it stands
    with a word such as "key", where a verb belongs, or is what `connect` is given.
    """
    verb, rest = _prepared(text.translate(_HYPHENS))
    plain = _plain(f"{verb} {rest}", names=False)
    if keys_in(plain) or _ID_ALONE.search(plain):
        return True
    connects = any(fuzz.ratio(verb.lower(), name) >= _NEAR for name in _CONNECTING)
    return connects and _SECRET_WORD.search(_plain(rest, names=False)) is not None


def keys_in(text: str) -> frozenset[str]:
    """What seems to be an API key or token in free text; an id by itself is none."""
    plain = _visible(text)
    named = {found["key"] for pattern in _KEYS for found in pattern.finditer(plain)}
    return frozenset(named | {found[0] for found in _RANDOM.finditer(_IN_LINK.sub(" ", plain))})


def folded(text: str) -> str:
    """The text to be compared with another, however a phone has written it."""
    return _visible(text).casefold()


def _visible(text: str) -> str:
    return clean(text).translate(_HYPHENS)


def _split(text: str) -> list[re.Match[str]]:
    words: list[re.Match[str]] = []
    for start in iter(lambda: _next_word(text, words[-1].end() if words else 0), len(text)):
        word = _WORD.match(text, start)
        assert word is not None  # noqa: S101  # `bare` takes whatever the quotes do not
        _refuse_unpaired(word, words)
        words.append(word)
    return words


def _next_word(text: str, at: int) -> int:
    found = _SEEN.search(text, at)
    return found.start() if found else len(text)


def _refuse_unpaired(word: re.Match[str], before: list[re.Match[str]]) -> None:
    whole = word[0]
    kind = next((name for name in _QUOTES if word[name] is not None), None)
    if kind is not None:
        if _SWALLOWED[kind].search(word[kind]):
            raise _unpaired(whole)
        return
    # After a value in single quotes, an apostrophe that ends a word may be its real end.
    closed_early = whole.endswith(("'", "’")) and any(one["single"] is not None for one in before)
    opened = word["bare"].startswith(("'", "‘", "‚", "«"))
    if opened or closed_early or re.search(r"[\"“”„]", whole):
        raise _unpaired(whole)
    if whole.startswith("="):
        raise UsageError(
            _("Write a field and its value without spaces around the =, as in format=csv.")
        )


def _value(word: re.Match[str]) -> str:
    names = bool(word["sep"])
    quoted = next((word[kind] for kind in _QUOTES if word[kind] is not None), None)
    if quoted is not None:
        # Within « and » the blanks belong to the marks.
        return _plain(quoted if word["angle"] is None else quoted.strip(), names=names)
    bare = _plain(word["bare"], names=names)
    return bare if word["sep"] else _hyphens(bare)


def _prepared(text: str) -> tuple[str, str]:
    """Verb and rest without invisible characters, each piece of markup made one word."""
    # Whoever pastes a whole command behind one that Slack completed has its name twice.
    once = _REPEATED.sub("", _MARKUP.sub(_unwrap, clean(text)).strip())
    words = once.split(maxsplit=1)
    return (words[0] if words else "", words[1].rstrip() if len(words) > 1 else "")


def _unwrap(markup: re.Match[str]) -> str:
    target, label = markup[1], markup[2] or ""
    if target.startswith(("#", "@")):
        # Whether its id or its name is meant depends on where it stands.
        return f"<{target}|{_SPACES.sub('-', label)}>"
    if target.startswith("!"):
        return label or "@" + target[1:].partition("^")[0]
    if target.startswith(("mailto:", "tel:")):
        return target.partition(":")[2]
    # Slack makes a link of a bare host: what was typed is the label.
    return label if label and target == f"http://{label}" else target


def _plain(text: str, *, names: bool) -> str:
    """The text with channels by name (or id), people by id, and Slack's three entities undone."""

    def refer(markup: re.Match[str]) -> str:
        target, label = markup[1], markup[2]
        return f"#{label}" if names and label and target.startswith("#") else target[1:]

    text = re.sub(r"<([#@][^<>|]+)\|([^<>]*)>", refer, text)
    # Slack escapes no others, so &eacute; is what somebody typed.
    return re.sub(r"&(?:amp|lt|gt);", lambda entity: html.unescape(entity[0]), text)


def _hyphens(word: str) -> str:
    """Phones' dashes made hyphens where the word is an option, a name or an id; others stay."""
    folded = word.translate(_HYPHENS)
    if _NAME.match(folded):
        return folded
    option = _OPTION.match(word)
    return ("--" if option[1] == "—" else "-") + folded[1:] if option else word


def _unpaired(near: str) -> UsageError:
    return UsageError(
        _(
            "A quotation mark has no partner near: {near}. Put the whole value in double quotes; "
            "a value that holds double quotes goes in single ones."
        ).format(near=shorten(" ".join(near.split()), 40))
    )
