"""What records are, by their kind: BCDC's, CKAN's own, or those of another scheming schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

Field = dict[str, Any]

DATA = Path(__file__).parent / "data"
DATASET_TYPE = "bcdc_dataset"


def load(name: str) -> Any:
    """The content of one of the sandbox's JSON data files."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Kind:
    """The schema of a catalogue's records, as its keepers write it.

    With `told` ckanext-scheming is there and tells it; a CKAN without keeps its own to itself.
    """

    written: Mapping[str, Any]
    told: bool = True

    @property
    def dataset_type(self) -> str:
        return str(self.written["dataset_type"])

    @property
    def bcdc(self) -> bool:
        """Whether BCDC's own code is at work: states, their dates and mails, who sees what."""
        return self.dataset_type == DATASET_TYPE

    @cached_property
    def expanded(self) -> dict[str, Any]:
        """The schema with presets expanded, as `scheming_dataset_schema_show` answers it."""
        presets: dict[str, Field] = load("presets.json")
        schema = dict(self.written)
        for part in ("dataset_fields", "resource_fields"):
            schema[part] = [_expand(field, presets) for field in schema[part]]
        return schema

    @cached_property
    def dataset_fields(self) -> dict[str, Field]:
        """A record's own fields by name."""
        return {field["field_name"]: field for field in self.expanded["dataset_fields"]}


def _expand(field: Field, presets: Mapping[str, Field]) -> Field:
    filled = {**presets.get(field.get("preset", ""), {}), **field}
    if parts := filled.get("repeating_subfields"):
        filled["repeating_subfields"] = [_expand(sub, presets) for sub in parts]
    return filled


BCDC = Kind(load("bcdc_dataset.json"))
PLAIN = Kind(load("dataset.json"), told=False)
"""Of a CKAN 2.12 without extensions."""


@cache
def licences() -> dict[str, dict[str, Any]]:
    """BCDC's licences by id, in the order `license_list` answers them."""
    return {licence["id"]: licence for licence in load("licences.json")}
