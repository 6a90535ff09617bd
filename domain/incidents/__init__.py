"""Incidents, and the signals they come from."""
