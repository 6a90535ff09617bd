"""Pieces that several documents have."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from application.memo import Remembered
from domain.instants import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.impact import Impact
    from domain.ledger.request_policy import RequestPolicy

Document = dict[str, Any]
"""A JSON object."""

LOCALIZED = frozenset(
    {
        "title",
        "message",
        "name",
        "description",
        "body",
        "postmortem_draft",
        "reason",
        "note",
        "provider",
        "promised_by",
        "workaround",
        "restored_note",
        "completed_note",
        "text",
    }
)
"""The members whose value is a localized text."""
AUDIENCES = "audiences"


def instant(moment: datetime | None) -> str | None:
    """Write an instant, if there is one."""
    return None if moment is None else written(moment)


def duration(span: timedelta | None) -> str | None:
    """Write a duration (ISO 8601, in seconds: ``PT90S``)."""
    if span is None:
        return None
    seconds, rest = divmod(span, timedelta(seconds=1))
    fraction = f".{rest.microseconds:06d}".rstrip("0") if rest else ""
    return f"PT{seconds}{fraction}S"


def _impact_spans(impact: Impact) -> Document:
    return {
        key: [{"status": str(span.status), "from": instant(span.start), "until": instant(span.end)} for span in spans]
        for key, spans in impact.items()
    }


IMPACT_SPANS = Remembered(_impact_spans)
"""Writes the spans of each component; ``until`` is null while a span is open."""


def request_policies(policies: Mapping[str, RequestPolicy]) -> Document:
    """Write what becomes of requests, kind by kind."""
    return {
        kind: {"policy": str(policy.policy), "deadline": duration(policy.deadline), "four_eyes": policy.four_eyes}
        for kind, policy in policies.items()
    }


def localized(document: Any, language: str, default: str) -> Any:  # noqa: ANN401 - any piece of JSON
    """Replace each localized text by the one in ``language``, else in ``default``, else in any."""
    if isinstance(document, list):
        return [localized(item, language, default) for item in document]
    if not isinstance(document, dict):
        return document
    return {key: _localized(key, value, language, default) for key, value in document.items()}


def _localized(key: str, value: Any, language: str, default: str) -> Any:  # noqa: ANN401 - any piece of JSON
    if key in LOCALIZED and _is_text(value):
        return chosen(value, language, default)
    if key == AUDIENCES and isinstance(value, dict):
        return {name: _texts(audience, language, default) for name, audience in value.items()}
    return localized(value, language, default)


def _texts(node: Any, language: str, default: str) -> Any:  # noqa: ANN401 - lists of texts, however deep
    """Choose the texts of an audience, whose lists hold nothing else."""
    if isinstance(node, list):
        return [chosen(text, language, default) for text in node]
    return {name: _texts(inner, language, default) for name, inner in node.items()}


def _is_text(value: object) -> bool:
    """Tell a text from an object that is only known by a name like one: a kind of request can have any."""
    return isinstance(value, dict) and all(isinstance(sentence, str) for sentence in value.values())


def chosen(text: Mapping[str, str], language: str, default: str) -> str | None:
    """Choose a text by language, with the fallbacks of ``localized``; None if there is no text at all."""
    return text.get(language) or text.get(default) or next(iter(text.values()), None)
