"""Incidents and signals: commands, documents, views and queries."""
