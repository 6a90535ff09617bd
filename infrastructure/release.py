"""Which version of the program this is."""

from __future__ import annotations

from importlib.metadata import version

RELEASE = f"bitacora {version('bitacora')}"
"""How this program names itself to a store, and in what it notes there."""
