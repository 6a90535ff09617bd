"""Held requests: commands, documents, views and queries."""
