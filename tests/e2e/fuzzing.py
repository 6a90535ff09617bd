"""Schemathesis against a server: requests made up from the description, and answers held against it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from domain.access.keyring import Role
from tests.e2e.server import ROOT, Server

ENVIRONMENT = {"PYTHONUTF8": "1", "NETRC": ""}
"""It is read for proxies before each request: a sixth of the time, if it is that of a shell.

Without ``NETRC``, a file of passwords is looked for before each of them, too."""
PHASES = ("examples", "coverage", "fuzzing", "stateful")
"""The examples described, each limit of a parameter or member, made-up values, answers used in the next request."""
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
ENDLESS = ("/v1/events/stream",)
"""What is not asked, since its answers have no end."""
READABLE = 6_000
"""How much of its report is shown; a body of a megabyte would be in it."""


def fuzz(
    server: Server, role: Role | None, folder: Path, *options: str, phases: Collection[str] = PHASES
) -> dict[str, Any]:
    """Run some of its phases with these options, as a caller of a role or without a token, and give its report."""
    report, description = folder / "report.json", folder / "openapi.json"
    # A server makes its description when it is first asked, which may take longer than schemathesis waits.
    document = server.client.get("/openapi.json").json()
    for path in ENDLESS:
        del document["paths"][path]
    description.write_text(json.dumps(document), encoding="utf-8")
    caller = [] if role is None else ["--header", f"Authorization: Bearer {server.token(role)}"]
    outcome = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run"),
            *(str(description), "--url", server.address, "--phases", ",".join(phases)),
            *("--no-color", "--report", "json", "--report-json-path", str(report)),
            *caller,
            *options,
        ],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert report.exists(), outcome.stderr[-READABLE:]
    told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    lines = "\n".join(line[:400] for line in outcome.stdout.splitlines())
    assert (told["failures"], told["errors"], outcome.returncode) == ([], [], 0), lines[-READABLE:]
    succeeded = {name for name, phase in told["phases"].items() if phase["status"] == "success"}
    assert succeeded == set(phases), told["phases"]
    return told
