"""What some tests need from outside Python: each part declared once.

A test needs a part when it asks for the part's fixture (`tests/provide.py`), and carries the
part's marker from then on. `tests/left_out.py` skips what is not there and names it at the end.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Part:
    """Something outside Python that some tests need.

    `marker` selects the tests (`pytest -m "not browser"`), `fixture` is how a test asks for it,
    `find` answers where it is (an address or a path) or None, and `bring` tells a person how to
    bring it in. What is `shared` holds what all tests put there, those of other processes too.
    """

    name: str
    marker: str
    fixture: str
    find: Callable[[], str | None]
    bring: str
    shared: bool = False


def find_postgres() -> str | None:
    """Answer a PostgreSQL to use: TEST_POSTGRES_URL, or the folder of `initdb` to start one."""
    if url := os.environ.get("TEST_POSTGRES_URL"):
        return url
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    found = shutil.which("initdb", path=os.pathsep.join([*map(str, debian), os.environ["PATH"]]))
    # The servers beside a link are found at its target only.
    return str(Path(found).resolve().parent) if found else None


def find_chromium() -> str | None:
    """Answer the path of a Chromium: CHROMIUM, or one of its usual names."""
    named = os.environ.get("CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome", "chrome"]
    return next(filter(None, map(shutil.which, names)), None)


def find_catalogue() -> str | None:
    """Answer the env file of a running CKAN 2.12."""
    return _existing_file("CATALOGUE_ENV")


def find_catalogue_29() -> str | None:
    """Answer the env file of a running CKAN 2.9."""
    return _existing_file("CATALOGUE_29_ENV")


PARTS = (
    Part(
        name="PostgreSQL",
        marker="postgres",
        fixture="postgres_url",
        find=find_postgres,
        bring="set TEST_POSTGRES_URL, or install the package postgresql",
    ),
    Part(
        name="a browser",
        marker="browser",
        fixture="chromium",
        find=find_chromium,
        bring="install the package chromium, or set CHROMIUM to its path",
    ),
    Part(
        name="a real CKAN 2.12",
        marker="catalogue",
        fixture="catalogue_env",
        find=find_catalogue,
        bring="set CATALOGUE_ENV to its file of CATALOGUE_URL and CATALOGUE_TOKEN_… lines",
        shared=True,
    ),
    Part(
        name="a real CKAN 2.9",
        marker="catalogue_29",
        fixture="catalogue_29_env",
        find=find_catalogue_29,
        bring="set CATALOGUE_29_ENV to its file of CATALOGUE_URL and CATALOGUE_TOKEN_… lines",
        shared=True,
    ),
)


def _existing_file(variable: str) -> str | None:
    path = os.environ.get(variable)
    return path if path and Path(path).is_file() else None


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0
