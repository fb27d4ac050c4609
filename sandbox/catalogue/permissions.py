"""Who may do what: CKAN's roles on organizations, with admins reaching into the branches."""

from __future__ import annotations

from sandbox.catalogue.errors import NotAuthorizedError, NotFoundError, Record
from sandbox.catalogue.state import Capacity, Catalogue, Organization, Person

_MEMBER = frozenset({"read", "manage_group"})
_EDITOR = _MEMBER | {"create_dataset", "update_dataset", "delete_dataset"}

# An admin may do anything, whatever CKAN is asked about: even what has no meaning.
PERMISSIONS: dict[Capacity, frozenset[str]] = {"member": _MEMBER, "editor": _EDITOR}


def capacity_in(
    catalogue: Catalogue, person: Person, organization: Organization
) -> Capacity | None:
    """The person's own role there, or `admin` when that role comes down from the ministry."""
    chain = catalogue.above(organization)
    if person.sysadmin or any(above.members.get(person.id) == "admin" for above in chain):
        return "admin"
    return organization.members.get(person.id)


def may(
    catalogue: Catalogue, person: Person | None, organization: Organization, permission: str
) -> bool:
    """Whether CKAN grants `permission` (`create_dataset`, `admin`, …) there."""
    capacity = capacity_in(catalogue, person, organization) if person else None
    if capacity is None:
        return False
    return capacity == "admin" or permission in PERMISSIONS[capacity]


def organizations_for(
    catalogue: Catalogue, person: Person | None, permission: str
) -> list[Organization]:
    """Where the person holds the permission, by title (`organization_list_for_user`)."""
    held = [
        org for org in catalogue.organizations.values() if may(catalogue, person, org, permission)
    ]
    return sorted(held, key=lambda org: org.title)


def may_read(catalogue: Catalogue, person: Person | None, package: Record) -> bool:
    """CKAN's rule: a draft of BCDC's workflow is no secret, a private or deleted record is."""
    if package["state"] == "active" and not package["private"]:
        return True
    if person and package["state"] == "draft" and package.get("creator_user_id") == person.id:
        return True
    return _in_owner(catalogue, person, package, "read")


def may_edit(catalogue: Catalogue, person: Person | None, package: Record) -> bool:
    return _in_owner(catalogue, person, package, "update_dataset")


def _in_owner(
    catalogue: Catalogue, person: Person | None, package: Record, permission: str
) -> bool:
    if person and person.sysadmin:
        return True
    try:
        owner = catalogue.organization(package.get("owner_org"))
    except NotFoundError:
        return False
    return may(catalogue, person, owner, permission)


def check_read(catalogue: Catalogue, person: Person | None, package: Record) -> None:
    if not may_read(catalogue, person, package):
        raise NotAuthorizedError(
            f"User {name_of(person)} not authorized to read package {package['id']}"
        )


def check_write(
    catalogue: Catalogue, person: Person | None, package: Record, *, ckan_action: str, to: str = ""
) -> None:
    """Refuses with the text CKAN has for this action; `to` names what is done to what."""
    if person is None and catalogue.older:
        raise NotAuthorizedError(f"Action {ckan_action} requires an authenticated user")
    if not may_edit(catalogue, person, package):
        what = to or f"edit package {package['id']}"
        raise NotAuthorizedError(f"User {name_of(person)} not authorized to {what}")


def name_of(person: Person | None) -> str:
    return person.name if person else ""
