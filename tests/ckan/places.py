"""The catalogues that the same tests run against, and records made there for a test."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ckanapi.errors import NotFound
from pydantic import SecretStr

from bot.ckan import actions
from bot.ckan.models import Package
from bot.ckan.transport import Site, Transport

ROLES = {
    "SYSADMIN": "bcdc-sysadmin",
    "EDITOR": "cfd-editor",
    "ORG_ADMIN": "cfd-org-admin",
    "MINISTRY_ADMIN": "cfd-ministry-admin",
    "MEMBER": "cfd-member",
    "EDITOR_OTHER_ORG": "forests-editor",
    "EDITOR_MULTI": "data-steward",
    "NOBODY": "no-org-user",
}
"""The people every catalogue has: their role in an env file, their user name."""

BRANCH = "information-management-cfd"
MINISTRY = "ministry-of-children-and-family-development"


@dataclass(frozen=True, slots=True)
class Place:
    """A catalogue: its CKAN, address and everybody's key by user name."""

    generation: str
    url: str
    keys: Mapping[str, SecretStr]

    @classmethod
    def from_env(cls, generation: str, env: Mapping[str, str]) -> Place:
        """The catalogue of an env file."""
        keys = {name: SecretStr(env[f"CATALOGUE_TOKEN_{role}"]) for role, name in ROLES.items()}
        return cls(generation, env["CATALOGUE_URL"], keys)


@dataclass(frozen=True, slots=True)
class Visit:
    """A test's way into a place: as anybody, with records that go when the test ends."""

    place: Place
    transport: Transport
    made: list[str]

    def as_user(self, name: str | None = None) -> Site:
        """The catalogue with the key of that user, or none."""
        return self.transport.site("here", self.place.keys[name] if name else None)

    @property
    def older(self) -> bool:
        return self.place.generation == "2.9"

    async def organization_id(self, name: str = BRANCH) -> str:
        return (await actions.organization_show(self.as_user(), name)).id

    async def make(self, by: str = "cfd-editor", **more: Any) -> Package:
        """A new draft with three resources, owned by the branch."""
        owner = more.pop("owner_org", None) or await self.organization_id()
        mark = secrets.token_hex(5)
        body = {
            "type": "bcdc_dataset",
            "title": f"Made for a test {mark}",
            "name": f"made-for-a-test-{mark}",
            "owner_org": owner,
            "notes": "Made for a test.",
            "license_id": "2",
            "contacts": [contact(owner)],
            "security_class": "PUBLIC",
            "view_audience": "Public",
            "download_audience": "Public",
            "metadata_visibility": "Public",
            "tag_string": "one,two",
            "publish_state": "DRAFT",
            "resource_status": "onGoing",
            "dates": [{"type": "Created", "date": "2020-02-03"}],
            "resources": [
                resource("First", description="The first one."),
                resource("Second", iso_topic_category=["biota"], temporal_extent=TWO_PERIODS),
                resource("Third", json_table_schema={"fields": [{"name": "a"}]}),
            ],
        } | more
        raw = await self.as_user(by).write("package_create", body)
        self.made.append(raw["id"])
        return await actions.package_show(self.as_user("bcdc-sysadmin"), raw["id"])

    async def publish(self, package: Package) -> Package:
        """The record, for everybody to see, after two saves."""
        for state in ("PENDING PUBLISH", "PUBLISHED"):
            moved = {"match": {"id": package.id}, "update__publish_state": state}
            await self.as_user("bcdc-sysadmin").write("package_revise", moved)
        return await actions.package_show(self.as_user("bcdc-sysadmin"), package.id)

    async def searchable(self) -> list[dict[str, Any]]:
        """Every record, once the search, which is a little behind, tells them as they are now."""
        site = self.as_user("bcdc-sysadmin")
        async with asyncio.timeout(60):
            while True:
                result = await site.read("package_search", q="", rows=1000, include_private=True)
                found = list(result["results"])
                if set(self.made) <= {one["id"] for one in found} and all(
                    [await self._is_now(one) for one in found]
                ):
                    return found
                await asyncio.sleep(0.2)

    async def _is_now(self, found: dict[str, Any]) -> bool:
        try:
            shown = await actions.package_show(self.as_user("bcdc-sysadmin"), found["id"])
        except NotFound:
            return False
        return bool(shown.metadata_modified == found["metadata_modified"])

    async def saves(self, package_id: str) -> int:
        """How often the record was saved since it was made."""
        told = await self.as_user("bcdc-sysadmin").read(
            "package_activity_list", id=package_id, limit=100
        )
        return sum(entry["activity_type"] == "changed package" for entry in told)

    async def clear(self) -> None:
        """Purge what was made."""
        for package_id in self.made:
            await self.as_user("bcdc-sysadmin").write("dataset_purge", {"id": package_id})


TWO_PERIODS = [
    {"beginning_date": "2018-04-01", "end_date": "2019-03-31"},
    {"beginning_date": "2020-04-01", "end_date": "2021-03-31"},
]


def contact(org: str, **more: Any) -> dict[str, Any]:
    """A point of contact of an organization, shown to everybody."""
    return {
        "name": "Data desk",
        "email": "data.desk@example.test",
        "org": org,
        "role": "pointOfContact",
        "displayed": ["displayed"],
    } | more


def resource(name: str, **more: Any) -> dict[str, Any]:
    """A table somewhere on the web."""
    return {
        "name": name,
        "url": f"https://data.example.test/{name.lower()}.csv",
        "bcdc_type": "document",
        "format": "csv",
        "resource_update_cycle": "monthly",
        "resource_storage_location": "external",
        "resource_type": "data",
        "resource_access_method": "direct access",
    } | more


CLOCKS = {"metadata_modified", "record_last_modified", "record_create_date", "last_modified"}


def stored(package: Package) -> dict[str, Any]:
    """A record without the times the catalogue writes itself, and the ids it gives to keywords."""
    raw: dict[str, Any] = {key: value for key, value in package.raw.items() if key not in CLOCKS}
    raw["tags"] = [tag["name"] for tag in raw.get("tags", [])]
    raw["resources"] = [
        {key: value for key, value in row.raw.items() if key not in CLOCKS}
        for row in package.resources
    ]
    return raw
