"""About the catalogue itself: status, help, schema, licences."""

from __future__ import annotations

from sandbox.catalogue.errors import NotFoundError, Record, missing
from sandbox.catalogue.saving import Call
from sandbox.catalogue.schema import licences

VERSIONS = {"2.9": "2.9.11", "2.12": "2.12.0"}
EXTENSIONS = ["bcdc", "scheming_datasets", "scheming_organizations", "scheming_groups"]


def status_show(call: Call) -> Record:
    return {
        "site_title": "BC Data Catalogue (sandbox)",
        "site_description": "",
        "site_url": call.catalogue.site_url,
        "ckan_version": VERSIONS[call.catalogue.generation],
        "error_emails_to": None,
        "locale_default": "en",
        "extensions": [
            *([] if call.catalogue.older else ["activity"]),
            *(EXTENSIONS if call.catalogue.kind.bcdc else EXTENSIONS[1:]),
        ]
        if call.catalogue.kind.told
        else ["activity"],
    }


def license_list(call: Call) -> list[Record]:
    conformance = "" if call.catalogue.older else False
    return [
        {**licence, "od_conformance": conformance, "osd_conformance": conformance}
        for licence in licences().values()
    ]


def scheming_dataset_schema_list(call: Call) -> list[str]:
    return [call.catalogue.kind.dataset_type]


def scheming_dataset_schema_show(call: Call) -> Record:
    if "type" not in call.args:
        raise missing("type")
    kind = call.catalogue.kind
    if call.args["type"] != kind.dataset_type:
        raise NotFoundError
    expanded = str(call.args.get("expanded", True)).lower() == "true"
    return kind.expanded if expanded else dict(kind.written)


READS = {
    "status_show": status_show,
    "license_list": license_list,
    "scheming_dataset_schema_list": scheming_dataset_schema_list,
    "scheming_dataset_schema_show": scheming_dataset_schema_show,
}
