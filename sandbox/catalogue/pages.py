"""The few web pages people need: find a record, look at it, and find one's API key.

Unlike the API, they show an unpublished record only to those who may edit it, as BCDC's do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.catalogue.errors import CatalogueError, NotFoundError, Record
from sandbox.catalogue.html import Html, el, joined, link, paragraphs
from sandbox.catalogue.keys import COOKIE, visitor
from sandbox.catalogue.permissions import may_edit, may_read
from sandbox.catalogue.records import download_url
from sandbox.catalogue.schema import DATA, Field, licences
from sandbox.catalogue.search import search
from sandbox.catalogue.state import Catalogue, Organization, Person

OPEN_STATES = frozenset({"PUBLISHED", "PENDING ARCHIVE"})
SHOWN_ELSEWHERE = frozenset({
    *("title", "name", "notes", "owner_org", "publish_state", "contacts", "tag_string", "url"),
    *("description", "replacement_record"),
})  # fmt: skip
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Pages:
    """Server-rendered pages of one catalogue; who looks is told by a cookie."""

    catalogue: Catalogue

    def routes(self) -> list[web.AbstractRouteDef]:
        kind = "/{kind:dataset|bcdc_dataset}"
        return [
            web.get("/", self.home),
            web.get("/pages.css", self.style),
            web.post("/login", self.login),
            web.get("/account", self.account),
            web.get(kind + "/{id}", self.record),
            web.get(kind + "/{id}/resource/{resource_id}", self.resource),
            web.get("/organization/{id}", self.organization),
        ]

    async def style(self, _request: web.Request) -> web.Response:
        return web.Response(text=(DATA / "pages.css").read_text("utf-8"), content_type="text/css")

    async def home(self, request: web.Request) -> web.Response:
        """Search, and the choice of whom to be."""
        person = visitor(self.catalogue, request.cookies)
        words = request.query.get("q", "")
        box = el(
            "form",
            el(
                "label",
                "Search records",
                el("input", type="search", name="q", value=words, maxlength="200"),
            ),
            el("button", "Search", type="submit"),
            action="/",
            role="search",
        )
        try:
            found = search(
                self.catalogue, person, {"q": words, "rows": 50, "include_private": True}
            )
            records = joined(
                el("p", f"{found.count} records", class_="quiet"), self._records(found.page)
            )
        except CatalogueError:
            records = el("p", "That is not something to search for.")
        body = joined(el("h1", "BC Data Catalogue"), self._choice(person), box, records)
        return self._page(person, "Home", body)

    def _choice(self, person: Person | None) -> Html:
        options = [el("option", "Nobody (not logged in)", value="")]
        for one in self.catalogue.people.values():
            chosen = "selected" if one == person else None
            label = f"{one.fullname} ({one.name})"
            options.append(el("option", label, value=one.name, selected=chosen))
        return el(
            "form",
            el("label", "Log in as", el("select", *options, name="person")),
            el("button", "Log in", type="submit"),
            action="/login",
            method="post",
        )

    async def login(self, request: web.Request) -> web.Response:
        """Become somebody, without a password: everybody here is made up."""
        name = (await request.post()).get("person")
        response = web.Response(status=303, headers={"Location": "/account" if name else "/"})
        if name and any(person.name == name for person in self.catalogue.people.values()):
            response.set_cookie(COOKIE, str(name), httponly=True, samesite="Lax")
        else:
            response.del_cookie(COOKIE)
        return response

    async def account(self, request: web.Request) -> web.Response:
        """The profile card, with the API key at its foot as on BCDC's Account Settings."""
        person = visitor(self.catalogue, request.cookies)
        if person is None:
            raise web.HTTPSeeOther("/")
        roles = [
            el("li", link(org.title, f"/organization/{org.name}"), f": {role}")
            for org, role in self.catalogue.roles_of(person)
        ]
        card = el(
            "section",
            el("h2", person.fullname),
            el("p", f"{person.name} · {person.email}"),
            el("ul", *roles) if roles else el("p", "In no organization.", class_="quiet"),
            el("p", "Sees and changes everything (sysadmin).") if person.sysadmin else None,
            el("h3", "Api Key", id="api-key"),
            el("code", person.api_key, class_="key"),
            class_="card",
        )
        return self._page(person, "Account Settings", joined(el("h1", "Account Settings"), card))

    async def record(self, request: web.Request) -> web.Response:
        person = visitor(self.catalogue, request.cookies)
        package = self._package(person, request.match_info["id"])
        base = f"/dataset/{package['id']}"
        resources = [
            el(
                "li",
                link(res.get("name") or "Unnamed resource", f"{base}/resource/{res['id']}"),
                el("span", f" {res.get('format', '')}", class_="quiet"),
            )
            for res in package["resources"]
        ]
        owner = self.catalogue.organization(package["owner_org"])
        body = joined(
            el("h1", package["title"]),
            el(
                "p",
                el("span", package.get("publish_state", "no state"), class_="state"),
                " published by ",
                link(owner.title, f"/organization/{owner.name}"),
            ),
            paragraphs(package.get("notes", "")),
            el("h2", "Resources"),
            el("ul", *resources, class_="list") if resources else el("p", "None yet."),
            el("h2", "About this record"),
            self._fields(self.catalogue.kind.expanded["dataset_fields"], package),
            el("h2", "Contacts"),
            self._contacts(person, package),
        )
        return self._page(person, package["title"], body)

    async def resource(self, request: web.Request) -> web.Response:
        person = visitor(self.catalogue, request.cookies)
        package = self._package(person, request.match_info["id"])
        wanted = request.match_info["resource_id"]
        found = next((res for res in package["resources"] if res["id"] == wanted), None)
        if found is None:
            raise self._lost(person)
        name = found.get("name") or "Unnamed resource"
        address = str(found.get("url", ""))
        if found.get("url_type") == "upload":
            address = download_url(self.catalogue, package, found)
        body = joined(
            el("p", "Part of ", link(package["title"], f"/dataset/{package['id']}")),
            el("h1", name),
            paragraphs(str(found.get("description", ""))),
            el("p", link(address, address)) if address else None,
            self._fields(self.catalogue.kind.expanded["resource_fields"], found),
        )
        return self._page(person, name, body)

    async def organization(self, request: web.Request) -> web.Response:
        person = visitor(self.catalogue, request.cookies)
        try:
            organization = self.catalogue.organization(request.match_info["id"])
        except NotFoundError:
            raise self._lost(person) from None
        found = search(
            self.catalogue,
            person,
            {"fq": f'owner_org:"{organization.id}"', "rows": 1000, "include_private": True},
        )
        below = [
            el("li", link(org.title, f"/organization/{org.name}"))
            for org in self.catalogue.organizations.values()
            if org.parent == organization.name
        ]
        body = joined(
            self._parent(organization),
            el("h1", organization.title),
            el("p", organization.description),
            joined(el("h2", "Branches"), el("ul", *below)) if below else None,
            el("h2", f"Records ({found.count})"),
            self._records(found.page),
        )
        return self._page(person, organization.title, body)

    def _parent(self, organization: Organization) -> Html | None:
        if organization.parent is None:
            return None
        parent = self.catalogue.organization(organization.parent)
        return el("p", link(parent.title, f"/organization/{parent.name}"))

    def _package(self, person: Person | None, name_or_id: str) -> Record:
        try:
            package = self.catalogue.package(name_or_id)
        except NotFoundError:
            raise self._lost(person) from None
        stateless = not self.catalogue.kind.bcdc
        published = stateless or package.get("publish_state") in OPEN_STATES
        if may_read(self.catalogue, person, package) and (
            published or may_edit(self.catalogue, person, package)
        ):
            return package
        raise self._lost(person)

    def _records(self, packages: list[Record]) -> Html:
        rows = [
            el(
                "li",
                link(pkg["title"], f"/dataset/{pkg['name']}"),
                " ",
                el("span", pkg.get("publish_state", ""), class_="state"),
                el("br"),
                el(
                    "span",
                    self.catalogue.organization(pkg["owner_org"]).title,
                    " · for government only" if pkg["private"] else None,
                    class_="quiet",
                ),
            )
            for pkg in packages
        ]
        return el("ul", *rows, class_="list") if rows else el("p", "Nothing found.")

    def _fields(self, fields: list[Field], values: Record) -> Html:
        """Labels and values, in the words of the schema; what is empty is left out."""
        rows: list[Html] = []
        for field in fields:
            value = values.get(field["field_name"])
            if value and field["field_name"] not in SHOWN_ELSEWHERE:
                rows += [
                    el(
                        "dt", field.get("label", field["field_name"]) or _words(field["field_name"])
                    ),
                    el("dd", _said(field, value)),
                ]
        if values.get("tags"):
            rows += [el("dt", "Keywords"), el("dd", ", ".join(values["tags"]))]
        return el("dl", *rows)

    def _contacts(self, person: Person | None, package: Record) -> Html:
        everybody = may_edit(self.catalogue, person, package)
        rows = [
            el("li", f"{contact['name']}, {contact['email']}")
            for contact in package.get("contacts", [])
            if everybody or contact.get("displayed")
        ]
        return el("ul", *rows) if rows else el("p", "None shown.", class_="quiet")

    def _page(
        self, person: Person | None, title: str, body: Html, *, status: int = 200
    ) -> web.Response:
        text = self._document(person, title, body)
        return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)

    def _lost(self, person: Person | None) -> web.HTTPNotFound:
        body = joined(
            el("h1", "Not found"),
            el("p", "There is no such page, or it is only for those who may edit the record."),
        )
        text = self._document(person, "Not found", body)
        return web.HTTPNotFound(text=text, content_type="text/html", headers=HEADERS)

    def _document(self, person: Person | None, title: str, body: Html) -> str:
        who = (
            joined(el("span", person.fullname), link("Account Settings", "/account"))
            if person
            else link("Log in", "/")
        )
        head = el(
            "head",
            el("meta", charset="utf-8"),
            el("meta", name="viewport", content="width=device-width, initial-scale=1"),
            el("title", f"{title} - BC Data Catalogue (sandbox)"),
            el("link", rel="stylesheet", href="/pages.css"),
        )
        top = el("header", el("div", el("a", "BC Data Catalogue", href="/", class_="home"), who))
        foot = el("footer", "A sandbox: nobody and nothing in it is real.")
        return "<!doctype html>" + el(
            "html", head, el("body", top, el("main", body), foot), lang="en"
        )


def _said(field: Field, value: Any) -> str:
    """A value in words: labels for choices, one line for each entry of a list."""
    if field["field_name"] == "license_id":
        return str(licences().get(value, {"title": value})["title"])
    labels = {
        choice["value"]: choice.get("label", choice["value"]) for choice in field.get("choices", [])
    }
    if isinstance(value, list):
        parts = [
            ", ".join(f"{key}: {text}" for key, text in item.items() if text)
            if isinstance(item, dict)
            else str(labels.get(item, item))
            for item in value
        ]
        return joined(*(el("div", part) for part in parts))
    return str(labels.get(value, value) if isinstance(value, str) else value)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
