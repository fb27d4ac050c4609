"""The shape of the tree: what a reader may rely on without looking."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot import docs
from bot.app import load_commands
from bot.change import MOVES, State

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 400
SOURCES = sorted(
    path.relative_to(ROOT)
    for folder in ("bot", "handlers", "sandbox")
    for path in (ROOT / folder).rglob("*.py")
)
HANDLERS = [path for path in SOURCES if path.parts[0] == "handlers" and path.stem != "__init__"]
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
_ARROWS = re.compile(r"^  (\w+) --> (\w+)$", re.MULTILINE)


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_no_file_is_longer_than_400_lines(path: Path) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_no_file_is_named_after_nothing(path: Path) -> None:
    words = set(re.split(r"[_/.]", str(path).removesuffix(".py")))
    assert not words & {"util", "utils", "helper", "helpers", "common", "manager", "misc"}


@pytest.mark.parametrize("path", HANDLERS, ids=str)
def test_each_handler_has_its_test_and_is_named_as_its_command(path: Path) -> None:
    assert (ROOT / "tests/handlers" / f"test_{path.stem}.py").is_file()
    assert path.stem.replace("_", "-") in {command.name for command in load_commands()}


def test_generated_files_are_current() -> None:
    command = [sys.executable, "-m", "bot", "docs", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "folder",
    sorted({str(path.parent) for path in SOURCES if path.parts[0] == "bot"} - {"bot"}),
)
def test_the_map_names_every_folder_of_the_bot(folder: str) -> None:
    assert f"`{folder}/" in ARCHITECTURE


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in SOURCES if path.parent == Path("bot"))
)
def test_the_map_names_every_file_beside_the_folders(name: str) -> None:
    assert name == "__init__" or f"`bot/{name}.py`" in ARCHITECTURE


def test_the_drawing_of_a_change_has_exactly_the_moves_there_are() -> None:
    assert docs.states() in ARCHITECTURE
    drawn = {(State(before), State(after)) for before, after in _ARROWS.findall(ARCHITECTURE)}
    assert drawn == {(before, after) for before, afters in MOVES.items() for after in afters}


def test_every_state_is_reached_from_a_draft_or_a_preview() -> None:
    reached, before = {State.DRAFT, State.PREVIEWED}, set[State]()
    while reached != before:
        before = set(reached)
        reached |= {after for state in before for after in MOVES[state]}
    assert reached == set(State)


def test_the_tree_names_no_path_of_one_machine() -> None:
    known = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    paths = ["work", "root", "home", "Users"]
    wrong = re.compile(rf"(?<![\w.}}/:-])/(?:{'|'.join(paths)})/(?=\w)")
    for name in filter(None, known):
        path = ROOT / name
        if path.is_symlink() or not path.is_file():
            continue
        text = path.read_bytes().decode(errors="ignore")
        found = wrong.search(text)
        assert found is None, f"{name}: {found}"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_leaves_it_to_each_machine_where_packages_come_from(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash)", text, re.MULTILINE)


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_nothing_is_left_for_later(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "Not" + "ImplementedError")
    assert not [mark for mark in marks if re.search(rf"\b{mark}\b", text)]
