"""How an alert of Alertmanager is read as a signal.

Nothing but its own ``status``, and a fingerprint or labels, can refuse it. What else is wrong is repaired, or dropped.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic_core import to_json

from api.http.values import parse_instant
from api.incidents.signal_bodies import SUMMARY_LIMIT
from api.ingest.repaired_json import read_json, text_of, texts_of
from application.incidents.reported_signals import ReportedSignal
from domain.errors import Invalid
from domain.impact import Status
from domain.incidents.report import AlertDetails, SignalCause

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from application.incidents.signal_documents import AlertRefused

ALERTS = 100_000
"""How many alerts one body may have."""
STATES = {"firing": True, "resolved": False}
NAME_LIMIT = 255
TIME_LIMIT = 64
URL_LIMIT = 1_000
"""Longer addresses are cut, as are longer values of labels and annotations."""
DETAILS = 64
"""How many labels, and how many annotations, are kept of an alert that names no known component."""
DETAIL_LIMIT = 1_000
ROOM = 8 * 1024
"""How many bytes its labels, and its annotations, may have as JSON."""
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
BETWEEN = re.compile(r"[^A-Za-z]+")
MARKET = re.compile(r"[A-Z]{2}")
COUNT = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """The alerts of a body in order, and how many Alertmanager left out of it."""

    items: list[ReportedSignal | AlertRefused]
    truncated: int


@dataclass(frozen=True, kw_only=True)
class AlertReader:
    """Reads the alerts of one ``source``; which label names the component, and what severities mean, is a setting."""

    source: str
    component_label: str
    severities: Mapping[str, Status]

    def read(self, body: bytes) -> Alerts:
        """Read a body.

        Raises:
            Malformed: if it is no JSON.
            Invalid: if it has no list of alerts, or more than a hundred thousand.
        """
        webhook = read_json(body)
        alerts = webhook.get("alerts") if isinstance(webhook, dict) else None
        if not isinstance(alerts, list):
            raise Invalid("the body has no list of alerts", pointer="/alerts")
        if len(alerts) > ALERTS:
            raise Invalid(f"the body has more than {ALERTS} alerts", pointer="/alerts")
        truncated = text_of(webhook.get("truncatedAlerts")) or ""
        return Alerts(
            items=[self._read(index, alert) for index, alert in enumerate(alerts)],
            truncated=int(truncated) if COUNT.fullmatch(truncated) else 0,
        )

    def _read(self, index: int, alert: object) -> ReportedSignal | AlertRefused:
        if not isinstance(alert, dict):
            return _refused(index, None, "an alert is an object")
        labels = texts_of(alert.get("labels"))
        fingerprint = _fingerprint(alert.get("fingerprint"), labels)
        firing = STATES.get((text_of(alert.get("status")) or "").strip().lower())
        if firing is None:
            return _refused(index, fingerprint, "/status: it is neither firing nor resolved")
        if fingerprint is None:
            return _refused(index, None, "it has neither a fingerprint nor labels")
        return self._signal(alert, labels, fingerprint, firing=firing)

    def _signal(
        self, alert: dict[str, object], labels: dict[str, str], fingerprint: str, *, firing: bool
    ) -> ReportedSignal:
        annotations = texts_of(alert.get("annotations"))
        started_at, started_text = _moment(alert.get("startsAt"))
        occurred_at, text = (started_at, started_text) if firing else _moment(alert.get("endsAt"))
        if started_at is not None and occurred_at is not None and occurred_at < started_at:
            # It cannot have ended before it began.
            occurred_at, text = started_at, started_text
        severity = labels.get("severity", "").strip().casefold()
        return ReportedSignal(
            source=self.source,
            fingerprint=fingerprint,
            firing=firing,
            component=labels.get(self.component_label, "").strip()[:NAME_LIMIT] or None,
            status=self.severities.get(severity, Status.DEGRADED_PERFORMANCE),
            cause=SignalCause.CODE_CHANGE if labels.get("cause", "").strip() == SignalCause.CODE_CHANGE else None,
            summary=annotations.get("summary", "")[:SUMMARY_LIMIT] or None,
            occurred_at=occurred_at,
            reported_at=text,
            markets=_markets(labels),
            details=AlertDetails(
                labels=_bounded(labels),
                annotations=_bounded(annotations),
                generator_url=(text_of(alert.get("generatorURL")) or "")[:URL_LIMIT] or None,
            ),
            started_at=None if firing else started_at,
            started_text=None if firing else started_text,
        )


def _refused(index: int, fingerprint: str | None, detail: str) -> AlertRefused:
    return {"index": index, "fingerprint": fingerprint, "outcome": "refused", "code": "invalid", "detail": detail}


def _fingerprint(given: object, labels: dict[str, str]) -> str | None:
    """Give what an alert is known by: its fingerprint, or one made of its labels, in whatever order they stand."""
    text = CONTROL.sub("\N{REPLACEMENT CHARACTER}", text_of(given) or "")
    if text.strip() and len(text) <= NAME_LIMIT:
        return text
    if not text.strip() and not labels:
        return None
    return hashlib.sha256(text.encode() if text.strip() else to_json(sorted(labels.items()))).hexdigest()[:32]


def _moment(value: object) -> tuple[datetime | None, str | None]:
    """Read an instant, and keep how it was written; one that is not set, as Go writes it, is none."""
    text = (text_of(value) or "").strip()[:TIME_LIMIT]
    try:
        moment = parse_instant(text)
    except ValueError:
        return None, text or None
    return (None, None) if moment.year == 1 else (moment, text)


def _markets(labels: dict[str, str]) -> tuple[str, ...]:
    words = BETWEEN.split(f"{labels.get('market', '')} {labels.get('markets', '')}"[:ROOM].upper())
    return tuple(dict.fromkeys(word for word in words if MARKET.fullmatch(word)))


def _bounded(texts: dict[str, str]) -> dict[str, str]:
    """Keep the first members, each cut to its limit, as long as there is room."""
    kept: dict[str, str] = {}
    room = ROOM
    for name, text in list(texts.items())[:DETAILS]:
        short_name, short = name[:NAME_LIMIT], text[:DETAIL_LIMIT]
        room -= len(to_json(short_name)) + len(to_json(short))
        if room < 0:
            break
        kept[short_name] = short
    return kept
