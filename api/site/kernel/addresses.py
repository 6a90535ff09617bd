"""The first part of the address of a page: its language."""

from __future__ import annotations

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

register_url_convertor(PAGE, LanguageConvertor())
