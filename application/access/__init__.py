"""Tokens: commands, documents, views and queries."""
