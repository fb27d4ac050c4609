"""BCDC's schema and valid objects of it, for the tests of forms."""

from __future__ import annotations

from typing import Any

from bot.ckan.schema import Field, parse_schema
from sandbox.catalogue.schema import BCDC

SCHEMA = parse_schema(BCDC.expanded)
FIELDS = SCHEMA.resource_fields


def field(path: str) -> Field:
    """A resource's field, or a subfield as `temporal_extent.end_date`."""
    name, _dot, sub = path.partition(".")
    found = next(one for one in FIELDS if one.name == name)
    return next(one for one in found.subfields if one.name == sub) if sub else found


def document(**changes: Any) -> dict[str, Any]:
    """A tabular resource as `package_show` gives it."""
    return {
        "id": "e0f8f1c9-48ec-5f18-b36a-3af41472b05e",
        "package_id": "980c468d-aa3d-5de9-9e6f-10633cfae18f",
        "name": "Children in care (CSV)",
        "url": "https://data.example.test/children.csv",
        "url_type": None,
        "bcdc_type": "document",
        "description": "All years in one table.",
        "format": "csv",
        "iso_topic_category": [],
        "projection_name": "",
        "resource_access_method": "direct access",
        "resource_storage_location": "external",
        "resource_type": "data",
        "resource_update_cycle": "annually",
        "size": None,
        "spatial_datatype": "",
        "temporal_extent": [{"beginning_date": "2018-04-01", "end_date": "2025-03-31"}],
        **changes,
    }


def geographic(**changes: Any) -> dict[str, Any]:
    """A layer of the BC Geographic Warehouse."""
    return document(
        bcdc_type="geographic",
        format="oracle_sde",
        iso_topic_category=["transportation", "boundaries"],
        projection_name="epsg3005",
        spatial_datatype="SDO_GEOMETRY",
        resource_storage_location="bc geographic warehouse",
        object_name="WHSE_TEST.AREAS",
        object_short_name="TST005",
        details=[{"column_name": "OBJECTID", "data_type": "NUMBER"}],
        geographic_extent=[
            {
                "north_bound_latitude": "60.0",
                "south_bound_latitude": "48.0",
                "east_bound_longitude": "-114.0",
                "west_bound_longitude": "-139.0",
            }
        ],
        preview_info=[{"layer_name": "pub:AREAS", "link_to_imap": "", "preview_zoom_level": "5"}],
        **changes,
    )


def record(*resources: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A published record that holds these resources."""
    return {
        "id": "980c468d-aa3d-5de9-9e6f-10633cfae18f",
        "name": "children-in-care",
        "title": "Children in Care",
        "owner_org": "71f384b9-7400-527f-9e21-18f85038d7d2",
        "publish_state": "PUBLISHED",
        "notes": "Counts of children in care.",
        "license_id": "2",
        "security_class": "PUBLIC",
        "view_audience": "Public",
        "download_audience": "Public",
        "metadata_visibility": "Public",
        "resource_status": "onGoing",
        "replacement_record": "",
        "contacts": [
            {
                "name": "Open Data",
                "email": "open-data@example.test",
                "org": "71f384b9-7400-527f-9e21-18f85038d7d2",
                "role": "pointOfContact",
                "displayed": ["displayed"],
            }
        ],
        "dates": [{"type": "Created", "date": "2012-04-01"}],
        "resources": list(resources),
        **changes,
    }
