"""Templates: commands, documents, views and queries, and how commands and policies fill them."""
