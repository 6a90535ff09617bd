"""Held requests over HTTP."""
