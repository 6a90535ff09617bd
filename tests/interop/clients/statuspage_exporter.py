"""Reads a site with ``statuspage-prometheus-exporter``, which writes metrics from it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

EXPORTER = Path(sys.executable).with_name("statuspage-prometheus-exporter")
SAMPLE = re.compile(r"^statuspage_(\w+)\{(.*)\} (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
SECONDS = 60


def read(address: str) -> dict[str, object]:
    """Let it read once, and give the components and their values, incidents, maintenance, and whether it could read."""
    with tempfile.TemporaryDirectory() as folder:
        services, metrics = Path(folder) / "services.json", Path(folder) / "metrics.prom"
        services.write_text(json.dumps({"site": {"url": f"{address}/api/v2/summary.json", "name": "Site"}}))
        settings = {"RUN_MODE": "once", "SERVICES_JSON_PATH": str(services), "METRICS_TEXTFILE_PATH": str(metrics)}
        done = subprocess.run(
            [EXPORTER], env=settings, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        if not metrics.exists():
            raise RuntimeError(done.stderr or done.stdout)
        samples = [
            (name, dict(LABEL.findall(labels)), float(value))
            for name, labels, value in SAMPLE.findall(metrics.read_text())
        ]
    return {
        "could_read": [value for name, _, value in samples if name == "probe_check"] == [1.0],
        "works": [value for name, _, value in samples if name == "service_status"] == [1.0],
        "components": {each["component_name"]: value for name, each, value in samples if name == "component_status"},
        "incidents": [each for name, each, _ in samples if name == "incident_info"],
        "maintenance": [each for name, each, _ in samples if name == "maintenance_info"],
    }
