"""Contracts of the list of public changes."""
