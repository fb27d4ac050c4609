"""Stored values as old records hold them: of every shape."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.forms.bcdc import FIELDS

_ODD = """CSV| csv |April 2018|2018-04-01T00:00:00|www.example.test|http://|12|1e5|-139.0|{}|[]|null
["biota"]|biota|geographic|document|epsg3005"""
_texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            *_ODD.replace("\n", "|").split("|"),
            "a\r\nb",
            "x" * 3001,
            "y" * 76,
            "👩\u200d👩\u200d👧" * 800,
            "\u202eabc",
            "\x00",
            " ",
        ]
    ),
)
_leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), _texts)
values = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
_names = [field.name for field in FIELDS]
_subs = [sub.name for field in FIELDS for sub in field.subfields]
_rows = st.lists(st.dictionaries(st.sampled_from(_subs), values, max_size=4), max_size=3)
_likely = st.fixed_dictionaries(
    {},
    optional={
        "bcdc_type": st.sampled_from(["document", "geographic", "webservice", "application"]),
        "url_type": st.sampled_from(["upload", None]),
        "iso_topic_category": st.lists(
            st.sampled_from(["biota", "oceans", "OCEANS", "x" * 80]), max_size=3
        ),
        "temporal_extent": _rows,
        "geographic_extent": _rows,
        "preview_info": _rows,
    },
)
objects = st.builds(
    lambda odd, likely: {**odd, **likely},
    st.dictionaries(st.sampled_from(_names), values, max_size=6),
    _likely,
)
"""Resources with any value under any key, mostly of a likely shape."""
