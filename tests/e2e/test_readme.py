"""The shell blocks of the documents run as they stand."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECONDS = 120


class TestReadme:
    def test_short_walk_runs(self, process_environment: Mapping[str, str], sqlite_url: str) -> None:
        output = run_blocks("README.md", {**process_environment, "BITACORA_DATABASE": sqlite_url})

        assert [line for line in output.splitlines() if line.startswith('"indicator"')] == [
            '"indicator":"critical"',
            '"indicator":"none"',
            '"indicator":"critical"',
        ]
        assert output.rstrip().endswith("done")


class TestTutorial:
    def test_runs(self, process_environment: Mapping[str, str], sqlite_url: str) -> None:
        output = run_blocks("api/TUTORIAL.md", {**process_environment, "BITACORA_DATABASE": sqlite_url})

        assert "(409: not stable yet)" in output
        assert '"code": "not_stable_yet"' in output
        assert '"type":"incident.resolved"' in output
        assert output.rstrip().endswith("done")


def run_blocks(document: str, environment: Mapping[str, str]) -> str:
    """Run the shell blocks of a document, in one shell and in order, on a port that is free."""
    port = free_port()
    blocks = BLOCK.findall((ROOT / document).read_text(encoding="utf-8"))
    # A block that fails leaves no server behind that would hold its output open.
    script = (
        "set -euo pipefail\ntrap 'kill $(jobs -p)' EXIT\n"
        + "\n".join(blocks).replace(":8080", f":{port}")
        + "\necho done\n"
    )
    shell = subprocess.Popen(
        ["bash", "-c", script],  # noqa: S607 - whatever bash the reader has
        cwd=ROOT,
        env={**environment, "BITACORA_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []
    try:
        assert shell.stdout is not None
        for line in shell.stdout:
            lines.append(line)
            if line == "done\n":
                break
    finally:
        os.killpg(shell.pid, signal.SIGTERM)
        shell.communicate(timeout=SECONDS)
    return "".join(lines)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
