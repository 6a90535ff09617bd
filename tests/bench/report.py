"""The figures as a table, and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from tests.bench.environments import World
from tests.bench.shapes import Figure, Result

Kind = Literal["sqlite", "postgres"]

WHOLE = 100
"""From here on a number needs no fraction."""


@dataclass(frozen=True, kw_only=True)
class StoreReport:
    """The results on one store."""

    kind: Kind
    results: Sequence[Result]
    mixes: Sequence[str]


def mix_of(world: World, kind: Kind) -> str:
    """Say what became of the signals whose rate was measured, without which it means nothing."""
    total = sum(world.outcomes.values())
    if not total:
        return f"{kind}, {world.size:,} events: no signals"
    parts = ", ".join(f"{count / total:.0%} {name}" for name, count in world.outcomes.most_common())
    each = world.events / total
    return f"{kind}, {world.size:,} events: of {total:,} signals {parts}; {each:.2f} events each"


def show(reports: Sequence[StoreReport]) -> None:
    """Print one table."""
    sizes = sorted({result.size for report in reports for result in report.results})
    table = Table(
        title="Ours to the bare substrate: medians, taken in turns in one run (in brackets: least–most; ours)"
    )
    table.add_column("Store")
    table.add_column("What")
    table.add_column("Against")
    for size in sizes:
        table.add_column(f"{size:,} events", justify="right")
    if len(sizes) > 1:
        table.add_column(f"ours at {sizes[-1]:,} to {sizes[0]:,}", justify="right")
    for report in reports:
        for figure, by_size in _rows(report):
            cells = [_cell(by_size[size]) if size in by_size else "" for size in sizes]
            if len(sizes) > 1:
                cells.append(_ratio(_growth(by_size, sizes)))
            table.add_row(report.kind, figure.what, figure.against, *cells)
        table.add_section()
    console = Console(width=None if Console().is_terminal else 160)
    console.print(table)
    for report in reports:
        for mix in report.mixes:
            console.print(mix, highlight=False)


def write(reports: Sequence[StoreReport], path: Path) -> None:
    """Write everything, each sample's ratio included."""
    document = {
        "machine": {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()},
        "figures": [_entry(report.kind, figure, by_size) for report in reports for figure, by_size in _rows(report)],
        "signals": [mix for report in reports for mix in report.mixes],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _rows(report: StoreReport) -> list[tuple[Figure, dict[int, Result]]]:
    rows: dict[Figure, dict[int, Result]] = {}
    for result in report.results:
        rows.setdefault(result.figure, {})[result.size] = result
    return list(rows.items())


def _entry(kind: Kind, figure: Figure, by_size: dict[int, Result]) -> dict[str, Any]:
    sizes = sorted(by_size)
    return {
        "store": kind,
        "what": figure.what,
        "against": figure.against,
        "unit": figure.unit,
        "sizes": {
            str(size): {
                "ratio": result.ratio,
                "ratios": result.ratios,
                "ours": result.ours,
                "bare": result.bare,
            }
            for size, result in by_size.items()
        },
        "growth": _growth(by_size, sizes) if len(sizes) > 1 else None,
    }


def _growth(by_size: dict[int, Result], sizes: Sequence[int]) -> float | None:
    small, large = by_size.get(sizes[0]), by_size.get(sizes[-1])
    return large.ours / small.ours if small and large and small.ours else None


def _cell(result: Result) -> str:
    least, most = min(result.ratios), max(result.ratios)
    spread = f"{_ratio(least)}–{_ratio(most)}; " if len(result.ratios) > 1 else ""
    return f"{_ratio(result.ratio)} ({spread}{_number(result.ours)} {result.figure.unit})"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= WHOLE else f"{value:.1f}"
