"""What Slack is answered while a person types in a select."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.flow.index.type_ahead import Suggestions
from bot.slack.blocks import OPTION, Element, option, plain
from bot.store.names import Entry, Kind
from bot.text import _, clean, shorten

_KINDS: Final = {
    "package_id": Kind.PACKAGE,
    "resource": Kind.RESOURCE,
    "organization": Kind.ORGANIZATION,
    "org": Kind.ORGANIZATION,
    "owner_org": Kind.ORGANIZATION,
}


def kind_of(block_id: str) -> Kind | None:
    """What is looked up behind an input of that block id, such as `contacts.0.org`."""
    return _KINDS.get(block_id.rpartition(".")[2])


def suggested(found: Suggestions) -> dict[str, list[Element]]:
    """The answer to a `block_suggestion`: options, in a group where there is something to say."""
    options = [entry_option(one) for one in found.entries if 0 < len(one.id) <= OPTION]
    if not found.note:
        return {"options": options}
    typed = clean(found.typed).strip()
    if not options and 0 < len(typed) <= OPTION:
        # A group is never empty, and what was typed may well be right.
        options = [option(typed, _("Try “{typed}” as it is").format(typed=typed))]
    if not options:
        return {"options": []}
    return {"option_groups": [{"label": plain(found.note, OPTION), "options": options}]}


def entry_option(one: Entry) -> Element:
    """A name with what it belongs to, and its record's state unless that is public."""
    title = " ".join(one.title.split()) or one.name or one.id
    about = " ".join(one.about.split())
    details = [about] if about else []
    details += [] if one.published else [one.state]
    made = option(one.id, title)
    if details:
        line = " · ".join([shorten(details[0], 50), *details[1:]])
        made["description"] = plain(line, OPTION)
    return made


def chosen(values: Mapping[str, Any], block_id: str) -> str:
    """The value chosen in an input of the view, "" for none."""
    for held in (values.get(block_id) or {}).values():
        if picked := held.get("selected_option"):
            return str(picked["value"])
    return ""
