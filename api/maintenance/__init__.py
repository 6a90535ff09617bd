"""Maintenance windows and series over HTTP."""
