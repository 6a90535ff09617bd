"""The address of a witness, as a setting names it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from infrastructure.transparency.notes import COSIGNATURE, BadNote, VerifierKey


@dataclass(frozen=True)
class WitnessAddress:
    """A witness: the key that its signatures are checked with, and where it is asked."""

    key: VerifierKey
    url: str

    @classmethod
    def parse(cls, text: str) -> WitnessAddress:
        """Read ``<verifier key> <url>``.

        Raises:
            ValueError: if it is none.
        """
        vkey, _, url = text.strip().partition(" ")
        parts = urlsplit(url.strip())
        try:
            key = VerifierKey.parse(vkey)
        except BadNote as error:
            raise ValueError(f"of a witness, {error}; write its key, a space and its address") from None
        if key.algorithm != COSIGNATURE:
            raise ValueError(f"the key of {key.name} is that of a log; a witness has one of kind 4 (cosignature/v1)")
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"the witness {key.name} has no address behind its key, as in https://witness.example/w1")
        return cls(key, url.strip().rstrip("/"))
