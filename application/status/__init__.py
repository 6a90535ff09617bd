"""The status board: commands, documents, views and queries."""
