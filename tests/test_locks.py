"""The locks hold what pyproject.toml asks for, by digest, and say nothing of where it came from."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
IMPORT = re.compile(r"^\s*(?:from|import) (\w+)", re.MULTILINE)
RUNTIME, DEV = "requirements.lock", "requirements-dev.lock"


def pinned(lock: str) -> Mapping[str, list[Requirement]]:
    """Answer the pins of a lock by name; some have one for each Python."""
    found: dict[str, list[Requirement]] = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if not line.startswith(" "):
            requirement = Requirement(line.removesuffix(" \\"))
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def wanted(lock: str) -> list[Requirement]:
    groups = PYPROJECT["dependency-groups"]
    asked = PYPROJECT["project"]["dependencies"]
    if lock == DEV:
        asked = [*asked, *groups["test"], *groups["tools"]]
    return [Requirement(line) for line in asked]


@pytest.mark.parametrize("lock", [RUNTIME, DEV])
def test_a_lock_pins_everything_that_is_asked_for(lock: str) -> None:
    pins = pinned(lock)
    for requirement in wanted(lock):
        for pin in pins[canonicalize_name(requirement.name)]:
            [specifier] = pin.specifier
            assert specifier.operator == "=="
            assert Version(specifier.version) in requirement.specifier


def test_the_larger_lock_holds_the_smaller_one_pin_by_pin() -> None:
    larger = pinned(DEV)
    for name, pins in pinned(RUNTIME).items():
        assert {str(pin) for pin in pins} == {str(pin) for pin in larger[name]}


@pytest.mark.parametrize("lock", [RUNTIME, DEV])
def test_every_pin_has_digests_and_nothing_names_a_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    for entry in re.split(r"\n(?! )", text.strip()):
        first, *digests = entry.splitlines()
        assert re.fullmatch(r"[a-z0-9-]+(\[.*\])?==\S+( ; .+)? \\", first)
        assert digests
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in digests)


# Reached through the address of the database, or by the standard library, and never imported.
DRIVERS = {"aiosqlite", "psycopg", "tzdata"}


def test_what_is_imported_is_asked_for_by_name_and_nothing_else_is() -> None:
    distributions = packages_distributions()
    imported = {
        canonicalize_name(name)
        for folder in ("bot", "handlers", "migrations", "sandbox")
        for source in (ROOT / folder).rglob("*.py")
        for module in IMPORT.findall(source.read_text(encoding="utf-8"))
        for name in distributions.get(module, ())
    }
    assert imported | DRIVERS == {canonicalize_name(entry.name) for entry in wanted(RUNTIME)}
