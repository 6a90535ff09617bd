"""Panels, restorations and the recovery of accounts."""
