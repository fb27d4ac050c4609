"""The rich_text block, whose parts nest."""

from __future__ import annotations

from sandbox.slack.elements import CONVERSATION, IDENTIFIER, URL, USER
from sandbox.slack.schema import (
    Rule,
    by_type,
    choice,
    flag,
    listed,
    matching,
    record,
    string,
    whole,
)

_WEIGHT: dict[str, Rule] = {"bold": flag, "italic": flag, "strike": flag}
_TEXT_STYLE = record({}, {**_WEIGHT, "code": flag, "underline": flag})
_MENTION_STYLE = record(
    {},
    {**_WEIGHT, "highlight": flag, "client_highlight": flag, "unlink": flag},
)
_BORDER = whole(0, 1)
_LINK = record({"url": URL}, {"text": string(1), "unsafe": flag, "style": _TEXT_STYLE})
_WORDS: dict[str, Rule] = {
    "text": record({"text": string(1)}, {"style": _TEXT_STYLE}),
    "link": _LINK,
}
_PART = by_type(
    {
        **_WORDS,
        "user": record({"user_id": USER}, {"style": _MENTION_STYLE}),
        "channel": record({"channel_id": CONVERSATION}, {"style": _MENTION_STYLE}),
        "team": record({"team_id": string(1)}, {"style": _MENTION_STYLE}),
        "usergroup": record({"usergroup_id": string(1)}, {"style": _MENTION_STYLE}),
        "broadcast": record({"range": choice("here", "channel", "everyone")}),
        "emoji": record({"name": string(1)}, {"unicode": string(1), "style": _TEXT_STYLE}),
        "color": record({"value": matching(r"#[0-9A-Fa-f]{6}", "a hex colour")}),
        "date": record(
            {"timestamp": whole(0), "format": string(1)},
            {"url": URL, "fallback": string(1), "style": _TEXT_STYLE},
        ),
    },
)
_SECTION = record({"elements": listed(_PART)})
RICH_TEXT = record(
    {
        "elements": listed(
            by_type(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_quote": record({"elements": listed(_PART)}, {"border": _BORDER}),
                    "rich_text_preformatted": record(
                        {"elements": listed(by_type(_WORDS))},
                        {"border": _BORDER, "language": string(1)},
                    ),
                    "rich_text_list": record(
                        {
                            "style": choice("bullet", "ordered"),
                            "elements": listed(by_type({"rich_text_section": _SECTION}), 1),
                        },
                        {"indent": whole(0, 8), "offset": whole(0), "border": _BORDER},
                    ),
                },
            ),
        ),
    },
    {"block_id": IDENTIFIER},
)
