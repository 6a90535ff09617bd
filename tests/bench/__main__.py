"""Measure the program against the bare substrate: ``make bench``, with options in ``ARGS``."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import get_args

from rich.console import Console

from tests.bench.environments import World, created
from tests.bench.figures import MEASURES, measured
from tests.bench.processes import ROOT, Client
from tests.bench.report import Kind, StoreReport, mix_of, show, write
from tests.postgres_server import embedded_server

REPORT = ROOT / "var" / "bench.json"
SIZES = (1_000, 100_000)
ROUNDS, SECONDS = 5, 3.0
QUICK_ROUNDS, QUICK_SECONDS = 3, 0.4
WINDOWS, QUICK_WINDOWS = 1_000, 100
"""How many windows the clock keeps; ten of them begin in a second, so that 10,000 take 17 minutes in each log."""
ACCOUNTS, QUICK_ACCOUNTS = 50_000, 5_000
"""How many accounts are taken in."""
REQUESTS, QUICK_REQUESTS = 100_000, 10_000
"""How many held requests are taken in at once; three times as many are open, and a tenth of them decided in bulk."""


def main() -> None:
    """Fill the stores, measure, print the table and write the file."""
    options = _options()
    stores: Sequence[Kind] = options.store or get_args(Kind)
    sizes: Sequence[int] = SIZES[:1] if options.quick else options.size
    rounds = QUICK_ROUNDS if options.quick else ROUNDS
    seconds = QUICK_SECONDS if options.quick else SECONDS
    windows = options.windows or (QUICK_WINDOWS if options.quick else WINDOWS)
    accounts = QUICK_ACCOUNTS if options.quick else ACCOUNTS
    requests = options.requests or (QUICK_REQUESTS if options.quick else REQUESTS)
    reports = [
        _of_store(
            kind,
            sizes,
            rounds,
            seconds,
            windows=windows,
            accounts=accounts,
            requests=requests,
            only=options.only or (),
        )
        for kind in stores
    ]
    show(reports)
    write(reports, REPORT)
    print(f"The same, with every sample, stands in {REPORT.relative_to(ROOT)}.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--store", choices=get_args(Kind), action="append", help="one store only; may be repeated")
    parser.add_argument("--size", type=_sizes, default=SIZES, help="events in the log, as in 1000,200000")
    parser.add_argument("--quick", action="store_true", help="1,000 events and short samples: some minutes")
    parser.add_argument(
        "--windows", type=int, help=f"how many windows the clock keeps, ten a second, if not {WINDOWS:,} in each log"
    )
    parser.add_argument(
        "--requests",
        type=int,
        help=f"how many held requests are taken in at once, and ten times as many by the million, if not {REQUESTS:,}",
    )
    parser.add_argument(
        "--only",
        choices=[measure.name for measure in MEASURES],
        action="append",
        help="one measure only; may be repeated",
    )
    return parser.parse_args()


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted({int(part) for part in text.split(",")}))


def _of_store(
    kind: Kind,
    sizes: Sequence[int],
    rounds: int,
    seconds: float,
    *,
    windows: int,
    accounts: int,
    requests: int,
    only: Collection[str],
) -> StoreReport:
    console = Console(stderr=True)
    with _folder() as folder, ExitStack() as stack, console.status(f"{kind}: filling") as status:
        server_url = stack.enter_context(embedded_server(durable=True)) if kind == "postgres" else None
        client = stack.enter_context(Client())
        worlds: list[World] = []
        for size in sizes:
            status.update(f"{kind}: filling {size:,} events")
            world = created(
                size,
                folder=folder / str(size),
                server_url=server_url,
                client=client,
                seconds=seconds,
                windows=windows,
                accounts=accounts,
                requests=requests,
            )
            worlds.append(stack.enter_context(world))
        results = list(measured(worlds, rounds, only=only, told=lambda what: status.update(f"{kind}: {what}")))
        return StoreReport(kind=kind, results=results, mixes=[mix_of(world, kind) for world in worlds])


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder on the disk of the project: the usual place for temporary files may be in memory."""
    REPORT.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=REPORT.parent) as folder:
        yield Path(folder)


if __name__ == "__main__":
    main()
