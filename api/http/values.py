"""The types of the values in requests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from api.http.pattern_words import in_words
from application.durations import parse_duration
from application.languages import TAG, canonical_tag
from domain.impact import Status
from domain.text import LONGEST_TEXT, MOST_LANGUAGES

INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?(Z|z|[+-]\d\d:\d\d)?", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
S = TypeVar("S", str, str | None)
DURATION = r"^(\d+(ms|s|m|h|d)|P(?=[\dT])(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d{1,6})?S)?)?)$"


def parse_instant(text: str) -> datetime:
    """Read an instant (RFC 3339) with its offset; digits beyond the microsecond are cut.

    Raises:
        ValueError: if it is none, or has no offset: it is refused, never guessed.
    """
    found = INSTANT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is not an instant; write it as 2024-07-28T04:00:00Z")
    day, time, fraction, offset = found.groups()
    if offset is None:
        raise ValueError(f"{text!r} has no offset; write Z or +02:00 after it")
    try:
        moment = datetime.fromisoformat(f"{day}T{time}.{(fraction or '')[:6]:0<6}{offset.upper()}")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not an instant that exists") from None


def parse_day(text: str) -> date:
    """Read a day (ISO 8601).

    Raises:
        ValueError: if it is none, does not exist, or is too far away.
    """
    if not DAY.fullmatch(text):
        raise ValueError("a day is a string, as in 2024-07-28")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is not a day that exists") from None
    if day in {date.min, date.max}:
        # Its midnight, in some zone, would be of a year that there is not.
        raise ValueError(f"{text} is too far away")
    return day


def _instant(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    if not isinstance(value, str):
        raise ValueError("an instant is a string, as in 2024-07-28T04:00:00Z")  # noqa: TRY004 - pydantic reports ValueError only
    return parse_instant(value)


def _duration(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    if not isinstance(value, str):
        raise ValueError("a duration is a string, as in 30m or PT30M")  # noqa: TRY004 - pydantic reports ValueError only
    return parse_duration(value)


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("a text cannot have the character NUL")
    return text


def _distinct(items: list[Any]) -> list[Any]:
    return list(dict.fromkeys(items))


class LocalizedMark:
    """The mark of a text whose language may have been left out."""


def up_to(longest: timedelta, *, or_none: bool = False) -> AfterValidator:
    """Make a validator that refuses a duration above ``longest``, and zero unless ``or_none``."""

    def check(value: timedelta) -> timedelta:
        if value > longest:
            raise ValueError(f"the duration is longer than {longest.days} days")
        if not value and not or_none:
            raise ValueError("the duration is without length")
        return value

    return AfterValidator(check)


def _day(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    if not isinstance(value, str):
        raise ValueError("a day is a string, as in 2024-07-28")  # noqa: TRY004 - pydantic reports ValueError only
    return parse_day(value)


def _whole(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    if isinstance(value, bool | str):
        raise ValueError("write a number, not a string and not true or false")  # noqa: TRY004 - see above
    return value


def _text(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    # A plain string is a text in the language of the request, which is filled in later.
    if isinstance(value, str):
        return {"": value}
    if not isinstance(value, dict):
        return value
    cased = [(canonical_tag(tag) if isinstance(tag, str) and TAG.fullmatch(tag) else tag) for tag in value]
    if len(set(cased)) < len(cased):
        raise ValueError("a text is there once in each language; the case of a tag does not tell languages apart")
    return dict(zip(cased, value.values(), strict=True))


def _one_of(statuses: Iterable[Status]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [str(status) for status in statuses]})


Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "examples": ["30m", "PT30M"], "pattern": DURATION}),
]
Day = Annotated[date, BeforeValidator(_day)]
ImpactStatus = Annotated[Status, _one_of(status for status in Status if status.is_impact)]
"""A status that a cause can give a component."""
SayableStatus = Annotated[Status, _one_of(status for status in Status if status is not Status.UNKNOWN)]
"""A status that a person can report of a component; ``operational`` ends an impact."""
Flag = Annotated[bool, Field(strict=True)]
WHOLE = BeforeValidator(_whole)
"""Stands after the limits of a number: pydantic describes only what is checked behind it as limits."""
KEY = in_words(
    r"^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$",
    "it has up to 64 of a-z, 0-9, - and _, and begins and ends with a letter or a digit",
)
"""A stable name that people and machines write alike."""
Key = Annotated[str, StringConstraints(pattern=KEY)]
Market = Annotated[
    str, StringConstraints(pattern=in_words(r"^[A-Z]{2}$", "it is a country in two capital letters, as in ES"))
]
CHARACTER = (
    r"[^\s\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]"
)
"""A character that can be seen. White space, controls, marks of direction and joining, and letters that are blank by
definition cannot."""
SOMETHING = rf"^[^\x00]*{CHARACTER}[^\x00]*$"
"""A text that is not blank, without NUL, which PostgreSQL stores in no text."""
LINE = in_words(
    rf"^[^\x00-\x1f\x7f]*{CHARACTER}[^\x00-\x1f\x7f]*$", "it is one line, and has a character that can be seen"
)
"""A text of one line that is not blank."""


def _visible(text: str) -> str:
    if not VISIBLE.search(text):
        raise ValueError("the text has no character that can be seen")
    return _storable(text)


VISIBLE = re.compile(CHARACTER)
SEEN = AfterValidator(_visible)
"""Stands after the limits of a text: pydantic describes only what is checked before it as limits."""
NOT_BLANK = Field(json_schema_extra={"pattern": SOMETHING})
"""Stands after the limits of a text that is stripped first: that it may not be blank is described by nothing else."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=LINE)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000), SEEN, NOT_BLANK]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT), SEEN]
SENTENCE = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": SOMETHING}
"""What the description says of it, where it is written by hand."""
Tag = Annotated[
    str,
    StringConstraints(
        pattern=in_words(r"^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$", "it is the tag of a language, as in pt-BR"),
        max_length=35,
    ),
]
TEXT = LocalizedMark()
TEXT_OR_EMPTY = LocalizedMark()
TEXT_CHANGES = LocalizedMark()
DISTINCT = AfterValidator(_distinct)
"""Stands behind the limits of a list: what is named twice counts once."""


def _described_text(in_language: dict[str, Any], description: str) -> WithJsonSchema:
    by_language = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": MOST_LANGUAGES,
        "propertyNames": {"pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", "maxLength": 35},
        "additionalProperties": in_language,
    }
    return WithJsonSchema({"anyOf": [SENTENCE, by_language], "description": description})


Localized = Annotated[
    dict[Tag, Sentence],
    TEXT,
    Field(min_length=1, max_length=MOST_LANGUAGES),
    BeforeValidator(_text),
    _described_text(
        SENTENCE,
        "A text in the language that `Content-Language` names, or else in the default one; or an object from language"
        " tag to text.",
    ),
]
LocalizedChanges = Annotated[
    dict[Tag, Sentence | None],
    TEXT_CHANGES,
    Field(min_length=1, max_length=MOST_LANGUAGES),
    BeforeValidator(_text),
    _described_text(
        {"anyOf": [SENTENCE, {"type": "null"}]},
        "A text in the language that `Content-Language` names, or else in the default one; or an object from language"
        " tag to text. Languages that are left out stay, and null takes one away.",
    ),
]
"""What changes of a localized text."""

LocalizedOrEmpty = Annotated[Localized | None, TEXT_OR_EMPTY]
"""A text that may be left out, or null: there is none in any language then."""


def localized(text: Mapping[str, S], language: str) -> dict[str, S]:
    """Give the text of a body: what does not say its language is in ``language``."""
    return {tag or language: sentence for tag, sentence in text.items()}


class Body(BaseModel):
    """A request body; it refuses members that it does not declare."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def without_defaults(schema: dict[str, Any]) -> None:
    """Describe a body of which everything that is left out stays, whatever it is."""
    for described in schema["properties"].values():
        described.pop("default", None)


def values_alone(schema: dict[str, Any]) -> None:
    """Describe an object from any name of a pattern to values of one kind as generators of clients understand it."""
    for pattern, value in schema.pop("patternProperties", {}).items():
        names = schema.get("propertyNames", {})
        schema |= {"propertyNames": names | {"pattern": pattern}, "additionalProperties": value}


def example(**members: Any) -> ConfigDict:  # noqa: ANN401 - any JSON
    """Give a body an example for the description of the interface."""
    return ConfigDict(json_schema_extra={"examples": [members]})


Statuses = Annotated[dict[Key, SayableStatus], Field(max_length=500, json_schema_extra=values_alone)]
