"""The documents show every picture there is, and every picture they show is taken."""

from __future__ import annotations

import re
from pathlib import Path

from tests.browser.screenshots import IMAGES, PHONE_PICTURES, PICTURES

DOCUMENTS = [Path("README.md"), *Path("docs").glob("*.md")]
TAKEN = {f"{view}.png" for view in PICTURES} | {f"{view}-390.png" for view in PHONE_PICTURES}
LARGEST = 60_000
"""Bytes of a picture in few colours."""


def test_each_picture_is_taken_and_shown() -> None:
    there = {path.name for path in IMAGES.iterdir()}
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    shown = set(re.findall(r"!\[[^\]]+\]\((?:docs/)?images/([^)]+)\)", text))
    assert shown == there
    assert there >= TAKEN


def test_no_picture_is_large_or_there_twice() -> None:
    pictures = [path.read_bytes() for path in IMAGES.iterdir()]
    assert max(map(len, pictures)) <= LARGEST
    assert len(set(pictures)) == len(pictures)
