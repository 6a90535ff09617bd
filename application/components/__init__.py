"""Components: commands, documents, views and queries."""
