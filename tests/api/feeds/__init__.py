"""Feeds and calendars, as programs read them."""
