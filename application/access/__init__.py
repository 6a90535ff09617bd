"""Tokens and sessions: commands, documents, views and queries."""
