"""Calendars as `icalendar` and `recurring-ical-events` understand them, and as `khal` and `vdirsyncer` do.

The latter two are programs of their own: on Debian, `apt-get install khal vdirsyncer`.
"""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import recurring_ical_events  # type: ignore[import-not-found]  # of the environment of the clients
from icalendar import Calendar

Understood = dict[str, Any]

SECONDS = 60
KHAL = """[calendars]
[[maintenance]]
path = {folder}/maintenance
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""
SYNC = """[general]
status_path = "{folder}/status/"
[pair maintenance]
a = "theirs"
b = "ours"
collections = null
[storage theirs]
type = "http"
url = "{address}"
[storage ours]
type = "filesystem"
path = "{folder}/items/"
fileext = ".ics"
"""


def read(address: str, program: str = "icalendar", folder: str = "") -> Understood:
    """Give what a program understands of the calendar at an address; those on disk need a ``folder`` of their own."""
    if program == "icalendar":
        return _icalendar(address)
    return {"khal": _khal, "vdirsyncer": _vdirsyncer}[program](address, Path(folder))


def _icalendar(address: str) -> Understood:
    """Give each event in UTC, the lines that are too long, and what happens in the span of all of them."""
    with urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - the service that is tested
        body, media = answer.read(), answer.headers["Content-Type"]
    calendar = Calendar.from_ical(body)
    events = [_event(each) for each in calendar.walk("VEVENT")]
    moments = [each[name] for each in events for name in ("start", "end")]
    happening = recurring_ical_events.of(calendar).between(min(moments), max(moments)) if moments else []
    return {
        "media": media,
        "name": str(calendar["NAME"]),
        "zones": [str(each["TZID"]) for each in calendar.walk("VTIMEZONE")],
        "longest": max(map(len, body.split(b"\r\n"))),
        "errors": [str(error) for each in calendar.walk() for error in each.errors],
        "events": [{**each, "start": _utc(each["start"]), "end": _utc(each["end"])} for each in events],
        "happening": [[str(each["UID"]), _utc(each["DTSTART"].dt)] for each in happening],
    }


def _event(event: Any) -> Understood:  # noqa: ANN401 - of a library that types all values alike
    return {
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "status": str(event["STATUS"]),
        "zone": event["DTSTART"].params.get("TZID"),
        "start": event["DTSTART"].dt,
        "end": event["DTEND"].dt,
        "summary": str(event["SUMMARY"]),
        "description": str(event["DESCRIPTION"]),
        "alarms": [int(alarm["TRIGGER"].dt / timedelta(minutes=1)) for alarm in event.walk("VALARM")],
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _khal(address: str, here: Path) -> Understood:
    """Import the calendar again, and give what is listed: start, end, status and title of each event."""
    (here / "maintenance").mkdir(parents=True, exist_ok=True)
    config, file = here / "khal.conf", here / "maintenance.ics"
    config.write_text(KHAL.format(folder=here), encoding="utf-8")
    with urlopen(address, timeout=SECONDS) as answer:  # noqa: S310
        file.write_bytes(answer.read())
    _run("khal", "-c", config, "import", "--batch", "-a", "maintenance", file)
    shape = "{start-long-full} {end-long-full} {status}{title}"
    said = _run("khal", "-c", config, "list", "--day-format", "", "--format", shape, "--once", "today", "400d")
    return {"listed": [line for line in said.splitlines() if line.strip()]}


def _vdirsyncer(address: str, here: Path) -> Understood:
    """Copy the calendar twice; give how much each copying changed, and summary, sequence and status of each event."""
    here.mkdir(parents=True, exist_ok=True)
    config = here / "vdirsyncer.conf"
    config.write_text(SYNC.format(folder=here, address=address), encoding="utf-8")
    _run("sh", "-c", f"yes | vdirsyncer -c {config} discover")
    copied = [re.findall(r"Copying|Deleting", _run("vdirsyncer", "-c", config, "sync")) for _ in range(2)]
    items: list[Any] = [
        Calendar.from_ical(path.read_bytes()).walk("VEVENT")[0] for path in (here / "items").glob("*.ics")
    ]
    # It names each item by a hash of what is in it.
    found = sorted([str(each["SUMMARY"]), int(each["SEQUENCE"]), str(each["STATUS"])] for each in items)
    return {"copied": [len(lines) for lines in copied], "items": found}


def _run(*command: object) -> str:
    done = subprocess.run(
        ["/usr/bin/env", "LC_ALL=C.UTF-8", *(str(word) for word in command)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    said = done.stdout + done.stderr
    if done.returncode:
        raise RuntimeError(said)
    return said
