"""Verifies a log: everything that can be computed is computed again from the rows, and compared."""
