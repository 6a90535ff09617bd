"""The board, and how it changed, in words for the command line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from rich.table import Table
from rich.text import Text

from api.cli.output import UNPRINTABLE
from application.changes.sentences import STATUSES
from application.document import chosen
from application.maintenance.timetables import local_text
from application.status.differences import entry_differences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import tzinfo

    from application.status.differences import EntryDifference
    from application.status.documents import Board, BoardCause, BoardComponent, BoardPanel
    from application.status.replay import BoardStep

BY_THE_CALENDAR = "no event: the day came from which a component is vouched for"
CAUSES = {
    "incident": "incident",
    "relapse": "relapse of the incident",
    "maintenance_window": "maintenance",
    "restoration": "restoration",
    "pin": "pinned by an operator",
}


class BoardWords:
    """Puts boards into words, in one language, by the clocks of one zone."""

    def __init__(self, *, zone: tzinfo, language: str, default: str) -> None:
        """Write times in ``zone``, and texts in ``language``, or in the ``default`` one where there is none in it."""
        self._zone = zone
        self._language = language
        self._default = default

    def step(self, step: BoardStep) -> Iterator[str]:
        """Give the lines of a step: when and by what, then what changed."""
        event = step.event
        by = BY_THE_CALENDAR if event is None else f"{event['type']} by {UNPRINTABLE.sub(' ', event['actor'])}"
        yield f"{local_text(self._zone, step.at)}  position {step.position}  {by}"
        for difference in entry_differences(step.before, step.board):
            yield f"  {self._difference(difference)}"
        was, now = step.before["indicator"], step.board["indicator"]
        if was != now:
            yield f"  Board: {was} → {now}"

    def heading(self, board: Board, position: int, at: datetime) -> str:
        """Give the line above a whole board."""
        when = f"as of {local_text(self._zone, at)}, position {position}" if position else "before the first event"
        return f"Board {when}: {board['indicator']}"

    def tables(self, board: Board) -> Iterator[Table]:
        """Lay out a whole board: its components, and its panels if there are any."""
        components = Table("component", "status", "since", "because of", "key", box=None, pad_edge=False)
        for component in board["components"]:
            causes = ", ".join(self._cause(cause, component["status"]) for cause in component["causes"])
            components.add_row(*map(Text, (*self._cells(component), causes, component["key"])))
        yield components
        panels = Table("panel", "status", "since", "restoration", "key", box=None, pad_edge=False)
        for panel in board["panels"]:
            panels.add_row(*map(Text, (*self._cells(panel), panel["restoration"] or "", panel["key"])))
        if board["panels"]:
            yield panels

    def _cells(self, entry: BoardComponent | BoardPanel) -> tuple[str, str, str]:
        return self._name(entry), STATUSES[entry["status"]], self._moment(entry["status_since"])

    def _difference(self, difference: EntryDifference) -> str:
        before, after = difference.before, difference.after
        if after is None:
            return f"{self._name(cast('BoardComponent', before))}: no longer on the board"
        now = STATUSES[after["status"]]
        if before is None:
            said = [f"new on the board, {now}"]
        elif before["status"] != after["status"]:
            said = [f"{STATUSES[before['status']]} → {now}"]
        else:
            said = [f"still {now}"]
            if before["status_since"] != after["status_since"]:
                said.append(f"since {self._moment(after['status_since']) or 'when is not known'}")
        said += [f"because of {self._cause(cause, after['status'])}" for cause in difference.begun]
        said += [f"no longer because of {self._cause(cause, cause['status'])}" for cause in difference.ended]
        said += self._restoration(before, after)
        if difference.changed:
            said.append(f"changed: {', '.join(difference.changed)}")
        return f"{self._name(after)}: {'; '.join(said)}"

    def _restoration(self, before: Mapping[str, object] | None, after: Mapping[str, object]) -> Sequence[str]:
        was, now = (entry.get("restoration") for entry in (before or {}, after))
        if was == now:
            return ()
        return (f"in restoration {now}",) if now else (f"restoration {was} is over",)

    def _cause(self, cause: BoardCause, status: str) -> str:
        words = [CAUSES[cause["type"]]]
        title = self._text(cause.get("title"))
        if title:
            words.append(f"“{title}”")
        words += [str(cause[name]) for name in ("panel", "capability") if name in cause]
        if cause["status"] != status:
            words.append(f"({STATUSES[cause['status']]})")
        return " ".join(words)

    def _name(self, entry: BoardComponent | BoardPanel) -> str:
        return self._text(entry["name"]) or entry["key"]

    def _text(self, text: Mapping[str, str] | None) -> str:
        return UNPRINTABLE.sub(" ", chosen(text or {}, self._language, self._default) or "")

    def _moment(self, text: str | None) -> str:
        return "" if text is None else local_text(self._zone, datetime.fromisoformat(text))
