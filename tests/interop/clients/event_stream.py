"""Follows the log with ``httpx-sse``; where the stream is cut, it goes on behind the last event that came."""

from __future__ import annotations

import json
import threading
from typing import Any

import httpx
from httpx_sse import connect_sse

SECONDS = 60.0


def read(address: str, secret: str, until: int, **asked: str) -> dict[str, Any]:
    """Give what came up to the position ``until``, and how often it was cut; ``asked`` is the query."""
    found: dict[str, Any] = {"positions": [], "ids": [], "types": [], "names": [], "cut": 0, "refused": None}
    headers, retry = {"Authorization": f"Bearer {secret}"}, 1.0
    pause = threading.Event()
    with httpx.Client(base_url=address, headers=headers, timeout=SECONDS) as client:
        while True:
            last = {"Last-Event-ID": found["ids"][-1]} if found["ids"] else {}
            try:
                with connect_sse(client, "GET", "/v1/events/stream", params=asked, headers=last) as source:
                    if source.response.status_code != 200:
                        found["refused"] = json.loads(source.response.read())["code"]
                        return found
                    for event in source.iter_sse():
                        retry = (event.retry or retry * 1000) / 1000
                        data = json.loads(event.data)
                        found["positions"].append(data["position"])
                        found["ids"].append(event.id)
                        found["types"].append(data["type"])
                        found["names"] += [] if event.event in found["names"] else [event.event]
                        if data["position"] >= until:
                            return found
            except httpx.TransportError:
                pass
            found["cut"] += 1
            pause.wait(retry)
