"""Views of the log: rows that follow from the aggregates, kept for every position."""
