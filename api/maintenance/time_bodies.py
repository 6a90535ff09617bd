"""The bodies that say when windows begin and end: once, or by a rule."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.http.command_bodies import CommandBody
from api.http.values import Body, Duration, Market, example
from api.maintenance.civil_values import CivilTime, CivilTimeOrDay, Rule, Zone
from application.maintenance.timetables import Times, civil_text
from domain.errors import Invalid
from domain.maintenance import MarketZone
from domain.maintenance.civil_time import Choice
from domain.maintenance.series_state import Pattern


class MarketBody(CommandBody[MarketZone]):
    """A market, and the zone by whose clocks it lives."""

    market: Market
    zone: Zone


Markets = Annotated[list[MarketBody], Field(max_length=300)]
Dates = Annotated[list[CivilTimeOrDay], Field(max_length=100)]

TIMES: dict[str, object] = {
    "zone": "America/Sao_Paulo",
    "start": "2030-07-28T01:00",
    "duration": "4h",
    "markets": [{"market": "MX", "zone": "America/Mexico_City"}],
}


class TimesBody(Body):
    """When a window begins and ends: civil times of ``zone``, or elapsed time from ``start`` on."""

    model_config = example(**TIMES)

    zone: Zone
    start: CivilTime
    end: CivilTime | None = None
    duration: Duration | None = None
    ambiguous: Choice | None = None
    markets: Markets = []

    def to_times(self) -> Times:
        """Give its times: civil, and without what they mean in its zone."""
        return Times(
            zone=self.zone,
            start=self.start,
            end=self.end,
            duration=self.duration,
            ambiguous=self.ambiguous,
            markets=self.to_markets(),
        )

    def to_markets(self) -> tuple[MarketZone, ...]:
        """Give the markets whose local times are computed, as the domain has them."""
        return tuple(market.to_command() for market in self.markets)


class PatternBody(TimesBody):
    """When the windows of a series begin and end: the first one, and a ``rule`` of days for the others."""

    model_config = example(**TIMES | {"rule": "FREQ=WEEKLY", "exdates": ["2030-08-04"]})

    rule: Rule
    exdates: Annotated[Dates, Field(description="Starts of the rule at which there is no window.")] = []
    rdates: Annotated[Dates, Field(description="Starts of windows beside the rule.")] = []

    def to_pattern(self) -> Pattern:
        """Give when its windows begin and end.

        Raises:
            Invalid: if there is neither an end nor a duration, or both.
        """
        if (self.end is None) == (self.duration is None):
            raise Invalid("say either when it ends or how long it lasts", pointer="/end")
        return Pattern(
            rule=self.rule,
            zone=self.zone,
            start=civil_text(self.start),
            end=None if self.end is None else civil_text(self.end),
            duration=self.duration,
            ambiguous=self.ambiguous,
            markets=self.to_markets(),
            exdates=self._starts(self.exdates),
            rdates=self._starts(self.rdates),
        )

    def _starts(self, dates: list[CivilTimeOrDay]) -> tuple[str, ...]:
        moments = (each if isinstance(each, datetime) else datetime.combine(each, self.start.time()) for each in dates)
        return tuple(dict.fromkeys(map(civil_text, moments)))
