"""Panels, restorations and accounts: commands, documents, views and queries."""
