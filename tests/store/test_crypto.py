from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.settings import KEY_BYTES
from bot.store.crypto import Cipher, CipherError, Sealed

OLD, NEW = b"o" * KEY_BYTES, b"n" * KEY_BYTES
ROW = ("api_key", "T1", "U1", "production")
words = st.text(st.characters(codec="utf-8"), max_size=40)
rows = st.tuples(words, words, words, words)


@given(secret=words, row=rows)
def test_a_secret_opens_for_its_own_row(secret: str, row: tuple[str, ...]) -> None:
    cipher = Cipher([NEW])
    assert cipher.open(cipher.seal(SecretStr(secret), row), row).get_secret_value() == secret


@given(secret=words, row=rows, other=rows)
def test_a_row_copied_to_somebody_else_does_not_open(
    secret: str, row: tuple[str, ...], other: tuple[str, ...]
) -> None:
    cipher = Cipher([NEW])
    sealed = cipher.seal(SecretStr(secret), row)
    if other != row:
        with pytest.raises(CipherError):
            cipher.open(sealed, other)


def test_letters_do_not_wander_from_one_word_of_the_row_to_the_next() -> None:
    cipher = Cipher([NEW])
    sealed = cipher.seal(SecretStr("s"), ("api_key", "T1", "U1|a", "b"))
    with pytest.raises(CipherError):
        cipher.open(sealed, ("api_key", "T1", "U1", "a|b"))


@given(secret=words.filter(bool), at=st.integers(min_value=0), flip=st.integers(1, 255))
def test_a_damaged_ciphertext_does_not_open_and_tells_nothing(
    secret: str, at: int, flip: int
) -> None:
    cipher = Cipher([NEW])
    sealed = cipher.seal(SecretStr(secret), ROW)
    data = bytearray(sealed.data)
    data[at % len(data)] ^= flip
    with pytest.raises(CipherError) as caught:
        cipher.open(Sealed(sealed.key_id, bytes(data)), ROW)
    assert str(caught.value) == "the ciphertext is not of this row, or damaged"
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_a_cut_ciphertext_does_not_open(length: int) -> None:
    cipher = Cipher([NEW])
    sealed = cipher.seal(SecretStr("secret"), ROW)
    with pytest.raises(CipherError):
        cipher.open(Sealed(sealed.key_id, sealed.data[:length]), ROW)


def test_the_same_secret_never_looks_the_same_twice() -> None:
    cipher = Cipher([NEW])
    assert cipher.seal(SecretStr("s"), ROW).data != cipher.seal(SecretStr("s"), ROW).data


def test_an_older_key_still_opens_and_asks_to_be_rotated() -> None:
    sealed = Cipher([OLD]).seal(SecretStr("secret"), ROW)
    both = Cipher([NEW, OLD])
    assert both.open(sealed, ROW).get_secret_value() == "secret"
    assert both.needs_rotation(sealed.key_id)
    assert not both.needs_rotation(both.seal(SecretStr("secret"), ROW).key_id)


def test_a_key_that_is_not_configured_is_named_by_its_id() -> None:
    sealed = Cipher([OLD]).seal(SecretStr("secret"), ROW)
    with pytest.raises(CipherError, match=f"no encryption key {sealed.key_id} is configured"):
        Cipher([NEW]).open(sealed, ROW)


@pytest.mark.parametrize("keys", [[], [b"short"], [NEW, b"short"]])
def test_a_cipher_takes_keys_of_32_bytes_only(keys: list[bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Cipher(keys)
