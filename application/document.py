"""Pieces that several documents have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, overload
from uuid import UUID

from typing_extensions import TypeAliasType, TypedDict

from application.languages import look_up
from application.memo import Memo
from application.schema import Described, Encodes, documented
from domain.impact import Impact, Status
from domain.instants import written
from domain.ledger.request_policy import Disposition, RequestPolicy

LocalizedText = TypeAliasType(
    "LocalizedText",
    Annotated[
        str | dict[str, str],
        Described(
            description="An object from language tag to text; with `lang` one string, in that language or else in the"
            " default one."
        ),
    ],
)
LOCALIZED_TEXT = Encodes(LocalizedText)
"""The mark by which texts are found that are answered in one language if one is asked for."""
COMPONENT = Described(description="The key of a component.", examples=["order-import"])
"""The mark by which objects are found whose keys are components."""

Localized = Annotated[dict[str, str], LOCALIZED_TEXT]
Instant = Annotated[str, Encodes(datetime)]
Day = Annotated[str, Encodes(date)]
Id = Annotated[str, Encodes(UUID)]
Key = Annotated[str, COMPONENT]
Market = Annotated[str, Described(description="A country (ISO 3166-1 alpha-2).", examples=["ES"])]
Duration = Annotated[str, Described(description="ISO 8601, in seconds.", examples=["PT90S"])]
StatusName = Annotated[str, Encodes(Status)]


class Visibility(StrEnum):
    """Whether readers can see it."""

    PUBLIC = "public"
    PRIVATE = "private"


StatusSpan = TypedDict("StatusSpan", {"status": StatusName, "from": Instant})
"""A half-open span of time with one status: ``from`` is inside, the end is not."""


@documented
class ImpactSpan(StatusSpan):
    """A span of an impact."""

    until: Instant | None
    """Null while it goes on."""


ImpactSpans = dict[Key, list[ImpactSpan]]


@documented
class RequestPolicyDocument(TypedDict):
    """What becomes of requests of one kind once their cause has ended."""

    policy: Annotated[str, Encodes(Disposition)]
    deadline: Duration
    four_eyes: bool


@documented
class Page(TypedDict):
    """A piece of a list, whose items a page of its own kind has in ``data``."""

    has_more: bool
    next_cursor: str | None
    """Where the list goes on, also named by the header `Link`; null at its end."""


@overload
def instant(moment: datetime) -> str: ...
@overload
def instant(moment: datetime | None) -> str | None: ...
def instant(moment: datetime | None) -> str | None:
    """Write an instant (RFC 3339, in UTC); None stays None."""
    return None if moment is None else written(moment)


def has_passed(expected_at: str | None, now: datetime) -> bool:
    """Tell whether an instant, as documents have it, has come; one that is not named has not."""
    return expected_at is not None and datetime.fromisoformat(expected_at) <= now


@overload
def duration(span: timedelta) -> str: ...
@overload
def duration(span: timedelta | None) -> str | None: ...
def duration(span: timedelta | None) -> str | None:
    """Write a duration (ISO 8601, in seconds: ``PT90S``); None stays None."""
    if span is None:
        return None
    seconds, rest = divmod(span, timedelta(seconds=1))
    fraction = f".{rest.microseconds:06d}".rstrip("0") if rest else ""
    return f"PT{seconds}{fraction}S"


def _impact_spans(impact: Impact) -> ImpactSpans:
    return {
        key: [{"status": str(span.status), "from": instant(span.start), "until": instant(span.end)} for span in spans]
        for key, spans in impact.items()
    }


IMPACT_SPANS = Memo(_impact_spans)
"""Writes the spans of each component; ``until`` is null while a span is open."""


def request_policies(policies: Mapping[str, RequestPolicy]) -> dict[str, RequestPolicyDocument]:
    """Write what becomes of requests, kind by kind."""
    return {kind: request_policy(policy) for kind, policy in policies.items()}


def request_policy(policy: RequestPolicy) -> RequestPolicyDocument:
    """Write what becomes of requests of one kind."""
    return {"policy": str(policy.policy), "deadline": duration(policy.deadline), "four_eyes": policy.four_eyes}


def chosen(text: Mapping[str, str], language: str, default: str) -> str | None:
    """Choose a text by language (RFC 4647 look-up), else by the default one, else any; None if there is no text."""
    exact = text.get(language)
    if exact is not None or not text:
        return exact
    tag = look_up(language, text) or look_up(default, text)
    return next(iter(text.values())) if tag is None else text[tag]
