"""Checkpoints: what the tree was at a size (C2SP tlog-checkpoint)."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass

from infrastructure.transparency.merkle import HASH_SIZE
from infrastructure.transparency.notes import BadNote, decoded

LINES = 3
DIGITS = 18
NUMBER = re.compile(r"[1-9][0-9]{0,8}")
"""How the number of a tree is written; every restore that loses events begins another."""
FIRST_NUMBER = 2
"""The number that the second tree of a log has at the end of its name."""


@dataclass(frozen=True)
class Checkpoint:
    """The origin of a tree, how many events it has, and its root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a note; further lines are not read.

        Raises:
            BadNote: if it is no checkpoint.
        """
        lines = text.split("\n")
        if len(lines) <= LINES or not lines[0]:
            raise BadNote("it is no checkpoint: an origin, a size and a root, each on a line")
        origin, size, root = lines[:LINES]
        is_number = size.isascii() and size.isdigit() and len(size) <= DIGITS and str(int(size)) == size
        if not is_number or len(decoded(root)) != HASH_SIZE:
            raise BadNote("it is no checkpoint: its second line is a number, its third a hash in base64")
        return cls(origin, int(size), decoded(root))


def origin_of(base: str, generation: int) -> str:
    """Name the tree of a log; after a restore that lost events it has the next number."""
    return base if generation == 1 else f"{base}/{generation}"


def parse_generation(text: str) -> int | None:
    """Read the number of a tree, from 1; None if it is none."""
    return int(text) if NUMBER.fullmatch(text) else None


def generation_of(origin: str, base: str) -> int | None:
    """Give which tree of the log called ``base`` an origin is; None if it is of another log."""
    if origin == base:
        return 1
    number = parse_generation(origin.removeprefix(f"{base}/")) if origin.startswith(f"{base}/") else None
    return number if number is not None and number >= FIRST_NUMBER else None


def base_of(origin: str) -> str:
    """Give the name of a log whose tree has this origin."""
    base, _, _ = origin.rpartition("/")
    return base if base and generation_of(origin, base) is not None else origin
