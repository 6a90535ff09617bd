"""Refusals about reports."""

from __future__ import annotations

from domain.errors import Invalid


class UnknownUptimePolicy(Invalid):
    """There is no uptime policy of that name."""
