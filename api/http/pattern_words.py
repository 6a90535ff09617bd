"""What a refusal says instead of a pattern that nobody can read."""

from __future__ import annotations

WORDS: dict[str, str] = {}
"""What is said of each pattern that was put in words."""
OTHERWISE = "it is not written as the description of the interface says"


def in_words(pattern: str, words: str) -> str:
    """Give ``pattern``, and let refusals say ``words`` of a text that does not fit it: what a text that fits is."""
    WORDS[pattern] = words
    return pattern


def words_of(pattern: str) -> str:
    """Say what a text is that fits a pattern."""
    return WORDS.get(pattern, OTHERWISE)


ONE_LINE = in_words(r"^[^\x00-\x1f\x7f]+$", "it is one line")
ONE_LINE_OR_NONE = in_words(r"^[^\x00-\x1f\x7f]*$", "it is one line")
KEY_TO_FIND = in_words("^[a-z0-9_-]{1,64}$", "it is a key: up to 64 of a-z, 0-9, - and _")
ZONE = in_words(r"^[A-Za-z0-9_+/-]{1,64}$", "it is a time zone, as in Europe/Warsaw")
