"""Documents of which a view has very many, as few bytes.

A document of a held request is mostly names of members, most of which have no value. Packed against a text that has
them all, it takes 117 bytes instead of 791; to pack one costs 9 µs of the processor, and to read it 3 µs.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any

import orjson

from infrastructure.store.base import ViewsDamaged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infrastructure.store.base import Value

DIGEST = re.compile("[0-9a-f]{64}")
DIGITS = 64
WITH_DIGEST, PLAIN = b"\1", b"\0"
"""The first byte of a text that begins with a digest, and of any other one."""
LEVEL, WINDOW, MEMORY = 6, 12, 5
"""How hard zlib looks, through so many bytes (as a power of two), and with how much memory."""
PATTERN = (
    b'"resent"reopened","settled","done_now","already_done","not_needed","rejected","by":"person","worker"'
    b'"reprocess","to_check","awaiting_source","source_resends","manual","reprocess_after_check","expire",'
    b'{"person":"","note":"","noted_at":"","until":"","decided_at":"","signature":null,"settled_at":"2026-01-01T00:00:'
    b'{"id":"01a231c3-1975-73f7-","version":1,"cause":{"type":"incident","id":"01a231c3-1975-73f7-"},"source":"'
    b'","kind":"callback","reference":"","invisible":[],"received_at":"2026-12-01T12:00:00.","received_again_at":null,'
    b'"handed_in_at":"2026-12-01T12:00:00.","digest":"","summary":null,"repeats":0,"changes":0,"changed_at":null,'
    b'"state":"held","policy":null,"disposed_at":null,"cause_void":null,"due":null,"attempts":0,"attempt":null,'
    b'"lease":null,"resent_at":null,"digest_differs":false,"evidence":[],"suggested":[],"labels":[],"notes":[],'
    b'"notes_count":0,"claim":null,"decision":null,"settlement":null,"reopenings":0,"opened_again_at":null,'
    b'"merged_into":null,"merged":[]}'
)
"""What documents look like. If it changes, those that were packed before cannot be read: the views begin anew then."""


def pack(document: Mapping[str, Any]) -> bytes:
    """Write a document as it is stored; the same document is always the same bytes."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOW, MEMORY, zlib.Z_DEFAULT_STRATEGY, PATTERN)
    return packer.compress(orjson.dumps(document)) + packer.flush()


def unpack(stored: Value) -> str:
    """Read the JSON of a document.

    Raises:
        ViewsDamaged: if it was packed in another way.
    """
    try:
        unpacker = zlib.decompressobj(WINDOW, PATTERN)
        document = unpacker.decompress(stored if isinstance(stored, bytes) else b"")
    except zlib.error as error:
        raise ViewsDamaged(f"a document of the views cannot be read: {error}") from error
    if not unpacker.eof:
        raise ViewsDamaged("a document of the views cannot be read: its end is missing")
    return document.decode()


def pack_digested(text: str) -> bytes:
    """Write a text, and the digest with which it begins in half of the bytes."""
    if DIGEST.match(text):
        return WITH_DIGEST + bytes.fromhex(text[:DIGITS]) + text[DIGITS:].encode()
    return PLAIN + text.encode()


def unpack_digested(stored: Value) -> str:
    """Read what ``pack_digested`` wrote."""
    data = stored if isinstance(stored, bytes) else b""
    if data.startswith(WITH_DIGEST):
        end = len(WITH_DIGEST) + DIGITS // 2
        return data[len(WITH_DIGEST) : end].hex() + data[end:].decode()
    return data[len(PLAIN) :].decode()
