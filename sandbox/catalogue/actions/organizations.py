"""Ministries and branches (`organization_…`, `member_list`, the tree)."""

from __future__ import annotations

from typing import Any

from sandbox.catalogue.actions.accounts import shown_person
from sandbox.catalogue.errors import NotAuthorizedError, Record, ValidationError, missing
from sandbox.catalogue.permissions import capacity_in, organizations_for
from sandbox.catalogue.records import listed_organization
from sandbox.catalogue.saving import Call
from sandbox.catalogue.search import search
from sandbox.catalogue.state import Organization

PAGE = 25
NAMES = 1000


def organization_show(call: Call) -> Record:
    if "id" not in call.args:
        raise missing("id")
    organization = call.catalogue.organization(call.args["id"])
    shown = _shown(
        call,
        organization,
        extras=_yes(call.args.get("include_extras", True)),
        groups=_yes(call.args.get("include_groups", True)),
        users=_yes(call.args.get("include_users", True)),
        count=_yes(call.args.get("include_dataset_count", True)),
    )
    return {**shown, "tags": []} if call.catalogue.older else shown


def _shown(
    call: Call,
    organization: Organization,
    *,
    extras: bool,
    groups: bool,
    users: bool,
    count: bool,
) -> Record:
    shown = {**listed_organization(organization), "num_followers": 0}
    if count:
        found = search(
            call.catalogue,
            call.person,
            {
                "fq": f'owner_org:"{organization.id}"',
                "include_private": True,
                "rows": 0,
            },
        )
        shown["package_count"] = found.count
    if extras:
        shown |= {"short_name": organization.short_name, "url": organization.url}
    if groups:
        shown["groups"] = (
            [{"capacity": "public", "name": organization.parent}] if organization.parent else []
        )
    if users:
        people = call.catalogue.people
        members = sorted(organization.members.items(), key=lambda one: people[one[0]].name)
        shown["users"] = [
            {**shown_person(call.catalogue, people[who]), "capacity": capacity}
            for who, capacity in members
        ]
    return shown


def organization_list(call: Call) -> list[Any]:
    """Names, or whole organizations: then 25 at a time whatever is asked for."""
    args = call.args
    full = _yes(args.get("all_fields", False))
    limit, offset = _natural(args, "limit"), _natural(args, "offset") or 0
    found = list(call.catalogue.organizations.values())
    if args.get("organizations"):
        found = [org for org in found if org.name in args["organizations"]]
    words = str(args.get("q") or "").lower()
    if words:
        found = [
            org
            for org in found
            if any(words in text.lower() for text in (org.name, org.title, org.description))
        ]
    found = _sorted(call, found, str(args.get("sort") or "title asc"))
    most = PAGE if full else NAMES
    page = found[offset : offset + min(limit if limit is not None else most, most)]
    if not full:
        return [org.name for org in page]
    return [
        _shown(
            call,
            org,
            extras=_yes(args.get("include_extras", False)),
            groups=_yes(args.get("include_groups", False)),
            users=_yes(args.get("include_users", False)),
            count=_yes(args.get("include_dataset_count", True)),
        )
        for org in page
    ]


def _sorted(call: Call, found: list[Organization], order: str) -> list[Organization]:
    field, _, direction = order.strip().partition(" ")
    if field not in {"name", "title", "package_count"}:
        raise ValidationError(f"Cannot sort by field `{field}`")
    backwards = direction.strip() == "desc"
    if field != "package_count":
        return sorted(found, key=lambda org: str(getattr(org, field)), reverse=backwards)
    return sorted(found, key=lambda org: (_owned(call, org), org.title), reverse=backwards)


def _owned(call: Call, organization: Organization) -> int:
    """How many records an organization has, whoever asks."""
    return sum(
        pkg["owner_org"] == organization.id and pkg["state"] == "active"
        for pkg in call.catalogue.packages.values()
    )


def organization_autocomplete(call: Call) -> list[Record]:
    """Organizations whose name or title holds the text; unsorted, as they were made."""
    text = call.args["q"].lower()
    found = [
        org
        for org in call.catalogue.organizations.values()
        if text in org.name.lower() or text in org.title.lower() or text == "%"
    ]
    limit = int(call.args.get("limit", 20))
    return [{"id": org.id, "name": org.name, "title": org.title} for org in found[:limit]]


def organization_list_for_user(call: Call) -> list[Record]:
    """Where somebody holds a permission, which is `manage_group` (members too) unless said."""
    person = call.person
    if call.args.get("id"):
        person = call.catalogue.person(call.args["id"])
    permission = str(call.args.get("permission") or "manage_group")
    count = _yes(call.args.get("include_dataset_count", False))
    shown = []
    for org in organizations_for(call.catalogue, person, permission):
        one = {**listed_organization(org), "capacity": None}
        if person:
            one["capacity"] = capacity_in(call.catalogue, person, org)
        if count:
            # Later CKANs answer 0 here, whatever there is.
            one["package_count"] = _owned(call, org) if call.catalogue.older else 0
        shown.append(one)
    return shown


def _counts(call: Call) -> dict[str, int]:
    """Records by organization's name, as far as this caller's search finds them."""
    found = search(call.catalogue, call.person, {"rows": 0, "facet.field": ["organization"]})
    return found.facets.get("organization", {})


def organization_or_group_list_related(call: Call) -> list[Record]:
    """Every organization with its parent, its branches and the records of all below it."""
    if call.args.get("is_organization", "false").lower() != "true":
        return []
    full = call.args.get("all_fields", "false").lower() == "true"
    counts = _counts(call)
    organizations = sorted(call.catalogue.organizations.values(), key=lambda org: org.name)
    shown: dict[str, Record] = {}
    for org in organizations:
        one = {**listed_organization(org), "package_count": counts.get(org.name, 0)}
        del one["approval_status"], one["created"]
        if full:
            one |= _shown(call, org, extras=True, groups=False, users=False, count=False)
        shown[org.name] = one | {
            "url": org.url,
            "parent_of": [],
            "child_of": [],
            "parent_org": org.parent,
        }
    for org in organizations:
        for above in call.catalogue.above(org)[1:]:
            shown[above.name]["package_count"] += counts.get(org.name, 0)
        if org.parent:
            parent = call.catalogue.organization(org.parent)
            shown[parent.name]["parent_of"].append({"title": org.title, "name": org.name})
            shown[org.name]["child_of"].append({"title": parent.title, "name": parent.name})
    return list(shown.values())


def group_tree(call: Call) -> list[Record]:
    if call.args.get("type", "group") != "organization":
        return []
    organizations = sorted(call.catalogue.organizations.values(), key=lambda org: org.title)
    nodes: dict[str, Record] = {
        org.name: {
            "id": org.id,
            "name": org.name,
            "title": org.title,
            "highlighted": False,
            "children": [],
        }
        for org in organizations
    }
    for org in organizations:
        if org.parent:
            nodes[org.parent]["children"].append(nodes[org.name])
    return [nodes[org.name] for org in organizations if not org.parent]


def member_list(call: Call) -> list[list[str]] | Record:
    """Direct members as id, kind and capacity; to nobody in particular BCDC answers an error."""
    if call.person is None:
        return {"error": "Not found"}
    if call.args.get("id") is None:
        raise missing("id")
    organization = call.catalogue.organization(call.args["id"])
    kind, capacity = call.args.get("object_type"), call.args.get("capacity")
    rows: list[list[str]] = [
        [who, "user", role.capitalize()]
        for who, role in organization.members.items()
        if capacity in {None, role}
    ]
    if organization.parent and capacity in {None, "public"}:
        rows.append([call.catalogue.organization(organization.parent).id, "group", "public"])
    if capacity in {None, "organization"}:
        rows += [
            [pkg["id"], "package", "organization"]
            for pkg in call.catalogue.packages.values()
            if pkg["owner_org"] == organization.id and pkg["state"] == "active"
        ]
    return [row for row in rows if kind in {None, row[1]}]


def organization_create(call: Call) -> Record:
    """A new organization; for sysadmins, as at BCDC."""
    if call.person is None or not call.person.sysadmin:
        raise NotAuthorizedError("User not authorized to create organizations")
    name = call.args.get("name")
    if not name:
        raise missing("name")
    parents = call.args.get("groups") or []
    organization = call.catalogue.add_organization(
        name,
        call.args.get("title") or name,
        parent=parents[0]["name"] if parents else None,
        members={user["name"]: user["capacity"] for user in call.args.get("users") or []},
        description=call.args.get("description") or "",
        **({"id": call.args["id"]} if call.args.get("id") else {}),
    )
    return _shown(call, organization, extras=True, groups=True, users=True, count=True)


def _yes(value: object) -> bool:
    return str(value).lower() in {"true", "yes", "on", "1"}


def _natural(args: Record, name: str) -> int | None:
    value = args.get(name)
    if value is None:
        return None
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise ValidationError({name: ["Invalid integer"]}) from None
    if number < 0:
        raise ValidationError({name: ["Must be a natural number"]})
    return number


READS = {
    "organization_show": organization_show,
    "organization_list": organization_list,
    "organization_autocomplete": organization_autocomplete,
    "organization_list_for_user": organization_list_for_user,
    "organization_or_group_list_related": organization_or_group_list_related,
    "group_tree": group_tree,
    "member_list": member_list,
}
WRITES = {"organization_create": organization_create}
