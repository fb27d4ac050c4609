"""`package_search`: which records, in which order, for whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sandbox.catalogue.errors import Record, SearchError, SearchQueryError, ValidationError
from sandbox.catalogue.permissions import may_read, organizations_for
from sandbox.catalogue.query import QueryError, parse_filter, parse_query
from sandbox.catalogue.state import Catalogue, Person

PARAMETERS = frozenset((
    *("q", "fq", "fq_list", "rows", "start", "sort", "fl", "extras", "use_default_schema"),
    *("facet", "facet.mincount", "facet.limit", "facet.field"),
    *("include_drafts", "include_private"),
    *("defType", "qf", "mm", "tie", "bf", "boost", "wt", "df", "q.op"),
))  # fmt: skip
MOST_ROWS = 1000
DEFAULT_SORT = "score desc, metadata_modified desc"


@dataclass(frozen=True, slots=True)
class Found:
    """All that match in order, the page asked for, and the counts by facet."""

    count: int
    page: list[Record]
    facets: dict[str, dict[str, int]]
    sort: str


def search(catalogue: Catalogue, person: Person | None, args: Record) -> Found:
    """Raises ValidationError, SearchQueryError or SearchError for arguments CKAN refuses."""
    known = PARAMETERS | (frozenset() if catalogue.older else {"include_deleted"})
    strange = sorted(set(args) - known)
    if strange:
        raise SearchQueryError(f"Invalid search parameters: {strange}")
    rows, start, facet_fields = _page(args)
    most = _most(args.get("facet.limit"))
    sort = str(args.get("sort") or DEFAULT_SORT)
    keys = _sort_keys(sort)
    query, filters = _compiled(catalogue, args)
    scored: list[tuple[int, Record, Record]] = []
    for package in _visible(catalogue, person):
        document = indexed(catalogue, package)
        if all(matches(document) for matches in filters):
            score = query(document)
            if score:
                scored.append((score, package, document))
    for field, backwards in reversed(keys):
        scored.sort(key=lambda hit, by=field: _sort_value(hit, by), reverse=backwards)  # type: ignore[misc]  # a lambda's default has no type of its own
    return Found(
        count=len(scored),
        page=[package for _, package, _ in scored[start : start + rows]],
        facets={name: _counts(scored, name, most) for name in facet_fields},
        sort=sort,
    )


def naturals(args: Record, **numbers: int) -> tuple[dict[str, int], Record]:
    """The numbers of a call, each with its default, and what CKAN says of those that are none."""
    problems: Record = {}
    for name in set(numbers):
        if args.get(name) is None:
            continue
        try:
            numbers[name] = int(args[name])
        except (TypeError, ValueError):
            problems[name] = ["Invalid integer", "Please enter an integer value"]
            continue
        if numbers[name] != float(args[name]):
            problems[name] = ["Invalid integer"]
        if numbers[name] < 0:
            problems[name] = ["Must be a natural number"]
    return numbers, problems


def _page(args: Record) -> tuple[int, int, list[str]]:
    numbers, problems = naturals(args, rows=10, start=0)
    fields = args.get("facet.field") or []
    if isinstance(fields, str):
        try:
            fields = json.loads(fields)
        except ValueError:
            problems["facet.field"] = ["Could not parse as valid JSON", "Not a list"]
    if problems:
        raise ValidationError(problems)
    return min(numbers["rows"], MOST_ROWS), numbers["start"], list(fields)


def _most(limit: Any) -> int:
    try:
        return int(limit or 50)
    except (TypeError, ValueError):
        raise ValidationError({"facet.limit": ["Invalid integer"]}) from None


def _sort_keys(sort: str) -> list[tuple[str, bool]]:
    keys = []
    for part in sort.split(","):
        field, _, direction = part.strip().partition(" ")
        if direction.strip() not in {"asc", "desc"}:
            raise SearchQueryError('Invalid "sort" parameter')
        keys.append((field, direction.strip() == "desc"))
    return keys


def _sort_value(hit: tuple[int, Record, Record], field: str) -> Any:
    score, _, document = hit
    return score if field == "score" else "".join(document.get(field, [])[:1])


def _compiled(catalogue: Catalogue, args: Record) -> tuple[Any, list[Any]]:
    """The query and the filters, put together the way CKAN does before it asks Solr."""
    text = str(args.get("fq") or "")
    if not _yes(args.get("include_private")) and "capacity:" not in text:
        text = f"+capacity:public {text}".strip()
    states = "+state:(active OR draft)" if _yes(args.get("include_drafts")) else "+state:active"
    if "state:" not in text.replace("publish_state:", "") or catalogue.older:
        states = states if catalogue.older else states.replace(":active", ":(active)")
    else:
        states = ""
    filters = [text, states] if catalogue.older else [f"{text} {states}".strip()]
    try:
        compiled = [parse_filter(part, catalogue.clock()) for part in filters if part]
    except QueryError:
        raise SearchError(
            f"SOLR returned an error running query: {{'fq': {filters}}} Error: 'Solr responded "
            "with an error (HTTP 400): [Reason: org.apache.solr.search.SyntaxError: Cannot parse]'"
        ) from None
    return parse_query(str(args.get("q") or "")), compiled


def _visible(catalogue: Catalogue, person: Person | None) -> list[Record]:
    """BCDC's filter: what is published, and everything where the caller may create records.

    CKAN itself shows what the caller may read.
    """
    packages = [pkg for pkg in catalogue.packages.values() if pkg["state"] != "deleted"]
    if person and person.sysadmin:
        return packages
    if not catalogue.kind.bcdc:
        return [pkg for pkg in packages if may_read(catalogue, person, pkg)]
    own = {org.id for org in organizations_for(catalogue, person, "create_dataset")}
    return [
        pkg
        for pkg in packages
        if (pkg.get("publish_state") in {"PUBLISHED", "PENDING ARCHIVE"} or pkg["owner_org"] in own)
        and may_read(catalogue, person, pkg)
    ]


def indexed(catalogue: Catalogue, package: Record) -> dict[str, list[str]]:
    """A record as the search engine holds it: every field a list of text."""
    resources = package["resources"]
    document = {key: [value] for key, value in package.items() if isinstance(value, str) and value}
    document |= {f"extras_{key}": value for key, value in document.items()}
    owner = catalogue.organizations.get(package["owner_org"])
    formats = {str(res.get("format", "")) for res in resources}
    names = [str(res.get("name", "")) for res in resources]
    about = [str(res.get("description", "")) for res in resources]
    for key in ("metadata_modified", "metadata_created"):
        document[key] = [f"{package[key]}Z"]
    document |= {
        "title_string": [package["title"]],
        "organization": [owner.name] if owner else [],
        "tags": package["tags"],
        "groups": [],
        "private": [str(package["private"]).lower()],
        "capacity": ["private" if package["private"] else "public"],
        "dataset_type": [package["type"]],
        "res_format": sorted(f if catalogue.older else f.upper() for f in formats),
        "res_name": names,
        "res_description": about,
        "res_url": [str(res.get("url", "")) for res in resources],
    }
    document["text"] = [
        package["name"],
        package["title"],
        str(package.get("notes", "")),
        *package["tags"],
        *document["organization"],
        *names,
        *about,
    ]
    return document


def _counts(scored: list[tuple[int, Record, Record]], field: str, limit: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for _, _, document in scored:
        for value in document.get(field, []):
            counts[value] = counts.get(value, 0) + 1
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return dict(ranked[:limit] if limit >= 0 else ranked)


def _yes(value: object) -> bool:
    return str(value).lower() in {"true", "yes", "on", "1"}
