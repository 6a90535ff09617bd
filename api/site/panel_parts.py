"""What pages tell of a panel: its state, what works on it, what is promised, of when its data is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from typing_extensions import TypedDict

from api.site.kernel.words import name_of, within_sentence
from application.durations import parse_duration
from application.panels.documents import PanelAvailability
from application.panels.restoration_documents import PublicRestorationDocument
from application.texts import translatable
from domain.impact import Status
from domain.panels.restoration import CapabilityState, RestorationState, Stage

if TYPE_CHECKING:
    from api.site.kernel.languages import Speech
    from api.site.kernel.reading import PageRead

CAPABILITY_WORDS = {
    CapabilityState.AVAILABLE: translatable("Works"),
    CapabilityState.DEGRADED: translatable("Works with limits"),
    CapabilityState.SUSPENDED: translatable("Switched off by us"),
    CapabilityState.UNAVAILABLE: translatable("Does not work"),
    CapabilityState.UNKNOWN: translatable("Not known"),
}
CAPABILITY_STATUS = {
    CapabilityState.AVAILABLE: Status.OPERATIONAL,
    CapabilityState.DEGRADED: Status.DEGRADED_PERFORMANCE,
    CapabilityState.SUSPENDED: Status.UNDER_MAINTENANCE,
    CapabilityState.UNAVAILABLE: Status.MAJOR_OUTAGE,
    CapabilityState.UNKNOWN: Status.UNKNOWN,
}
"""The status whose colour and shape it has."""
GIVEN_UP = translatable("Given up, will not come back")
STAGE_WORDS = {
    Stage.LOST: translatable("Lost"),
    Stage.RECOVERABLE: translatable("Can be restored"),
    Stage.RESTORING: translatable("Being restored"),
    Stage.RESTORED: translatable("Restored"),
    Stage.VERIFIED: translatable("Restored and checked by us"),
    Stage.ACCEPTED: translatable("Restored and accepted by the owner"),
}


class ShownPanel(TypedDict):
    """A panel on a page."""

    panel: PanelAvailability
    status: str
    restoration: PublicRestorationDocument | None
    """The one that goes on."""


async def shown_panels(read: PageRead, key: str | None = None) -> list[ShownPanel]:
    """Read the panels, or the one of a key, each with the restoration that goes on."""
    board, _ = await read.board()
    status = {each["key"]: each["status"] for each in board["panels"]}
    hidden = {row.panel: row.document["hidden_capabilities"] for row in await read.panels()}
    return [
        {
            "panel": panel,
            "status": status.get(panel["key"], str(Status.UNKNOWN)),
            "restoration": await _open_restoration(read, panel, hidden[panel["key"]]),
        }
        for panel in await read.availability(key)
    ]


async def _open_restoration(
    read: PageRead, panel: PanelAvailability, hidden: Iterable[str]
) -> PublicRestorationDocument | None:
    if panel["restoration"] is None:
        return None
    found = await read.restoration(UUID(panel["restoration"]), list(hidden))
    return None if found["state"] == RestorationState.COMPLETED else found


def capability_words(panel: Mapping[str, Any], speech: Speech) -> list[Mapping[str, Any]]:
    """Give what works on a panel and what does not, by name, each in words."""
    return [
        {"key": key, "name": panel["capability_names"].get(key) or name_of(speech, key), **_cell(cell, speech)}
        for key, cell in panel["capabilities"].items()
    ]


def _cell(cell: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
    state = CapabilityState(cell["state"])
    is_awaited = bool(cell["expected"]) and not cell["given_up"] and state is not CapabilityState.AVAILABLE
    return {
        "words": speech.text(GIVEN_UP if cell["given_up"] else CAPABILITY_WORDS[state]),
        "status": Status.UNKNOWN if cell["given_up"] else CAPABILITY_STATUS[state],
        "is_awaited": is_awaited,
        "is_told": bool(cell["note"] or cell["workaround"] or is_awaited),
        "cell": cell,
    }


def earlier_promises(restoration: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the promises about the loss that goes on, but for the newest: the latest first."""
    began = restoration["losses"][-1]["from"]
    made = sorted(restoration["promises"], key=lambda each: datetime.fromisoformat(each["made_at"]))
    return [each for each in made if each["made_at"] >= began][-2::-1]


def recovery_words(point: Mapping[str, Any] | None, speech: Speech) -> Mapping[str, Any] | None:
    """Give of when the data is, how exactly that is known, and which kinds are missing since."""
    if point is None:
        return None
    tolerance = parse_duration(point["tolerance"])
    return {
        **point,
        "tolerance": speech.length(tolerance.total_seconds()) if tolerance > timedelta(0) else None,
        "kinds": speech.several([within_sentence(name_of(speech, kind)) for kind in point["missing"]])
        if point["missing"]
        else "",
        "is_whole": point["gap"]["from"] == point["gap"]["until"],
    }


def progress_words(restoration: Mapping[str, Any], speech: Speech) -> Mapping[str, Any] | None:
    """Give how many accounts have come how far, of how many, and when those were counted."""
    report = restoration["progress"]
    if report is None:
        return None
    counted = (each for each in restoration["inventories"] if each["revision"] == report["inventory_revision"])
    inventory = next(counted, None)
    stages = [
        {
            "name": speech.text(STAGE_WORDS[Stage(stage)]),
            "of": speech.plural(
                "%(done)s of %(number)s account",
                "%(done)s of %(number)s accounts",
                figure["denominator"],
                done=speech.number(figure["numerator"]),
            ),
        }
        for stage, figure in report["stages"].items()
    ]
    return {
        "stages": stages,
        "note": report["note"],
        "said_at": report["said_at"],
        "counted_at": inventory["said_at"] if inventory else None,
    }
