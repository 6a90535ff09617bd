"""Panels, restorations and accounts over HTTP."""
