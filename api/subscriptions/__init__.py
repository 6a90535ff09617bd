"""Subscriptions and endpoints over HTTP."""
