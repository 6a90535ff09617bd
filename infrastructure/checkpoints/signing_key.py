"""The key that signs checkpoints: found in a file, or made there."""

from __future__ import annotations

import os
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from application.errors import BadSetting

if TYPE_CHECKING:
    from infrastructure.settings import Settings

FILE = "log.key"
PEM = "-----BEGIN"


class NoKey(OSError):
    """The file of the key cannot be written."""


def find_key(settings: Settings) -> Ed25519PrivateKey | None:
    """Read the key that a setting gives or names, or that was made; None if there is none yet.

    Raises:
        BadSetting: if it is no Ed25519 key, or cannot be read.
    """
    if settings.log_key is not None and _is_given(settings):
        return to_key(settings.log_key.encode(), "BITACORA_LOG_KEY")
    file = key_file(settings)
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        if settings.log_key is None:
            return None
        raise BadSetting(f"BITACORA_LOG_KEY names {file}, and there is no such file") from None
    except OSError as error:
        raise BadSetting(f"the key that signs the log cannot be read: {error}") from None
    return to_key(text, str(file))


def find_or_make_key(settings: Settings) -> Ed25519PrivateKey:
    """Read the key; where there is none, make one in a file that only this user can read (0600).

    Raises:
        BadSetting: if the key cannot be used.
        NoKey: if it cannot be written.
    """
    key = find_key(settings)
    if key is not None:
        return key
    file = key_file(settings)
    made = Ed25519PrivateKey.generate()
    text = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    beside = file.with_name(f".{file.name}-{token_hex(8)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_durably(beside, text)
        with suppress(FileExistsError):
            # Another process may have made one at the same moment.
            os.link(beside, file)
    except OSError as error:
        raise NoKey(f"the key that signs the log cannot be written: {error}") from error
    finally:
        beside.unlink(missing_ok=True)
    found = find_key(settings)
    if found is None:
        # Each start would sign with another key, and the right one, once it is back, would count as replaced.
        raise NoKey(f"the key that signs the log cannot be written: {file} is a link that leads nowhere")
    return found


def key_file(settings: Settings) -> Path:
    """Name the file of the key."""
    return settings.log_folder / FILE if settings.log_key is None else Path(settings.log_key)


def key_place(settings: Settings) -> str:
    """Say where the key is, without a word of it."""
    return "BITACORA_LOG_KEY holds it" if _is_given(settings) else f"it is {key_file(settings).absolute()}"


def public_text(key: Ed25519PrivateKey) -> str:
    """Write the public side of a key, in base64."""
    return b64encode(key.public_key().public_bytes_raw()).decode()


def to_key(pem: bytes, place: str) -> Ed25519PrivateKey:
    """Read a key (PKCS #8, PEM).

    Raises:
        BadSetting: if it is none.
    """
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadSetting(f"{place} has no Ed25519 key in it; make one with: openssl genpkey -algorithm ed25519")
    return key


def _is_given(settings: Settings) -> bool:
    return settings.log_key is not None and settings.log_key.lstrip().startswith(PEM)


def write_durably(file: Path, content: bytes) -> None:
    """Write a new file that only this user can read, so that it survives a loss of power."""
    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        # A disk that fills up takes a part, and only the next write says so.
        while content:
            content = content[os.write(number, content) :]
        os.fsync(number)
    finally:
        os.close(number)
