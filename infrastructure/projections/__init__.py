"""The engine of the projections: what follows the log, and writes rows for every position."""
