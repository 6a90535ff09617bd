"""A maintenance window as an event of a calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from api.feeds.calendar_text import description, one_line
from api.site.kernel.words import name_of
from application.texts import translatable
from domain.maintenance import WindowState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icalendar import Alarm, Event

    from api.feeds.calendar_zones import CalendarZones
    from api.site.kernel.view import PageView

CANCELLED = translatable("Cancelled: %(title)s")
MAINTENANCE = translatable("Maintenance")
COLORS = {WindowState.CANCELLED: "gray", WindowState.COMPLETED: "seagreen"}
"""Names of CSS 3; every other state has that of the calendar."""
MOST_CATEGORIES = 20


def event_of(shown: Mapping[str, Any], document: Mapping[str, Any], view: PageView, clocks: CalendarZones) -> Event:
    """Write a window as an event, whose texts are in the language of the view.

    Its identity is the id of the window, whatever the site, the language or the filter. A change of its times, or of
    how far it has come, raises its sequence; whatever is added to its timeline moves its stamp (RFC 5546, 2.1.5).
    """
    from icalendar import Event  # noqa: PLC0415

    window, state = shown["window"], WindowState(shown["window"]["state"])
    address, stamp = view.absolute(f"maintenance/{window['id']}"), _utc(shown["changed_at"])
    title = one_line(window["title"])
    event = Event()
    event.add("uid", window["id"])
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    if shown["announced_at"]:
        event.add("created", _utc(shown["announced_at"]))
    event.add("sequence", window["revision"] - 1 + len(window["transitions"]))
    clocks.add(event, "dtstart", shown["begins_at"], window["zone"])
    if _utc(shown["ends_at"]) > _utc(shown["begins_at"]):
        clocks.add(event, "dtend", shown["ends_at"], window["zone"])
    summary = view.speech.text(CANCELLED, title=title) if state is WindowState.CANCELLED else title
    event.add("summary", summary, {"LANGUAGE": view.language})
    event.add("description", description(shown, document, view, address), {"LANGUAGE": view.language})
    event.add("status", "CANCELLED" if state is WindowState.CANCELLED else "CONFIRMED")
    # It takes nobody's time.
    event.add("transp", "TRANSPARENT")
    event.add("class", "PUBLIC")
    event.add("url", address, {"VALUE": "URI"})
    if state in COLORS:
        event.add("color", COLORS[state])
    event.add("categories", [view.speech.text(MAINTENANCE), *_affected(window, document, view)])
    for before in shown["alarms"]:
        event.add_component(_alarm(before, summary))
    return event


def _affected(window: Mapping[str, Any], document: Mapping[str, Any], view: PageView) -> list[str]:
    names = document["names"]
    return [one_line(names.get(key) or name_of(view.speech, key)) for key in window["components"]][:MOST_CATEGORIES]


def _alarm(before: timedelta, text: str) -> Alarm:
    from icalendar import Alarm  # noqa: PLC0415

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", -before)
    return alarm


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
