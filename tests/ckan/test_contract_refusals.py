"""Everything a catalogue refuses in a record or a resource, on the input it belongs to, in words.

The bot's own checks keep most of it from being sent, so it is sent here without them.
"""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from bot.change import Json
from bot.ckan import actions
from bot.ckan.explain import explain
from bot.ckan.faults import ActionFailed, NotFound, Refused, SearchIndexError
from bot.ckan.models import Package
from bot.errors import FieldErrors
from tests.ckan.places import Visit, contact

NEEDED: Final = "The catalogue needs a value here."
LISTED: Final = "Choose one of the listed values."
DAY: Final = "Write the date as year-month-day."
KEYWORD: Final = "A keyword has 2 to 100 letters"
JARGON: Final = re.compile(r"\w_\w|[<\[]|[Ee]xpect|Invalid|Unsupported|Missing")

Row = tuple[dict[str, Any], dict[str, str]]
"""What is sent, and the beginnings of what is then told, by block."""

OF_RECORDS: Final[tuple[Row, ...]] = (
    ({"title": ""}, {"title": "Too short: at least 2 characters."}),
    ({"title": "x" * 101}, {"title": "Too long: at most 100 characters."}),
    ({"name": "Bad Name"}, {"name": "Use lower-case letters, digits"}),
    ({"name": "x"}, {"name": "Too short: at least 2 characters."}),
    ({"name": "y" * 101}, {"name": "Too long: at most 100 characters."}),
    ({"name": "new"}, {"name": "This name is taken"}),
    ({"owner_org": "nowhere"}, {"owner_org": "The catalogue does not have that organization"}),
    ({"owner_org": ""}, {"owner_org": "Choose the organization"}),
    ({"notes": ""}, {"notes": NEEDED}),
    ({"license_id": ""}, {"license_id": NEEDED}),
    ({"security_class": "LOW-PUBLIC"}, {"security_class": LISTED}),
    ({"view_audience": ""}, {"view_audience": NEEDED}),
    ({"download_audience": "odd"}, {"download_audience": LISTED}),
    ({"metadata_visibility": "odd"}, {"metadata_visibility": LISTED}),
    ({"publish_state": "odd"}, {"publish_state": LISTED}),
    ({"publish_state": "PUBLISHED"}, {"publish_state": "From here it can only become"}),
    ({"resource_status": "odd"}, {"resource_status": LISTED}),
    ({"resource_status": "obsolete"}, {"replacement_record": "Needed when Resource Status is"}),
    (
        {"resource_status": "historicalArchive"},
        {"retention_expiry_date": "Needed when", "source_data_path": "Needed when"},
    ),
    ({"dates": [{"type": "odd", "date": "2020-01-01"}]}, {"dates.0.type": LISTED}),
    ({"dates": [{"type": "Created", "date": "soon"}]}, {"dates.0.date": DAY}),
    ({"dates": [{"type": "", "date": ""}]}, {"dates.0.type": NEEDED, "dates.0.date": NEEDED}),
    (
        {"contacts": [{"email": "a"}]},
        {"contacts.0.name": NEEDED, "contacts.0.org": NEEDED, "contacts.0.role": NEEDED},
    ),
    ({"tags": [{"name": "x"}]}, {"tag_string": KEYWORD}),
    ({"tags": [{"name": "good"}, {"name": "bad!"}]}, {"tag_string": KEYWORD}),
    ({"tag_string": "x" * 101}, {"tag_string": KEYWORD}),
)
OF_RESOURCES: Final[tuple[Row, ...]] = (
    ({"bcdc_type": "dataset"}, {"bcdc_type": LISTED}),
    ({"bcdc_type": ""}, {"bcdc_type": NEEDED}),
    ({"resource_update_cycle": "odd"}, {"resource_update_cycle": LISTED}),
    ({"format": "CSV"}, {"format": LISTED}),
    ({"format": ""}, {"format": NEEDED}),
    ({"resource_storage_location": "odd"}, {"resource_storage_location": LISTED}),
    ({"resource_type": "odd"}, {"resource_type": LISTED}),
    ({"resource_access_method": ""}, {"resource_access_method": NEEDED}),
    ({"iso_topic_category": ["odd"]}, {"iso_topic_category": "“odd” is not one of the choices."}),
    ({"temporal_extent": [{"beginning_date": "soon"}]}, {"temporal_extent.0.beginning_date": DAY}),
    ({"json_table_schema": [1]}, {"json_table_schema": "Write"}),
    ({"json_table_schema": "text"}, {"json_table_schema": "Write"}),
)


async def told(
    visit: Visit, made: Package, wanted: dict[str, Any], resource_id: str | None
) -> dict[str, str]:
    """What a form that sent these values is told, by block; nothing besides."""
    at = f"resources__{resource_id}__" if resource_id else ""
    body: dict[str, Any] = {"match": {"id": made.id}}
    body |= {f"update__{at}{name}": value for name, value in wanted.items()}
    body["filter"] = [f"-{at}{name}" for name, value in wanted.items() if isinstance(value, list)]
    try:
        await visit.as_user("cfd-editor").write("package_revise", body)
    except Refused as error:
        schema = await actions.scheming_dataset_schema_show(visit.as_user())
        sent = made if resource_id else Package({**made.raw, **wanted})
        errors = explain(error, schema=schema, package=sent, resource_id=resource_id)
    else:
        return {}
    assert isinstance(errors, FieldErrors)
    assert errors.general == ()
    return dict(errors.by_field)


async def _is_told(visit: Visit, resource: int | None, rows: tuple[Row, ...]) -> None:
    made = await visit.make()
    resource_id = None if resource is None else made.resources[resource].id
    for wanted, expected in rows:
        found = await told(visit, made, wanted, resource_id)
        assert found.keys() == expected.keys(), wanted
        for block_id, sentence in expected.items():
            assert found[block_id].startswith(sentence), wanted
            assert not JARGON.search(found[block_id])
    assert (await actions.package_show(visit.as_user("cfd-editor"), made.id)).raw == made.raw


async def test_what_is_refused_in_a_record_is_told_on_its_input(visit: Visit) -> None:
    await _is_told(visit, None, OF_RECORDS)


async def test_what_is_refused_in_a_resource_is_told_on_its_input(visit: Visit) -> None:
    await _is_told(visit, 1, OF_RESOURCES)


async def test_what_is_taken_by_another_record_is_told_on_its_input(visit: Visit) -> None:
    other = await visit.make()
    taken: tuple[Row, ...] = (
        ({"title": other.title}, {"title": "Another record has this title."}),
        ({"name": other.name}, {"name": "This name is taken"}),
    )
    await _is_told(visit, None, taken)


async def test_contacts_that_are_refused_are_told_on_their_rows(visit: Visit) -> None:
    own = await visit.organization_id()
    foreign = await visit.organization_id("forest-analysis-and-inventory")
    good = contact(own)
    rows: tuple[Row, ...] = (
        ({"contacts": [good, good | {"role": "odd"}]}, {"contacts.1.role": LISTED}),
        ({"contacts": [good, good | {"displayed": ["odd"]}]}, {"contacts.1.displayed": "“odd” is"}),
        ({"contacts": [good | {"displayed": True}]}, {"contacts.0.displayed": "Choose"}),
        ({"contacts": [good, good | {"org": foreign}]}, {"contacts.1.org": "“Data desk” is a con"}),
        ({"contacts": [good | {"org": "nowhere"}]}, {"contacts.0.org": "“Data desk” is a con"}),
    )
    await _is_told(visit, None, rows)


async def test_an_organization_where_one_may_not_create_is_told_on_its_input(visit: Visit) -> None:
    foreign = await visit.organization_id("forest-analysis-and-inventory")
    wanted = {"owner_org": foreign}
    row: Row = (wanted, {"owner_org": "You may not create records in this organization."})
    await _is_told(visit, None, (row,))


async def test_what_is_ckans_own_is_held_to_its_rules_whatever_the_schema_says(
    visit: Visit,
) -> None:
    made, site = await visit.make(), visit.as_user("cfd-editor")
    for ckan_action, one, wanted in (
        ("package_patch", made.id, {"version": "x" * 101}),
        ("package_patch", made.id, {"author_email": "nobody"}),
        ("resource_patch", made.resources[0].id, {"size": "much"}),
        ("resource_patch", made.resources[0].id, {"created": "soon"}),
        ("package_search", "", {"rows": 1.5}),
        ("package_search", "", {"facet.limit": "x"}),
    ):
        with pytest.raises(Refused) as told:
            await site.write(ckan_action, wanted | ({"id": one} if one else {}))
        assert told.value.fields.keys() == wanted.keys()
    for ckan_action, none in (
        ("package_patch", {"id": made.id, "groups": [{"name": "nowhere"}]}),
        ("organization_show", {"id": None}),
        ("scheming_dataset_schema_show", {"type": None}),
        ("help_show", {"name": None}),
    ):
        with pytest.raises(NotFound):
            await site.write(ckan_action, none)
    assert (await actions.package_show(site, made.id)).raw == made.raw


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("purpose", "x" * 32_767, SearchIndexError),
        ("purpose", "é" * 16_384, SearchIndexError),
        ("more_info", [{"url": "", "description": "x" * 32_767}], SearchIndexError),
        ("resources__0__url", "https://data.example.test/" + "x" * 32_767, SearchIndexError),
        ("notes", "NUL \0.", ActionFailed),
        ("resources__0__description", "NUL \0.", ActionFailed),
    ],
    ids=["text", "accents", "rows", "link", "NUL", "NUL in a resource"],
)
async def test_what_the_search_or_the_database_cannot_take_is_not_saved(
    visit: Visit, path: str, value: Json, fault: type[Exception]
) -> None:
    made, site = await visit.make(), visit.as_user("cfd-editor")
    body: dict[str, Json] = {"match": {"id": made.id}, f"update__{path}": value}
    with pytest.raises(fault):
        await site.write("package_revise", body)
    assert (await actions.package_show(site, made.id)).raw == made.raw


async def test_the_search_takes_a_text_that_is_one_letter_shorter(visit: Visit) -> None:
    made, site = await visit.make(), visit.as_user("cfd-editor")
    values: dict[str, Json] = {"purpose": "x" * 32_766, "notes": "x" * 32_767}
    await site.write("package_revise", {"match": {"id": made.id}, "update": values})
    now = await actions.package_show(site, made.id)
    assert {name: now.raw[name] for name in values} == values
