"""The encryption keys: given, made at the first run, and never replaced."""

from __future__ import annotations

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.keyfile import encryption_keys, key_file
from bot.settings import Settings, SettingsError, load

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
OLDER_KEY = base64.urlsafe_b64encode(bytes(32)).decode()


def read(**environment: str) -> Settings:
    return load({"ENCRYPTION_KEYS": "", **environment}, env_file=None)


def test_given_keys_are_used_newest_first() -> None:
    settings = read(ENCRYPTION_KEYS=f"{KEY}, {OLDER_KEY}")
    assert encryption_keys(settings) == (bytes(range(32)), bytes(32))


def test_the_first_run_writes_a_key_for_its_owner_alone(tmp_path: Path) -> None:
    settings = read(DATA_DIR=str(tmp_path / "data"))
    keys = encryption_keys(settings)
    assert [len(key) for key in keys] == [32]
    assert stat.S_IMODE(key_file(settings).stat().st_mode) == 0o600
    assert encryption_keys(settings) == keys
    assert [entry.name for entry in (tmp_path / "data").iterdir()] == ["encryption.key"]


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    settings = read(DATA_DIR=str(tmp_path))
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(encryption_keys, [settings] * 32))) == 1


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    settings = read(DATA_DIR=str(tmp_path))
    encryption_keys(settings)
    path = key_file(settings)
    path.chmod(0o640)
    assert unusable(settings) == (
        f"DATA_DIR: the key file {path} can be read by others; run: chmod 600 {path}"
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "the key file {} is empty; put it back from a backup."),
        (
            "short",
            "in the key file {}, key 1 is not 32 bytes in urlsafe base64; "
            "make one with: openssl rand -base64 32 | tr +/ -_",
        ),
        ("é", "the key file {} cannot be used: it holds no key."),
    ],
)
def test_a_damaged_key_file_is_never_replaced(tmp_path: Path, content: str, sentence: str) -> None:
    settings = read(DATA_DIR=str(tmp_path))
    path = key_file(settings)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
    assert unusable(settings) == f"DATA_DIR: {sentence.format(path)}"
    assert path.read_text(encoding="utf-8") == content


def test_a_data_folder_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = read(DATA_DIR=str(tmp_path / "file" / "data"))
    assert unusable(settings) == (
        f"DATA_DIR: the key file {key_file(settings)} cannot be used: Not a directory."
    )


def unusable(settings: Settings) -> str:
    with pytest.raises(SettingsError) as caught:
        encryption_keys(settings)
    return str(caught.value)
