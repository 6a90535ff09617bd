"""Subscriptions by e-mail."""
