"""A second way to hash, prove and sign a log, written from RFC 6962 and C2SP: ours is not held against itself."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

if TYPE_CHECKING:
    from collections.abc import Sequence

LOG, WITNESS = 1, 4


class Untrue(Exception):
    """A signature or a proof does not hold."""


def leaf_of(entry: bytes) -> bytes:
    """Hash an entry (RFC 6962, 2.1)."""
    return sha256(b"\0" + entry).digest()


def node_of(left: bytes, right: bytes) -> bytes:
    """Hash two nodes."""
    return sha256(b"\1" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Hash nodes of one level into a root, as section 2.1 defines it."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256().digest()
    split = split_of(len(hashes))
    return node_of(root_of(hashes[:split]), root_of(hashes[split:]))


def split_of(count: int) -> int:
    """Give the largest power of two below a number."""
    split = 1
    while split * 2 < count:
        split *= 2
    return split


def included_in(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Give the root that an audit path leads to (2.1.1)."""
    if size == 1:
        if path:
            raise Untrue("too many hashes")
        return leaf
    if not path:
        raise Untrue("too few hashes")
    *rest, last = path
    split = split_of(size)
    if index < split:
        return node_of(included_in(leaf, index, split, rest), last)
    return node_of(last, included_in(leaf, index - split, size - split, rest))


def check_consistency(old: int, old_root: bytes, size: int, root: bytes, path: list[bytes]) -> None:
    """Hold a consistency proof against both roots (2.1.2)."""
    if old in {0, size}:
        if path or (old and old_root != root):
            raise Untrue("not the same tree")
        return
    left = list(path)
    if _both(old, size, old_root, left, is_known=True) != (old_root, root) or left:
        raise Untrue("the new tree is no continuation of the old one")


def _both(old: int, size: int, old_root: bytes, left: list[bytes], *, is_known: bool) -> tuple[bytes, bytes]:
    """Give what was the old root, and is the new one, of a part of the tree."""
    if old == size:
        same = old_root if is_known else _next(left)
        return same, same
    split = split_of(size)
    if old <= split:
        before, after = _both(old, split, old_root, left, is_known=is_known)
        return before, node_of(after, _next(left))
    before, after = _both(old - split, size - split, old_root, left, is_known=False)
    neighbor = _next(left)
    return node_of(neighbor, before), node_of(neighbor, after)


def _next(left: list[bytes]) -> bytes:
    if not left:
        raise Untrue("too few hashes")
    return left.pop(0)


@dataclass(frozen=True)
class Head:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes


def head_of(note: str) -> Head:
    """Read a checkpoint, whoever has signed it."""
    origin, size, root, *_ = note.split("\n")
    return Head(origin, int(size), b64decode(root, validate=True))


def signed_lines(note: str) -> list[tuple[str, bytes, bytes]]:
    """Give name, id and signature of each line beneath a note."""
    _, _, tail = note.rpartition("\n\n")
    lines = [line.removeprefix("\u2014 ").split(" ") for line in tail.splitlines()]
    return [(name, b64decode(data)[:4], b64decode(data)[4:]) for name, data in lines]


def open_note(note: str, vkey: str) -> Head:
    """Read a checkpoint that a key has signed: of a log, or of a witness."""
    name, id, encoded = vkey.strip().split("+", 2)
    kind, public = b64decode(encoded)[0], b64decode(encoded)[1:]
    assert sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4].hex() == id
    text = note.rpartition("\n\n")[0] + "\n"
    for signer, signed_id, signature in signed_lines(note):
        if (signer, signed_id.hex()) == (name, id):
            _check(Ed25519PublicKey.from_public_bytes(public), kind, text.encode(), signature)
            return head_of(note)
    raise Untrue(f"{name} has not signed it")


def _check(key: Ed25519PublicKey, kind: int, text: bytes, signature: bytes) -> None:
    if kind == WITNESS:
        text = b"cosignature/v1\ntime %d\n" % int.from_bytes(signature[:8], "big") + text
        signature = signature[8:]
    try:
        key.verify(signature, text)
    except Exception as error:
        raise Untrue("the signature does not fit") from error


def vkey_of(key: Ed25519PrivateKey, name: str, kind: int) -> str:
    """Write the public side of a key."""
    data = bytes([kind]) + key.public_key().public_bytes_raw()
    id = sha256(name.encode() + b"\n" + data).digest()[:4]
    return f"{name}+{id.hex()}+{b64encode(data).decode()}"


def cosign(note: str, key: Ed25519PrivateKey, name: str, seconds: int) -> str:
    """Sign a checkpoint as a witness, and give the line."""
    text = note.rpartition("\n\n")[0] + "\n"
    signature = key.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
    id = bytes.fromhex(vkey_of(key, name, WITNESS).split("+", 2)[1])
    return f"\u2014 {name} {b64encode(id + seconds.to_bytes(8, 'big') + signature).decode()}\n"
