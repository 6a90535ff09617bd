"""The views: what follows the log, and where the rows are written and read."""
