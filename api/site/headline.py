"""The sentence that says what works: the worst of what is the matter, and never that all is well if it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from application.texts import translatable
from domain.impact import Status

if TYPE_CHECKING:
    from api.site.kernel.languages import Speech

NAMED = 3
"""How many names the sentence has at most."""
BROKEN = {
    Status.MAJOR_OUTAGE: translatable("Does not work: %(names)s"),
    Status.PARTIAL_OUTAGE: translatable("Works only in part: %(names)s"),
    Status.DEGRADED_PERFORMANCE: translatable("Works worse than usual: %(names)s"),
    Status.UNDER_MAINTENANCE: translatable("Under maintenance: %(names)s"),
}
INCIDENT = translatable("We are dealing with a problem: %(title)s")
WINDOW = translatable("Maintenance is in progress: %(title)s")
UNKNOWN = translatable("We do not know whether this works: %(names)s")
NOTHING = translatable("Nothing is watched here yet")
WELL = translatable("Everything works")


@dataclass(frozen=True, kw_only=True)
class NamedStatus:
    """A component or a panel as the sentence sees it."""

    name: str
    status: Status


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The sentence, and the status whose colour and shape it has."""

    text: str
    status: Status


def headline(
    speech: Speech, shown: Sequence[NamedStatus], incidents: Sequence[str], windows: Sequence[str]
) -> Headline:
    """Say what is the matter: of components and panels, else of open incidents or windows in progress, by title."""
    for status, text in BROKEN.items():
        names = [each.name for each in shown if each.status is status]
        if names:
            return Headline(text=speech.text(text, names=_names(speech, names)), status=status)
    if incidents:
        return Headline(text=speech.text(INCIDENT, title=incidents[0]), status=Status.DEGRADED_PERFORMANCE)
    if windows:
        return Headline(text=speech.text(WINDOW, title=windows[0]), status=Status.UNDER_MAINTENANCE)
    unknown = [each.name for each in shown if each.status is Status.UNKNOWN]
    if unknown:
        return Headline(text=speech.text(UNKNOWN, names=_names(speech, unknown)), status=Status.UNKNOWN)
    if not shown:
        return Headline(text=speech.text(NOTHING), status=Status.UNKNOWN)
    return Headline(text=speech.text(WELL), status=Status.OPERATIONAL)


def headline_of(document: Mapping[str, Any], speech: Speech) -> Headline:
    """Say it of a document with the ``board``, open ``incidents`` and the windows that are ``active``."""
    things = (*document["board"]["components"], *document["board"]["panels"])
    return headline(
        speech,
        [NamedStatus(name=each["name"], status=Status(each["status"])) for each in things],
        [each["title"] for each in document["incidents"]],
        [each["title"] for each in document["active"]],
    )


def _names(speech: Speech, names: Sequence[str]) -> str:
    if len(names) <= NAMED:
        return speech.several(names)
    more = speech.plural("%(number)s more", "%(number)s more", len(names) - NAMED + 1)
    return speech.several([*names[: NAMED - 1], more])
