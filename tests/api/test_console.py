"""What the command line lays out of the windows."""

from __future__ import annotations

from io import StringIO
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from api.cli.output import window_table
from application.maintenance.documents import WindowDocument


@pytest.mark.parametrize(
    ("title", "shown"),
    [("[/red] upgrade", "[/red] upgrade"), (":warning: upgrade", ":warning: upgrade"), ("\x1b[31mred", " [31mred")],
)
def test_titles_are_shown_as_they_are_written(title: str, shown: str) -> None:
    window = {
        "id": "an id",
        "state": "verifying",
        "overrun": True,
        "announced": False,
        "starts_at": "2025-03-04T10:00:00Z",
        "ends_at": "2025-03-04T12:00:00Z",
        "title": {"es": title},
    }
    out = StringIO()

    Console(file=out, width=200).print(
        window_table([cast("WindowDocument", window)], zone=ZoneInfo("Europe/Warsaw"), language="pl", default="en")
    )

    line = out.getvalue().splitlines()[1]
    assert line.startswith("verifying, overrun, private  2025-03-04T11:00+01:00")
    assert shown in line
