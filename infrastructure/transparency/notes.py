"""Signed notes (C2SP signed-note) with Ed25519 keys, and the timestamped signatures of witnesses (tlog-cosignature)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ED25519, COSIGNATURE = 0x01, 0x04
"""The kinds of signatures that are checked: of a log, and of a witness."""
LONGEST = 1_000_000
MOST_SIGNATURES = 100
"""The bounds of Go's implementation of signed notes."""
ID_SIZE, KEY_SIZE, TIME_SIZE = 4, 32, 8
DASH = "\N{EM DASH} "


class BadNote(ValueError):
    """A text is no signed note, a key no key, or a signature does not fit."""


@dataclass(frozen=True, kw_only=True)
class VerifierKey:
    """A public key and its name; ``algorithm`` is the kind of its signatures."""

    name: str
    public: bytes
    algorithm: int = ED25519

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a key as it is published: name, id and key, joined by plus signs.

        Raises:
            BadNote: if it is none.
        """
        name, _, rest = text.strip().partition("+")
        id, _, encoded = rest.partition("+")
        data = decoded(encoded)
        if len(data) != KEY_SIZE + 1 or data[0] not in {ED25519, COSIGNATURE}:
            raise BadNote("the key is no Ed25519 key as in example.com/log+1a2b3c4d+AQ…")
        key = cls(name=named(name), public=data[1:], algorithm=data[0])
        if key.id.hex() != id.lower():
            raise BadNote(f"the key has the id {id}, and it should be {key.id.hex()}: it was not copied whole")
        return key

    @classmethod
    def of(cls, name: str, public: str) -> VerifierKey:
        """Give a key of a log, whose public side is in base64.

        Raises:
            BadNote: if it is none.
        """
        key = decoded(public)
        if len(key) != KEY_SIZE:
            raise BadNote("it is no Ed25519 key")
        return cls(name=named(name), public=key)

    @property
    def id(self) -> bytes:
        """The four bytes by which signatures name it."""
        return sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public).digest()[:ID_SIZE]

    def __str__(self) -> str:
        """Write it as it is published."""
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.algorithm]) + self.public).decode()}"

    def has_signed(self, text: str, signature: bytes) -> bool:
        """Tell whether a signature is one of this key on a text."""
        message = text.encode()
        if self.algorithm == COSIGNATURE:
            stamp, signature = signature[:TIME_SIZE], signature[TIME_SIZE:]
            message = f"cosignature/v1\ntime {int.from_bytes(stamp)}\n".encode() + message
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class NoteSignature:
    """A line under a note: who signed, by what name and id."""

    name: str
    id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line, with its end."""
        return f"{DASH}{self.name} {b64encode(self.id + self.signature).decode()}\n"


@dataclass(frozen=True)
class SignedNote:
    """A text that ends with a line end, and the signatures under it."""

    text: str
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def parse(cls, note: str) -> SignedNote:
        """Read a note, without a look at whether its signatures fit.

        Raises:
            BadNote: if it is none.
        """
        head, gap, tail = note.rpartition("\n\n")
        if not gap or not head or len(note) > LONGEST or not tail.endswith("\n"):
            raise BadNote("it is no signed note: a text, an empty line, and lines with signatures")
        lines = tail.removesuffix("\n").split("\n")
        if len(lines) > MOST_SIGNATURES:
            raise BadNote(f"it has {len(lines)} signatures; {MOST_SIGNATURES} are too many")
        return cls(f"{head}\n", tuple(map(parse_signature, lines)))

    def signed_by(self, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
        """Give those keys that have signed it.

        Raises:
            BadNote: if a signature that names one of the keys does not fit.
        """
        known = {(key.name, key.id): key for key in keys}
        found: list[VerifierKey] = []
        for each in self.signatures:
            key = known.get((each.name, each.id))
            if key is None:
                continue
            if not key.has_signed(self.text, each.signature):
                raise BadNote(f"the signature of {each.name} does not fit the text")
            if key not in found:
                found.append(key)
        return found

    def __str__(self) -> str:
        """Write it."""
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}"


def parse_signature(line: str) -> NoteSignature:
    """Read a line under a note, without its end.

    Raises:
        BadNote: if it is none.
    """
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    data = decoded(encoded)
    if not line.startswith(DASH) or len(data) <= ID_SIZE:
        raise BadNote("a line under the note is no signature")
    return NoteSignature(named(name), data[:ID_SIZE], data[ID_SIZE:])


def is_signature(line: str) -> bool:
    """Tell whether a text is a line under a note, with its end."""
    try:
        return parse_signature(line.removesuffix("\n")).line == line
    except BadNote:
        return False


def sign(text: str, key: Ed25519PrivateKey, name: str) -> SignedNote:
    """Sign a text, which ends with a line end, as ``name``."""
    verifier = verifier_of(key, name)
    return SignedNote(text, (NoteSignature(name, verifier.id, key.sign(text.encode())),))


def verifier_of(key: Ed25519PrivateKey, name: str) -> VerifierKey:
    """Give the public side of a key, under a name."""
    return VerifierKey(name=name, public=key.public_key().public_bytes_raw())


def require_signed(note: str, keys: Sequence[VerifierKey]) -> SignedNote:
    """Read a note that one of the keys has signed.

    Raises:
        BadNote: if none has.
    """
    parsed = SignedNote.parse(note)
    if not parsed.signed_by(keys):
        raise BadNote("none of the known keys has signed it")
    return parsed


def named(name: str) -> str:
    """Give a name of a key.

    Raises:
        BadNote: if keys cannot be called so.
    """
    if not name or "+" in name or any(map(str.isspace, name)):
        raise BadNote("the name of a key has no spaces and no plus sign, and is not empty")
    return name


def decoded(text: str) -> bytes:
    """Read base64.

    Raises:
        BadNote: if it is none.
    """
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        data = b""
    # One text for one value: the decoder would take other last characters, too.
    if b64encode(data).decode() != text:
        raise BadNote("what should be base64 is none")
    return data
