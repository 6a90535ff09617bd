"""Generates a client from the description of a service with ``openapi-python-client``, and goes to work with it.

The generator is asked for no more than a person would ask: a short name, and that spreadsheets are files. It leaves out
what comes as lines of JSON, and says so; the client sends and reads these by what it is made of.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import uuid
from datetime import date, datetime, timedelta
from http import HTTPStatus
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import httpx

PACKAGE = "bitacora_client"
SETTINGS = {
    "project_name_override": "bitacora-client",
    "package_name_override": PACKAGE,
    "content_type_overrides": {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "application/octet-stream",
    },
}
NDJSON = "application/x-ndjson"
COMPLAINT = re.compile(r"^(?:WARNING|ERROR) (.+)\n\n(.+)$", re.MULTILINE)
SECONDS = 300


def read(address: str, operator: str, auditor: str, emitter: str, now: str) -> dict[str, Any]:
    """Give what the generator complained of, and what the client understood.

    ``now`` is an instant; the others are secrets of tokens.
    """
    folder = Path(tempfile.mkdtemp(prefix="generated-"))
    warnings = generate(address, folder)
    sys.path.insert(0, str(folder))
    return {"warnings": warnings, **Work(address, operator, auditor, emitter, datetime.fromisoformat(now)).done()}


def generate(address: str, folder: Path) -> list[str]:
    """Generate the client into a folder, and give what the generator complained of, other than lines."""
    description, settings = folder / "openapi.json", folder / "settings.json"
    description.write_bytes(httpx.get(f"{address}/openapi.json", timeout=SECONDS).raise_for_status().content)
    settings.write_text(json.dumps(SETTINGS), encoding="utf-8")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    command += ["--path", str(description), "--config", str(settings), "--output-path", str(folder / PACKAGE)]
    # It makes the code pretty with what it finds beside itself.
    path = {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath])}
    done = subprocess.run(command, env=path, capture_output=True, text=True, timeout=SECONDS, check=False)
    said = done.stdout + done.stderr
    if done.returncode:
        raise RuntimeError(said)
    return [f"{place} {reason}" for place, reason in COMPLAINT.findall(said) if NDJSON not in reason]


class Work:
    """What somebody does with the client."""

    def __init__(self, address: str, operator: str, auditor: str, emitter: str, now: datetime) -> None:
        package = import_module(PACKAGE)
        self._models = import_module(f"{PACKAGE}.models")
        self._types = import_module(f"{PACKAGE}.types")
        self._reader = package.Client(base_url=address)
        self._operator, self._auditor, self._emitter = (
            package.AuthenticatedClient(base_url=address, token=secret) for secret in (operator, auditor, emitter)
        )
        self._now = now
        self._seen: dict[str, Any] = {}
        self._position: Any = self._types.UNSET

    def done(self) -> dict[str, Any]:
        """Do all of it, and give what was understood."""
        for step in (
            self._component,
            self._incident,
            self._window,
            self._panel,
            self._requests,
            self._endpoint,
            self._lists,
            self._log,
        ):
            step()
        return self._seen

    def _ask(self, route: str, /, *path: Any, by: Any = None, **asked: Any) -> Any:
        """Call a route, and give what its answer was parsed as."""
        answer = import_module(f"{PACKAGE}.api.{route}").sync_detailed(*path, client=by or self._operator, **asked)
        self._position = int(answer.headers.get("Bitacora-Position", 0)) or self._position
        if answer.parsed is None:
            raise RuntimeError(f"{route}: {answer.status_code} {answer.content[:500]!r}")
        return answer.parsed

    def _body(self, shape: str, /, **members: Any) -> Any:
        return getattr(self._models, shape).from_dict(members)

    def _component(self) -> None:
        self._key = f"generated-{uuid.uuid4().hex[:8]}"
        body = self._body(
            "RegistrationBody", key=self._key, name={"en": "Generated"}, group="platform", since="2025-01-01"
        )
        component = self._ask("components.register_component", body=body)
        self._seen["component"] = [type(component).__name__, component.key == self._key, component.public]

    def _incident(self) -> None:
        declaration = self._body(
            "DeclarationBody",
            title={"en": "It broke", "es": "Se rompió"},
            message="We look into it.",
            components={self._key: "major_outage"},
        )
        incident = self._ask("incidents.declare_incident", body=declaration)
        states = [incident.state.value]
        for body in (
            self._body("UpdateBody", state="identified", message="A cable.", components={self._key: "partial_outage"}),
            self._body("UpdateBody", state="resolved", message="All is well.", override_reason="It was seen."),
        ):
            incident = self._ask("incidents.update_incident", incident.id, body=body)
            states.append(incident.state.value)
        self._seen["incident"] = {
            "states": states,
            "title": incident.title.to_dict(),
            "impact": incident.impact.value,
            "spans": [span.status.value for span in self._spans(incident)],
            "as_read": type(self._ask("incidents.read_incident", incident.id, by=self._reader)).__name__,
            "resolved": isinstance(incident.resolved_at, datetime),
        }
        nobody = self._ask("incidents.read_incident", uuid.uuid4(), by=self._reader)
        again = self._ask("incidents.dismiss_incident", incident.id, body=self._body("ReasonBody", reason="Why not."))
        wrong = self._ask("incidents.list_incidents", by=self._reader, component="generated-thing")
        self._seen["problems"] = [
            [type(problem).__name__, problem.status, problem.code] for problem in (nobody, again, wrong)
        ]

    def _spans(self, incident: Any) -> list[Any]:
        spans: list[Any] = incident.impact_spans.additional_properties[self._key]
        return spans

    def _window(self) -> None:
        begin = self._now + timedelta(days=20)
        days = [(begin + timedelta(days=number)).strftime("%Y-%m-%dT22:00") for number in range(3)]
        body = self._body(
            "WindowBody",
            title="New servers",
            zone="America/Sao_Paulo",
            start=days[0],
            duration="4h",
            components={self._key: "under_maintenance"},
            audiences={"sellers": {"restrictions": ["You cannot import."], "guidance": {"before": ["Import now."]}}},
        )
        window = self._ask("maintenance.plan_window", body=body)
        moved = [window]
        for day in days[1:]:
            reschedule = self._body("RescheduleBody", start=day, duration="4h")
            moved.append(self._ask("maintenance.reschedule_window", window.id, body=reschedule))
        cancelled = self._ask(
            "maintenance.cancel_window", window.id, body=self._body("SaidBody", message="They have not come.")
        )
        self._seen["window"] = {
            "states": [each.state.value for each in (*moved, cancelled)],
            "revisions": [each.revision for each in moved],
            "hours": [(each.ends_at - each.starts_at) / timedelta(hours=1) for each in moved],
            "as_read": type(self._ask("maintenance.read_window", window.id, by=self._reader)).__name__,
        }

    def _panel(self) -> None:
        capabilities = ["login", "orders"]
        panel = self._ask(
            "panels.register_panel",
            body=self._body(
                "PanelBody",
                key=f"{self._key}-panel",
                name="Panel",
                zone="Europe/Warsaw",
                capabilities=capabilities,
                accounts_from=self._free_day(),
            ),
        )
        now = self._now
        restoration = self._ask(
            "restorations.begin_restoration",
            body=self._body("RestorationBody", panel=panel.key, lost_at=now.isoformat(), provider="OVH", reason="fire"),
        )
        states = [restoration.state.value]
        promise = self._body("PromiseBody", promised_by="OVH", promised_for=(now + timedelta(days=1)).isoformat())
        self._ask("restorations.promise_access", restoration.id, body=promise)
        back = self._ask("restorations.restore_access", restoration.id, body=self._body("ReturnBody"))
        states.append(back.state.value)
        early = self._ask("restorations.complete_restoration", restoration.id, body=self._completion())
        for name in capabilities:
            available = self._body("CapabilityBody", state="available")
            self._ask("restorations.set_capability", restoration.id, name, body=available)
        completed = self._ask("restorations.complete_restoration", restoration.id, body=self._completion())
        states.append(completed.state.value)
        seen = {"by": self._reader, "min_position": self._position}
        availability = self._ask("panels.read_panel_availability", panel.key, **seen)
        self._seen["restoration"] = {
            "states": states,
            "early": [type(early).__name__, early.code],
            "capabilities": [each.state.value for each in availability.capabilities.additional_properties.values()],
        }

    def _completion(self) -> Any:
        return self._body("RecoveryCompletionBody")

    def _free_day(self) -> str | None:
        """Give the first day of a panel that comes behind all there are; None if there are none."""
        panels = self._ask("panels.list_panels", by=self._reader).data
        days = [panel.accounts_from for panel in panels if panel.accounts_from]
        return (max(days, default=date(2021, 3, 1)) + timedelta(days=1)).isoformat() if panels else None

    def _requests(self) -> None:
        lines = [
            {
                "source": "generated",
                "kind": "order",
                "reference": f"{self._key}-{number}",
                "digest": "0" * 64,
                "received_at": self._now.isoformat(),
            }
            for number in range(3)
        ]
        body = self._body("HeldRequestBody", **lines[0])
        one = self._ask("held_requests.take_held_requests", by=self._emitter, body=body)
        several = [self._body("HeldRequestBody", **line) for line in lines]
        some = self._ask("held_requests.take_held_requests", by=self._emitter, body=several)
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        sending = self._emitter.get_httpx_client()
        answer = sending.post("/v1/held-requests", content=text, headers={"Content-Type": NDJSON})
        many = self._models.HeldReport.from_dict(answer.raise_for_status().json())
        exporting = import_module(f"{PACKAGE}.api.held_requests.export_held_requests")
        exported = exporting.sync_detailed(client=self._auditor).content.splitlines()
        self._seen["held requests"] = {
            "counts": [each.counts.to_dict() for each in (one, some, many)],
            "exported": len([line for line in exported if self._key.encode() in line]),
            "as": type(self._models.HeldRequest.from_dict(json.loads(exported[0]))).__name__,
        }

    def _endpoint(self) -> None:
        scope = {"components": [self._key]}
        body = self._body(
            "EndpointBody", name="Generated", channel="webhook", url="https://hooks.example.com/a", scope=scope
        )
        endpoint = self._ask("notifications.register_endpoint", body=body)
        update = {"title": "It broke", "message": "We look into it.", "components": {self._key: "major_outage"}}
        preview = self._ask("incidents.declare_incident", body=self._body("DeclarationBody", **update), preview=True)
        changed = self._ask(
            "notifications.change_endpoint", endpoint.id, body=self._body("EndpointChangeBody", enabled=False)
        )
        listed = self._ask("notifications.list_endpoints", limit=200).data
        self._seen["endpoint"] = {
            "secret": endpoint.secret.startswith("whsec_"),
            "preview": [type(preview).__name__, preview.total],
            "state": changed.state,
            "scope": len(changed.scope.components),
            "listed": endpoint.id in {each.id for each in listed},
        }
        self._ask("notifications.remove_endpoint", endpoint.id)

    def _lists(self) -> None:
        found: list[str] = []
        cursor = self._types.UNSET
        while cursor is not None:
            page = self._ask("maintenance.list_windows", by=self._reader, limit=1, cursor=cursor)
            found += [str(window.id) for window in page.data]
            cursor = page.next_cursor
        whole = self._ask("maintenance.list_windows", by=self._reader, limit=200).data
        self._seen["pages"] = found == [str(window.id) for window in whole]
        board = self._ask("status.read_status", by=self._reader, min_position=self._position)
        self._seen["board"] = self._key in {component.key for component in board.components}

    def _log(self) -> None:
        events = self._ask("events.list_events", by=self._auditor, limit=5)
        self._seen["events"] = [event.position for event in events.data]
        route = import_module(f"{PACKAGE}.api.events.follow_events")
        asked = route._get_kwargs(after="2")  # noqa: SLF001 - what it has for answers that are read as they come
        with self._auditor.get_httpx_client().stream(**asked) as answer:
            lines = (line[6:] for line in answer.iter_lines() if line.startswith("data: "))
            streamed = [self._models.Event.from_dict(json.loads(line)) for line in islice(lines, 3)]
        self._seen["stream"] = [event.position for event in streamed]
        refused = route.sync_detailed(client=self._operator)
        self._seen["refused"] = [refused.status_code == HTTPStatus.FORBIDDEN, type(refused.parsed).__name__]
