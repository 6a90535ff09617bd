"""What is announced of a log, and the letters about it, as the planner asks for them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from api.notifications.letters.site_letters import SiteLetters
from application.changes.affected import snapshot_of_panel
from application.changes.announcements import Announcement, announcements_of, reminder_announcement
from application.changes.differences import Visible
from domain.impact import EVERYWHERE
from domain.subscriptions.values import Channel

if TYPE_CHECKING:
    from application.changes.snapshots import WindowSnapshot
    from application.facade import Facade
    from application.notifications.letters import Composed

ALL = 100_000
ALL_LANGUAGES = ("en", "es", "pl", "pt")
REMINDED = "maintenance_window.reminded"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail without its recipient."""

    subject: str
    text: str
    html: str
    thing: str


def announced(facade: Facade, until: int) -> list[Announcement]:
    """Give everything that readers were announced up to a position, reminders included, in order."""
    found = [each for row in facade.queries.announcements.newest(until, ALL) for each in _of(facade, row)]
    found += _reminders(facade, until)
    return sorted(found, key=lambda each: (each.position, each.number or 0))


def composed(facade: Facade, *announcements: Announcement, position: int | None = None) -> Composed:
    """Compose a letter about announcements, by default as of the newest of them."""
    seen = max(each.position for each in announcements) if position is None else position
    return cast("Composed", beside(lambda: SiteLetters(facade).compose(announcements, seen)))


def beside(work: Any) -> Any:  # noqa: ANN401 - gives what the work gives
    """Run something in a thread without an event loop; a test may have one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def mail_of(letter: Composed, language: str = "en") -> Mail:
    """Read the mail that a letter is."""
    return Mail(**json.loads(letter.write(Channel.EMAIL, language)))


def body_of(letter: Composed, channel: Channel, language: str = "en") -> Mapping[str, Any]:
    """Read the body that a letter is in another channel."""
    return cast("Mapping[str, Any]", json.loads(letter.write(channel, language)))


def newest_of(facade: Facade, thing: str, until: int) -> Announcement:
    """Give the newest announcement of a thing."""
    return [each for each in announced(facade, until) if each.thing == thing][-1]


def _of(facade: Facade, row: Any) -> Iterator[Announcement]:  # noqa: ANN401 - a change of a snapshot
    components = {each.component for each in facade.queries.board.components(row.position) if each.public}
    panels = {each.panel: snapshot_of_panel(each) for each in facade.queries.panels.panels(row.position)}
    seen = Visible(components=lambda key: key == EVERYWHERE or key in components, panel=panels.get)
    return announcements_of(row, seen)


def _reminders(facade: Facade, until: int) -> Sequence[Announcement]:
    numbers: dict[str, int] = {}
    found = []
    for event in facade.queries.events.all(0, until):
        if event["type"] == REMINDED:
            thing = f"maintenance_window/{event['aggregate']['id']}"
            numbers[thing] = numbers.get(thing, 0) + 1
            rows = facade.queries.announcements.of_thing(thing, event["position"], 1)
            window = cast("WindowSnapshot", rows[0].after)
            found.append(reminder_announcement(window, number=numbers[thing], position=event["position"]))
    return found
