"""What a letter says of a maintenance window beside its sentence: when, what is affected, what to do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from api.feeds.calendar_text import (
    AFFECTED,
    EVERYTHING,
    NOT_POSSIBLE,
    STANDS_STILL,
    TAKES_LONGER,
    UNDONE,
    WHERE_TO_ASK,
)
from api.notifications.letters.text import LetterBlock
from api.site.kernel.texts import plain
from api.site.kernel.wording import STATUS_WORDS
from api.site.kernel.words import name_of
from api.site.windows import PHASE_OF, PHASE_WORDS, local_words
from application.changes.kinds import ChangeKind
from application.texts import translatable
from domain.impact import Status
from domain.maintenance import WindowState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from api.site.kernel.languages import Speech

PLANNED_FOR = translatable("Planned for %(times)s")
VOID = translatable("The earlier time no longer applies: %(times)s.")
EXPECTED_END = translatable("We expect it to end by %(time)s.")
IN_YOUR_COUNTRY = translatable("When it is in your country")
PHASES = {"before": ("before", "during"), "during": ("during",), "after": ("after",)}
"""What to do, by the phase that it is: what comes next is said with what comes now."""


def window_facts(window: Mapping[str, Any], entry: Mapping[str, Any], speech: Speech) -> Iterator[str]:
    """Say when it is, and what no longer holds."""
    state = window["state"]
    if state == WindowState.SCHEDULED and entry["kind"] == ChangeKind.MAINTENANCE_UPDATED:
        yield speech.text(PLANNED_FOR, times=_span(window["starts_at"], window["ends_at"], speech))
    if entry["kind"] == ChangeKind.MAINTENANCE_MOVED and entry["moved_from"]:
        yield speech.text(VOID, times=_span(entry["moved_from"][0], entry["moved_from"][1], speech))
    if window["overrun"]:
        yield speech.text(TAKES_LONGER, time=_moment(window["ends_at"], speech))
    if window["expected_at"]:
        yield speech.text(EXPECTED_END, time=_moment(window["expected_at"], speech))
    if state == WindowState.COMPLETED and window["outcome"] == "rolled_back":
        yield speech.text(UNDONE)


def window_blocks(
    thing: Mapping[str, Any], names: Mapping[str, str], audiences: Sequence[Mapping[str, Any]], speech: Speech
) -> Iterator[LetterBlock]:
    """Say what is affected, what each audience cannot do and has to do, which data stand still, and where to ask."""
    window = thing["window"]
    state = window["state"]
    if state == WindowState.SCHEDULED:
        yield from _local_times(window, thing["clocks"], speech)
    if state not in {WindowState.CANCELLED, WindowState.COMPLETED}:
        yield _affected(window, names, speech)
    known = {each["key"]: each["name"] for each in audiences}
    if state in PHASE_OF:
        order = {key: place for place, key in enumerate(known)}
        for key in sorted(window["audiences"], key=lambda each: order.get(each, len(order))):
            name = known.get(key) or name_of(speech, key)
            yield from _audience(window["audiences"][key], name, PHASE_OF[state], speech)
    if window["freezes"] and state not in {WindowState.CANCELLED, WindowState.COMPLETED}:
        yield LetterBlock(title=speech.text(STANDS_STILL), lines=[_freeze(each, speech) for each in window["freezes"]])


def contact_block(contacts: Sequence[Mapping[str, Any]], speech: Speech) -> Iterator[LetterBlock]:
    """Say where to ask."""
    if contacts:
        yield LetterBlock(title=speech.text(WHERE_TO_ASK), lines=[_contact(each, speech) for each in contacts])


def status_line(name: str, status: str, speech: Speech) -> str:
    """Say which status a component has."""
    return f"{name}: {speech.text(STATUS_WORDS[Status(status)])}"


def _contact(contact: Mapping[str, Any], speech: Speech) -> str:
    said = f"{name_of(speech, contact['channel'])}: {contact['address']}"
    return f"{said} – {plain(contact['note'])}" if contact["note"] else said


def _affected(window: Mapping[str, Any], names: Mapping[str, str], speech: Speech) -> LetterBlock:
    if window["all"]:
        line = f"{speech.text(EVERYTHING)} {speech.text(STATUS_WORDS[Status(window['all'])])}"
        return LetterBlock(title=speech.text(AFFECTED), lines=[line])
    known = [(key, status) for key, status in window["components"].items() if names.get(key)]
    return LetterBlock(
        title=speech.text(AFFECTED), lines=[status_line(names[key], status, speech) for key, status in known]
    )


def _audience(part: Mapping[str, Any], name: str, phase: str, speech: Speech) -> Iterator[LetterBlock]:
    said = [(NOT_POSSIBLE, part["restrictions"])] if phase != "after" else []
    said += [(PHASE_WORDS[each], part["guidance"][each]) for each in PHASES[phase]]
    for heading, texts in said:
        if texts:
            yield LetterBlock(title=f"{name} – {speech.text(heading)}", texts=texts)


def _freeze(freeze: Mapping[str, Any], speech: Speech) -> str:
    name = freeze["name"] or name_of(speech, freeze["data"])
    return f"{name} – {plain(freeze['note'])}" if freeze["note"] else name


def _local_times(window: Mapping[str, Any], clocks: Mapping[str, str], speech: Speech) -> Iterator[LetterBlock]:
    """Give the times of each market and of the window's own zone, if one of them is not that of the site."""
    local = local_words(window["local_times"], speech)
    own = {"names": speech.city(clocks["zone"]), "start": clocks["start"], "end": clocks["end"]}
    if all((each["start"], each["end"]) != (own["start"], own["end"]) for each in local):
        local = [own, *local]
    if any(not _is_here(each, speech) for each in local):
        lines = [f"{each['names']}: {_by_own_clocks(each['start'], each['end'], speech)}" for each in local]
        yield LetterBlock(title=speech.text(IN_YOUR_COUNTRY), lines=lines)


def _is_here(times: Mapping[str, str], speech: Speech) -> bool:
    moments = [datetime.fromisoformat(times[name]) for name in ("start", "end")]
    return all(each.utcoffset() == each.astimezone(speech.zone).utcoffset() for each in moments)


def _by_own_clocks(start: str, end: str, speech: Speech) -> str:
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    is_same_day = first.date() == last.date()
    said = f"{last:%H:%M}" if is_same_day else speech.clock(last)
    if first.utcoffset() == last.utcoffset():
        return f"{speech.clock(first)} – {said} ({speech.offset(last)})"
    return f"{speech.clock(first)} ({speech.offset(first)}) – {said} ({speech.offset(last)})"


def _span(start: str, end: str, speech: Speech) -> str:
    return " – ".join(speech.span(datetime.fromisoformat(start), datetime.fromisoformat(end)))


def _moment(text: str, speech: Speech) -> str:
    return speech.moment(datetime.fromisoformat(text))
