"""What the times in a form mean, as the routes say, and which other windows there are meanwhile."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NotRequired

from typing_extensions import TypedDict

from api.console.kernel.fields import Filled, mapping, name_of
from api.console.kernel.screens import LANGUAGE
from api.console.maintenance.plan_fields import DATES, TIMES, repeats
from api.site.kernel.languages import Speech
from api.site.windows import Clocks, local_words
from application.durations import parse_duration
from application.errors import NotAuthenticated
from application.maintenance.documents import PlannedTimes, WindowDocument
from application.maintenance.series_documents import ComingWindowDocument
from application.maintenance.timetables import local_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.console.kernel.client import Reply
    from api.console.kernel.visit import Visit
    from api.http.forms import FilledForm

WINDOWS, SERIES = "/v1/maintenance-windows", "/v1/maintenance-series"
UNAUTHORIZED = 401
PIECE, MOST_PIECES = 50, 10
"""How many windows are read at once, and how often, in order to find those at the same time."""
Span = tuple[datetime, datetime]


class Overlap(TypedDict):
    """A window at the same time as something that is planned."""

    window: WindowDocument
    shared: list[str]
    """The components that both affect."""
    is_whole: bool
    """Whether one of both affects the whole product."""
    clashes: bool
    """Whether both affect some of the same."""


class ShownDate(ComingWindowDocument):
    """A window that would be planned, with its times by the clocks of its zone."""

    clocks: Clocks | None


class TimesCheck(TypedDict):
    """What the times in a form mean, or what is wrong with them."""

    faults: list[tuple[str, str]]
    """What is wrong with which field."""
    problem: Mapping[str, Any] | None
    """What the route answered, if it refused the times."""
    both: NotRequired[list[str]]
    """What the clocks show at the two instants that a civil time can mean."""
    times: NotRequired[PlannedTimes | None]
    """Those of the first window; so too the next two."""
    clocks: NotRequired[Clocks | None]
    markets: NotRequired[Sequence[Mapping[str, str]]]
    coming: NotRequired[list[ShownDate]]
    is_series: NotRequired[bool]
    is_past: NotRequired[bool]
    """Whether its time has come, so that it would begin at once."""
    overlaps: NotRequired[list[Overlap]]
    is_cut: NotRequired[bool]
    """Whether there are more windows than were compared."""


async def check_times(visit: Visit, form: FilledForm, about: WindowDocument | None = None) -> TimesCheck | None:
    """Ask what the times in a form mean; None if there is no start yet.

    ``about`` is the window that is to be moved; without it, a window or a series is planned.
    """
    if not form.text("start"):
        return None
    is_series = about is None and repeats(form)
    body, faults = (DATES if is_series else TIMES).read(Filled(form, visit.zone))
    if about is not None:
        body = {"zone": about["zone"], **body, "markets": markets_of(about)}
    path = f"{SERIES}/dates" if is_series else f"{WINDOWS}/times"
    if faults:
        return {"faults": list(faults.items()), "problem": None}
    reply = await visit.api.send("POST", path, body)
    if reply.status == UNAUTHORIZED:
        raise NotAuthenticated("sign in again")
    if not reply.is_good:
        return _wrong(visit, reply, body)
    coming: list[ComingWindowDocument] = reply.document["coming"] if is_series else [_alone(reply.document)]
    spans = [span_of(each["times"]) for each in coming if each["times"]]
    affected, everything = _affected(visit, form, about)
    found, is_cut = await _windows_until(visit, max((end for _, end in spans), default=visit.now))
    others = [each for each in found if about is None or each["id"] != about["id"]]
    first = next((each["times"] for each in coming if each["times"]), None)
    return {
        "faults": [],
        "problem": None,
        "times": first,
        "clocks": first and clocks_of(visit, first),
        "markets": local_words(first["local_times"], speech_of(visit)) if first else [],
        "coming": shown_dates(visit, coming),
        "is_series": is_series,
        "is_past": bool(spans) and spans[0][0] <= visit.now,
        "is_cut": is_cut,
        "overlaps": overlaps(others, spans, affected, everything=everything),
    }


def shown_dates(visit: Visit, coming: Iterable[ComingWindowDocument]) -> list[ShownDate]:
    """Add to each window that would be planned its times by the clocks of its zone."""
    return [{**each, "clocks": clocks_of(visit, each["times"]) if each["times"] else None} for each in coming]


def markets_of(window: WindowDocument) -> list[Mapping[str, str | None]]:
    """Give the markets of a window, as a plan names them."""
    return [{"market": each["market"], "zone": each["zone"]} for each in window["local_times"]]


def overlaps(
    windows: Iterable[WindowDocument], spans: Sequence[Span], affected: Iterable[str], *, everything: bool
) -> list[Overlap]:
    """Give the windows that lie in one of the spans, those first that affect some of the same components."""
    keys = frozenset(affected)
    found: list[Overlap] = []
    for window in windows:
        start, end = span_of(window)
        if not any(start < last and first < end for first, last in spans):
            continue
        whole = everything or window["all"] is not None
        shared = [key for key in window["components"] if key in keys]
        found.append({"window": window, "shared": shared, "is_whole": whole, "clashes": bool(shared or whole)})
    return sorted(found, key=lambda each: not each["clashes"])


async def overlaps_of(visit: Visit, window: WindowDocument) -> list[Overlap]:
    """Give the windows at the time of one that is not over."""
    span = span_of(window)
    found, _ = await _windows_until(visit, span[1])
    others = (each for each in found if each["id"] != window["id"])
    return overlaps(others, [span], window["components"], everything=window["all"] is not None)


def span_of(times: WindowDocument | PlannedTimes) -> Span:
    """Give the instants at which something begins and ends."""
    return datetime.fromisoformat(times["starts_at"]), datetime.fromisoformat(times["ends_at"])


def clocks_of(visit: Visit, times: WindowDocument | PlannedTimes) -> Clocks:
    """Give start and end by the clocks of the zone of a plan."""
    zone = visit.facade.zones.find(times["zone"])
    start, end = (local_text(zone, each) if zone else each.isoformat() for each in span_of(times))
    return {"zone": times["zone"], "start": start, "end": end}


def speech_of(visit: Visit) -> Speech:
    """Give the language of the console, for names of countries."""
    return Speech(LANGUAGE, visit.zone, visit.facade.catalogs)


def length_of(visit: Visit, text: str) -> str:
    """Write a duration (ISO 8601) in words."""
    return speech_of(visit).length(parse_duration(text).total_seconds())


def _alone(times: PlannedTimes) -> ComingWindowDocument:
    return {"occurrence": times["start"], "times": times, "because": None}


def _affected(visit: Visit, form: FilledForm, about: WindowDocument | None) -> tuple[Iterable[str], bool]:
    if about is not None:
        return about["components"], about["all"] is not None
    components = mapping("components", empty={}).read(Filled(form, visit.zone), "components")
    return (components if isinstance(components, dict) else ()), bool(form.text("all"))


def _wrong(visit: Visit, reply: Reply, body: Mapping[str, Any]) -> TimesCheck:
    """Say what is wrong; of a civil time with two meanings, what the clocks of its zone show at both."""
    problem = reply.document
    faults = [(name_of(each["pointer"]), each["detail"]) for each in problem.get("errors", ()) if each.get("pointer")]
    zone = visit.facade.zones.find(body.get("zone", ""))
    speech = speech_of(visit)
    moments = [datetime.fromisoformat(problem[name]) for name in ("earlier", "later") if name in problem]
    both = [moment.astimezone(zone) if zone else moment for moment in moments]
    return {
        "faults": faults,
        "problem": problem,
        "both": [f"{speech.clock(each)} ({speech.offset(each)})" for each in both],
    }


async def _windows_until(visit: Visit, until: datetime) -> tuple[list[WindowDocument], bool]:
    """Give the windows in progress, and those that begin before ``until``; and whether there were too many to read."""
    active, upcoming = await gather(
        visit.api.read(WINDOWS, stage="active", limit=4 * PIECE), visit.api.read(WINDOWS, stage="upcoming", limit=PIECE)
    )
    found: list[WindowDocument] = [*active["data"], *upcoming["data"]]
    for _ in range(MOST_PIECES):
        if not upcoming["has_more"] or span_of(found[-1])[0] >= until:
            return found, False
        upcoming = await visit.api.read(WINDOWS, stage="upcoming", limit=PIECE, cursor=upcoming["next_cursor"])
        found += upcoming["data"]
    return found, True
