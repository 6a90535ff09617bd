"""The windows of a calendar: which ones, from when to when each is shown, and when that changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from api.http.key_names import known_components, known_keys
from api.maintenance.queries import public_window
from api.site.kernel.addresses import id_in
from api.site.kernel.reading import PageRead, names_of
from api.site.kernel.steps import last_changed_at
from application.document import Localized
from application.durations import parse_duration
from application.key_names import KeyKind, KeyNameDocument, require_known_key
from application.maintenance.documents import PublicWindowDocument
from application.maintenance.projection import WindowStage
from application.maintenance.queries import WindowFilter
from application.maintenance.reader_view import ReaderView, for_audience
from application.status.board import PUBLIC
from domain.errors import NotFound
from domain.maintenance import UNDER_WAY, WindowState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST = {WindowStage.ACTIVE: 100, WindowStage.UPCOMING: 200, WindowStage.PAST: 100}
"""How many windows of each stage the calendar has at most; of past ones those that were to begin last."""
PAST = timedelta(days=90)
"""How long a window that is over stays in it, from its end on or from the planned one, in whole days of UTC."""
STEP = timedelta(hours=1)
"""By how much a window is shown longer, again and again, that has not ended in time."""
DAY = timedelta(days=1)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
MOST_ALARMS = 5


@dataclass(frozen=True, kw_only=True)
class CalendarQuestion:
    """Which windows are asked for: those that affect a component, those that concern an audience; None is all."""

    component: str | None = None
    audience: str | None = None

    @property
    def names(self) -> list[str]:
        """The members of the query that choose them."""
        return [name for name in ("component", "audience") if getattr(self, name) is not None]


class CalendarWindow(TypedDict):
    """A window as a calendar shows it."""

    window: PublicWindowDocument
    begins_at: datetime
    """When it began, or is to begin."""
    ends_at: datetime
    """When it ended, or is to end: later than planned where it takes longer."""
    announced_at: datetime | None
    changed_at: datetime
    """When its timeline last changed, or that it is shown longer.

    It is taken from what readers see: the events of a window also tell when something private changed."""
    alarms: list[timedelta]
    """How long before its beginning to remind of it."""


class PageOfCalendar(TypedDict):
    """What a calendar shows."""

    windows: list[CalendarWindow]
    changed_at: datetime | None
    """When readers were last shown a change of anything, or that a window takes longer."""
    names: dict[str, Localized]
    """Of the components, by their keys."""
    audiences: list[KeyNameDocument]


async def read_selected(read: PageRead, asked: CalendarQuestion) -> PageOfCalendar:
    """Read the windows of a calendar: what is in progress, what is planned, and what is over since not long ago.

    Raises:
        Invalid: if readers know of no such component or audience, naming the nearest.
    """
    await _require_known(read, asked)
    oldest = _midnight(read.now) - PAST
    rows: list[tuple[str, str]] = []
    for stage, most in MOST.items():
        wanted = WindowFilter(stage=stage, public=True, component=asked.component)
        rows += await _listed(read, wanted, most)
    return await _read(
        read,
        rows,
        asked,
        lambda window: _concerns(window, asked.audience) and _is_current(window, oldest),
    )


async def read_single(read: PageRead, id: str, asked: CalendarQuestion) -> PageOfCalendar:
    """Read one window, however long it is over.

    Raises:
        NotFound: if there is none that readers see.
        Invalid: if readers know of no such audience, naming the nearest.
    """
    await _require_known(read, asked)
    wanted = id_in(id)
    found = await read.run(lambda: read.facade.queries.windows.find(read.position, wanted)) if wanted else None
    if found is None or found[1] is None:
        raise NotFound("there is no such maintenance window")
    return await _read(read, [(found[0], found[1])], asked)


def next_change(document: PageOfCalendar, now: datetime) -> datetime:
    """Give when the calendar changes by itself: a window takes longer than shown, or the oldest ones leave."""
    ends = (each["ends_at"] for each in document["windows"] if each["window"]["state"] in UNDER_WAY)
    return min((*(end for end in ends if end > now), _midnight(now) + DAY))


async def _listed(read: PageRead, wanted: WindowFilter, limit: int) -> list[tuple[str, str]]:
    rows = await read.run(lambda: read.facade.queries.windows.page(read.position, wanted, None, limit))
    return [(private, public or "{}") for _, private, public in rows]


async def _read(
    read: PageRead,
    rows: Sequence[tuple[str, str]],
    asked: CalendarQuestion,
    is_wanted: Callable[[PublicWindowDocument], bool] = lambda _: True,
) -> PageOfCalendar:
    hidden = await read.hidden()
    view = ReaderView(now=read.now)
    every = ((public_window(private, public, hidden, view), _reminders(private)) for private, public in rows)
    found = [(window, alarms) for window, alarms in every if is_wanted(window)]
    windows = [_shown(window, alarms, read.now) for window, alarms in found]
    if asked.audience is not None:
        windows = [each | {"window": for_audience(each["window"], asked.audience)} for each in windows]
    changed_at = await last_changed_at(read)
    return {
        "windows": windows,
        "changed_at": max((changed_at, *(each["changed_at"] for each in windows))) if changed_at else None,
        "names": names_of(await read.components()),
        "audiences": list(await read.names(KeyKind.AUDIENCE)),
    }


def _shown(window: PublicWindowDocument, alarms: list[timedelta], now: datetime) -> CalendarWindow:
    begins_at, planned_end = _moment(window["started_at"] or window["starts_at"]), _moment(window["ends_at"])
    announced_at = _moment(window["announced_at"]) if window["announced_at"] else None
    moments = [each["occurred_at"] for each in window["updates"]] + [each["since"] for each in window["transitions"]]
    changed_at = max((*map(_moment, moments), announced_at or BEGINNING))
    ends_at = planned_end
    if window["state"] == WindowState.COMPLETED and window["ended_at"]:
        ends_at = _moment(window["ended_at"])
    elif window["state"] in UNDER_WAY:
        expected = _moment(window["expected_at"]) if window["expected_at"] else planned_end
        ends_at = max(planned_end, expected)
        if ends_at <= now:
            began = ends_at + (now - ends_at) // STEP * STEP
            ends_at, changed_at = began + STEP, max(changed_at, began)
    return {
        "window": window,
        "begins_at": begins_at,
        "ends_at": ends_at,
        "announced_at": announced_at,
        "changed_at": changed_at,
        "alarms": alarms if window["state"] == WindowState.SCHEDULED else [],
    }


def _reminders(private: str) -> list[timedelta]:
    """Give how long before the beginning readers are reminded: what the reminder of an announced window tells all."""
    return [parse_duration(text) for text in json.loads(private)["remind_before"][:MOST_ALARMS]]


def _concerns(window: PublicWindowDocument, audience: str | None) -> bool:
    """Tell whether a window concerns an audience: one that names audiences concerns these alone."""
    return audience is None or audience in window["audiences"] or not window["audiences"]


def _is_current(window: PublicWindowDocument, oldest: datetime) -> bool:
    """Tell whether a window goes on, or ended or was to end not long ago."""
    ends = (window["ends_at"], window["ended_at"] or window["ends_at"])
    return window["state"] in UNDER_WAY or max(map(_moment, ends)) >= oldest


async def _require_known(read: PageRead, asked: CalendarQuestion) -> None:
    """Refuse keys that readers do not know now, whatever moment is read."""
    if asked.component is not None:
        require_known_key("component", asked.component, await known_components(read.facade, PUBLIC))
    if asked.audience is not None:
        require_known_key("audience", asked.audience, await known_keys(read.facade, KeyKind.AUDIENCE, PUBLIC))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
