"""The event history: commands, documents, views and queries."""
