"""Documents that letters are written from, made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.notifications.letters.documents import LetterDocument

ID = "0195602b-3800-7000-809f-606cbb3c535a"
NOW = "2025-03-04T08:00:00Z"


def an_incident_letter(*, title: str, message: str, name: str, contact: str, components: int = 1) -> LetterDocument:
    """Give the document about an incident that was just published."""
    keys = [f"part-{number}" for number in range(components)]
    statuses = dict.fromkeys(keys, "major_outage")
    return {
        "things": [
            {
                "id": f"incident/{ID}",
                "title": {"en": title},
                "page": f"incidents/{ID}",
                "entries": [
                    {
                        "id": ID,
                        "title": {"en": f"New incident: “{title}”."},
                        "message": {"en": message},
                        "thing": "incident",
                        "page": f"incidents/{ID}",
                        "published": NOW,
                        "updated": NOW,
                        "occurred_at": NOW,
                        "statuses": statuses,
                        "all": None,
                        "starts_at": None,
                        "ends_at": None,
                        "expected_at": None,
                        "affected": keys,
                        "panel": None,
                        "kind": "incident_published",
                        "recorded_at": NOW,
                        "state": "investigating",
                        "moved_from": None,
                        "promised_for": None,
                    }
                ],
                "incident": {
                    "id": ID,
                    "title": {"en": title},
                    "state": "investigating",
                    "impact": "critical",
                    "components": statuses,
                    "markets": [],
                    "impact_spans": {},
                    "started_at": NOW,
                    "published_at": NOW,
                    "resolved_at": None,
                    "postmortem": None,
                    "contacts": [{"audience": None, "channel": contact, "address": contact, "note": {"en": contact}}],
                    "expected_at": None,
                    "overdue": False,
                    "updates_count": 0,
                    "updates": [],
                },
                "window": None,
                "restoration": None,
                "clocks": None,
                "capabilities": {},
            }
        ],
        "more": 0,
        "names": {key: {"en": name} for key in keys},
        "audiences": [],
    }
