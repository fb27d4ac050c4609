"""One typed function for each CKAN action the bot uses, under CKAN's name.

All of them raise ckanapi's errors: `NotFound`, `NotAuthorized`, `ValidationError` and the other
`CKANAPIError`s, among them `CatalogueUnavailable` when there is no answer to rely on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import SecretStr

from bot.change import Json
from bot.ckan.faults import CatalogueUnavailable, NotAuthorized, NotFound, Reason
from bot.ckan.models import BCDC_TYPE, Organization, Package, Resource, User
from bot.ckan.schema import Schema, parse_schema
from bot.ckan.transport import Site
from bot.ckan.upload import Upload

Permission = Literal["admin", "create_dataset"]
Capacity = Literal["admin", "editor"]


@dataclass(frozen=True, slots=True)
class License:
    """A licence a record may carry."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Activity:
    """An entry of a record's history: when, the id of the user, and CKAN's word for what."""

    timestamp: str
    user_id: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of `package_search`, and how many there are in all."""

    count: int
    packages: tuple[Package, ...]


async def status_show(site: Site) -> str:
    """CKAN's version, "" where the catalogue hides it."""
    return _text(_object(await site.read("status_show")), "ckan_version")


async def help_show(site: Site, name: str) -> bool:
    """Whether the catalogue has an action of that name."""
    try:
        await site.read("help_show", name=name)
    except NotFound:
        return False
    return True


async def whoami(site: Site) -> str:
    """The name of the user the key belongs to, "" without a valid key.

    A wrong key is no error to CKAN, it makes the caller anonymous (docs/catalogue.md, "Keys").
    """
    name = await site.read("whoami")
    return name if isinstance(name, str) else ""


async def user_show(site: Site, name_or_id: str | None = None) -> User:
    """A user, or the caller, which only CKAN 2.10 and later know by the key alone.

    CKAN hands users their own key and e-mail here; neither leaves this function.
    """
    arguments: dict[str, Json] = {} if name_or_id is None else {"id": name_or_id}
    raw = _object(await site.read("user_show", **arguments))
    return User(
        id=_text(raw, "id"),
        name=_text(raw, "name"),
        fullname=_text(raw, "fullname") or _text(raw, "display_name"),
        sysadmin=raw.get("sysadmin") is True,
    )


async def organization_list_for_user(
    site: Site, permission: Permission
) -> tuple[Organization, ...]:
    """Organizations where the caller has that permission; none without a key.

    The permission is never left to CKAN's default, which members have too, and the capacity in
    the answer is not to be trusted (docs/catalogue.md, "Organizations").
    """
    rows = _rows(await site.read("organization_list_for_user", permission=permission))
    return tuple(map(_organization, rows))


async def organization_show(site: Site, name_or_id: str) -> Organization:
    """An organization with the number of records the caller can find, and its parent's name."""
    return _organization(
        _object(
            await site.read(
                "organization_show",
                id=name_or_id,
                include_datasets=False,
                include_users=False,
                include_followers=False,
            )
        )
    )


async def organization_list(
    site: Site, *, page: int = 25, most: int = 20_000
) -> AsyncIterator[Organization]:
    """All organizations with their parents' names, asked for page by page.

    CKAN cuts a page with all fields at 25, whatever is asked for, so only an empty page is known
    to be the last. `most` ends it on a catalogue that gives the same page for ever.
    """
    offset = 0
    while offset < most:
        rows = _rows(
            await site.read(
                "organization_list",
                all_fields=True,
                include_groups=True,
                limit=page,
                offset=offset,
            )
        )
        if not rows:
            return
        for row in rows:
            yield _organization(row)
        offset += len(rows)


async def organization_autocomplete(
    site: Site, q: str, *, limit: int = 20
) -> tuple[Organization, ...]:
    """Organizations with the text in their name or title, in no order and without parents."""
    rows = _rows(await site.read("organization_autocomplete", q=q, limit=limit))
    return tuple(map(_organization, rows))


async def organization_or_group_list_related(site: Site) -> tuple[Organization, ...]:
    """All organizations with their parents, in one call that only BCDC has.

    Its arguments must be texts: a JSON boolean is a bare 500. `package_count` would include the
    branches', so it is left out.
    """
    rows = _rows(await site.read("organization_or_group_list_related", is_organization="true"))
    return tuple(map(_organization_of_tree, rows))


async def member_list(site: Site, name_or_id: str, capacity: Capacity) -> tuple[str, ...]:
    """Ids of the users who hold that role in the organization itself, not by way of another.

    Always by role: ministries have thousands of members. To a caller without a key BCDC answers an
    `error` as if it were a result, which is `NotAuthorized` here.
    """
    raw = await site.read("member_list", id=name_or_id, object_type="user", capacity=capacity)
    if isinstance(raw, dict) and "error" in raw:
        raise NotAuthorized("member_list")
    if not isinstance(raw, list):
        raise CatalogueUnavailable(Reason.NOT_JSON)
    return tuple(str(row[0]) for row in raw if isinstance(row, list) and row)


async def package_counts(site: Site, *, include_private: bool) -> dict[str, int]:
    """How many records the caller can find in each organization, by its name."""
    arguments: dict[str, Json] = {"rows": 0, "facet.field": ["organization"], "facet.limit": -1}
    arguments |= {"include_private": True} if include_private else {}
    raw = _object(await site.read("package_search", **arguments))
    facets = raw.get("search_facets")
    counted = facets.get("organization") if isinstance(facets, dict) else None
    items = _maybe_rows(counted.get("items")) if isinstance(counted, dict) else []
    return {_text(row, "name"): row["count"] for row in items if isinstance(row.get("count"), int)}  # type: ignore[misc]  # the condition says it is an int


async def package_search(
    site: Site,
    *,
    q: str = "",
    fq: str = "",
    sort: str | None = None,
    rows: int = 20,
    start: int = 0,
    include_private: bool = False,
    fl: Sequence[str] = (),
) -> SearchResult:
    """Records the catalogue's index has for the caller, at most 1,000 a page; with `fl` in part.

    `q` and `fq` are Solr queries: whoever calls this quotes what people typed. `fq_list` would be
    replaced by BCDC's own filter (docs/catalogue.md, "Who sees what").
    """
    arguments: dict[str, Json] = {"q": q, "rows": rows, "start": start}
    arguments |= {"fq": fq} if fq else {}
    arguments |= {"sort": sort} if sort else {}
    arguments |= {"include_private": True} if include_private else {}
    arguments |= {"fl": list(fl)} if fl else {}
    raw = _object(await site.read("package_search", **arguments))
    count = raw.get("count")
    found = tuple(map(Package, _rows(raw.get("results"))))
    return SearchResult(count if isinstance(count, int) else len(found), found)


async def package_show(site: Site, name_or_id: str) -> Package:
    """A record, drafts and hidden contacts included (docs/catalogue.md, "Who sees what").

    An answer about another record, which a cache in between may give, is none to rely on: what is
    saved goes to the record that was read.
    """
    package = Package(_object(await site.read("package_show", id=name_or_id)))
    if name_or_id not in {package.id, package.name}:
        raise CatalogueUnavailable(Reason.ANOTHER)
    return package


async def package_activity_list(
    site: Site, name_or_id: str, *, limit: int = 31
) -> tuple[Activity, ...]:
    """What was done to a record, newest first, at most 100 (docs/catalogue.md, "History")."""
    rows = _rows(await site.read("package_activity_list", id=name_or_id, limit=limit))
    return tuple(
        Activity(_text(row, "timestamp"), _text(row, "user_id"), _text(row, "activity_type"))
        for row in rows
    )


async def resource_show(site: Site, resource_id: str) -> Resource:
    """A resource, which names the record it belongs to. Raises as `package_show`."""
    resource = Resource(_object(await site.read("resource_show", id=resource_id)))
    if resource.id != resource_id:
        raise CatalogueUnavailable(Reason.ANOTHER)
    return resource


async def package_revise(
    site: Site, arguments: Mapping[str, Json], *, files: Mapping[str, Upload] | None = None
) -> Package:
    """Change a record if it is still as `match` says, and answer it as it is then.

    Raises `Refused` (a `ValidationError`) for a failed match, which `unmatched` tells from a
    refused value (docs/catalogue.md, "Saving with package_revise").
    """
    answer = _object(await site.write("package_revise", arguments, files=files))
    return Package(_object(answer.get("package")))


async def package_create(site: Site, body: Mapping[str, Json]) -> Package:
    """Make a record of `body`, which needs its `type`, and answer it.

    Raises `Refused` (docs/catalogue.md, "Creating").
    """
    return Package(_object(await site.write("package_create", body)))


async def package_delete(site: Site, name_or_id: str) -> None:
    """Mark a record as deleted; its title stays taken (docs/catalogue.md, "Deleting")."""
    await site.write("package_delete", {"id": name_or_id})


async def package_resource_reorder(site: Site, name_or_id: str, order: Json) -> None:
    """Put the resources of a record into the order of these ids."""
    await site.write("package_resource_reorder", {"id": name_or_id, "order": order})


async def scheming_dataset_schema_show(site: Site, dataset_type: str = BCDC_TYPE) -> Schema:
    """The live schema of a type of record."""
    raw = await site.read("scheming_dataset_schema_show", type=dataset_type)
    return parse_schema(_object(raw))


async def scheming_dataset_schema_list(site: Site) -> tuple[str, ...]:
    """The types of record that have a schema."""
    raw = await site.read("scheming_dataset_schema_list")
    if not isinstance(raw, list):
        raise CatalogueUnavailable(Reason.NOT_JSON)
    return tuple(map(str, raw))


async def license_list(site: Site) -> tuple[License, ...]:
    """The licences a record may carry; CKAN itself checks none of them."""
    rows = _rows(await site.read("license_list"))
    return tuple(License(_text(row, "id"), _text(row, "title")) for row in rows)


async def api_token_create(site: Site, user: str, name: str) -> SecretStr:
    """A new token of one's own, shown this once (docs/catalogue.md, "Keys")."""
    raw = _object(await site.write("api_token_create", {"user": user, "name": name}))
    token = _text(raw, "token")
    if not token:
        raise CatalogueUnavailable(Reason.NOT_JSON)
    return SecretStr(token)


async def api_token_revoke(site: Site, token: SecretStr) -> None:
    """Make a token worthless at once; `site` needs a key of its owner's, which it is itself."""
    await site.write("api_token_revoke", {"token": token.get_secret_value()})


def _organization(raw: Mapping[str, Json]) -> Organization:
    """Parents stand in `groups`, by name only: BCDC's schema drops their titles."""
    count = raw.get("package_count")
    parents = raw.get("groups")
    return Organization(
        id=_text(raw, "id"),
        name=_text(raw, "name"),
        title=_text(raw, "title") or _text(raw, "display_name") or _text(raw, "name"),
        parent_name=next((_text(row, "name") for row in _maybe_rows(parents)), ""),
        package_count=count if isinstance(count, int) else None,
    )


def _organization_of_tree(raw: Mapping[str, Json]) -> Organization:
    parent = next(iter(_maybe_rows(raw.get("child_of"))), {})
    return Organization(
        id=_text(raw, "id"),
        name=_text(raw, "name"),
        title=_text(raw, "title") or _text(raw, "name"),
        parent_name=_text(parent, "name"),
        parent_title=_text(parent, "title"),
    )


def _object(raw: Json) -> Mapping[str, Json]:
    if not isinstance(raw, dict):
        raise CatalogueUnavailable(Reason.NOT_JSON)
    return raw


def _rows(raw: Json) -> list[dict[str, Json]]:
    if not isinstance(raw, list):
        raise CatalogueUnavailable(Reason.NOT_JSON)
    return _maybe_rows(raw)


def _maybe_rows(raw: Json) -> list[dict[str, Json]]:
    return [row for row in raw if isinstance(row, dict)] if isinstance(raw, list) else []


def _text(raw: Mapping[str, Json], key: str) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else ""
