"""Reads a site with ``statuspage-prometheus-exporter``, and prints what it understood as one JSON object.

    python statuspage_exporter.py ADDRESS [EXPORTER]

``EXPORTER`` is the program; without it, that beside this Python.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SAMPLE = re.compile(r"^(statuspage_\w+)\{(.*)\} (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
EXPORTER = "statuspage-prometheus-exporter"
WANTED = ("service_status", "component_status", "incident_info", "maintenance_info", "probe_check")


def main(address: str, exporter: str) -> None:
    """Let it read once, with a folder of its own for what it keeps, and print the samples that say something."""
    with tempfile.TemporaryDirectory() as folder:
        services, metrics = Path(folder) / "services.json", Path(folder) / "out.prom"
        services.write_text(
            json.dumps(
                {"bitacora": {"url": f"{address}/api/v2/summary.json", "type": "statuspage", "name": "Bitacora"}}
            ),
            encoding="utf-8",
        )
        settings = {"RUN_MODE": "once", "SERVICES_JSON_PATH": str(services), "METRICS_TEXTFILE_PATH": str(metrics)}
        done = subprocess.run(  # noqa: S603 - the program that is named
            [exporter], env=settings, cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        if not metrics.exists():
            sys.exit(done.stderr or done.stdout)
        print(json.dumps(samples(metrics.read_text(encoding="utf-8"))))  # noqa: T201 - its answer


def samples(text: str) -> dict[str, list[dict[str, str]]]:
    """Give the labels of each sample, with its value, by the name of the metric."""
    found: dict[str, list[dict[str, str]]] = {name: [] for name in WANTED}
    for metric, labels, value in SAMPLE.findall(text):
        name = metric.removeprefix("statuspage_")
        if name in found:
            found[name].append({**dict(LABEL.findall(labels)), "value": value})
    return found


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else str(Path(sys.executable).with_name(EXPORTER)))  # noqa: PLR2004
