"""Records: read, create, change, delete (`package_…`)."""

from __future__ import annotations

import json
from typing import Any

from sandbox.catalogue import merge, saving
from sandbox.catalogue.errors import (
    IntegrityError,
    NotAuthorizedError,
    NotFoundError,
    Record,
    ServerError,
    ValidationError,
    missing,
)
from sandbox.catalogue.permissions import (
    check_read,
    check_write,
    may,
    name_of,
    organizations_for,
)
from sandbox.catalogue.records import show
from sandbox.catalogue.saving import Call
from sandbox.catalogue.search import naturals
from sandbox.catalogue.validation import CORE_FIELDS, junk


def package_show(call: Call) -> Record:
    name_or_id = call.args.get("id") or call.args.get("name_or_id")
    if name_or_id is None:
        raise missing("name_or_id")
    stored = call.catalogue.package(name_or_id)
    check_read(call.catalogue, call.person, stored)
    return show(call.catalogue, stored)


def package_list(call: Call) -> list[str]:
    """The names of all records that are not private, drafts of the workflow among them."""
    return sorted(
        pkg["name"]
        for pkg in call.catalogue.packages.values()
        if pkg["state"] == "active" and not pkg["private"]
    )


def package_create(call: Call) -> Record:
    given = dict(call.args)
    catalogue, person = call.catalogue, call.person
    if not organizations_for(catalogue, person, "create_dataset"):
        raise NotAuthorizedError(f"User {name_of(person)} not authorized to create packages")
    owner = given.get("owner_org")
    if owner and not (person and person.sysadmin):
        known = [org for org in catalogue.organizations.values() if owner in {org.id, org.name}]
        if not known or not may(catalogue, person, known[0], "create_dataset"):
            why = f"User {name_of(person)} not authorized to add dataset to this organization"
            raise NotAuthorizedError(why)
    if catalogue.kind.told and given.get("type") != catalogue.kind.dataset_type:
        raise _without_type(call, given)
    return show(catalogue, saving.create(call, given))


def _without_type(call: Call, given: Record) -> ValidationError:
    """A body that does not say it is a BCDC record; the sandbox holds no others.

    CKAN refuses its composite fields (2.9), or keeps none of BCDC's fields.
    """
    problems: Record = {}
    if not given.get("name"):
        problems["name"] = ["Missing value"]
    if not given.get("owner_org"):
        problems["owner_org"] = ["An organization must be provided"]
    unexpected = junk(given, CORE_FIELDS)
    if unexpected and call.catalogue.older:
        problems["__junk"] = [unexpected]
    if any(given.get("name") == pkg["name"] for pkg in call.catalogue.packages.values()):
        problems["name"] = ["That URL is already in use."]
    kept = call.catalogue.kind.dataset_type
    return ValidationError(problems or {"type": [f"Only {kept} is kept in the sandbox"]})


def package_update(call: Call) -> Record:
    given = dict(call.args)
    name_or_id = given.get("id") or given.get("name")
    blind = call.catalogue.kind.bcdc and call.catalogue.older
    if blind and any(key not in given for key in saving.READ_BLINDLY):
        raise ServerError
    if not name_or_id:
        raise ValidationError({"id": "Missing value"})
    try:
        stored = call.catalogue.package(name_or_id)
    except NotFoundError:
        raise NotFoundError("" if call.catalogue.older else "Package was not found.") from None
    given["id"] = stored["id"]
    saved = saving.update(call, stored, given, ckan_action="package_update")
    return show(call.catalogue, saved)


def package_patch(call: Call) -> Record:
    name_or_id = call.args.get("id")
    if call.person is None and call.catalogue.older:
        raise NotAuthorizedError("Action package_patch requires an authenticated user")
    if not name_or_id:
        raise ValidationError("Missing id, can not get Package object")
    stored = call.catalogue.package(name_or_id)
    check_write(call.catalogue, call.person, stored, ckan_action="package_patch")
    given = {**show(call.catalogue, stored), **call.args, "id": stored["id"]}
    saved = saving.update(call, stored, given, ckan_action="package_update")
    return show(call.catalogue, saved)


def package_revise(call: Call) -> Record:
    """Change a record only if it still is as the caller believes; all in one step."""
    catalogue = call.catalogue
    parts = _parts(call.args)
    match, paths = parts["match"], parts["match__"]
    name_or_id = paths.get("id") or match.get("id") or paths.get("name") or match.get("name")
    if name_or_id is None:
        raise ValidationError({"match__id": "Missing value"})
    stored = catalogue.package(name_or_id)
    check_read(catalogue, call.person, stored)
    record = show(catalogue, stored)
    unlike = list(merge.differences(record, match))
    for path, wanted in sorted(paths.items()):
        try:
            here, taken = merge.find(record, path)
        except merge.PathError as problem:
            raise IntegrityError(str(problem)) from None
        unlike += merge.differences(here, wanted, taken)
    if unlike:
        raise _whole(call, {"match": [merge.joined(path) for path in unlike]})
    merge.take_away(record, parts["filter"])
    record["id"] = stored["id"]
    _merge_all(call, record, parts)
    check_write(catalogue, call.person, stored, ckan_action="package_revise")
    if record["id"] != stored["id"]:
        raise NotFoundError
    saved = saving.update(call, stored, record, ckan_action="package_revise")
    answer = {"package": show(catalogue, saved)}
    if "include" in call.args:
        merge.take_away(answer, call.args["include"])
    return answer


def _merge_all(call: Call, record: Record, parts: Record) -> None:
    try:
        merge.merge(record, parts["update"])
    except merge.PathError as problem:
        raise _whole(call, {"update": [str(problem)]}) from None
    # Lists grow first, so that a file may go to a resource added in the same call.
    for path, value in sorted(
        parts["update__"].items(), key=lambda part: (not part[0].endswith("extend"), part[0])
    ):
        try:
            merge.merge_at(record, path, value)
        except merge.PathError as problem:
            raise _whole(call, {path: [str(problem)]}) from None


def _whole(call: Call, problem: Record) -> ValidationError:
    """CKAN 2.9 wraps what is wrong with a revision as a whole in a list."""
    return ValidationError([problem] if call.catalogue.older else problem)


def _parts(args: Record) -> Record:
    """The parts of a revision; text is read as JSON where it is JSON. Raises ValidationError."""
    parts: Record = {"match": {}, "update": {}, "filter": []}
    errors: Record = {}
    for name in ("match", "update"):
        value = _json_or_text(args.get(name))
        if value is not None:
            parts[name] = value
            if not isinstance(value, dict):
                errors[name] = ["Must be a dict"]
    for name in ("filter", "include"):
        value = args.get(name)
        if value is not None:
            problem, parts[name] = _patterns(value)
            if problem:
                errors[name] = [problem]
    if errors:
        raise ValidationError(errors)
    for prefix in ("match__", "update__"):
        parts[prefix] = {
            key.removeprefix(prefix): _json_or_text(value)
            for key, value in args.items()
            if key.startswith(prefix)
        }
    return parts


def _patterns(value: Any) -> tuple[str | None, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = value.split(",")
    if not isinstance(value, list):
        return "Not a list", []
    strange = [item for item in value if not isinstance(item, str)]
    return (f"Not a string: {strange[0]}" if strange else None), value


def _json_or_text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def package_delete(call: Call) -> None:
    """Take a record out of sight; nothing of it is checked and nothing is lost."""
    if "id" not in call.args:
        raise missing("id")
    stored = call.catalogue.package(call.args["id"])
    check_write(call.catalogue, call.person, stored, ckan_action="package_delete")
    stored["state"] = "deleted"
    stored["metadata_modified"] = call.catalogue.now()
    shown = show(call.catalogue, stored)
    call.catalogue.remember("deleted", call.person, stored, shown=shown)


def dataset_purge(call: Call) -> None:
    if "id" not in call.args:
        raise missing("id")
    stored = call.catalogue.package(call.args["id"])
    if call.person is None or not call.person.sysadmin:
        raise NotAuthorizedError(f"User {name_of(call.person)} not authorized to purge dataset")
    for resource in stored["resources"]:
        call.catalogue.files.pop(resource["id"], None)
    del call.catalogue.packages[stored["id"]]


def package_resource_reorder(call: Call) -> Record:
    catalogue, args = call.catalogue, call.args
    for name in ("id", "order"):
        if name not in args:
            raise missing(name)
    order = args["order"]
    if not isinstance(order, list):
        raise ValidationError({"order": "Must be a list of resource"})
    if len(set(order)) != len(order):
        raise ValidationError({"order": "Must supply unique resource_ids"})
    stored = catalogue.package(args["id"])
    check_read(catalogue, call.person, stored)
    record = show(catalogue, stored)
    by_id = {resource["id"]: resource for resource in record["resources"]}
    for wanted in order:
        if wanted not in by_id:
            raise ValidationError({"order": f"resource_id {wanted} can not be found"})
    rest = [key for key in by_id if key not in order]
    record["resources"] = [by_id[key] for key in (*order, *rest)]
    check_write(catalogue, call.person, stored, ckan_action="package_resource_reorder")
    saving.update(call, stored, record, ckan_action="package_update")
    return {"id": args["id"], "order": [*order, *rest]}


def package_activity_list(call: Call) -> list[Record]:
    """A record's history, newest first, in pages of 31 (100 at most)."""
    args = call.args
    if args.get("id") is None:
        raise missing("id")
    numbers, problems = naturals(args, limit=31, offset=0)
    if problems:
        raise ValidationError(problems)
    stored = call.catalogue.package(args["id"])
    check_read(call.catalogue, call.person, stored)
    known = [item for item in call.catalogue.activities if item["object_id"] == stored["id"]]
    # Asked for none, CKAN gives all.
    rows = min(numbers["limit"], 100) or len(known)
    return list(reversed(known))[numbers["offset"] :][:rows]


READS = {
    "package_show": package_show,
    "package_list": package_list,
    "package_activity_list": package_activity_list,
}
WRITES = {
    "package_create": package_create,
    "package_update": package_update,
    "package_patch": package_patch,
    "package_revise": package_revise,
    "package_delete": package_delete,
    "dataset_purge": dataset_purge,
    "package_resource_reorder": package_resource_reorder,
}
