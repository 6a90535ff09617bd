"""A cause of held requests at a served program, and the people and machines who have to do with them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from infrastructure.clock import SystemClock
from tests.e2e.server import Server

Json = dict[str, Any]

PATH = "/v1/held-requests"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
NDJSON = {"Content-Type": "application/x-ndjson"}


class Cause:
    """An incident that began half an hour ago and holds requests up; orders are to be reprocessed after it."""

    def __init__(self, server: Server, operator: Mapping[str, str], component: str) -> None:
        """Declare it on a component, which is registered for it."""
        self.server, self._operator = server, dict(operator)
        now = SystemClock().now()
        self.received_at = (now - timedelta(minutes=10)).isoformat()
        self._post("/v1/components", {"key": component, "name": component, "group": "platform"})
        body = {
            "title": "Trouble",
            "message": "Requests wait.",
            "components": {component: "major_outage"},
            "occurred_at": (now - timedelta(minutes=30)).isoformat(),
            "request_policies": {"order": {"policy": "reprocess"}},
        }
        self.id = str(self._post("/v1/incidents", body)["id"])

    def end(self) -> None:
        """Let it be resolved."""
        self._post(
            f"/v1/incidents/{self.id}/updates",
            {"state": "resolved", "message": "Over.", "override_reason": "tried out"},
        )

    def request(self, reference: str, kind: str = "order") -> Json:
        """Give a request that it holds up."""
        return {
            "cause": {"type": "incident", "id": self.id},
            "source": "shop-17",
            "kind": kind,
            "reference": reference,
            "received_at": self.received_at,
            "digest": DIGEST,
        }

    def hand_in(self, requests: Sequence[Json]) -> Json:
        """Hand requests in, one a line, and give what became of them."""
        body = b"\n".join(json.dumps(request).encode() for request in requests)
        answer = self.server.client.post(PATH, content=body, headers={**self._operator, **NDJSON})
        assert answer.status_code == 200, answer.text
        counts: Json = answer.json()["counts"]
        return counts

    def _post(self, path: str, body: Json) -> Json:
        answer = self.server.client.post(path, json=body, headers=self._operator)
        assert answer.status_code in {200, 201}, answer.text
        made: Json = answer.json()
        return made


def bearer(token: str) -> dict[str, str]:
    """Give the header that shows a token."""
    return {"Authorization": f"Bearer {token}"}
