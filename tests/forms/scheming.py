"""Random schemas as `scheming_dataset_schema_show` tells them, and values for their fields.

Presets are spelled out as scheming spells them out. A value is drawn without a look at whether it
is allowed: that is for the oracle to say.
"""

from __future__ import annotations

import string
from typing import Any, Final

from hypothesis import strategies as st

Raw = dict[str, Any]
"""A field of a schema, or an object over its fields."""

PRESETS: Final[dict[str, Raw]] = {
    "": {},
    "title": {"validators": "title_validator", "form_snippet": "large_text.html"},
    "dataset_slug": {
        "validators": "not_empty unicode_safe name_validator package_name_validator",
        "form_snippet": "slug.html",
    },
    "markdown": {"form_snippet": "markdown.html"},
    "select": {"form_snippet": "select.html", "validators": "scheming_required scheming_choices"},
    "radio": {"form_snippet": "radio.html", "validators": "scheming_required scheming_choices"},
    "multiple_checkbox": {
        "form_snippet": "multiple_checkbox.html",
        "validators": "scheming_multiple_choice",
    },
    "multiple_select": {
        "form_snippet": "multiple_select.html",
        "validators": "scheming_multiple_choice",
    },
    "date": {
        "form_snippet": "date.html",
        "validators": "scheming_required isodate convert_to_json_if_date",
    },
    "json_object": {
        "form_snippet": "json.html",
        "validators": "scheming_required scheming_valid_json_object",
    },
}
CHOOSING: Final = ("select", "radio", "multiple_checkbox", "multiple_select")
PARTS: Final = ("", "markdown", "select", "multiple_checkbox", "date")
"""What the parts of a composite are made of."""
NAMED: Final = ("home_url", "link_to_map", "north_latitude", "zoom_level", "email")
"""Names that say what the schema has no word for."""
LONG: Final = "x" * 3001
"""More than Slack takes in one input."""
UNLISTED: Final = "v" * 76
"""A choice that Slack's lists cannot hold."""

_letters = st.text(string.ascii_letters + string.digits + " éß湖'\"<&>*_~|", max_size=12)
texts = st.one_of(
    _letters.map(str.strip),
    st.sampled_from(["", " ", LONG, "👩\u200d👧" * 700, "null", "[1]", "two\n\nparagraphs"]),
)
_single_line = texts.filter(lambda text: "\n" not in text)
names = st.one_of(
    st.text("abz09_-", max_size=8), st.sampled_from(["Bad", "a b", "x" * 100, "x" * 101])
)
dates = st.one_of(
    st.dates().map(str), st.sampled_from(["", "2020-02-30", "20200131", "soon", "2020-1-1"])
)
addresses = st.sampled_from(
    [
        "",
        "https://gov.bc.ca/a?b=c&d",
        "http://x.test",
        "gov.bc.ca",
        "ftp://x.test",
        "https://",
        "a b",
    ]
)
emails = st.sampled_from(["", "data@gov.bc.ca", "nobody", "a b@c.d", "o'hara@gov.bc.ca"])
numbers = st.sampled_from(["", "0", "-123.5", "60", "90.5", "181", "north", "1e3", "5"])
json_texts = st.one_of(
    st.dictionaries(_letters, st.integers() | _letters, max_size=2),
    st.sampled_from(["", "{", "[1]", "null", '{"a": NaN}', "7"]),
)


@st.composite
def choices(draw: st.DrawFn) -> list[Raw]:
    """A few choices; seldom more than Slack lists, or one that it cannot."""
    if draw(st.integers(0, 15)) == 0:
        return [{"value": f"c{number}", "label": f"Choice {number}"} for number in range(101)]
    values = draw(
        st.lists(
            st.sampled_from(["B", "two words", "2", "é", "v" * 75, UNLISTED, "c,d"]),
            max_size=5,
            unique=True,
        )
    )
    return [{"value": value, "label": f"Label of {value}"} for value in ["a", *values]]


@st.composite
def one_field(draw: st.DrawFn, name: str, presets: tuple[str, ...]) -> Raw:
    """A field of one of the presets, spelled out."""
    preset = draw(st.sampled_from(presets))
    field: Raw = {**PRESETS[preset], "field_name": name, "label": draw(st.sampled_from(LABELS))}
    if preset:
        field["preset"] = preset
    if preset in CHOOSING:
        field["choices"] = draw(choices())
    if draw(st.integers(0, 3)) == 0:
        field["required"] = True
    return field


LABELS: Final[tuple[object, ...]] = ("A label", {"en": "Said", "fr": "Dit"}, "L" * 250, "*_<&>")


@st.composite
def composite(draw: st.DrawFn, name: str) -> Raw:
    """A field with parts, in one row or in several."""
    parts = draw(st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True))
    field: Raw = {
        "field_name": name,
        "label": "Rows",
        "repeating_subfields": [draw(one_field(f"part{part}", PARTS)) for part in parts],
    }
    if draw(st.booleans()):
        field["validators"] = "single_value_subfield"
    return field


@st.composite
def fields(draw: st.DrawFn) -> list[Raw]:
    """One to six fields; some are asked for only when an earlier one holds certain values."""
    drawn: list[Raw] = []
    for number in range(draw(st.integers(1, 6))):
        name = draw(st.sampled_from([f"field{number}", *NAMED]))
        name = f"field{number}" if name in {field["field_name"] for field in drawn} else name
        if name in NAMED:
            drawn.append({"field_name": name, "label": "Named", "required": draw(st.booleans())})
            continue
        if draw(st.integers(0, 4)) == 0:
            field = draw(composite(name))
        else:
            field = draw(one_field(name, tuple(PRESETS)))
        if draw(st.integers(0, 9)) == 0:
            drawn.append({**field, "required": False} | draw(st.sampled_from(HIDDEN)))
        else:
            drawn.append(_under_condition(draw, field, drawn))
    return drawn


HIDDEN: Final[tuple[Raw, ...]] = ({"form_snippet": None}, {"label": ""})
"""How a schema says that the catalogue fills in a field itself."""


def is_hidden(field: Raw) -> bool:
    """Whether nobody is asked for the field."""
    return field.get("form_snippet", "") is None or field["label"] == ""


def _under_condition(draw: st.DrawFn, field: Raw, before: list[Raw]) -> Raw:
    single = [one for one in before if one.get("preset") in {"select", "radio"}]
    sources = [one for one in single if not is_hidden(one)]
    if not sources or draw(st.booleans()):
        return field
    source = draw(st.sampled_from(sources))
    values = [choice["value"] for choice in source["choices"]]
    # So is every condition of BCDC's: mandatory by it, or asked for and never mandatory.
    plain = {key: value for key, value in field.items() if key != "required"}
    mandatory = "repeating_subfields" not in field and field.get("required")
    return {
        **plain,
        "conditional_field": source["field_name"],
        "conditional_values": draw(st.lists(st.sampled_from(values), min_size=1, unique=True)),
    } | ({"validators": "conditional_required"} if mandatory else {})


@st.composite
def value(draw: st.DrawFn, field: Raw) -> Any:
    """What somebody may want in a field."""
    if "repeating_subfields" in field:
        rows = st.fixed_dictionaries(
            {part["field_name"]: value(part) for part in field["repeating_subfields"]}
        )
        single = "single_value_subfield" in field.get("validators", "")
        return draw(st.lists(rows, max_size=1 if single else 3))
    return draw(_of_preset(field))


def _of_preset(field: Raw) -> st.SearchStrategy[Any]:
    name, preset = field["field_name"], field.get("preset", "")
    known = st.sampled_from([choice["value"] for choice in field.get("choices", ())] or [""])
    match preset:
        case "select" | "radio":
            return st.one_of(known, st.sampled_from(["", "none of them"]))
        case "multiple_checkbox" | "multiple_select":
            strange = st.sampled_from(["none of them"])
            return st.lists(st.one_of(known, known, strange), max_size=3, unique=True)
        case "date":
            return dates
        case "json_object":
            return json_texts
        case "dataset_slug":
            return names
        case "markdown":
            return texts
    if name.endswith("url") or name.startswith("link_to"):
        return addresses
    if name.endswith(("latitude", "level")):
        return numbers
    return emails if name == "email" else _single_line


@st.composite
def objects(draw: st.DrawFn, drawn: list[Raw]) -> Raw:
    """An object over some of the fields."""
    some = draw(st.lists(st.sampled_from(drawn), unique_by=lambda field: str(field["field_name"])))
    return {field["field_name"]: draw(value(field)) for field in some}
