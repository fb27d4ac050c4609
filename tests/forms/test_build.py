from __future__ import annotations

import json

import pytest

from bot.ckan.schema import Choice, Condition, Field, with_choices
from bot.command import UPLOAD
from bot.forms.build import build
from bot.forms.look import KEPT_SHOWN
from bot.forms.model import Acts, Form, FormValue, Heading, InputKind, Note
from bot.slack.form_view import form_blocks
from tests.forms.bcdc import FIELDS, SCHEMA, document, geographic, record


def notes(form: Form) -> str:
    return "\n".join(f"{one.text} {one.detail}" for one in form.items if isinstance(one, Note))


def test_a_form_is_prefilled_with_what_is_stored() -> None:
    inputs = build(FIELDS, geographic()).inputs
    assert inputs["name"].value == "Children in care (CSV)"
    assert inputs["format"].value == "oracle_sde"
    assert inputs["iso_topic_category"].value == ("transportation", "boundaries")
    assert inputs["geographic_extent.0.east_bound_longitude"].value == "-114.0"
    assert inputs["name"].label == "Name"
    assert inputs["name"].placeholder.startswith("Brief title")


@pytest.mark.parametrize(
    ("block_id", "kind"),
    [
        ("name", InputKind.TEXT),
        ("url", InputKind.URL),
        ("bcdc_type", InputKind.SELECT),
        ("description", InputKind.LONG_TEXT),
        ("iso_topic_category", InputKind.MULTI_SELECT),
        ("json_table_schema", InputKind.LONG_TEXT),
        ("temporal_extent.0.end_date", InputKind.DATE),
        ("geographic_extent.0.north_bound_latitude", InputKind.NUMBER),
        ("preview_info.0.preview_map_service_url", InputKind.URL),
    ],
)
def test_each_field_is_asked_for_in_its_way(block_id: str, kind: InputKind) -> None:
    assert build(FIELDS, geographic()).inputs[block_id].kind is kind


def test_contacts_are_asked_for_in_their_ways() -> None:
    choices = {"contacts.org": (Choice("71f384b9-7400-527f-9e21-18f85038d7d2", "CFD"),)}
    inputs = build(with_choices(SCHEMA.dataset_fields, choices), record()).inputs
    assert inputs["contacts.0.email"].kind is InputKind.EMAIL
    assert inputs["contacts.0.displayed"].kind is InputKind.CHECKBOXES
    assert inputs["contacts.0.org"].kind is InputKind.SELECT
    assert inputs["contacts.0.org"].choices[0].label == "CFD"
    assert inputs["title"].max_length == 100


def test_only_what_the_type_asks_for_is_shown_and_it_is_mandatory() -> None:
    conditional = {"spatial_datatype", "projection_name", "iso_topic_category"}
    assert not conditional & set(build(FIELDS, document()).inputs)
    inputs = build(FIELDS, geographic()).inputs
    assert all(inputs[name].required for name in conditional)
    webservice = build(FIELDS, document(bcdc_type="webservice")).inputs
    assert conditional & set(webservice) == {"projection_name"}


def test_the_type_that_is_typed_decides_over_the_stored_one() -> None:
    typed: dict[str, FormValue] = {"bcdc_type": "geographic", "description": "typed"}
    inputs = build(FIELDS, document(), typed).inputs
    assert "spatial_datatype" in inputs
    assert inputs["description"].value == "typed"
    assert inputs["name"].value == "Children in care (CSV)"
    assert "spatial_datatype" not in build(FIELDS, geographic(), {"bcdc_type": None}).inputs


def test_only_the_field_others_hang_on_redraws() -> None:
    inputs = build(FIELDS, geographic()).inputs
    assert [one.block_id for one in inputs.values() if one.redraws] == ["bcdc_type"]
    elements = {block.get("block_id"): block for block in form_blocks(build(FIELDS, document()))}
    assert elements["bcdc_type"]["dispatch_action"] is True
    assert "dispatch_action" not in elements["format"]


def test_what_the_catalogue_fills_in_is_no_part_of_a_form() -> None:
    form = build(FIELDS, geographic(last_modified="2025-02-03"))
    assert not {"last_modified", "object_short_name", "details"} & set(form.inputs)
    assert "TST005" not in notes(form)
    assert "2025-02-03" not in notes(form)


def test_the_link_of_an_uploaded_file_is_told_and_not_asked() -> None:
    form = build(FIELDS, document(url_type="upload", url="https://c.test/children.csv"))
    assert "url" not in form.inputs
    assert "https://c.test/children.csv" in notes(form)


def test_what_is_wrong_with_a_given_file_is_told_once() -> None:
    given = {UPLOAD.name: ("F1", "all.csv")}
    form = build((UPLOAD, *FIELDS), {}, given, errors={UPLOAD.name: "Too large."})
    assert [one.text for one in form.items if isinstance(one, Note)][:2] == [
        "Too large.",
        "File: all.csv",
    ]


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("x" * 30_001, "too long to edit here; it stays as it is"),
        ("👩" * 15_001, "too long to edit here; it stays as it is"),
        ({"a": 1}, "a shape that this form cannot edit"),
        (["a"], "a shape that this form cannot edit"),
        (True, "a shape that this form cannot edit"),
    ],
)
def test_what_no_input_can_hold_is_told_and_stays(stored: object, said: str) -> None:
    form = build(FIELDS, document(description=stored))
    assert "description" not in form.inputs
    assert said in notes(form)


def test_a_composite_of_another_shape_is_told_and_stays() -> None:
    form = build(FIELDS, document(temporal_extent="2018 to 2025"))
    assert "2018 to 2025" in notes(form)
    assert not [one for one in form.inputs if one.startswith("temporal_extent")]


def test_a_choice_that_is_none_any_more_stays_selectable_and_is_marked() -> None:
    asked = build(FIELDS, document(format="CSV")).inputs["format"]
    assert asked.value == "CSV"
    assert asked.choices[-1] == Choice("CSV", "CSV (not a choice any more)", closed=True)
    topics = build(FIELDS, geographic() | {"iso_topic_category": ["biota", "OCEANS"]}).inputs
    assert topics["iso_topic_category"].value == ("biota", "OCEANS")
    assert topics["iso_topic_category"].choices[-1].value == "OCEANS"


@pytest.mark.parametrize(
    ("stored", "taken"),
    [
        ("biota", ("biota",)),
        ('["biota", "oceans"]', ("biota", "oceans")),
        ("[", ("[",)),
        (None, ()),
    ],
)
def test_choices_kept_as_text_are_read_as_a_list(stored: object, taken: tuple[str, ...]) -> None:
    asked = build(FIELDS, geographic() | {"iso_topic_category": stored}).inputs
    assert asked["iso_topic_category"].value == taken


@pytest.mark.parametrize("stored", ["x" * 76, 7, ["csv"], "\u202ecsv"])
def test_a_choice_slack_cannot_hold_is_told_beside_an_empty_input(stored: object) -> None:
    form = build(FIELDS, document(format=stored))
    assert form.inputs["format"].value is None
    assert "holds something that is not one of its choices" in notes(form)


@pytest.mark.parametrize(
    ("block_id", "changes"),
    [
        ("url", {"url": "www.example.test"}),
        ("temporal_extent.0.end_date", {"temporal_extent": [{"end_date": "April 2018"}]}),
    ],
)
def test_an_odd_value_is_asked_for_as_text(block_id: str, changes: dict[str, object]) -> None:
    assert build(FIELDS, document(**changes)).inputs[block_id].kind is InputKind.TEXT


def test_a_single_row_is_offered_where_there_is_none_and_all_rows_where_there_are() -> None:
    empty = build(FIELDS, document(temporal_extent=[]))
    assert empty.inputs["temporal_extent.0.end_date"].value is None
    two = build(SCHEMA.dataset_fields, record(dates=[{"type": "Created"}, {"type": "Modified"}]))
    assert [one.text for one in two.items if isinstance(one, Heading)][-2:] == [
        "Lifecycle Event 1",
        "Lifecycle Event 2",
    ]
    none = build(SCHEMA.dataset_fields, record(dates=[]))
    assert not [one for one in none.inputs if one.startswith("dates")]


def test_rows_keep_their_ids_in_any_order() -> None:
    stored = record(dates=[{"type": "Created"}, {"type": "Modified"}])
    form = build(SCHEMA.dataset_fields, stored, rows={"dates": (1, 5)})
    ids = [one for one in form.inputs if one.startswith("dates") and one.endswith("type")]
    assert ids == ["dates.1.type", "dates.5.type"]
    assert form.inputs["dates.1.type"].value == "Modified"
    assert form.inputs["dates.5.type"].value is None


def test_errors_stand_right_above_their_inputs_and_general_ones_first() -> None:
    form = build(
        FIELDS,
        document(),
        errors={"format": "That is no format.", "spatial_datatype": "That is mandatory."},
        general=("The record itself is not in order.",),
    )
    assert form.items[:2] == (
        Note("The record itself is not in order.", warning=True),
        Note("That is mandatory.", warning=True),
    )
    places = {getattr(one, "block_id", ""): place for place, one in enumerate(form.items)}
    assert form.items[places["format"] - 1] == Note("That is no format.", warning=True)
    texts = json.dumps(form_blocks(form), ensure_ascii=False)
    assert "⚠️ That is no format." in texts


def test_a_value_typed_before_that_no_narrow_input_takes_is_given_back_as_text() -> None:
    inputs = build(FIELDS, document(), {"url": "nowhere"}).inputs
    assert (inputs["url"].kind, inputs["url"].value) == (InputKind.TEXT, "nowhere")


def test_more_choices_than_a_list_takes_go_into_groups() -> None:
    choices = tuple(Choice(f"v{n}", f"Label {n:03}") for n in range(250))
    fields = (
        Field("many", "Many", choices=choices, validators=("scheming_multiple_choice",)),
        Field("more", "More", condition=Condition("many", frozenset({"v1"}))),
    )
    block = form_blocks(build(fields, {"many": ["v249"]}))[0]
    groups = block["element"]["option_groups"]
    assert [len(group["options"]) for group in groups] == [100, 100, 50]
    assert groups[2]["label"]["text"] == "Label 200 – Label 249"
    assert [one["value"] for one in block["element"]["initial_options"]] == ["v249"]


def test_what_a_view_has_no_room_for_is_counted() -> None:
    dates = [{"type": "Created", "date": "2012-04-01"} for _ in range(60)]
    blocks = form_blocks(build(SCHEMA.dataset_fields, record(dates=dates)))
    assert len(blocks) == 100
    assert "more are not shown here" in blocks[-1]["elements"][0]["text"]


def test_what_is_wrong_with_all_rows_stands_above_them_once() -> None:
    errors = {"contacts": "Nobody can be seen.", "temporal_extent": "Once is enough."}
    form = build(SCHEMA.dataset_fields, record(), errors=errors)
    assert notes(form).count("Nobody can be seen.") == 1
    form = build(FIELDS, document(), errors=errors)
    assert notes(form).count("Once is enough.") == 1


def test_what_to_know_of_a_choice_is_told_while_it_stands() -> None:
    choices = {"contacts.org": (Choice("theirs", "GeoBC", closed=True), Choice("ours", "CFD"))}
    desk = record()["contacts"][0]
    stored = record(contacts=[{**desk, "org": "theirs"}, {**desk, "org": "ours"}])
    heed = {"contacts.0.org": "Not one of yours."}
    fields = with_choices(SCHEMA.dataset_fields, choices)
    assert "Not one of yours." in notes(build(fields, stored, heed=heed))
    typed = {"contacts.0.org": "ours"}
    assert "Not one" not in notes(build(fields, stored, typed, heed=heed))
    # Nor is it offered where it does not stand.
    inputs = build(fields, stored).inputs
    assert [one.value for one in inputs["contacts.1.org"].choices] == ["ours"]


@pytest.mark.parametrize(("length", "sends"), [(KEPT_SHOWN, False), (KEPT_SHOWN + 1, True)])
def test_what_is_kept_is_sent_whole_where_the_form_does_not_show_all(
    length: int, sends: bool
) -> None:
    form = build(FIELDS, document(name=["x" * (length - len('[""]'))]))
    acts = [act.name for one in form.items if isinstance(one, Acts) for act in one.acts]
    assert ("whole" in acts) == sends
