"""Events as a screen shows them: what happened, who did it, why, and what it says in short."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

from api.console.kernel.event_words import words_of_actor, words_of_event, words_of_reason, words_of_thing
from api.site.kernel.words import NAMES

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CODE = re.compile("[a-z]+(?:_[a-z]+)+")
"""A choice of one, as data has it."""
LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Za-z0-9]{2,8})*")
REASONS = ("reason", "override_reason", "note", "because", "notify_reason")
"""Where events say why."""
LINKED = frozenset({"id", "incident", "restoration", "run", "series", "signal", "window", "other", "subscription"})
"""The members of data that name another thing by its id."""
OWN_SCREENS = {
    "incident": "/console/incidents/{}",
    "maintenance_window": "/console/maintenance-windows/{}",
    "restoration": "/console/restorations/{}",
    "held_request": "/console/queue/{}",
    "endpoint": "/console/settings/subscribers/endpoints/{}",
}
"""The screens of things that are found by their id."""
MOST_FACTS = 6
LONGEST_FACT = 240
NAMED_BY = ("title", "name", "key", "reference", "fingerprint", "panel", "account")
"""The members of the first event that name a thing."""
INNER = ("profile", "plan", "content", "registration", "declaration")


class Fact(NamedTuple):
    """Something that an event says: what it is, and what it is at; the rest says how it is shown."""

    name: str
    value: str
    is_instant: bool = False
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """An event in words."""

    event: Mapping[str, Any]
    what: str
    thing: str
    named: str
    """The name of the thing, if this event says it."""
    who: str
    why: str
    facts: tuple[Fact, ...]

    @property
    def is_late(self) -> bool:
        """Whether it was recorded later than it was true."""
        return bool(self.event["occurred_at"] != self.event["recorded_at"])


def read_event(event: Mapping[str, Any]) -> EventLine:
    """Read an event as a route gives it."""
    return EventLine(
        event=event,
        what=words_of_event(event["type"]),
        thing=words_of_thing(event["aggregate"]["type"]),
        named=name_of_thing(event),
        who=words_of_actor(event["actor"]),
        why=why_of(event),
        facts=tuple(facts_of(event["data"]))[:MOST_FACTS],
    )


def why_of(event: Mapping[str, Any]) -> str:
    """Give the reason that an event names; empty if it names none."""
    found = (event["data"].get(name) or event.get(name) for name in REASONS)
    return words_of_reason(next((text for each in found if each and (text := one_text(each))), ""))


def facts_of(data: Mapping[str, Any]) -> Iterator[Fact]:
    """Give what data says that fits on a line, but for the reason."""
    for name, value in data.items():
        if name in REASONS or value is None or value in ("", [], {}):
            continue
        words = words_of_member(name)
        if isinstance(value, bool):
            yield Fact(words, "yes" if value else "no")
        elif isinstance(value, str | int | float):
            yield fact_of(name, str(value))
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            yield Fact(words, _short(", ".join(value)))
        elif isinstance(value, dict) and set(value) == {"type", "id"}:
            yield Fact(words, words_of_thing(value["type"]), link=f"/console/audit/{value['id']}")
        elif isinstance(value, dict) and one_text(value):
            yield Fact(words, _short(one_text(value)))


def fact_of(name: str, value: str) -> Fact:
    """Read one member: a moment, another thing, or a text."""
    words = words_of_member(name)
    if INSTANT.fullmatch(value):
        return Fact(words, value, is_instant=True)
    if name in LINKED and UUID_TEXT.fullmatch(value):
        return Fact(words, value, link=f"/console/audit/{value}")
    return Fact(words, value.replace("_", " ") if CODE.fullmatch(value) else _short(value))


def words_of_member(name: str) -> str:
    """Name a member of data."""
    return name.replace("_", " ").capitalize()


def one_text(value: object) -> str:
    """Give a text that may be there in several languages, in English if it has that; empty if it is none."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict) or not value or not all(_is_text(*pair) for pair in value.items()):
        return ""
    return str(value.get("en") or next(iter(value.values())))


def name_of_thing(first: Mapping[str, Any]) -> str:
    """Name a thing by its first event: by its title, its name or its key; empty if it has none of them."""
    data = first["data"]
    for part in (data, *(data[name] for name in INNER if isinstance(data.get(name), dict))):
        for name in NAMED_BY:
            text = one_text(part.get(name))
            if text:
                return _short(NAMES.get(text, text))
    return ""


def own_screen(first: Mapping[str, Any]) -> str:
    """Give the address of the screen of a thing; empty if it has none."""
    of, data = first["aggregate"], first["data"]
    if of["type"] == "component" and "key" in data:
        return f"/console/settings/components/{quote(str(data['key']), safe='')}"
    if of["type"] == "panel" and isinstance(data.get("profile"), dict):
        return f"/console/panels/{quote(str(data['profile'].get('key', '')), safe='')}"
    return OWN_SCREENS.get(of["type"], "").format(of["id"])


def _is_text(tag: object, text: object) -> bool:
    return isinstance(tag, str) and LANGUAGE.fullmatch(tag) is not None and isinstance(text, str)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_FACT else f"{text[:LONGEST_FACT].rstrip()}…"
