"""The seal of a page: what is signed of it, and how that is checked."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from pydantic_core import from_json

from infrastructure.transparency.checkpoint import Checkpoint
from infrastructure.transparency.merkle import BadProof, leaf_hash, require_inclusion
from infrastructure.transparency.notes import BadNote, decoded, require_signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.audit.sealing import SealedPage
    from infrastructure.transparency.notes import VerifierKey


class BadSeal(ValueError):
    """A sealed page is not what was sealed."""


def seal_text(origin: str, page: SealedPage) -> str:
    """Write what the seal signs.

    Its first line is the format, its second the origin: so it is never taken for a checkpoint, whose second line is a
    number.
    """
    lines = (
        page["format"],
        origin,
        page["address"],
        str(page["position"]),
        page["recorded_at"] or "-",
        page["media_type"],
        _digest(page["page"].encode()),
        _digest("\n".join(event["entry"] for event in page["events"]).encode()),
    )
    return "".join(f"{line}\n" for line in lines)


def require_sealed(page: SealedPage, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Check that one of the keys has sealed a page, and that its events are in the log of its checkpoint.

    Returns:
        The checkpoint.

    Raises:
        BadSeal: naming what does not fit.
    """
    try:
        checkpoint = Checkpoint.parse(require_signed(page["checkpoint"], keys).text)
        seal = require_signed(page["seal"], keys)
    except BadNote as error:
        raise BadSeal(f"the checkpoint or the seal does not fit: {error}") from None
    if checkpoint.origin not in {key.name for key in keys}:
        raise BadSeal(f"the checkpoint is of the log {checkpoint.origin}, and the key is not")
    if seal.text != seal_text(checkpoint.origin, page):
        raise BadSeal("the page, its address, its moment or the list of its events is not what was sealed")
    for event in page["events"]:
        position = position_in(event["entry"])
        if position > page["position"]:
            raise BadSeal(f"the event at position {position} came after the page")
        try:
            hashes = [decoded(each) for each in event["hashes"]]
            require_inclusion(
                leaf_hash(event["entry"].encode()), position - 1, checkpoint.size, hashes, checkpoint.root
            )
        except (BadProof, BadNote) as error:
            raise BadSeal(f"the event at position {position} is not in the log: {error}") from None
    return checkpoint


def position_in(entry: str) -> int:
    """Read the position that an entry names.

    Raises:
        BadSeal: if it names none.
    """
    try:
        return int(from_json(entry)["position"])
    except (ValueError, LookupError, TypeError):
        raise BadSeal("an event is no entry of a log") from None


def _digest(content: bytes) -> str:
    return b64encode(sha256(content).digest()).decode()
