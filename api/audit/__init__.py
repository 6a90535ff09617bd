"""The event history over HTTP."""
