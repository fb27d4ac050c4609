"""Another language needs no other code."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tests.language import pseudo

WALK = Path(__file__).with_name("in_another_language.py")
LOCALE = pseudo.ROOT / "bot" / "locale"
SOURCES = [file for folder in ("bot", "handlers") for file in (pseudo.ROOT / folder).rglob("*.py")]
_COUNT = re.compile(r"\{n(:[^}]*)?\}")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def test_the_whole_bot_speaks_another_language(tmp_path: Path) -> None:
    pseudo.write_language(tmp_path)
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n0", str(WALK)],
        cwd=pseudo.ROOT,
        env=own | {"TEXTDOMAINDIR": str(tmp_path), "LANGUAGE": pseudo.NAME},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_sentence_that_counts_has_a_form_for_one_and_for_many() -> None:
    alone = [message.id for message in pseudo.sentences() if isinstance(message.id, str)]
    assert not [sentence for sentence in alone if _COUNT.search(sentence)]


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(pseudo.ROOT)))
def test_no_sentence_is_marked_where_it_is_not_found(file: Path) -> None:
    # Within an f-string, or put together of several.
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            assert not [one for one in ast.walk(node) if _texts(one)], ast.unparse(node)
        assert all(isinstance(text, ast.Constant) for text in _texts(node)), ast.unparse(node)


def _texts(node: ast.AST) -> list[ast.expr]:
    """What a call marks for translation; nothing for any other node."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.args[: {"_": 1, "ngettext": 2}.get(node.func.id, 0)]
    return []


def faults(language: Catalog) -> Iterator[str]:
    """What would break a sentence: a placeholder that English does not have, or that is lost."""
    for message in language:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        known = {place for one in ids for place in _PLACEHOLDER.findall(str(one))}
        for text in filter(None, strings if message.id else ()):
            found = set(_PLACEHOLDER.findall(str(text)))
            if not found <= known or (len(ids) == 1 and found != known):
                yield f"{ids[0]} -> {text}"


def test_every_language_that_is_there_is_sound_and_compiled() -> None:
    for file in LOCALE.glob("*/LC_MESSAGES/bcdc.po"):
        with file.open("rb") as text:
            language = read_po(text)
        assert not list(faults(language))
        with file.with_suffix(".mo").open("rb") as compiled:
            spoken = {one.id: one.string for one in read_mo(compiled) if one.id}
        assert spoken == {one.id: one.string for one in language if one.id and one.string}


@pytest.mark.parametrize(
    ("translated", "wrong"),
    [
        ("Aucune fiche ne correspond à « {text} ».", False),
        ("Aucune fiche ne correspond à « {texte} ».", True),
        ("Aucune fiche ne correspond.", True),
    ],
)
def test_a_lost_placeholder_is_noticed(translated: str, wrong: bool) -> None:
    entry = f'msgid "No record matches “{{text}}”."\nmsgstr "{translated}"\n'
    assert bool(list(faults(read_po(StringIO(entry), charset="utf-8")))) == wrong
