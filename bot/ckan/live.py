"""Which schema a catalogue's records follow: BCDC's, another of ckanext-scheming, or CKAN's own."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from bot.ckan import actions
from bot.ckan.faults import ActionFailed, NotFound
from bot.ckan.models import BCDC_TYPE
from bot.ckan.offered import OWNER
from bot.ckan.plain import PLAIN_TYPE, plain_schema, visibility
from bot.ckan.schema import PRIVATE, Schema
from bot.ckan.transport import Site

VISIBILITY = "metadata_visibility"
"""BCDC's own field for who may see a record, which `private` follows."""


async def live_schema(site: Site) -> Schema:
    """The schema of the records people make in this catalogue. Raises ckanapi's errors.

    Of several types it is BCDC's, else CKAN's own `dataset`, else the first.
    """
    try:
        schema = await actions.scheming_dataset_schema_show(site, BCDC_TYPE)
    except NotFound:
        types = await actions.scheming_dataset_schema_list(site)
        of_others = PLAIN_TYPE if PLAIN_TYPE in types else next(iter(types), "")
        if not of_others:
            return plain_schema()
        schema = await actions.scheming_dataset_schema_show(site, of_others)
    except ActionFailed as error:
        # CKAN answers so to the name of an action it does not have, but others may too.
        there = error.status != HTTPStatus.BAD_REQUEST
        if there or await actions.help_show(site, "scheming_dataset_schema_show"):
            raise
        return plain_schema()
    return _with_visibility(schema)


def _with_visibility(schema: Schema) -> Schema:
    """The schema with CKAN's `private`, which scheming's forms ask for beside the organization."""
    if schema.has(VISIBILITY) or schema.has(PRIVATE):
        return schema
    fields = list(schema.dataset_fields)
    at = next((place for place, one in enumerate(fields, 1) if one.name == OWNER), len(fields))
    fields.insert(at, visibility())
    return replace(schema, dataset_fields=tuple(fields))
