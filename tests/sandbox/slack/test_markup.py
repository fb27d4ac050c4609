from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.directory import Directory
from sandbox.slack.manifest import DEFAULT, App
from sandbox.slack.markup import entities, escaped
from sandbox.slack.seed import seed

DIRECTORY = Directory(App(DEFAULT, []), time.time)
seed(DIRECTORY)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("show-package bc-airports", "show-package bc-airports"),
        ("a & b <c>", "a &amp; b &lt;c&gt;"),
        ("who @robin in #cfd-data", "who <@U0ROBIN|robin> in <#C0CFD|cfd-data>"),
        ("ask @nobody in #nowhere", "ask @nobody in #nowhere"),
        ("https://example.ca/a?b=1&c=2", "<https://example.ca/a?b=1&amp;c=2>"),
        (
            "catalogue.data.gov.bc.ca/dataset/x",
            "<http://catalogue.data.gov.bc.ca/dataset/x|catalogue.data.gov.bc.ca/dataset/x>",
        ),
        (
            "see https://example.ca/a, (or example.ca/b).",
            "see <https://example.ca/a>, (or <http://example.ca/b|example.ca/b>).",
        ),
        ('url="https://example.ca/x y"', 'url="<https://example.ca/x> y"'),
        ("email=data@gov.bc.ca", "email=<mailto:data@gov.bc.ca|data@gov.bc.ca>"),
        ("“quoted” – ‘as phones do’", "“quoted” – ‘as phones do’"),
    ],
)
def test_typed_text_reaches_the_app_with_slacks_marks(typed: str, sent: str) -> None:
    assert escaped(typed, DIRECTORY) == sent


@given(st.text())
def test_text_without_names_or_links_only_gets_its_three_characters_escaped(typed: str) -> None:
    plain = typed.replace("@", "").replace("#", "").replace(".", "").replace("://", "")
    assert escaped(plain, DIRECTORY) == entities(plain)
