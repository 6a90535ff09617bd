"""Incidents and signals over HTTP."""
