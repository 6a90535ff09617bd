"""The figures: what of ours is set against what of the bare substrate."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from tests.bench import (
    accounts,
    exports,
    growth,
    held,
    log_stream,
    log_tree,
    measures,
    million,
    notified,
    pages,
    panels,
    peers,
    processor,
    shown,
    sizes,
    streams,
    verifying,
    workers,
)
from tests.bench.environments import World
from tests.bench.measures import Sample
from tests.bench.shapes import Figure, Measure, Result

LONG = 10_000
"""From how many events on a rebuild takes so long that one sample has to do."""


AVAILABILITY = tuple(
    figure
    for name, number in (("few panels", panels.FEW), ("many panels", panels.MANY))
    for figure in (
        Figure(
            what=f"availability of {number} panels, 32 connections",
            ours=f"{name}, public",
            against="bare route, equal bytes",
            bare=f"{name}, route",
            unit="reads/s",
        ),
        Figure(
            what=f"availability of {number} panels, as_of=<middle>",
            ours=f"{name}, then",
            against="ours: of now, from the store",
            bare=f"{name}, now",
            unit="ms",
        ),
    )
)
DECISIONS = tuple(
    Figure(
        what=f"decisions with {number:,} suppressions, {asked}",
        ours=f"{name}, {how}",
        against="bare route, equal bytes",
        bare=f"{name}, route",
        unit="decisions/s",
    )
    for name, number in (("few rules", panels.FEW_RULES), ("many rules", panels.MANY_RULES))
    for how, asked in (("new", "each one new"), ("known", "of 10,000 automations"), ("hot", "of one automation"))
)
INTAKE = tuple(
    Figure(
        what=f"accounts taken in as lines, {state}",
        ours=state,
        against=f"library: insert_events, {batches}",
        bare=batches,
        unit="accounts/s",
    )
    for state in ("acknowledged", "visible")
    for batches in ("one by one", "in batches")
)
HELD = (
    *(
        Figure(
            what=f"held requests taken in as lines, {state}",
            ours=state,
            against="library: insert_events, in thousands",
            bare="inserted",
            unit="requests/s",
        )
        for state in ("acknowledged", "visible")
    ),
    Figure(
        what="resident memory at the end of that",
        ours="memory",
        against="ours: before it",
        bare="memory before",
        unit="MiB",
    ),
    *(
        Figure(what=what, ours=f"{name} of many", against="ours: of 1,000", bare=f"{name} of few", unit="ms")
        for name, what in (
            ("queue", "first page of the check queue, many open"),
            ("summary", "summary of the cause, many open"),
        )
    ),
    Figure(
        what="bulk decision of a tenth of what is taken in",
        ours="decided",
        against="library: insert_events, in thousands",
        bare="decisions inserted",
        unit="requests/s",
    ),
)

MILLION = (
    *(
        Figure(
            what=f"ten times as many held requests taken in as lines, one in a thousand bad, {state}",
            ours=state,
            against="library: insert_events, in thousands",
            bare="inserted",
            unit="requests/s",
        )
        for state in ("acknowledged", "visible")
    ),
    *(
        Figure(
            what=f"all of that exported as {form}", ours=form, against="ours: as ndjson", bare="ndjson", unit="rows/s"
        )
        for form in ("csv", "xlsx")
    ),
    *(
        Figure(what=f"most resident memory while {what}", ours=name, against="ours: before", bare="memory", unit="MiB")
        for name, what in (("memory of intake", "it is taken in"), ("memory of exports", "it is exported"))
    ),
)

MEASURES = (
    *pages.MEASURES,
    *streams.MEASURES,
    *log_stream.MEASURES,
    *verifying.MEASURES,
    *log_tree.MEASURES,
    Measure(
        take=measures.rebuild,
        once=LONG,
        figures=(
            Figure(
                what="rebuild of all views",
                ours="rebuild",
                against="library: select_notifications",
                bare="scan",
                unit="events/s",
            ),
        ),
    ),
    Measure(
        take=measures.start,
        figures=(
            Figure(what="start to first answer", ours="start", against="bare route", bare="route", unit="ms"),
            Figure(
                what="resident memory after it", ours="memory", against="bare route", bare="route memory", unit="MiB"
            ),
        ),
    ),
    Measure(
        take=measures.status,
        figures=(
            Figure(
                what="GET /v1/status, 32 connections",
                ours="status",
                against="bare route, equal bytes",
                bare="route",
                unit="reads/s",
            ),
            Figure(
                what="GET /v1/status, 32 connections",
                ours="status",
                against="bare ASGI callable, equal bytes",
                bare="callable",
                unit="reads/s",
            ),
            Figure(
                what="the same with If-None-Match (304)",
                ours="unchanged",
                against="bare route, equal bytes",
                bare="unchanged route",
                unit="reads/s",
            ),
        ),
    ),
    Measure(
        take=measures.as_of,
        figures=(
            Figure(
                what="GET /v1/status?as_of=<middle>",
                ours="as of",
                against="ours: the same of now",
                bare="now",
                unit="ms",
            ),
            Figure(
                what=f"GET /v1/status?as_of={measures.EARLY}",
                ours="early",
                against="ours: the same of now",
                bare="now",
                unit="ms",
            ),
        ),
    ),
    Measure(
        take=measures.signals,
        figures=(
            *(
                Figure(what=what, ours=ours, against=f"library: {against}, one thread", bare=bare, unit="signals/s")
                for what, ours in (
                    ("durable signals, 1 connection", "signals 1"),
                    ("durable signals, 32 connections, many in one commit", "signals 32"),
                )
                for against, bare in (("save", "save"), ("insert_events, one a call", "insert"))
            ),
            Figure(
                what="durable signals, 1 connection",
                ours="signals 1",
                against="bare route, stores nothing",
                bare="route 1",
                unit="signals/s",
            ),
            Figure(
                what="durable signals, 32 connections",
                ours="signals 32",
                against="bare route, stores nothing",
                bare="route 32",
                unit="signals/s",
            ),
        ),
    ),
    Measure(
        take=measures.visible,
        figures=(
            Figure(
                what="acknowledged to visible, half load, p50",
                ours="visible",
                against="ours: sent to acknowledged, p50",
                bare="acknowledged",
                unit="ms",
            ),
            Figure(
                what="acknowledged to visible, half load, p99",
                ours="visible late",
                against="ours: sent to acknowledged, p99",
                bare="acknowledged late",
                unit="ms",
            ),
        ),
    ),
    Measure(
        take=measures.clock,
        once=0,
        figures=(
            Figure(
                what="windows begun and ended, lag, p50",
                ours="lag",
                against="a thread that only waits, p50",
                bare="waits",
                unit="ms",
            ),
            Figure(
                what="windows begun and ended, lag, p99",
                ours="lag late",
                against="a thread that only waits, p99",
                bare="waits late",
                unit="ms",
            ),
        ),
    ),
    Measure(
        take=measures.calendar,
        once=0,
        figures=(
            Figure(
                what="ten upcoming windows of 10,000",
                ours="of many",
                against="ours: of ten",
                bare="of ten",
                unit="ms",
            ),
        ),
    ),
    Measure(take=panels.panels, once=0, figures=(*AVAILABILITY, *DECISIONS)),
    Measure(take=accounts.intake, once=0, figures=INTAKE),
    Measure(take=held.held, once=0, figures=HELD),
    Measure(take=million.million, once=0, apart=True, figures=MILLION),
    Measure(
        take=measures.memory,
        figures=(
            Figure(
                what="resident memory after all this",
                ours="memory",
                against="bare route",
                bare="route memory",
                unit="MiB",
            ),
        ),
    ),
    *notified.MEASURES,
    *shown.MEASURES,
    *exports.MEASURES,
    *peers.MEASURES,
    *sizes.MEASURES,
    *growth.MEASURES,
    *workers.MEASURES,
    *processor.MEASURES,
)


def measured(
    worlds: Sequence[World], rounds: int, *, only: Collection[str], told: Callable[[str], None]
) -> Iterator[Result]:
    """Take every measure, or those alone, of every world, in turns; ``told`` hears what is under way."""
    for measure in MEASURES:
        if measure.name not in only and (only or measure.apart):
            continue
        samples: dict[int, list[Sample]] = {world.size: [] for world in worlds}
        for number in range(rounds):
            for world in worlds:
                if measure.is_wanted(world, number):
                    told(f"{measure.figures[0].what}, {world.size:,} events, {number + 1} of {rounds}")
                    samples[world.size].append(measure.take(world))
        for figure in measure.figures:
            for size, taken in samples.items():
                if taken:
                    yield _result(figure, size, taken)


def _result(figure: Figure, size: int, samples: Sequence[Mapping[str, float]]) -> Result:
    return Result(
        figure=figure,
        size=size,
        ours=statistics.median(sample[figure.ours] for sample in samples),
        bare=statistics.median(sample[figure.bare] for sample in samples),
        ratios=[sample[figure.ours] / sample[figure.bare] for sample in samples if sample[figure.bare]],
    )
