"""Localized text: a sentence per language."""

from __future__ import annotations

from collections.abc import Mapping

Text = Mapping[str, str]
"""Language (BCP 47) to text."""
LONGEST_TEXT = 25_000
"""How many characters a text can have in one language."""
MOST_LANGUAGES = 20
"""In how many languages a text can be."""
