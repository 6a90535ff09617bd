"""Maintenance windows and series: commands, documents, views and queries."""
