"""Secrets at rest: AES-256-GCM, each bound to the row it was made for."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from bot.settings import KEY_BYTES

_NONCE_BYTES = 12
_KEY_ID_DIGITS = 16


class CipherError(Exception):
    """A secret that cannot be read: its key is not configured, or it is not of this row."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A ciphertext (nonce first), and which key it needs."""

    key_id: str
    data: bytes


class Cipher:
    """Seals and opens with the given 32-byte keys: the newest, named first, seals."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a cipher needs keys of {KEY_BYTES} bytes")
        self._keys = {_key_id(key): AESGCM(key) for key in keys}
        self._newest = _key_id(keys[0])

    def seal(self, secret: SecretStr, row: Sequence[str]) -> Sealed:
        """Encrypt for `row`, the words that identify it (table, tenant, user, catalogue)."""
        nonce = os.urandom(_NONCE_BYTES)
        plaintext = secret.get_secret_value().encode()
        data = self._keys[self._newest].encrypt(nonce, plaintext, _identity(row))
        return Sealed(self._newest, nonce + data)

    def open(self, sealed: Sealed, row: Sequence[str]) -> SecretStr:
        """Decrypt what was sealed for `row`. Raises `CipherError`, which tells no secret."""
        key = self._keys.get(sealed.key_id)
        if key is None:
            raise CipherError(f"no encryption key {sealed.key_id} is configured")
        nonce, data = sealed.data[:_NONCE_BYTES], sealed.data[_NONCE_BYTES:]
        try:
            return SecretStr(key.decrypt(nonce, data, _identity(row)).decode())
        except (InvalidTag, ValueError):
            raise CipherError("the ciphertext is not of this row, or damaged") from None

    def needs_rotation(self, key_id: str) -> bool:
        """Whether a newer key than this one seals now."""
        return key_id != self._newest


def _key_id(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:_KEY_ID_DIGITS]


def _identity(row: Sequence[str]) -> bytes:
    # JSON keeps ("a", "bc") and ("ab", "c") apart.
    return json.dumps(list(row)).encode()
