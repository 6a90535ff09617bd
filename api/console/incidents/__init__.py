"""Incidents in the console: declared, kept up to date, published or let go, set right afterwards."""
