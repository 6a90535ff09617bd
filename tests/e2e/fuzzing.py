"""Schemathesis against a server: requests made up from the description, and answers held against it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from domain.access.keyring import Role
from tests.e2e.server import ROOT, Server

EVERY_PHASE = {"examples", "coverage", "fuzzing", "stateful"}
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
READABLE = 6_000
"""How much of its report is shown; a body of a megabyte would be in it."""


def fuzz(server: Server, role: Role | None, folder: Path, *options: str) -> dict[str, Any]:
    """Run it with these options, as a caller of a role or without a token, and give its report."""
    report = folder / "report.json"
    caller = [] if role is None else ["--header", f"Authorization: Bearer {server.token(role)}"]
    outcome = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run"),
            *(f"{server.address}/openapi.json", "--no-color", "--report", "json", "--report-json-path", str(report)),
            *caller,
            *options,
        ],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert report.exists(), outcome.stderr[-READABLE:]
    told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    lines = "\n".join(line[:400] for line in outcome.stdout.splitlines())
    assert (told["failures"], told["errors"], outcome.returncode) == ([], [], 0), lines[-READABLE:]
    return told
