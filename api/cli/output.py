"""The tables and hints that the command line prints, and the port that it listens on."""

from __future__ import annotations

import re
import socket
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from application.document import chosen
from application.errors import BadSetting, CannotListen
from application.maintenance.timetables import local_text
from domain.access.keyring import Role
from infrastructure.store.base import NoStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo

    from application.maintenance.documents import WindowDocument
    from application.panels.documents import PanelAvailability
    from application.panels.recovery_documents import PublicPromiseDocument


CHECK_FAILED, WRONG_USE = 1, 2
WIDTH = 200
"""How wide a table is that is not printed to a terminal."""
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What moves the cursor of a terminal, or turns the direction of a text, so that something else is read."""


def printable(text: str) -> str:
    """Write what steers a terminal as its code: whoever changed a log, or made a file, chose what stands there."""
    return STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def print_error(sentence: str) -> None:
    """Print what is wrong as one line on stderr."""
    print(f"bitacora: {printable(' '.join(sentence.split()))}", file=sys.stderr)


def complain(error: Exception) -> int:
    """Print an error with its notes, and give the status that the command ends with."""
    notes = "; ".join(getattr(error, "__notes__", ()))
    print_error(f"{error} ({notes})" if notes else str(error))
    return WRONG_USE if isinstance(error, BadSetting | NoStore) else CHECK_FAILED


def address_of(host: str, port: int) -> str:
    """Write the URL of a server that listens on a host and a port."""
    # The numbers of IPv6 stand in brackets, and what names an interface in them is marked by a percent sign.
    named = f"[{host.replace('%', '%25')}]" if ":" in host else host
    return f"http://{named}:{port}"


def first_steps(store: str) -> Sequence[str]:
    """Give the lines that explain how to create the first token; ``store`` is its URL, without a password."""
    return [
        "There are no tokens yet. You can read without a token. To send or decide something, create one:",
        f"  .venv/bin/bitacora tokens create NAME --role ROLE     # roles: {', '.join(Role)}",
        f"The last line that it prints is the secret; the database is {store}",
    ]


def table_console() -> Console:
    """Make what prints tables to stdout."""
    return Console(width=None if sys.stdout.isatty() else WIDTH)


def window_table(windows: Iterable[WindowDocument], *, zone: tzinfo, language: str, default: str) -> Table:
    """Lay out maintenance windows, their times by the clocks of a zone."""
    table = Table("state", "start", "end", "title", "id", box=None, pad_edge=False)
    for window in windows:
        start, end = (local_text(zone, datetime.fromisoformat(window[edge])) for edge in ("starts_at", "ends_at"))
        marks = [window["state"], "overrun" if window["overrun"] else "", "" if window["announced"] else "private"]
        title = Text(UNPRINTABLE.sub(" ", chosen(window["title"], language, default) or ""))
        table.add_row(", ".join(filter(None, marks)), start, end, title, window["id"])
    return table


def availability_table(
    panels: Iterable[PanelAvailability], *, zone: tzinfo, language: str, default: str
) -> Iterator[Table]:
    """Lay out what works on each panel, the times by the clocks of a zone."""
    for panel in panels:
        title = f"{panel['key']}: access {panel['access']}{_promise_of(panel['promise'])}"
        table = Table("capability", "state", "since", "expected", "note", title=title, title_justify="left", box=None)
        for name, each in panel["capabilities"].items():
            since = "" if each["since"] is None else local_text(zone, datetime.fromisoformat(each["since"]))
            marks = [each["state"], "given up" if each["given_up"] else ""]
            expected = [each["expected"] or "", "overdue" if each["overdue"] else ""]
            note = UNPRINTABLE.sub(" ", chosen(each["note"] or {}, language, default) or "")
            table.add_row(name, ", ".join(filter(None, marks)), since, " ".join(filter(None, expected)), Text(note))
        yield table


def _promise_of(promise: PublicPromiseDocument | None) -> str:
    if promise is None:
        return ""
    return f", promised for {promise['promised_for']}{', overdue' if promise['overdue'] else ''}"


def listen(host: str, port: int) -> socket.socket:
    """Listen on a port before anything else, so that the error for a busy port is one clear line.

    Raises:
        CannotListen: if the port cannot be used.
    """
    try:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        raise CannotListen(f"cannot listen on {address_of(host, port)}: {error.strerror or error}") from None
    return listener
