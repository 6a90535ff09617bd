"""What pages tell of a maintenance window: its times by several clocks, its phase, and how its plan has moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from typing_extensions import TypedDict

from application.maintenance.documents import PublicWindowDocument
from application.maintenance.timetables import local_text
from application.texts import translatable
from domain.maintenance import What, WindowState

if TYPE_CHECKING:
    from api.site.kernel.languages import Speech
    from application.maintenance.documents import LocalTimeDocument
    from application.ports import Zones

PHASES = ("before", "during", "after")
PHASE_OF = {
    WindowState.SCHEDULED: "before",
    WindowState.IN_PROGRESS: "during",
    WindowState.VERIFYING: "during",
    WindowState.COMPLETED: "after",
}
PHASE_WORDS = {
    "before": translatable("Before the maintenance"),
    "during": translatable("During the maintenance"),
    "after": translatable("After the maintenance"),
}
PRESENT_WORDS = {
    "before": translatable("Now, before the maintenance"),
    "during": translatable("Now, during the maintenance"),
    "after": translatable("Now, after the maintenance"),
}


class Clocks(TypedDict):
    """Start and end of a window as the clocks of a zone show them."""

    zone: str
    start: str
    """With the offset of the zone, as in `2024-07-27T22:00-06:00`."""
    end: str


class ShownWindow(TypedDict):
    """A window on a page."""

    window: PublicWindowDocument
    clocks: Clocks
    """Those of its own zone, or of the one that was asked for."""


def shown_window(window: PublicWindowDocument, zones: Zones, zone: str | None = None) -> ShownWindow:
    """Add to a window its times in its own zone, or in another."""
    name = zone or window["zone"]
    found = zones.find(name)
    moments = (datetime.fromisoformat(window["starts_at"]), datetime.fromisoformat(window["ends_at"]))
    start, end = (local_text(found, each) if found else each.isoformat() for each in moments)
    return {"window": window, "clocks": {"zone": name, "start": start, "end": end}}


def changes_at(windows: Iterable[PublicWindowDocument], now: datetime) -> datetime | None:
    """Give the next boundary of windows, at which a page about them changes by itself."""
    texts = (text for each in windows for text in (each["starts_at"], each["ends_at"], each["expected_at"]) if text)
    return min((moment for moment in map(datetime.fromisoformat, texts) if moment > now), default=None)


def window_words(shown: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
    """Say of a window which clocks are meant, and how its plan has moved."""
    window, clocks = shown["window"], shown["clocks"]
    return {
        "city": speech.city(clocks["zone"]),
        "is_here": _same_clocks(clocks, speech),
        "moved_from": _times_before(window["updates"], What.RESCHEDULED),
        "extended_from": _times_before(window["updates"], What.EXTENDED),
    }


def audience_part(window: Mapping[str, Any], audience: str, speech: Speech) -> Mapping[str, Any]:
    """Give what an audience cannot do, what to do in each phase, the present one first, and where it can ask."""
    content = window["audiences"].get(audience) or {"restrictions": [], "guidance": dict.fromkeys(PHASES, ())}
    phase = PHASE_OF.get(window["state"])
    return {
        "restrictions": content["restrictions"],
        "guidance": list(_guidance(content["guidance"], phase, speech)),
        "is_over": phase == "after",
        "contacts": [each for each in window["contacts"] if each["audience"] in {None, audience}],
    }


def local_words(local_times: Sequence[LocalTimeDocument], speech: Speech) -> list[Mapping[str, str]]:
    """Give start and end in each market; markets whose clocks show the same stand together."""
    together: dict[tuple[str, str], list[str]] = {}
    for each in local_times:
        name = speech.city(each["zone"]) if each["market"] is None else speech.country(each["market"])
        names = together.setdefault((each["start"], each["end"]), [])
        if name not in names:
            names.append(name)
    return [{"names": speech.several(names), "start": start, "end": end} for (start, end), names in together.items()]


def _same_clocks(clocks: Mapping[str, str], speech: Speech) -> bool:
    moments = (datetime.fromisoformat(clocks["start"]), datetime.fromisoformat(clocks["end"]))
    return all(each.astimezone(speech.zone).utcoffset() == each.utcoffset() for each in moments)


def _times_before(updates: Sequence[Mapping[str, Any]], what: What) -> Mapping[str, str] | None:
    """Give start and end before the last change of a kind; None if there was none, or it is not known."""
    for earlier, update in zip(reversed(updates[:-1]), reversed(updates[1:]), strict=True):
        if update["what"] == what:
            return {"starts_at": earlier["starts_at"], "ends_at": earlier["ends_at"]}
    return None


def _guidance(texts: Mapping[str, Sequence[str]], phase: str | None, speech: Speech) -> Iterator[Mapping[str, Any]]:
    for name in sorted(PHASES, key=lambda each: each != phase):
        if texts[name]:
            words = PRESENT_WORDS if name == phase else PHASE_WORDS
            yield {"title": speech.text(words[name]), "is_present": name == phase, "texts": texts[name]}
