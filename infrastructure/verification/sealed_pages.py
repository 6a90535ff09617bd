"""Verifies a sealed page, without a database, and shows it in plain words."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from application.audit.sealing import SealedPage
from infrastructure.event_log.event_index import actor_of
from infrastructure.transparency.sealed_page import BadSeal, require_sealed
from infrastructure.verification.entry_checks import BadEntry, parse_entry
from infrastructure.verification.mismatch import CannotVerify, LogMismatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infrastructure.transparency.notes import VerifierKey

UNSEEN = frozenset({"script", "style", "template", "title"})
ENDS_LINE = frozenset(
    {"p", "h1", "h2", "h3", "h4", "li", "tr", "div", "section", "dt", "dd", "summary", "header", "footer"}
)
NOT_PROVED = (
    "This does not prove that no other event was left out. For that, verify an export of the whole log up to this"
    " position."
)


def verify_sealed_page(document: object, keys: Sequence[VerifierKey], name: str) -> str:
    """Verify a sealed page by keys that are trusted, and show what it says; ``name`` is that of its file.

    Raises:
        LogMismatch: naming what is not what was sealed.
        CannotVerify: if it is no sealed page.
    """
    try:
        page = TypeAdapter(SealedPage).validate_python(document, strict=True, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise CannotVerify(f"{name} is no sealed page: {where}: {first['msg']}") from None
    try:
        checkpoint = require_sealed(page, keys)
        lines = [_event_line(event["entry"]) for event in page["events"]]
    except (BadSeal, BadEntry) as error:
        raise LogMismatch(f"{name}: {error}") from None
    when = f", recorded at {page['recorded_at']}" if page["recorded_at"] else ""
    proved = (
        f"{name} is what {page['address']} answered as of position {page['position']}{when}. It is sealed by the log "
        f"{checkpoint.origin}, and its {len(lines)} events are among the {checkpoint.size:,} of a checkpoint that the "
        "key you gave has signed."
    )
    return "\n".join([proved, NOT_PROVED, "", "Events:", *lines, "", "Page:", *_text_of(page)])


def _event_line(entry: str) -> str:
    event = parse_entry(entry)
    actor = ""
    if event.state is not None:
        actor = actor_of(event.state.encode())
    return f"  {event.position:>8}  {event.recorded_at}  {event.topic}  {actor}".rstrip()


def _text_of(page: SealedPage) -> Iterator[str]:
    if page["media_type"].startswith("text/html"):
        reader = PageText()
        reader.feed(page["page"])
        lines = "".join(reader.pieces).split("\n")
    else:
        try:
            lines = json.dumps(json.loads(page["page"]), ensure_ascii=False, indent=2).split("\n")
        except ValueError:
            lines = page["page"].split("\n")
    for line in lines:
        if words := line.rstrip() if page["media_type"].endswith("json") else " ".join(line.split()):
            yield f"  {words}"


class PageText(HTMLParser):
    """Reads the text of a page, a line for each block."""

    def __init__(self) -> None:
        """Begin with no text."""
        super().__init__()
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the library's
        """Leave out what is not seen."""
        self._unseen += tag in UNSEEN
        if tag in ENDS_LINE or tag == "br":
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a line with its block."""
        self._unseen -= tag in UNSEEN and self._unseen > 0
        if tag in ENDS_LINE:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        """Take a text; where it is broken in the source means nothing."""
        if not self._unseen:
            self.pieces.append(data.replace("\n", " "))
