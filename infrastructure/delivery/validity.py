"""How long links are valid."""

from __future__ import annotations

from datetime import timedelta

UNCONFIRMED_FOR = timedelta(days=7)
"""How long a link to confirm is valid; then it is forgotten who asked."""
