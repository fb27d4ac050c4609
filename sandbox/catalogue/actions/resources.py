"""Resources: read, add, change, remove (`resource_…`). Each write saves the whole record."""

from __future__ import annotations

import json
from typing import Any

from sandbox.catalogue import saving
from sandbox.catalogue.errors import (
    NotAuthorizedError,
    NotFoundError,
    Record,
    ServerError,
    ValidationError,
    missing,
)
from sandbox.catalogue.permissions import check_read, check_write, may_read, name_of
from sandbox.catalogue.records import show, show_resource
from sandbox.catalogue.saving import Call
from sandbox.catalogue.state import Catalogue
from sandbox.catalogue.validation import COMPOSITE


def resource_show(call: Call) -> Record:
    package, resource = _found(call)
    if not may_read(call.catalogue, call.person, package):
        who = name_of(call.person)
        raise NotAuthorizedError(f"User {who} not authorized to read resource {resource['id']}")
    return show_resource(call.catalogue, package, package["resources"].index(resource))


def _found(call: Call) -> tuple[Record, Record]:
    if call.args.get("id") is None:
        raise missing("id")
    return call.catalogue.package_of(call.args["id"])


def resource_create(call: Call) -> Record:
    catalogue, resource = call.catalogue, dict(call.args)
    name_or_id = resource.pop("package_id", None)
    if name_or_id is None:
        raise missing("package_id")
    stored = catalogue.package(name_or_id)
    check_read(catalogue, call.person, stored)
    check_write(
        catalogue,
        call.person,
        stored,
        ckan_action="resource_create",
        to=f"create resources on dataset {stored['id']}",
    )
    given = resource.get("format", "")
    if given is None and catalogue.older:
        raise ServerError
    if catalogue.kind.bcdc:
        # Only this action takes a format in capitals.
        resource["format"] = (given or "").lower()
    read_composites(catalogue, resource)
    resource.setdefault("url", "")
    record = show(catalogue, stored)
    record["resources"].append(resource)
    try:
        saved = saving.update(call, stored, record, ckan_action="package_update")
    except ValidationError as refusal:
        raise _narrowed(refusal, -1) from None
    return show_resource(catalogue, saved, len(saved["resources"]) - 1)


def resource_update(call: Call) -> Record:
    return _replaced(call, call.args, ckan_action="resource_update")


def resource_patch(call: Call) -> Record:
    if call.person is None and call.catalogue.older:
        raise NotAuthorizedError("Action resource_patch requires an authenticated user")
    if call.args.get("id") is None:
        raise ValidationError("Missing id, can not get Resource object")
    package, stored = _found(call)
    _check_edit(call, package, stored, "resource_patch")
    shown = show_resource(call.catalogue, package, package["resources"].index(stored))
    return _replaced(call, {**shown, **call.args}, ckan_action="resource_update")


def _replaced(call: Call, given: Record, *, ckan_action: str) -> Record:
    try:
        package, stored = _found(call)
    except NotFoundError:
        raise NotFoundError("Resource was not found.") from None
    _check_edit(call, package, stored, ckan_action)
    resource = {**given, "url": given.get("url") or ""}
    read_composites(call.catalogue, resource)
    at = package["resources"].index(stored)
    record = show(call.catalogue, package)
    record["resources"][at] = resource
    try:
        saved = saving.update(call, package, record, ckan_action="package_update")
    except ValidationError as refusal:
        raise _narrowed(refusal, at) from None
    return show_resource(call.catalogue, saved, at)


def resource_delete(call: Call) -> None:
    package, stored = _found(call)
    _check_edit(call, package, stored, "resource_delete", verb="delete")
    record = show(call.catalogue, package)
    record["resources"] = [res for res in record["resources"] if res["id"] != stored["id"]]
    try:
        saving.update(call, package, record, ckan_action="package_update")
    except ValidationError as refusal:
        if not refusal.details.get("resources"):
            raise ServerError from None
        raise _narrowed(refusal, -1) from None


def update_resource_refresh_timestamp(call: Call) -> Record:
    """Set when a resource's data was last refreshed; `timestamp` is `YYYY-MM-DD HH:MM:SS`."""
    shown = resource_show(call)
    shown["last_modified"] = saving.parse_time(str(call.args.get("timestamp"))).isoformat()
    return _replaced(call, shown, ckan_action="resource_update")


def _check_edit(
    call: Call, package: Record, resource: Record, ckan_action: str, *, verb: str = "edit"
) -> None:
    to = f"{verb} resource {resource['id']}"
    check_write(call.catalogue, call.person, package, ckan_action=ckan_action, to=to)


def _narrowed(refusal: ValidationError, at: int) -> ValidationError:
    """The messages of one resource; none at all when it is another one that is at fault."""
    problems: Any = refusal.details.get("resources")
    try:
        return ValidationError(problems[at])
    except (TypeError, IndexError, KeyError):
        return refusal


def read_composites(catalogue: Catalogue, resource: Record) -> None:
    """Composite fields may come as JSON text; text that is not JSON empties them, silently."""
    for field in catalogue.kind.expanded["resource_fields"]:
        name = field["field_name"]
        if COMPOSITE in field and isinstance(resource.get(name), str):
            try:
                resource[name] = json.loads(resource[name])
            except ValueError:
                resource[name] = []


READS = {"resource_show": resource_show}
WRITES = {
    "resource_create": resource_create,
    "resource_update": resource_update,
    "resource_patch": resource_patch,
    "resource_delete": resource_delete,
    "update_resource_refresh_timestamp": update_resource_refresh_timestamp,
}
