"""Searching and completing (`package_search`, `package_autocomplete`, tags)."""

from __future__ import annotations

from typing import Any

from sandbox.catalogue.errors import Record, missing
from sandbox.catalogue.records import show
from sandbox.catalogue.saving import Call
from sandbox.catalogue.search import indexed, search


def package_search(call: Call) -> Record:
    found = search(call.catalogue, call.person, call.args)
    results = [show(call.catalogue, package) for package in found.page]
    fields = call.args.get("fl")
    if fields:
        wanted = fields.split(",") if isinstance(fields, str) else fields
        results = [_only(call, package, wanted) for package in found.page]
    return {
        "count": found.count,
        "sort": found.sort,
        "facets": found.facets,
        "search_facets": {
            name: {
                "title": name,
                "items": [
                    {"name": value, "display_name": _label(call, name, value), "count": count}
                    for value, count in counts.items()
                ],
            }
            for name, counts in found.facets.items()
        },
        "results": results,
    }


def _only(call: Call, package: Record, fields: list[str]) -> Record:
    """A record as the search engine holds it, cut down to some fields."""
    document: dict[str, Any] = {**indexed(call.catalogue, package), **package}
    return {name.strip(): document[name.strip()] for name in fields if name.strip() in document}


def _label(call: Call, facet: str, value: str) -> str:
    if facet == "organization":
        return call.catalogue.organization(value).title
    return value


def package_autocomplete(call: Call) -> list[Record]:
    """BCDC's: records whose title holds the words. The text goes into a filter as it is."""
    if call.args.get("q") is None:
        raise missing("q")
    text = str(call.args["q"])
    found = search(
        call.catalogue, call.person, {"fq": f"title:{text}", "rows": call.args.get("limit", 10)}
    )
    shown = []
    for package in found.page:
        name, title = package["name"], package["title"]
        by_name = name.startswith(text.lower())
        shown.append(
            {
                "name": name,
                "title": title,
                "match_field": "name" if by_name else "title",
                "match_displayed": name if by_name else f"{title} ({name})",
            }
        )
    return shown


def _tags(call: Call, text: str) -> list[str]:
    used = {
        tag
        for package in call.catalogue.packages.values()
        if package["state"] != "deleted"
        for tag in package["tags"]
    }
    return sorted(tag for tag in used if text.lower() in tag.lower())


def tag_list(call: Call) -> list[Any]:
    names = _tags(call, str(call.args.get("query") or call.args.get("q") or ""))
    if str(call.args.get("all_fields", "")).lower() != "true":
        return list(names)
    return [
        {
            "display_name": name,
            "id": call.catalogue.tag_id(name),
            "name": name,
            "vocabulary_id": None,
        }
        for name in names
    ]


def tag_autocomplete(call: Call) -> list[str]:
    text = str(call.args.get("query") or call.args.get("q") or "")
    return _tags(call, text)[: int(call.args.get("limit") or 10)] if text else []


READS = {
    "package_search": package_search,
    "package_autocomplete": package_autocomplete,
    "tag_list": tag_list,
    "tag_autocomplete": tag_autocomplete,
}
