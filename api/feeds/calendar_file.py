"""A calendar as a file (RFC 5545, with the properties of RFC 7986)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from api.feeds.calendar_event import event_of
from api.feeds.calendar_zones import CalendarZones
from api.site.kernel.words import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.feeds.calendar_windows import CalendarQuestion
    from api.site.kernel.view import PageView
    from application.ports import Zones

PRODUCT = "-//Bitacora//Maintenance//EN"
REFRESH = timedelta(hours=1)
"""How often a program that has subscribed shall ask again."""
REFRESH_TEXT = "PT1H"
"""The same for programs that know an older name of it."""
COLOR = "royalblue"
"""A name of CSS 3, as RFC 7986 asks for."""


def write_calendar(document: Mapping[str, Any], view: PageView, zones: Zones, asked: CalendarQuestion) -> bytes:
    """Write a calendar in the language of the view; the document is in it."""
    # It takes a fifth of a second to import, which no start waits for.
    from icalendar import Calendar  # noqa: PLC0415

    calendar, clocks = Calendar(), CalendarZones(zones)
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN")):
        calendar.add(name, value)
    title = _title(document, view, asked)
    calendar.add("name", title, {"LANGUAGE": view.language})
    calendar.add("x-wr-calname", title)
    calendar.add("source", view.absolute(view.path, **view.query), {"VALUE": "URI"})
    calendar.add("url", view.absolute("maintenance"), {"VALUE": "URI"})
    calendar.add("color", COLOR)
    calendar.add("refresh-interval", REFRESH, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH_TEXT)
    events = [event_of(each, document, view, clocks) for each in document["windows"]]
    if not events:
        # A calendar has at least one component (RFC 5545, 3.4 and 3.6).
        clocks.use(view.site.zone, view.now.year)
    for component in (*clocks.components(), *events):
        calendar.add_component(component)
    return bytes(calendar.to_ical())


def _title(document: Mapping[str, Any], view: PageView, asked: CalendarQuestion) -> str:
    audiences = {each["key"]: each["name"] for each in document["audiences"]}
    chosen = [
        names.get(key) or name_of(view.speech, key)
        for key, names in ((asked.component, document["names"]), (asked.audience, audiences))
        if key is not None
    ]
    return " – ".join([f"{view.site.name}: {view.speech.text('Maintenance')}", *chosen])
