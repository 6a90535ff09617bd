"""Subscriptions by e-mail, and endpoints."""
