"""What Slack makes of typed text before an app sees it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.slack.directory import Directory

_WORD = re.compile(
    r"(?P<url>https?://[^\s<>|]*[^\s<>|.,;:!?)\]'\"])"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<host>(?<![\w.@/-])(?:[\w-]+\.)+(?:ca|com|org|net|gov)\b(?:/[^\s<>|]*[^\s<>|.,;:!?)\]'\"])?)"
    r"|(?P<user>(?<![\w&])@[\w.-]+)"
    r"|(?P<channel>(?<![\w&])#[\w-]+)",
)


def entities(text: str) -> str:
    """The three characters Slack always escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escaped(text: str, directory: Directory) -> str:
    """Typed text as messages and commands with `should_escape` carry it.

    People, channels, links and mail addresses get Slack's marks; a name nobody has stays
    a word. Quotes and dashes of phones are passed on as they are.
    """
    pieces: list[str] = []
    end = 0
    for found in _WORD.finditer(text):
        pieces += [entities(text[end : found.start()]), _marked(found, directory)]
        end = found.end()
    return "".join([*pieces, entities(text[end:])])


def _marked(found: re.Match[str], directory: Directory) -> str:
    word = found.group()
    match found.lastgroup:
        case "url":
            return f"<{entities(word)}>"
        case "host":
            return f"<http://{entities(word)}|{entities(word)}>"
        case "mail":
            return f"<mailto:{word}|{word}>"
        case "user":
            for person in directory.people.values():
                if person.name == word[1:]:
                    return f"<@{person.id}|{person.name}>"
        case "channel":
            for channel in directory.channels.values():
                if channel.name == word[1:]:
                    return f"<#{channel.id}|{channel.name}>"
    return entities(word)
