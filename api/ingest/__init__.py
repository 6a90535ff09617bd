"""Webhooks in the formats of other systems."""
