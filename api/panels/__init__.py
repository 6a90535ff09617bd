"""Panels over HTTP."""
