from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType

import pytest

from bot import docs
from bot.registry import Registry

GOOD = """
from bot.command import NoArgs, ReadCommand, Role
COMMAND = ReadCommand(name="{name}", summary="s", args={args}, needs=Role.ANYONE, answer=print,
                      examples={examples})
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a package of verbs, which is forgotten after the test."""
    package = tmp_path / "made_up_verbs"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield package
    for name in [name for name in sys.modules if name.startswith("made_up_verbs")]:
        del sys.modules[name]


def load(folder: Path, **files: str) -> Registry:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    invalidate_caches()
    package: ModuleType = import_module(folder.name)
    return Registry.load(package)


def declared(name: str, args: str = "NoArgs", examples: str = "('x',)") -> str:
    return GOOD.format(name=name, args=args, examples=examples)


def test_verbs_are_found_in_alphabetical_order(folder: Path) -> None:
    registry = load(folder, b_two=declared("b-two"), a_one=declared("a-one"))
    assert [command.name for command in registry] == ["a-one", "b-two"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "declares no COMMAND"),
        ("COMMAND = 1", "declares no COMMAND"),
        (declared("other"), "must be named after its verb other"),
        (declared("verb", examples="()"), "an example"),
        (declared("verb", args="str"), "a dataclass"),
        (
            "from dataclasses import dataclass\n@dataclass\nclass Args:\n    word: str\n"
            + declared("verb", args="Args"),
            "Annotated",
        ),
    ],
)
def test_a_file_without_a_valid_declaration_stops_the_start(
    folder: Path, text: str, why: str
) -> None:
    with pytest.raises(TypeError, match=why):
        load(folder, verb=text)


def test_a_hint_too_long_for_slack_gives_way_to_help(folder: Path) -> None:
    files = {f"verb_{number:03}": declared(f"verb-{number:03}") for number in range(120)}
    manifest = docs.manifest(load(folder, **files))
    assert manifest["features"]["slash_commands"][0]["usage_hint"] == "help"


@pytest.mark.parametrize("text", ["", "<!-- commands -->\n", "<!-- /commands -->"])
def test_markers_that_are_missing_are_told(text: str) -> None:
    with pytest.raises(ValueError, match="commands"):
        docs.between(text, "commands", "new")
