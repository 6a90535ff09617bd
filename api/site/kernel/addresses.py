"""The parts of the address of a page: its language, and keys that people have chosen."""

from __future__ import annotations

import re
from urllib.parse import unquote
from uuid import UUID

from starlette.convertors import Convertor, register_url_convertor


class LanguageConvertor(Convertor[str]):
    """A language tag, and none of the roots that programs use."""

    regex = "(?!api/|log/|live/|docs/)[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*"

    def convert(self, value: str) -> str:
        """Give the tag as it stands in the address."""
        return value

    def to_string(self, value: str) -> str:
        """Write a tag."""
        return value


PAGE = "language"
"""What a part of a path is called that such a tag is: ``/{lang:language}/``."""

UNLIKE_A_PART = re.compile(r"[%/\\]|^\.")
"""What would make several parts of a key, or lead upwards."""

register_url_convertor(PAGE, LanguageConvertor())


def part_of(key: str) -> str:
    """Write a key as one part of a path, whatever it consists of."""
    return UNLIKE_A_PART.sub(lambda found: f"%{ord(found[0]):02X}", key)


def key_in(part: str) -> str:
    """Give the key that a part of a path was written for."""
    return unquote(part)


def id_in(part: str) -> UUID | None:
    """Read an id from a part of a path; None if it is none, or not written as ours are: each thing has one address."""
    try:
        found = UUID(part)
    except ValueError:
        return None
    return found if str(found) == part else None
