"""BCDC's dataset schema, read from `data/`, with the presets of its fields filled in."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

Field = dict[str, Any]

DATA = Path(__file__).parent / "data"
DATASET_TYPE = "bcdc_dataset"


def load(name: str) -> Any:
    """The content of one of the sandbox's JSON data files."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def plain_schema() -> dict[str, Any]:
    """The schema as BCDC writes it (`scheming_dataset_schema_show` with `expanded` false)."""
    schema: dict[str, Any] = load("bcdc_dataset.json")
    return schema


@cache
def expanded_schema() -> dict[str, Any]:
    """The schema with presets expanded, as `scheming_dataset_schema_show` answers it."""
    presets: dict[str, Field] = load("presets.json")

    def expand(field: Field) -> Field:
        filled = {**presets.get(field.get("preset", ""), {}), **field}
        if "repeating_subfields" in filled:
            filled["repeating_subfields"] = [expand(sub) for sub in filled["repeating_subfields"]]
        return filled

    schema = dict(plain_schema())
    for part in ("dataset_fields", "resource_fields"):
        schema[part] = [expand(field) for field in schema[part]]
    return schema


@cache
def dataset_fields() -> dict[str, Field]:
    """A record's own fields by name."""
    return {field["field_name"]: field for field in expanded_schema()["dataset_fields"]}


@cache
def licences() -> dict[str, dict[str, Any]]:
    """BCDC's licences by id, in the order `license_list` answers them."""
    return {licence["id"]: licence for licence in load("licences.json")}
