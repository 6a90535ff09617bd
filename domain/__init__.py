"""The rules of the trade: aggregates, their events and refusals. No I/O, no clock, no framework."""
