"""The file that keeps the encryption keys when ENCRYPTION_KEYS is not set."""

from __future__ import annotations

import base64
import os
import secrets
import stat
from pathlib import Path

from pydantic import SecretStr

from bot.settings import KEY_BYTES, Settings, SettingsError, parse_keys


def key_file(settings: Settings) -> Path:
    """Where the encryption keys are kept when ENCRYPTION_KEYS is not set."""
    return settings.data_dir / "encryption.key"


def encryption_keys(settings: Settings) -> tuple[bytes, ...]:
    """Answer the 32-byte keys, newest first, from ENCRYPTION_KEYS or the key file.

    The first run writes the key file, readable by its owner alone. Raises SettingsError when the
    file holds no good key or others can read it.
    """
    if settings.encryption_keys:
        return _decoded(settings.encryption_keys)
    path = key_file(settings)
    try:
        if not path.exists():
            _write_key(path)
        mode, text = stat.S_IMODE(path.stat().st_mode), path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it holds no key"
        raise SettingsError([f"DATA_DIR: the key file {path} cannot be used: {reason}."]) from None
    if mode & 0o077:
        problem = f"the key file {path} can be read by others; run: chmod 600 {path}"
        raise SettingsError([f"DATA_DIR: {problem}"])
    try:
        keys = _decoded(parse_keys(text))
    except ValueError as error:
        raise SettingsError([f"DATA_DIR: in the key file {path}, {error}"]) from None
    if not keys:
        raise SettingsError([f"DATA_DIR: the key file {path} is empty; put it back from a backup."])
    return keys


def _decoded(keys: tuple[SecretStr, ...]) -> tuple[bytes, ...]:
    return tuple(base64.urlsafe_b64decode(key.get_secret_value()) for key in keys)


def _write_key(path: Path) -> None:
    """Make a key and put it there whole, unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    key = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES))
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
